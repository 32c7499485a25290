//! Entries of a socket's error queue: `struct sock_extended_err` and the address of the offender behind it.
//!
//! See ip(7) on IP_RECVERR, linux/errqueue.h, and the kernel's timestamping.rst for stamps of packets that left.

use std::net::SocketAddr;

use crate::address::{self, array};

/// Where an entry comes from (`ee_origin`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// This host: a packet that did not leave.
    Local,
    /// An ICMP message.
    Icmp,
    /// An ICMPv6 message.
    Icmpv6,
    /// No error at all: the stamp of a packet that left, with its number in [`ExtendedError::data`].
    Stamp,
    /// Any other.
    Unknown(u8),
}

/// An entry of the error queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExtendedError {
    /// The errno that the next call would have given.
    pub errno: i32,
    /// Where it comes from.
    pub origin: Origin,
    /// ICMP type.
    pub kind: u8,
    /// ICMP code.
    pub code: u8,
    /// The MTU of EMSGSIZE, the pointer of a parameter problem, the gateway of a redirect.
    pub info: u32,
    /// The number of the send for a stamp; see [`ExtendedError::extensions`] for an ICMP error.
    pub data: u32,
    /// Who sent the ICMP message, where the kernel tells.
    pub offender: Option<SocketAddr>,
}

/// Octets of `struct sock_extended_err`.
const LEN: usize = 16;

/// `SO_EE_RFC4884_FLAG_INVALID`: the checksum is wrong, or an object does not fit.
const INVALID: u8 = 1;

/// What the kernel says of the extension structure of an ICMP error (`struct sock_ee_data_rfc4884`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extensions {
    /// Nothing: there is none, the message does not tell the length of its quote, or nobody asked.
    Untold,
    /// It begins this many octets after the start of what the entry brings of the message; never 0. The kernel does not
    /// look at its version.
    At(u16),
    /// There is one, and it is not sound.
    Unsound,
}

impl ExtendedError {
    /// Where the extension structure of an ICMP error begins; needs [`crate::setting::Setting::ReceiveExtensions`].
    pub const fn extensions(&self) -> Extensions {
        let [low, high, flags, _] = self.data.to_ne_bytes();
        match u16::from_ne_bytes([low, high]) {
            0 => Extensions::Untold,
            _ if flags & INVALID != 0 => Extensions::Unsound,
            at => Extensions::At(at),
        }
    }

    /// Reads an entry from the data of its control message.
    pub fn parse(data: &[u8]) -> Option<Self> {
        let origin = match *data.get(4)? {
            1 => Origin::Local,
            2 => Origin::Icmp,
            3 => Origin::Icmpv6,
            4 => Origin::Stamp,
            other => Origin::Unknown(other),
        };
        Some(Self {
            errno: u32::from_ne_bytes(array(data, 0)?) as i32,
            origin,
            kind: *data.get(5)?,
            code: *data.get(6)?,
            info: u32::from_ne_bytes(array(data, 8)?),
            data: u32::from_ne_bytes(array(data, 12)?),
            offender: address::parse(data.get(LEN..)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_icmp_error_and_its_offender() {
        let mut data = vec![0u8; LEN];
        data[0] = 113;
        data[4..7].copy_from_slice(&[2, 11, 0]);
        data.extend((libc::AF_INET as u16).to_ne_bytes());
        data.extend([0, 0, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
        let error = ExtendedError::parse(&data).expect("entry");
        assert_eq!((error.errno, error.origin, error.kind), (113, Origin::Icmp, 11));
        assert_eq!(error.offender, Some("192.0.2.1:0".parse().expect("address")));
        assert_eq!(ExtendedError::parse(&data[..15]), None);
        assert_eq!(error.extensions(), Extensions::Untold);
        for (flags, expected) in [(0, Extensions::At(108)), (1, Extensions::Unsound)] {
            data[12..14].copy_from_slice(&108u16.to_ne_bytes());
            data[14] = flags;
            assert_eq!(ExtendedError::parse(&data).map(|error| error.extensions()), Some(expected));
        }
    }
}
