//! ICMP (RFC 792) and ICMPv6 (RFC 4443) messages: echo, and errors with what they quote.
//!
//! The two protocols differ in numbers, not in shape; both are handled here. ICMPv6's checksum covers addresses that a
//! socket does not show, so only ICMP's can be checked from the message alone. Where extensions begin: RFC 4884 sections 4
//! and 5; what is in them is read by `extension`.

use pnet_packet::icmp::echo_request::{EchoRequestPacket, MutableEchoRequestPacket};
use pnet_packet::icmp::{IcmpCode, IcmpType};

use crate::{WireError, extension, ip};

/// Which of the two protocols a message belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// ICMP, over IPv4.
    Icmp,
    /// ICMPv6, over IPv6.
    Icmpv6,
}

impl Protocol {
    /// The type of an echo request.
    pub const fn echo_request(self) -> u8 {
        match self {
            Self::Icmp => 8,
            Self::Icmpv6 => 128,
        }
    }

    /// The type of an echo reply.
    pub const fn echo_reply(self) -> u8 {
        match self {
            Self::Icmp => 0,
            Self::Icmpv6 => 129,
        }
    }

    const fn is_error(self, kind: u8) -> bool {
        match self {
            Self::Icmp => matches!(kind, 3 | 4 | 5 | 11 | 12),
            Self::Icmpv6 => kind < 128,
        }
    }

    /// Whether errors of this type may carry extensions (RFC 4884 section 4).
    pub const fn is_extensible(self, kind: u8) -> bool {
        match self {
            Self::Icmp => matches!(kind, 3 | 11 | 12),
            Self::Icmpv6 => matches!(kind, 1 | 3),
        }
    }

    /// The number that an error of this type and code carries in `rest`, the 32 bits after its checksum: an MTU, a
    /// gateway, a pointer. 0 where those bits are something else, such as the length of the quote.
    pub const fn number(self, (kind, code): (u8, u8), rest: u32) -> u32 {
        match (self, kind, code) {
            (Self::Icmp, 3, 4) => rest & 0xffff,
            (Self::Icmp, 12, _) => rest >> 24,
            (Self::Icmp, 5, _) | (Self::Icmpv6, 2 | 4, _) => rest,
            _ => 0,
        }
    }

    /// How far the field that tells the length of the quote stands from the end of those 32 bits, in bits, and its
    /// unit in octets.
    const fn length_field(self) -> (u32, usize) {
        match self {
            Self::Icmp => (16, 4),
            Self::Icmpv6 => (24, 8),
        }
    }
}

/// The least length of a quote that extensions follow, in octets; and the length where it is not told, by routers older
/// than RFC 4884.
pub const LEAST_QUOTE: usize = 128;

/// The header of every message that is handled here, in octets.
pub const HEADER_LEN: usize = 8;

/// An echo request or reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Echo<'a> {
    /// Identifier: whose echo it is. On Linux's datagram ICMP sockets the kernel's choice.
    pub id: u16,
    /// Sequence number.
    pub seq: u16,
    /// The data after the header.
    pub data: &'a [u8],
}

/// An error message, and as much as it quotes of the packet that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorMessage<'a> {
    /// Type.
    pub kind: u8,
    /// Code.
    pub code: u8,
    /// The 32 bits after the checksum; [`Protocol::number`] reads them.
    pub rest: u32,
    /// The quoted packet from its IP header on, without the extensions. What pads it lies beyond the length that the
    /// quoted header tells, see [`ip::Header::payload_of`].
    pub quote: &'a [u8],
    /// The extension structure, which [`extension::parse`] reads and has found sound; empty where there is none.
    pub extensions: &'a [u8],
}

