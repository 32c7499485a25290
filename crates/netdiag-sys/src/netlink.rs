//! rtnetlink(7): what the kernel says of interfaces, addresses, routes and neighbours, and news of these.
//! `sock_diag(7)`: what it says of sockets.
//!
//! Requests and answers are octets laid out as netlink(7) describes; [`message`] reads and writes them, the other files
//! give them meaning. Nothing here needs a right.

use std::io;
use std::mem::size_of;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::ptr;

use crate::socket::checked;

mod link;
pub mod message;
mod news;
mod route;
mod sock_diag;

pub use link::{AddressRecord, LinkRecord};
pub use news::News;
pub use route::{NeighbourRecord, RouteRecord};
pub use sock_diag::{ListenerRecord, SockDiag};

use message::{Message, Messages, Request};

/// Octets of the receive buffer: the kernel fills dumps by pieces of up to 32 KiB.
const BUFFER: usize = 32_768;

/// Multicast groups (`RTMGRP_…`) of news on links and routes.
const NEWS_GROUPS: u32 = 1 | 0x40 | 0x400;

/// An rtnetlink socket.
#[derive(Debug)]
pub struct Netlink {
    fd: OwnedFd,
    sequence: u32,
    /// Empty until something is received: most runs hear no news.
    buffer: Vec<u8>,
}

impl Netlink {
    /// A socket for questions. Its answers come at once, so it waits for them.
    ///
    /// # Errors
    /// EMFILE, ENFILE, EPROTONOSUPPORT.
    pub fn open() -> io::Result<Self> {
        Self::with(libc::NETLINK_ROUTE, 0, 0)
    }

    /// A non-blocking socket that hears news of links and routes ([`Netlink::news`]).
    ///
    /// # Errors
    /// As [`Netlink::open`].
    pub fn subscribe() -> io::Result<Self> {
        Self::with(libc::NETLINK_ROUTE, NEWS_GROUPS, libc::SOCK_NONBLOCK)
    }

    fn with(protocol: i32, groups: u32, flags: i32) -> io::Result<Self> {
        let kind = libc::SOCK_RAW | libc::SOCK_CLOEXEC | flags;
        // SAFETY: socket takes numbers only.
        let raw = checked(unsafe { libc::socket(libc::AF_NETLINK, kind, protocol) })?;
        // SAFETY: `raw` was just opened and nobody else owns it.
        let fd = unsafe { OwnedFd::from_raw_fd(raw) };
        // SAFETY: sockaddr_nl is a plain C record for which all zeroes is a valid value.
        let mut name: libc::sockaddr_nl = unsafe { std::mem::MaybeUninit::zeroed().assume_init() };
        name.nl_family = libc::AF_NETLINK as u16;
        name.nl_groups = groups;
        let len = size_of::<libc::sockaddr_nl>() as libc::socklen_t;
        // SAFETY: the name is valid for reading over the length given beside it.
        checked(unsafe { libc::bind(fd.as_raw_fd(), (&raw const name).cast(), len) })?;
        Ok(Self { fd, sequence: 0, buffer: Vec::new() })
    }

    /// Asks, and calls `each` with every message of the answer.
    fn ask(&mut self, request: Request, mut each: impl FnMut(&Message<'_>)) -> io::Result<()> {
        self.sequence = self.sequence.wrapping_add(1);
        let bytes = request.finish(self.sequence);
        // SAFETY: `bytes` is valid for reading over its length.
        let sent = unsafe { libc::send(self.fd.as_raw_fd(), bytes.as_ptr().cast(), bytes.len(), 0) };
        checked(sent as i32)?;
        loop {
            let len = self.receive()?;
            for message in Messages::new(&self.buffer[..len]).filter(|one| one.sequence == self.sequence) {
                if let Some(end) = message.end() {
                    return end;
                }
                each(&message);
                if !message.is_multi() {
                    return Ok(());
                }
            }
        }
    }

    fn receive(&mut self) -> io::Result<usize> {
        if self.buffer.is_empty() {
            self.buffer = vec![0; BUFFER];
        }
        let (place, room) = (self.buffer.as_mut_ptr().cast(), self.buffer.len());
        // SAFETY: the buffer is valid for writing over its length; no address is asked for.
        let got =
            unsafe { libc::recvfrom(self.fd.as_raw_fd(), place, room, 0, ptr::null_mut(), ptr::null_mut()) };
        usize::try_from(got).map_err(|_| io::Error::last_os_error())
    }
}

impl AsFd for Netlink {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl AsRawFd for Netlink {
    fn as_raw_fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }
}

#[cfg(test)]
mod tests;
