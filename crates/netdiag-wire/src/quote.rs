//! What an ICMP error quotes of a packet: its IP header, and as much of what follows as the router gave back.
//!
//! RFC 792 (eight octets after the header), RFC 1812 4.3.2.3 and RFC 4443 2.4 (as much as fits).

use std::net::IpAddr;

use crate::ip::{self, Header, protocol};
use crate::{WireError, icmp};

/// A quoted packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote<'a> {
    /// Its IP header, as it was when the router refused it.
    pub header: Header,
    /// What follows it.
    pub content: Content<'a>,
    /// Whether its checksum is that of what is quoted.
    pub checksum: Checksum,
}

/// What a quoted packet carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content<'a> {
    /// An echo request.
    Echo(icmp::Echo<'a>),
    /// A UDP datagram.
    Udp {
        /// Source port.
        source: u16,
        /// Destination port.
        destination: u16,
        /// What follows the UDP header.
        data: &'a [u8],
    },
    /// Anything else, or too little of it.
    Other,
}

/// What the checksum of a quoted packet says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checksum {
    /// It is right.
    Right,
    /// It belongs to other octets: something was rewritten on the way and the checksum was not, or the other way round.
    Wrong,
    /// It cannot be told: not all of the packet is quoted, it has none, or it was left half made for a network card that
    /// never saw it.
    Untold,
}

/// The UDP header, in octets.
const UDP_HEADER_LEN: usize = 8;

/// Reads a quoted packet from its IP header on.
pub fn read(bytes: &[u8]) -> Result<Quote<'_>, WireError> {
    let header = ip::parse(bytes)?;
    let payload = header.payload_of(bytes);
    let content = content(&header, payload);
    Ok(Quote { header, content, checksum: checksum(&header, payload) })
}

fn content<'a>(header: &Header, payload: &'a [u8]) -> Content<'a> {
    let protocol = match header.protocol {
        protocol::UDP => return udp(payload),
        protocol::ICMP if header.source.is_ipv4() => icmp::Protocol::Icmp,
        protocol::ICMPV6 if header.source.is_ipv6() => icmp::Protocol::Icmpv6,
        _ => return Content::Other,
    };
    match icmp::parse(protocol, payload) {
        Ok(icmp::Message::EchoRequest(echo)) => Content::Echo(echo),
        _ => Content::Other,
    }
}

fn udp(payload: &[u8]) -> Content<'_> {
    match payload {
        [a, b, c, d, _, _, _, _, data @ ..] => Content::Udp {
            source: u16::from_be_bytes([*a, *b]),
            destination: u16::from_be_bytes([*c, *d]),
            data,
        },
        _ => Content::Other,
    }
}

fn checksum(header: &Header, payload: &[u8]) -> Checksum {
    let is_whole = header.total_len > header.payload && payload.len() == header.total_len - header.payload;
    let (place, has_pseudo_header) = match header.protocol {
        protocol::UDP => (6, true),
        protocol::ICMP => (2, false),
        protocol::ICMPV6 => (2, true),
        _ => return Checksum::Untold,
    };
    let Some(&[high, low]) = payload.get(place..place + 2) else { return Checksum::Untold };
    let written = u16::from_be_bytes([high, low]);
    let is_absent = header.protocol == protocol::UDP && written == 0;
    if !is_whole || is_absent || payload.len() < UDP_HEADER_LEN {
        return Checksum::Untold;
    }
    let pseudo = if has_pseudo_header { pseudo_header(header, payload.len()) } else { Vec::new() };
    // A half-made one is the sum of the pseudo header alone.
    if has_pseudo_header && written == !ip::checksum(&pseudo) {
        return Checksum::Untold;
    }
    let all = [pseudo.as_slice(), payload].concat();
    if ip::checksum(&all) == 0 { Checksum::Right } else { Checksum::Wrong }
}

/// The pseudo header (RFC 768; RFC 8200, 8.1) as octets; for IPv4 in another order, which sums up to the same.
fn pseudo_header(header: &Header, len: usize) -> Vec<u8> {
    let mut octets = Vec::with_capacity(40);
    for address in [header.source, header.destination] {
        match address {
            IpAddr::V4(v4) => octets.extend(v4.octets()),
            IpAddr::V6(v6) => octets.extend(v6.octets()),
        }
    }
    octets.extend((len as u32).to_be_bytes());
    octets.extend([0, 0, 0, header.protocol]);
    octets
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A UDP datagram over IPv4 with a right checksum.
    fn datagram(data: &[u8]) -> Vec<u8> {
        let len = (UDP_HEADER_LEN + data.len()) as u16;
        let header = Header {
            source: [192, 0, 2, 1].into(),
            destination: [198, 51, 100, 7].into(),
            ttl: 1,
            tos: 0x28,
            protocol: protocol::UDP,
            payload: 20,
            total_len: 20 + usize::from(len),
        };
        let mut bytes = Vec::new();
        ip::emit(&header, &mut bytes);
        let mut udp = [40_000u16.to_be_bytes(), 33_434u16.to_be_bytes(), len.to_be_bytes(), [0, 0]].concat();
        udp.extend(data);
        let sum = ip::checksum(&[pseudo_header(&header, udp.len()), udp.clone()].concat());
        udp[6..8].copy_from_slice(&sum.to_be_bytes());
        bytes.extend(udp);
        bytes
    }

    #[test]
    fn a_whole_quote_tells_everything() {
        let bytes = datagram(b"hello");
        let quote = read(&bytes).expect("a quote");
        assert_eq!((quote.header.ttl, quote.header.tos, quote.checksum), (1, 0x28, Checksum::Right));
        assert_eq!(quote.content, Content::Udp { source: 40_000, destination: 33_434, data: b"hello" });
    }

    #[test]
    fn what_was_rewritten_shows_in_the_checksum() {
        let mut bytes = datagram(b"hello");
        bytes[15] = 9;
        assert_eq!(read(&bytes).map(|quote| quote.checksum), Ok(Checksum::Wrong));
    }

    #[test]
    fn a_short_quote_and_a_half_made_checksum_tell_nothing_of_it() {
        let bytes = datagram(b"hello");
        let short = read(&bytes[..28]).expect("a quote");
        assert_eq!(short.checksum, Checksum::Untold);
        assert_eq!(short.content, Content::Udp { source: 40_000, destination: 33_434, data: b"" });
        let mut half = bytes.clone();
        let header = ip::parse(&bytes).expect("a header");
        let sum = !ip::checksum(&pseudo_header(&header, 13));
        half[26..28].copy_from_slice(&sum.to_be_bytes());
        assert_eq!(read(&half).map(|quote| quote.checksum), Ok(Checksum::Untold));
    }

    proptest! {
        #[test]
        fn no_input_panics(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
            let _ = read(&bytes);
        }

        #[test]
        fn no_quote_of_an_ipv4_packet_panics(protocol in prop::sample::select(vec![1u8, 6, 17, 58, 99]), tail in prop::collection::vec(any::<u8>(), 0..60)) {
            let mut bytes = datagram(b"")[..20].to_vec();
            bytes[9] = protocol;
            bytes[2..4].copy_from_slice(&((20 + tail.len()) as u16).to_be_bytes());
            bytes.extend(tail);
            prop_assert!(read(&bytes).is_ok());
        }
    }
}
