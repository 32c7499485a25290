//! IP headers as far as a prober needs them: who, to whom, TTL, TOS, protocol, and where the payload begins.
//!
//! IPv4: RFC 791. IPv6: RFC 8200; extension headers that may stand before the payload are walked (hop-by-hop,
//! routing, fragment, destination options).

use std::net::IpAddr;

use pnet_packet::ip::IpNextHeaderProtocol;
use pnet_packet::ipv4::Ipv4Packet;
use pnet_packet::ipv6::Ipv6Packet;

use crate::WireError;

/// What an IP header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Source address.
    pub source: IpAddr,
    /// Destination address.
    pub destination: IpAddr,
    /// TTL or hop limit.
    pub ttl: u8,
    /// TOS or traffic class.
    pub tos: u8,
    /// The protocol of the payload, after any extension headers.
    pub protocol: u8,
    /// Offset of the payload from the start of the header, in octets.
    pub payload: usize,
    /// Length of the whole packet by the header, in octets; may be more than was captured or quoted.
    pub total_len: usize,
}

/// Protocol numbers (IANA).
pub mod protocol {
    /// ICMP.
    pub const ICMP: u8 = 1;
    /// TCP.
    pub const TCP: u8 = 6;
    /// UDP.
    pub const UDP: u8 = 17;
    /// ICMPv6.
    pub const ICMPV6: u8 = 58;
}

const HOP_BY_HOP: u8 = 0;
const ROUTING: u8 = 43;
const FRAGMENT: u8 = 44;
const DESTINATION_OPTIONS: u8 = 60;

/// Reads the IP header that `bytes` begin with. The payload may be cut short (as in a quote); the header may not.
pub fn parse(bytes: &[u8]) -> Result<Header, WireError> {
    match bytes.first().map(|first| first >> 4) {
        None => Err(WireError::TooShort { what: "IP header", len: 0, needed: 20 }),
        Some(4) => parse_v4(bytes),
        Some(6) => parse_v6(bytes),
        Some(_) => Err(WireError::Malformed { what: "IP header", why: "the version is neither 4 nor 6" }),
    }
}

fn parse_v4(bytes: &[u8]) -> Result<Header, WireError> {
    let too_short = |needed| WireError::TooShort { what: "IPv4 header", len: bytes.len(), needed };
    let packet = Ipv4Packet::new(bytes).ok_or_else(|| too_short(20))?;
    let payload = usize::from(packet.get_header_length()) * 4;
    if payload < 20 {
        return Err(WireError::Malformed {
            what: "IPv4 header",
            why: "the header length is under 20 octets",
        });
    }
    if bytes.len() < payload {
        return Err(too_short(payload));
    }
    Ok(Header {
        source: packet.get_source().into(),
        destination: packet.get_destination().into(),
        ttl: packet.get_ttl(),
        tos: packet.get_dscp() << 2 | packet.get_ecn(),
        protocol: packet.get_next_level_protocol().0,
        payload,
        total_len: usize::from(packet.get_total_length()),
    })
}

fn parse_v6(bytes: &[u8]) -> Result<Header, WireError> {
    let packet = Ipv6Packet::new(bytes).ok_or(WireError::TooShort {
        what: "IPv6 header",
        len: bytes.len(),
        needed: 40,
    })?;
    let (protocol, payload) = skip_extensions(bytes, packet.get_next_header())?;
    Ok(Header {
        source: packet.get_source().into(),
        destination: packet.get_destination().into(),
        ttl: packet.get_hop_limit(),
        tos: packet.get_traffic_class(),
        protocol,
        payload,
        total_len: 40 + usize::from(packet.get_payload_length()),
    })
}

/// Walks the extension headers of an IPv6 packet; returns the protocol of the payload and its offset.
fn skip_extensions(bytes: &[u8], first: IpNextHeaderProtocol) -> Result<(u8, usize), WireError> {
    let (mut protocol, mut offset) = (first.0, 40);
    while matches!(protocol, HOP_BY_HOP | ROUTING | FRAGMENT | DESTINATION_OPTIONS) {
        let header = bytes.get(offset..offset + 8).ok_or(WireError::TooShort {
            what: "IPv6 extension header",
            len: bytes.len(),
            needed: offset + 8,
        })?;
        let length = if protocol == FRAGMENT { 8 } else { (usize::from(header[1]) + 1) * 8 };
        protocol = header[0];
        offset += length;
    }
    Ok((protocol, offset))
}

