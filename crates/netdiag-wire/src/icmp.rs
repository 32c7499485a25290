//! ICMP (RFC 792) and ICMPv6 (RFC 4443) messages: echo, and errors with what they quote.
//!
//! The two protocols differ in numbers, not in shape; both are handled here. ICMPv6's checksum covers addresses that a
//! socket does not show, so only ICMP's can be checked from the message alone.

use pnet_packet::icmp::echo_request::{EchoRequestPacket, MutableEchoRequestPacket};
use pnet_packet::icmp::{IcmpCode, IcmpType};

use crate::{WireError, ip};

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
}

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
    /// The 32 bits after the checksum: an MTU, a gateway, a pointer (in the top octet for ICMP), or 0.
    pub rest: u32,
    /// The quoted packet from its IP header on.
    pub quote: &'a [u8],
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
        Message::Error(ErrorMessage { kind, code, rest, quote: data })
    } else {
        Message::Other { kind, code }
    })
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
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_echo_request_comes_back_as_it_was_written() {
        for protocol in [Protocol::Icmp, Protocol::Icmpv6] {
            let mut bytes = vec![0xee];
            let echo = Echo { id: 7, seq: 65_535, data: b"abc" };
            emit_echo_request(protocol, &echo, &mut bytes);
            assert_eq!(parse(protocol, &bytes[1..]), Ok(Message::EchoRequest(echo)));
        }
    }

    #[test]
    fn a_sealed_message_has_its_identifier_and_a_right_checksum() {
        let mut bytes = Vec::new();
        emit_echo_request(Protocol::Icmp, &Echo { id: 0, seq: 3, data: &[1, 2, 3, 4, 5] }, &mut bytes);
        assert!(!is_checksum_right_v4(&bytes));
        seal_v4(&mut bytes, 0xbeef).expect("long enough");
        assert!(is_checksum_right_v4(&bytes));
        assert!(matches!(
            parse(Protocol::Icmp, &bytes),
            Ok(Message::EchoRequest(Echo { id: 0xbeef, seq: 3, .. }))
        ));
    }

    #[test]
    fn an_error_keeps_its_number_and_its_quote() {
        let bytes = [3, 4, 0, 0, 0, 0, 0x05, 0x78, 0x45, 1];
        let Ok(Message::Error(error)) = parse(Protocol::Icmp, &bytes) else { panic!("an error") };
        assert_eq!((error.kind, error.code, error.rest, error.quote), (3, 4, 1400, &bytes[8..]));
    }

    proptest! {
        #[test]
        fn no_input_panics(bytes in prop::collection::vec(any::<u8>(), 0..64), v6 in any::<bool>()) {
            let protocol = if v6 { Protocol::Icmpv6 } else { Protocol::Icmp };
            prop_assert_eq!(parse(protocol, &bytes).is_ok(), bytes.len() >= HEADER_LEN);
            is_checksum_right_v4(&bytes);
        }
    }
}
