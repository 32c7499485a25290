//! Leaving, making and entering namespaces of the calling thread (`unshare(2)`, `setns(2)`).
//!
//! Knows nothing of id maps, mounts or processes: those are plain files and system calls
//! that need no `unsafe`. A user namespace can be made or entered only while the process
//! has one thread; the kernel answers EINVAL otherwise.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

/// A set of namespace kinds, joined with [`Namespaces::and`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Namespaces(libc::c_int);

impl Namespaces {
    /// User and group ids, capabilities (`user_namespaces(7)`).
    pub const USER: Self = Self(libc::CLONE_NEWUSER);
    /// The mount table (`mount_namespaces(7)`).
    pub const MOUNT: Self = Self(libc::CLONE_NEWNS);
    /// Interfaces, addresses, routes, sockets (`network_namespaces(7)`).
    pub const NET: Self = Self(libc::CLONE_NEWNET);

    /// Both sets together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Gives the calling thread fresh namespaces of the given kinds.
///
/// # Errors
/// EPERM without the right to make them (CAP_SYS_ADMIN, or user namespaces switched off),
/// ENOSPC above `user.max_*_namespaces`, EINVAL for a user namespace in a process with threads.
pub fn unshare(kinds: Namespaces) -> io::Result<()> {
    // SAFETY: unshare takes flags only. The flags possible here (user, mount, net) change what the
    // thread sees of the system, never its memory or its file descriptors.
    checked(unsafe { libc::unshare(kinds.0) })
}

/// Moves the calling thread into the namespace behind `fd` (an open `/proc/PID/ns/*`), which must be
/// of the given kind.
///
/// # Errors
/// EPERM without rights over the target, EINVAL when the kind does not fit or, for a user
/// namespace, when it is the caller's own already or the process has threads.
pub fn enter(fd: BorrowedFd<'_>, kind: Namespaces) -> io::Result<()> {
    // SAFETY: setns takes a descriptor, which is open for as long as it is borrowed, and flags.
    checked(unsafe { libc::setns(fd.as_raw_fd(), kind.0) })
}

fn checked(answer: libc::c_int) -> io::Result<()> {
    if answer == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
