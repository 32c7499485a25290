//! A timer on CLOCK_MONOTONIC that a poller can wait for, to the nanosecond: timerfd_create(2).

use std::io;
use std::mem::size_of;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::ptr;

use crate::socket::checked;

/// A one-shot timer. Its descriptor is readable from the moment it expires until [`Timer::take`] or the next setting.
#[derive(Debug)]
pub struct Timer {
    fd: OwnedFd,
}

impl Timer {
    /// A timer that is not set.
    ///
    /// # Errors
    /// EMFILE, ENFILE, ENOMEM.
    pub fn new() -> io::Result<Self> {
        let flags = libc::TFD_NONBLOCK | libc::TFD_CLOEXEC;
        // SAFETY: timerfd_create takes numbers only.
        let raw = checked(unsafe { libc::timerfd_create(libc::CLOCK_MONOTONIC, flags) })?;
        // SAFETY: `raw` was just opened and nobody else owns it.
        Ok(Self { fd: unsafe { OwnedFd::from_raw_fd(raw) } })
    }

    /// Lets it expire when CLOCK_MONOTONIC reaches `nanos` (at once where that has passed), and not earlier. An earlier
    /// setting, and its expiry, are forgotten.
    ///
    /// # Errors
    /// EINVAL for a point that the kernel cannot express (centuries ahead).
    pub fn set(&self, nanos: u64) -> io::Result<()> {
        // All zeroes would mean to disarm it.
        let nanos = nanos.max(1);
        let value = libc::timespec {
            tv_sec: (nanos / 1_000_000_000) as libc::time_t,
            tv_nsec: (nanos % 1_000_000_000) as libc::c_long,
        };
        let setting =
            libc::itimerspec { it_interval: libc::timespec { tv_sec: 0, tv_nsec: 0 }, it_value: value };
        let flags = libc::TFD_TIMER_ABSTIME;
        // SAFETY: `setting` is valid for reading; a null pointer for the old setting is allowed.
        checked(unsafe {
            libc::timerfd_settime(self.fd.as_raw_fd(), flags, &raw const setting, ptr::null_mut())
        })?;
        Ok(())
    }

    /// Takes its expiry.
    ///
    /// # Errors
    /// EAGAIN when it has not expired.
    pub fn take(&self) -> io::Result<()> {
        let mut count = 0u64;
        let place = (&raw mut count).cast();
        // SAFETY: `count` is valid for writing over its size.
        let got = unsafe { libc::read(self.fd.as_raw_fd(), place, size_of::<u64>()) };
        if got < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }
}

impl AsFd for Timer {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl AsRawFd for Timer {
    fn as_raw_fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    #[test]
    fn it_does_not_expire_early_and_a_new_setting_forgets_the_old() {
        let timer = Timer::new().expect("timer");
        timer.set(1).expect("set");
        timer.take().expect("expired");
        timer.set(1).expect("set");
        timer.set(clock::monotonic() + 3_600_000_000_000).expect("set");
        assert_eq!(timer.take().expect_err("waiting").kind(), io::ErrorKind::WouldBlock);
    }
}
