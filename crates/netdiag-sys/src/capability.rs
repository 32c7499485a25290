//! The rights of the calling thread (capabilities(7)): which are held, and giving up all but a few for good.
//!
//! Rights belong to threads: give them up while there is only one.

use std::io;
use std::ops::BitOr;
use std::ptr;

use crate::socket::checked;

/// A set of capabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Capabilities(u64);

impl Capabilities {
    /// No right at all.
    pub const NONE: Self = Self(0);
    /// Read any file, search any directory.
    pub const DAC_READ_SEARCH: Self = Self(1 << 2);
    /// Bind to ports below 1024.
    pub const NET_BIND_SERVICE: Self = Self(1 << 10);
    /// Marks, interface settings, receive buffers above the limit.
    pub const NET_ADMIN: Self = Self(1 << 12);
    /// Raw and packet sockets.
    pub const NET_RAW: Self = Self(1 << 13);
    /// Look into other users' processes.
    pub const SYS_PTRACE: Self = Self(1 << 19);
    /// Enter namespaces, and much else.
    pub const SYS_ADMIN: Self = Self(1 << 21);

    /// Whether all of `other` are in the set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// What is in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether there is none in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for Capabilities {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// `_LINUX_CAPABILITY_VERSION_3`: two words of 32 bits for each set.
const VERSION: u32 = 0x2008_0522;

/// `struct __user_cap_header_struct` of linux/capability.h.
#[repr(C)]
struct Header {
    version: u32,
    pid: i32,
}

/// `struct __user_cap_data_struct` of linux/capability.h.
#[derive(Clone, Copy, Default)]
#[repr(C)]
struct Data {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

/// The calling thread's effective and permitted sets.
///
/// # Errors
/// None on a kernel with capabilities.
pub fn held() -> io::Result<(Capabilities, Capabilities)> {
    let mut header = Header { version: VERSION, pid: 0 };
    let mut data = [Data::default(); 2];
    // SAFETY: the header is valid for reading and writing, and `data` has the two records that version 3 writes.
    let answer = unsafe { libc::syscall(libc::SYS_capget, &raw mut header, data.as_mut_ptr()) };
    checked(answer as i32)?;
    let join = |low: u32, high: u32| Capabilities(u64::from(high) << 32 | u64::from(low));
    Ok((join(data[0].effective, data[1].effective), join(data[0].permitted, data[1].permitted)))
}

/// Gives up every right of the calling thread but those in `keep`, for good: bounding and ambient sets are emptied of
/// the others as far as they may be, effective and permitted become `keep` as far as they were held, and no program
/// that is started gains any (`no_new_privs`).
///
/// # Errors
/// Those of capset(2) and prctl(2); none is expected when rights are only given up.
pub fn keep_only(keep: Capabilities) -> io::Result<()> {
    let (_, permitted) = held()?;
    let keep = permitted.intersection(keep);
    // Where the right to do this is not held, `no_new_privs` below has the same effect.
    for number in (0..u64::BITS).filter(|number| keep.0 & (1 << number) == 0) {
        if prctl(libc::PR_CAPBSET_DROP, number.into(), 0).is_err() {
            break;
        }
    }
    // Kernels before 4.3 have no ambient set (EINVAL).
    let _ = prctl(libc::PR_CAP_AMBIENT, libc::PR_CAP_AMBIENT_CLEAR_ALL as libc::c_ulong, 0);
    prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0)?;
    set(keep)
}

/// Makes every permitted right effective: a program with `setcap cap_net_raw+p` starts with its right asleep.
///
/// # Errors
/// None in practice: rights that are permitted may be made effective.
pub fn raise() -> io::Result<()> {
    let (_, permitted) = held()?;
    set(permitted)
}

/// Makes `rights` the permitted and effective ones, and none inheritable.
fn set(rights: Capabilities) -> io::Result<()> {
    let header = Header { version: VERSION, pid: 0 };
    let word = |bits: u64| Data { effective: bits as u32, permitted: bits as u32, inheritable: 0 };
    let data = [word(rights.0), word(rights.0 >> 32)];
    // SAFETY: the header and the two records that version 3 takes are valid for reading.
    let answer = unsafe { libc::syscall(libc::SYS_capset, ptr::from_ref(&header), data.as_ptr()) };
    checked(answer as i32)?;
    Ok(())
}

/// Whether `no_new_privs` is set for the calling thread.
///
/// # Errors
/// None since Linux 3.5.
pub fn has_no_new_privs() -> io::Result<bool> {
    prctl(libc::PR_GET_NO_NEW_PRIVS, 0, 0).map(|answer| answer == 1)
}

fn prctl(option: i32, first: libc::c_ulong, second: libc::c_ulong) -> io::Result<i32> {
    let zero: libc::c_ulong = 0;
    // SAFETY: the options used in this file take numbers only.
    checked(unsafe { libc::prctl(option, first, second, zero, zero) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_up_is_gone_and_what_is_kept_stays() {
        let thread = std::thread::spawn(|| {
            let (_, before) = held().expect("held");
            let keep = Capabilities::NET_RAW;
            keep_only(keep).expect("keep");
            let (effective, permitted) = held().expect("held");
            assert_eq!((effective, permitted), (before.intersection(keep), before.intersection(keep)));
            assert!(has_no_new_privs().expect("prctl"));
            keep_only(Capabilities::NONE).expect("keep");
            assert!(held().expect("held").1.is_empty());
        });
        thread.join().expect("thread");
    }
}
