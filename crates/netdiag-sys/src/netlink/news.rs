//! News of links and routes, as the kernel multicasts them (rtnetlink(7), `RTMGRP_LINK` and `RTMGRP_IPV…_ROUTE`).

use std::io;
use std::os::fd::AsRawFd;
use std::ptr;

use super::Netlink;
use super::link::{LinkRecord, RTM_DELLINK, RTM_NEWLINK};
use super::message::{Message, Messages};
use super::route::{RTM_DELROUTE, RTM_NEWROUTE};

/// A piece of news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// An interface appeared, or something of it changed, not always its state.
    Link(LinkRecord),
    /// An interface vanished.
    LinkGone(LinkRecord),
    /// A route appeared, changed or vanished.
    Route,
}

impl News {
    fn parse(message: &Message<'_>) -> Option<Self> {
        match message.kind {
            RTM_NEWLINK => LinkRecord::parse(message).map(Self::Link),
            RTM_DELLINK => LinkRecord::parse(message).map(Self::LinkGone),
            RTM_NEWROUTE | RTM_DELROUTE => Some(Self::Route),
            _ => None,
        }
    }
}

impl Netlink {
    /// Whether there is news, or some was lost. Takes none.
    pub fn has_news(&self) -> bool {
        let flags = libc::MSG_PEEK | libc::MSG_DONTWAIT;
        // SAFETY: with a length of 0 nothing is written.
        let got = unsafe { libc::recv(self.fd.as_raw_fd(), ptr::null_mut(), 0, flags) };
        got >= 0 || io::Error::last_os_error().kind() != io::ErrorKind::WouldBlock
    }

    /// Appends the news that one receive brings. For sockets made by [`Netlink::subscribe`].
    ///
    /// # Errors
    /// EAGAIN when there is none; ENOBUFS when some were lost: ask for the whole again.
    pub fn news(&mut self, news: &mut Vec<News>) -> io::Result<()> {
        let len = self.receive()?;
        news.extend(Messages::new(&self.buffer[..len]).filter_map(|message| News::parse(&message)));
        Ok(())
    }
}
