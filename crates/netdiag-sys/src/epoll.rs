//! A set of descriptors and which of them are ready: epoll(7), level-triggered.
//!
//! The set's own descriptor is readable while any member is ready, errors included, so that one registration with an
//! outer poller stands for all. Being in a set has its price: the kernel then does a wake-up for every packet.

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

/// How many members one call tells of.
const EVENTS: usize = 256;

/// Members that are ready, by the tokens that they were added with.
pub struct Events {
    list: Box<[libc::epoll_event]>,
    len: usize,
}

impl Default for Events {
    fn default() -> Self {
        Self { list: vec![libc::epoll_event { events: 0, u64: 0 }; EVENTS].into(), len: 0 }
    }
}

impl Events {
    /// The tokens.
    pub fn tokens(&self) -> impl Iterator<Item = u64> + '_ {
        self.list[..self.len].iter().map(|event| event.u64)
    }

    /// Whether none was ready.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.tokens()).finish()
    }
}

/// A set of descriptors.
#[derive(Debug)]
pub struct Epoll {
    fd: OwnedFd,
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
        Ok(Self { fd: unsafe { OwnedFd::from_raw_fd(raw) } })
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
        self.control(libc::EPOLL_CTL_ADD, member, libc::epoll_event { events: wanted as u32, u64: token })
    }

    /// Takes a descriptor out.
    ///
    /// # Errors
    /// ENOENT when it is not in the set.
    pub fn remove(&self, member: BorrowedFd<'_>) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_DEL, member, libc::epoll_event { events: 0, u64: 0 })
    }

    fn control(&self, what: i32, member: BorrowedFd<'_>, mut event: libc::epoll_event) -> io::Result<()> {
        // SAFETY: both descriptors are open, and `event` is valid for reading.
        checked(unsafe { libc::epoll_ctl(self.fd.as_raw_fd(), what, member.as_raw_fd(), &raw mut event) })?;
        Ok(())
    }

    /// Writes the members that are ready now into `events`, up to 256 of them; does not wait.
    ///
    /// # Errors
    /// EINTR.
    pub fn ready(&self, events: &mut Events) -> io::Result<()> {
        events.len = 0;
        let (list, room) = (events.list.as_mut_ptr(), events.list.len() as i32);
        // SAFETY: the list is valid for writing over the length given beside it.
        events.len = checked(unsafe { libc::epoll_wait(self.fd.as_raw_fd(), list, room, 0) })? as usize;
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timer::Timer;

    #[test]
    fn a_member_is_told_of_while_it_is_ready_and_in_the_set() {
        let (epoll, timer, mut events) =
            (Epoll::new().expect("epoll"), Timer::new().expect("timer"), Events::default());
        epoll.add(timer.as_fd(), 7, Interest::Read).expect("add");
        epoll.ready(&mut events).expect("wait");
        assert!(events.is_empty());
        timer.set(1).expect("set");
        for _ in 0..2 {
            epoll.ready(&mut events).expect("wait");
            assert_eq!(events.tokens().collect::<Vec<_>>(), [7]);
        }
        epoll.remove(timer.as_fd()).expect("remove");
        epoll.ready(&mut events).expect("wait");
        assert!(events.is_empty() && epoll.remove(timer.as_fd()).is_err());
    }
}
