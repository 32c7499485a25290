//! Control messages of sendmsg(2) and recvmsg(2): an encoder for those that go down, an iterator for those that come up.
//!
//! The layout is the kernel's `struct cmsghdr` (a length of one word, level, type, data padded to words); see cmsg(3).
//! All of it is done on octets, so no input can lead outside the buffer.

use std::mem::size_of;

use crate::address::{Family, array};
use crate::error_queue::ExtendedError;

/// Octets of a header, and the alignment of headers and data.
const WORD: usize = size_of::<usize>();
const HEADER: usize = WORD + 8;

/// `SCM_TS_OPT_ID` of asm-generic/socket.h (Linux 6.13): the number that a send's stamp is to carry.
const SCM_TS_OPT_ID: i32 = 81;

const fn padded(len: usize) -> usize {
    len.saturating_add(WORD - 1) & !(WORD - 1)
}

/// What one packet may carry as an order to the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Its TTL or hop limit.
    Ttl(u8),
    /// Its TOS or traffic class.
    Tos(u8),
    /// The number that its departure stamp carries; needs [`crate::setting::Stamps::Both`] and Linux 6.13.
    StampId(u32),
}

impl Order {
    const fn numbers(self, family: Family) -> (i32, i32, u32) {
        match (self, family) {
            (Self::Ttl(ttl), Family::V4) => (libc::SOL_IP, libc::IP_TTL, ttl as u32),
            (Self::Ttl(ttl), Family::V6) => (libc::SOL_IPV6, libc::IPV6_HOPLIMIT, ttl as u32),
            (Self::Tos(tos), Family::V4) => (libc::SOL_IP, libc::IP_TOS, tos as u32),
            (Self::Tos(tos), Family::V6) => (libc::SOL_IPV6, libc::IPV6_TCLASS, tos as u32),
            (Self::StampId(id), _) => (libc::SOL_SOCKET, SCM_TS_OPT_ID, id),
        }
    }
}

/// Octets that one encoded [`Order`] takes.
pub const ORDER_LEN: usize = HEADER + WORD;

/// Writes control messages one after another into a buffer that it is given.
#[derive(Debug)]
pub struct Encoder<'a> {
    buffer: &'a mut [u8],
    family: Family,
    len: usize,
}

impl<'a> Encoder<'a> {
    /// An encoder for a socket of `family` that starts at the beginning of `buffer`.
    pub fn new(buffer: &'a mut [u8], family: Family) -> Self {
        Self { buffer, family, len: 0 }
    }

    /// Adds an order.
    ///
    /// # Panics
    /// When the buffer has no room for another [`ORDER_LEN`] octets.
    pub fn push(&mut self, order: Order) {
        let (level, kind, value) = order.numbers(self.family);
        let place = &mut self.buffer[self.len..self.len + ORDER_LEN];
        place.fill(0);
        place[..WORD].copy_from_slice(&(HEADER + 4).to_ne_bytes());
        place[WORD..WORD + 4].copy_from_slice(&level.to_ne_bytes());
        place[WORD + 4..HEADER].copy_from_slice(&kind.to_ne_bytes());
        place[HEADER..HEADER + 4].copy_from_slice(&value.to_ne_bytes());
        self.len += ORDER_LEN;
    }

    /// How many octets have been written.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing has been written.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// What the kernel says of a message that came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// The TTL or hop limit that it arrived with.
    Ttl(u8),
    /// The TOS or traffic class that it arrived with.
    Tos(u8),
    /// The software stamp, in nanoseconds since 1970 on CLOCK_REALTIME.
    Stamp(i64),
    /// An entry of the error queue.
    Error(ExtendedError),
    /// Any other message.
    Other {
        /// Its level.
        level: i32,
        /// Its type.
        kind: i32,
    },
}

/// The control messages in a buffer that recvmsg(2) filled. Ends at the first one that does not fit.
#[derive(Debug, Clone)]
pub struct Controls<'a> {
    rest: &'a [u8],
}

impl<'a> Controls<'a> {
    /// Reads from `bytes`, as many as the kernel said it wrote.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }
}

impl Iterator for Controls<'_> {
    type Item = Control;

    fn next(&mut self) -> Option<Control> {
        let len = usize::from_ne_bytes(array(self.rest, 0)?);
        let level = i32::from_ne_bytes(array(self.rest, WORD)?);
        let kind = i32::from_ne_bytes(array(self.rest, WORD + 4)?);
        let Some(data) = self.rest.get(HEADER..len) else {
            self.rest = &[];
            return None;
        };
        let control = parse(level, kind, data);
        self.rest = self.rest.get(padded(len)..).unwrap_or_default();
        Some(control)
    }
}

fn parse(level: i32, kind: i32, data: &[u8]) -> Control {
    let known = match (level, kind) {
        (libc::SOL_IP, libc::IP_TTL) | (libc::SOL_IPV6, libc::IPV6_HOPLIMIT) => octet(data).map(Control::Ttl),
        (libc::SOL_IP, libc::IP_TOS) | (libc::SOL_IPV6, libc::IPV6_TCLASS) => octet(data).map(Control::Tos),
        (libc::SOL_SOCKET, libc::SCM_TIMESTAMPING) => stamp(data).map(Control::Stamp),
        (libc::SOL_IP, libc::IP_RECVERR) | (libc::SOL_IPV6, libc::IPV6_RECVERR) => {
            ExtendedError::parse(data).map(Control::Error)
        }
        _ => None,
    };
    known.unwrap_or(Control::Other { level, kind })
}

/// A small number, which the kernel writes as one octet or as an int.
fn octet(data: &[u8]) -> Option<u8> {
    match array(data, 0).map(i32::from_ne_bytes) {
        Some(number) => u8::try_from(number).ok(),
        None => data.first().copied(),
    }
}

/// The first of the three stamps of `struct scm_timestamping`: software. Zero means that there is none.
fn stamp(data: &[u8]) -> Option<i64> {
    let (seconds, nanos) = if data.len() >= 48 {
        (i64::from_ne_bytes(array(data, 0)?), i64::from_ne_bytes(array(data, 8)?))
    } else {
        (i32::from_ne_bytes(array(data, 0)?).into(), i32::from_ne_bytes(array(data, 4)?).into())
    };
    let at = seconds.checked_mul(1_000_000_000)?.checked_add(nanos)?;
    (at != 0).then_some(at)
}

#[cfg(test)]
mod tests;
