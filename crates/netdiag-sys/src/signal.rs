//! Signals as something to read: signalfd(2).
//!
//! Held signals interrupt nothing and end nothing; whoever holds them reads them when it likes.

use std::io;
use std::mem::{MaybeUninit, size_of};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::ptr;

use crate::socket::checked;

/// A signal that people send to a program: signal(7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT: Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGQUIT: Ctrl-\.
    Quit,
}

impl Signal {
    const ALL: [Self; 3] = [Self::Interrupt, Self::Terminate, Self::Quit];

    const fn number(self) -> i32 {
        match self {
            Self::Interrupt => libc::SIGINT,
            Self::Terminate => libc::SIGTERM,
            Self::Quit => libc::SIGQUIT,
        }
    }
}

/// All of [`Signal`], held. They stay held when this is gone. Its descriptor is readable while one waits.
#[derive(Debug)]
pub struct Signals {
    fd: OwnedFd,
}

impl Signals {
    /// Holds the signals back from the calling thread, and from those that it starts after.
    ///
    /// # Errors
    /// EMFILE, ENFILE, ENOMEM: then nothing is held.
    pub fn hold() -> io::Result<Self> {
        let mut set = MaybeUninit::<libc::sigset_t>::uninit();
        // SAFETY: `set` is valid for writing, and sigemptyset initialises it. The numbers are those of signals.
        unsafe {
            libc::sigemptyset(set.as_mut_ptr());
            for signal in Signal::ALL {
                libc::sigaddset(set.as_mut_ptr(), signal.number());
            }
        }
        // SAFETY: `set` is initialised; -1 asks for a new descriptor.
        let raw = unsafe { libc::signalfd(-1, set.as_ptr(), libc::SFD_NONBLOCK | libc::SFD_CLOEXEC) };
        let raw = checked(raw)?;
        // SAFETY: `raw` was just opened and nobody else owns it.
        let fd = unsafe { OwnedFd::from_raw_fd(raw) };
        // SAFETY: `set` is initialised; a null pointer for the old set is allowed. It fails only for a word that is none.
        unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, set.as_ptr(), ptr::null_mut()) };
        Ok(Self { fd })
    }

    /// Takes one that waits.
    ///
    /// # Errors
    /// EAGAIN when none does.
    pub fn take(&self) -> io::Result<Signal> {
        const LEN: usize = size_of::<libc::signalfd_siginfo>();
        let mut record = [0u8; LEN];
        // SAFETY: `record` is valid for writing over its length.
        let got = unsafe { libc::read(self.fd.as_raw_fd(), record.as_mut_ptr().cast(), LEN) };
        if got < 0 {
            return Err(io::Error::last_os_error());
        }
        // `ssi_signo` stands first.
        let number = record.first_chunk().map_or(0, |octets| i32::from_ne_bytes(*octets));
        let found = Signal::ALL.into_iter().find(|signal| signal.number() == number);
        found.ok_or_else(|| io::ErrorKind::InvalidData.into())
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl AsRawFd for Signals {
    fn as_raw_fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Signals are held by a thread: one of its own can send them to itself without harm to other tests.
    #[test]
    fn held_signals_wait_until_they_are_taken() {
        let thread = std::thread::spawn(|| {
            let signals = Signals::hold().expect("signalfd");
            assert_eq!(signals.take().expect_err("none").kind(), io::ErrorKind::WouldBlock);
            for signal in Signal::ALL {
                // SAFETY: raise takes a number only; the signal is held by this thread.
                assert_eq!(unsafe { libc::raise(signal.number()) }, 0);
                assert_eq!(signals.take().expect("a signal"), signal);
            }
            assert!(signals.take().is_err());
        });
        thread.join().expect("thread");
    }
}
