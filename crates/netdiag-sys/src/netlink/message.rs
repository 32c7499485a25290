//! Netlink messages and attributes as octets: netlink(7), linux/netlink.h. Never panics on any input.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::address::array;

/// Octets of `struct nlmsghdr` and of `struct nlattr`.
const HEADER: usize = 16;
const ATTRIBUTE: usize = 4;

const FLAG_REQUEST: u16 = 1;
const FLAG_MULTI: u16 = 2;
const FLAG_DUMP: u16 = 0x300;
const TYPE_ERROR: u16 = 2;
const TYPE_DONE: u16 = 3;

const fn padded(len: usize) -> usize {
    len.saturating_add(3) & !3
}

/// A message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// Its type (`RTM_…`).
    pub kind: u16,
    /// Its flags (`NLM_F_…`).
    pub flags: u16,
    /// The number of the request that it answers; 0 for news.
    pub sequence: u32,
    /// What follows the header.
    pub body: &'a [u8],
}

impl<'a> Message<'a> {
    /// Whether it is the end of an answer, and how that ended.
    pub(super) fn end(&self) -> Option<io::Result<()>> {
        match self.kind {
            // A dump that went wrong says so in its last message.
            TYPE_DONE => Some(match array(self.body, 0).map(i32::from_ne_bytes) {
                Some(errno @ ..=-1) => Err(io::Error::from_raw_os_error(errno.wrapping_neg())),
                _ => Ok(()),
            }),
            TYPE_ERROR => Some(match array(self.body, 0).map(i32::from_ne_bytes) {
                Some(0) => Ok(()),
                Some(errno) => Err(io::Error::from_raw_os_error(errno.wrapping_neg())),
                None => Err(io::ErrorKind::InvalidData.into()),
            }),
            _ => None,
        }
    }

    pub(super) const fn is_multi(&self) -> bool {
        self.flags & FLAG_MULTI != 0
    }

    /// The attributes behind a fixed record of `len` octets.
    pub fn attributes(&self, len: usize) -> Attributes<'a> {
        Attributes { rest: self.body.get(padded(len)..).unwrap_or_default() }
    }
}

/// The messages in a buffer. Ends at the first one that does not fit.
#[derive(Debug, Clone)]
pub struct Messages<'a> {
    rest: &'a [u8],
}

impl<'a> Messages<'a> {
    /// Reads from `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = Message<'a>;

    fn next(&mut self) -> Option<Message<'a>> {
        let len = u32::from_ne_bytes(array(self.rest, 0)?) as usize;
        let kind = u16::from_ne_bytes(array(self.rest, 4)?);
        let flags = u16::from_ne_bytes(array(self.rest, 6)?);
        let sequence = u32::from_ne_bytes(array(self.rest, 8)?);
        let body = self.rest.get(HEADER..len);
        self.rest = self.rest.get(padded(len)..).unwrap_or_default();
        let body = body.or_else(|| {
            self.rest = &[];
            None
        })?;
        Some(Message { kind, flags, sequence, body })
    }
}

/// The attributes of a message: type and data. Ends at the first one that does not fit.
#[derive(Debug, Clone)]
pub struct Attributes<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<(u16, &'a [u8])> {
        let len = usize::from(u16::from_ne_bytes(array(self.rest, 0)?));
        // The two top bits are flags (NLA_F_NESTED, NLA_F_NET_BYTEORDER).
        let kind = u16::from_ne_bytes(array(self.rest, 2)?) & 0x3fff;
        let Some(data) = self.rest.get(ATTRIBUTE..len) else {
            self.rest = &[];
            return None;
        };
        self.rest = self.rest.get(padded(len)..).unwrap_or_default();
        Some((kind, data))
    }
}

/// An attribute's data as an address of either family.
pub fn ip(data: &[u8]) -> Option<IpAddr> {
    match data.len() {
        4 => array::<4>(data, 0).map(|octets| Ipv4Addr::from(octets).into()),
        16 => array::<16>(data, 0).map(|octets| Ipv6Addr::from(octets).into()),
        _ => None,
    }
}

/// An attribute's data as a number.
pub fn number(data: &[u8]) -> Option<u32> {
    array(data, 0).map(u32::from_ne_bytes)
}

/// A request being written.
#[derive(Debug)]
pub struct Request {
    bytes: Vec<u8>,
}

impl Request {
    /// A question for one thing, with its fixed record.
    pub fn one(kind: u16, record: &[u8]) -> Self {
        Self::new(kind, FLAG_REQUEST, record)
    }

    /// A question for all things of a sort, with its fixed record.
    pub fn dump(kind: u16, record: &[u8]) -> Self {
        Self::new(kind, FLAG_REQUEST | FLAG_DUMP, record)
    }

    fn new(kind: u16, flags: u16, record: &[u8]) -> Self {
        let mut bytes = vec![0; HEADER];
        bytes[4..6].copy_from_slice(&kind.to_ne_bytes());
        bytes[6..8].copy_from_slice(&flags.to_ne_bytes());
        bytes.extend_from_slice(record);
        bytes.resize(padded(bytes.len()), 0);
        Self { bytes }
    }

    /// Adds an attribute.
    #[must_use]
    pub fn with(mut self, kind: u16, data: &[u8]) -> Self {
        self.bytes.extend_from_slice(&((ATTRIBUTE + data.len()) as u16).to_ne_bytes());
        self.bytes.extend_from_slice(&kind.to_ne_bytes());
        self.bytes.extend_from_slice(data);
        self.bytes.resize(padded(self.bytes.len()), 0);
        self
    }

    /// Adds an attribute that holds an address.
    #[must_use]
    pub fn with_ip(self, kind: u16, address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => self.with(kind, &v4.octets()),
            IpAddr::V6(v6) => self.with(kind, &v6.octets()),
        }
    }

    pub(super) fn finish(mut self, sequence: u32) -> Vec<u8> {
        let len = self.bytes.len() as u32;
        self.bytes[..4].copy_from_slice(&len.to_ne_bytes());
        self.bytes[8..12].copy_from_slice(&sequence.to_ne_bytes());
        self.bytes
    }
}