/// Appends the IP header that `header` describes, without options or extension headers; the IPv4 one has DF set and its
/// right checksum. The family is that of the source.
pub fn emit(header: &Header, out: &mut Vec<u8>) {
    let start = out.len();
    match (header.source, header.destination) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            let len = (header.total_len as u16).to_be_bytes();
            out.extend([0x45, header.tos, len[0], len[1], 0, 0, 0x40, 0, header.ttl, header.protocol, 0, 0]);
            out.extend(source.octets());
            out.extend(destination.octets());
            let sum = checksum(&out[start..]);
            out[start + 10..start + 12].copy_from_slice(&sum.to_be_bytes());
        }
        (source, destination) => {
            let len = (header.total_len.saturating_sub(40) as u16).to_be_bytes();
            out.extend([0x60 | header.tos >> 4, header.tos << 4, 0, 0]);
            out.extend([len[0], len[1], header.protocol, header.ttl]);
            out.extend(octets(source));
            out.extend(octets(destination));
        }
    }
}

const fn octets(ip: IpAddr) -> [u8; 16] {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().octets(),
        IpAddr::V6(ip) => ip.octets(),
    }
}

impl Header {
    /// The payload among the bytes that the header was parsed from: as much as is there, and no more than the header
    /// says.
    pub fn payload_of<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        let end = bytes.len().min(self.total_len.max(self.payload));
        bytes.get(self.payload..end).unwrap_or_default()
    }
}

/// The 16-bit ones' complement checksum of RFC 1071 over `bytes`; 0 over bytes that contain a right checksum.
pub fn checksum(bytes: &[u8]) -> u16 {
    // A word index that no word has: nothing is skipped.
    pnet_packet::util::checksum(bytes, usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const V4: [u8; 28] =
        [0x46, 0xb8, 0, 28, 0, 1, 0, 0, 61, 1, 0, 0, 192, 0, 2, 1, 198, 51, 100, 7, 1, 1, 1, 1, 8, 0, 0, 0];

    #[test]
    fn an_ipv4_header_with_options() {
        let header = parse(&V4).expect("header");
        assert_eq!((header.ttl, header.tos, header.protocol), (61, 0xb8, protocol::ICMP));
        assert_eq!(header.destination.to_string(), "198.51.100.7");
        assert_eq!(header.payload_of(&V4), &V4[24..]);
    }

    #[test]
    fn ipv6_extension_headers_are_walked() {
        let mut packet = vec![0x60, 0, 0, 0, 0, 24, 0, 64];
        packet.extend([0; 32]);
        packet.extend([FRAGMENT, 0, 1, 4, 0, 0, 0, 0]); // hop-by-hop: next is a fragment header
        packet.extend([protocol::ICMPV6, 0, 0, 0, 0, 0, 0, 1]);
        packet.extend([128, 0, 0, 0, 0, 1, 0, 2]);
        let header = parse(&packet).expect("header");
        assert_eq!((header.protocol, header.payload, header.total_len), (protocol::ICMPV6, 56, 64));
    }

    #[test]
    fn a_header_comes_back_as_it_was_written() {
        for [source, destination] in [["192.0.2.1", "198.51.100.7"], ["2001:db8::1", "2001:db8::7"]] {
            let [source, destination] = [source, destination].map(|text| text.parse().expect("address"));
            let payload = if matches!(source, IpAddr::V4(_)) { 20 } else { 40 };
            let (protocol, total_len) = (protocol::UDP, payload + 12);
            let header = Header { source, destination, ttl: 9, tos: 0xb9, protocol, payload, total_len };
            let mut bytes = Vec::new();
            emit(&header, &mut bytes);
            assert_eq!((parse(&bytes), bytes.len()), (Ok(header), payload));
            assert!(payload == 40 || checksum(&bytes) == 0);
        }
    }

    #[test]
    fn a_checksum_over_itself_is_zero() {
        let mut message = vec![8, 0, 0, 0, 1, 2, 3, 4, 5];
        let sum = checksum(&message);
        message[2..4].copy_from_slice(&sum.to_be_bytes());
        assert_eq!(checksum(&message), 0);
    }

    proptest! {
        #[test]
        fn no_input_panics(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
            if let Ok(header) = parse(&bytes) {
                prop_assert!(header.payload_of(&bytes).len() <= bytes.len());
            }
        }

        #[test]
        fn no_ipv6_extension_chain_panics(next in any::<u8>(), tail in prop::collection::vec(prop::sample::select(vec![0u8, 1, 43, 44, 60, 58]), 0..80)) {
            let mut bytes = vec![0x60, 0, 0, 0, 0, 0, next, 1];
            bytes.extend([0; 32]);
            bytes.extend(tail);
            let _ = parse(&bytes);
        }
    }
}