/// An ICMP or ICMPv6 message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message<'a> {
    /// Echo request.
    EchoRequest(Echo<'a>),
    /// Echo reply.
    EchoReply(Echo<'a>),
    /// An error about another packet.
    Error(ErrorMessage<'a>),
    /// Any other type.
    Other {
        /// Type.
        kind: u8,
        /// Code.
        code: u8,
    },
}

/// Reads a message from its header on.
pub fn parse(protocol: Protocol, bytes: &[u8]) -> Result<Message<'_>, WireError> {
    let packet = EchoRequestPacket::new(bytes).ok_or(WireError::TooShort {
        what: "ICMP message",
        len: bytes.len(),
        needed: HEADER_LEN,
    })?;
    let (kind, code) = (packet.get_icmp_type().0, packet.get_icmp_code().0);
    let (id, seq) = (packet.get_identifier(), packet.get_sequence_number());
    let data = &bytes[HEADER_LEN..];
    Ok(if kind == protocol.echo_request() {
        Message::EchoRequest(Echo { id, seq, data })
    } else if kind == protocol.echo_reply() {
        Message::EchoReply(Echo { id, seq, data })
    } else if protocol.is_error(kind) {
        let rest = u32::from(id) << 16 | u32::from(seq);
        let (quote, extensions) = split(protocol, (kind, rest), data);
        Message::Error(ErrorMessage { kind, code, rest, quote, extensions })
    } else {
        Message::Other { kind, code }
    })
}

/// Parts what follows the header of an error into the quote and the extensions behind it.
fn split(protocol: Protocol, (kind, rest): (u8, u32), data: &[u8]) -> (&[u8], &[u8]) {
    let (shift, unit) = protocol.length_field();
    let told = usize::from((rest >> shift) as u8) * unit;
    if !protocol.is_extensible(kind) {
        return (data, &[]);
    }
    let Some((quote, structure)) = data.split_at_checked(told.max(LEAST_QUOTE)) else { return (data, &[]) };
    let is_sound = match told {
        0 => extension::is_certain(structure),
        // Too short for a quote: the field is something else.
        1..LEAST_QUOTE => false,
        _ => extension::parse(structure).is_ok(),
    };
    match is_sound {
        true => (quote, structure),
        false if told >= LEAST_QUOTE => (quote, &[]),
        false => (data, &[]),
    }
}

/// Appends an error to `out`. Where it has extensions, the quote is padded with zeros, or cut, to a length that the
/// message can tell. The checksum is the right one for ICMP; that of ICMPv6 is left 0, for the kernel to write.
pub fn emit_error(protocol: Protocol, error: &ErrorMessage<'_>, out: &mut Vec<u8>) {
    let start = out.len();
    out.extend([error.kind, error.code, 0, 0]);
    if error.extensions.is_empty() {
        out.extend(error.rest.to_be_bytes());
        out.extend_from_slice(error.quote);
    } else {
        let (shift, unit) = protocol.length_field();
        let units = error.quote.len().max(LEAST_QUOTE).div_ceil(unit).min(usize::from(u8::MAX));
        let rest = error.rest & !(0xff << shift) | (units as u32) << shift;
        out.extend(rest.to_be_bytes());
        out.extend(error.quote.iter().take(units * unit));
        out.resize(start + HEADER_LEN + units * unit, 0);
        out.extend_from_slice(error.extensions);
    }
    if protocol == Protocol::Icmp {
        let sum = ip::checksum(&out[start..]);
        out[start + 2..start + 4].copy_from_slice(&sum.to_be_bytes());
    }
}

/// Appends an echo request to `out` with the checksum left 0: on Linux the kernel, or the port that owns the socket,
/// writes the identifier and the checksum.
pub fn emit_echo_request(protocol: Protocol, echo: &Echo<'_>, out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + HEADER_LEN, 0);
    if let Some(mut packet) = MutableEchoRequestPacket::new(&mut out[start..]) {
        packet.set_icmp_type(IcmpType(protocol.echo_request()));
        packet.set_icmp_code(IcmpCode(0));
        packet.set_identifier(echo.id);
        packet.set_sequence_number(echo.seq);
    }
    out.extend_from_slice(echo.data);
}

/// Writes `id` and the right ICMP checksum into an IPv4 echo message.
pub fn seal_v4(message: &mut [u8], id: u16) -> Result<(), WireError> {
    let len = message.len();
    let mut packet = MutableEchoRequestPacket::new(message).ok_or(WireError::TooShort {
        what: "ICMP message",
        len,
        needed: HEADER_LEN,
    })?;
    packet.set_identifier(id);
    packet.set_checksum(0);
    let sum = ip::checksum(message);
    message[2..4].copy_from_slice(&sum.to_be_bytes());
    Ok(())
}

/// Whether the checksum of an ICMP (IPv4) message is right.
pub fn is_checksum_right_v4(message: &[u8]) -> bool {
    message.len() >= HEADER_LEN && ip::checksum(message) == 0
}

#[cfg(test)]
mod tests;
