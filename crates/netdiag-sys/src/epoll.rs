//! A set of descriptors and which of them are ready: epoll(7), level-triggered.
//!
//! The set's own descriptor is readable while any member is ready, errors included, so that one registration with an
//! outer poller stands for all.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use crate::socket::checked;

/// What to wait for. An error or an entry of the error queue is always reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interest {
    /// Something to receive.
    Read,
    /// Room to send, or a connection established.
    Write,
}

/// A member that is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ready {
    /// The token that it was added with.
    pub token: u64,
    /// Whether there is something to receive.
    pub is_readable: bool,
    /// Whether there is room to send.
    pub is_writable: bool,
    /// Whether there is an error, or an entry on the error queue.
    pub is_error: bool,
}

/// How many members one call tells of.
const EVENTS: usize = 256;

/// A set of descriptors.
pub struct Epoll {
    fd: OwnedFd,
    events: Box<[libc::epoll_event]>,
}

impl std::fmt::Debug for Epoll {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Epoll").field("fd", &self.fd).finish_non_exhaustive()
    }
}

impl Epoll {
    /// An empty set.
    ///
    /// # Errors
    /// EMFILE, ENFILE, ENOMEM.
    pub fn new() -> io::Result<Self> {
        // SAFETY: epoll_create1 takes flags only.
        let raw = checked(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?;
        // SAFETY: `raw` was just opened and nobody else owns it.
        let fd = unsafe { OwnedFd::from_raw_fd(raw) };
        Ok(Self { fd, events: vec![libc::epoll_event { events: 0, u64: 0 }; EVENTS].into() })
    }

    /// Adds a descriptor. It leaves the set by itself when it is closed.
    ///
    /// # Errors
    /// EEXIST, ENOMEM, ENOSPC (`fs.epoll.max_user_watches`).
    pub fn add(&self, member: BorrowedFd<'_>, token: u64, interest: Interest) -> io::Result<()> {
        let wanted = match interest {
            Interest::Read => libc::EPOLLIN,
            Interest::Write => libc::EPOLLOUT,
        };
        let mut event = libc::epoll_event { events: wanted as u32, u64: token };
        // SAFETY: both descriptors are open, and `event` is valid for reading.
        checked(unsafe {
            libc::epoll_ctl(self.fd.as_raw_fd(), libc::EPOLL_CTL_ADD, member.as_raw_fd(), &raw mut event)
        })?;
        Ok(())
    }

    /// Takes a descriptor out.
    ///
    /// # Errors
    /// ENOENT when it is not in the set.
    pub fn remove(&self, member: BorrowedFd<'_>) -> io::Result<()> {
        // SAFETY: both descriptors are open; the event is ignored and may be null.
        checked(unsafe {
            libc::epoll_ctl(
                self.fd.as_raw_fd(),
                libc::EPOLL_CTL_DEL,
                member.as_raw_fd(),
                std::ptr::null_mut(),
            )
        })?;
        Ok(())
    }

    /// The members that are ready now, up to 256 of them; does not wait.
    ///
    /// # Errors
    /// EINTR.
    pub fn ready(&mut self) -> io::Result<impl Iterator<Item = Ready> + '_> {
        // SAFETY: `events` is valid for writing over the length given beside it.
        let got = checked(unsafe {
            libc::epoll_wait(self.fd.as_raw_fd(), self.events.as_mut_ptr(), EVENTS as i32, 0)
        })?;
        Ok(self.events[..got as usize].iter().map(|event| {
            let (bits, token) = (event.events as i32, event.u64);
            Ready {
                token,
                is_readable: bits & libc::EPOLLIN != 0,
                is_writable: bits & libc::EPOLLOUT != 0,
                is_error: bits & (libc::EPOLLERR | libc::EPOLLHUP) != 0,
            }
        }))
    }
}

impl AsFd for Epoll {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl AsRawFd for Epoll {
    fn as_raw_fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }
}
