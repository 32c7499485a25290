//! Looking into Ethernet frames as far as the laboratory needs: is it an echo, and which one.
//!
//! Deliberately apart from `netdiag-wire`: what checks the tools must not share their mistakes.
//! RFC 791, 792, 8200, 4443. Fragments and IPv6 extension headers count as "other".

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// Bytes of an Ethernet header.
pub(crate) const ETHERNET: usize = 14;
const IPV4: [u8; 2] = [0x08, 0x00];
const IPV6: [u8; 2] = [0x86, 0xdd];
const ARP: [u8; 2] = [0x08, 0x06];
pub(crate) const ICMP: u8 = 1;
pub(crate) const ICMPV6: u8 = 58;
pub(crate) const UDP: u8 = 17;
pub(crate) const TCP: u8 = 6;

/// Question or answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EchoKind {
    /// ICMP type 8, `ICMPv6` type 128.
    Request,
    /// ICMP type 0, `ICMPv6` type 129.
    Reply,
}

/// An ICMP echo message of either family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Echo {
    /// Question or answer.
    pub kind: EchoKind,
    /// The identifier.
    pub id: u16,
    /// The sequence number.
    pub seq: u16,
    /// The source address.
    pub src: IpAddr,
    /// The destination address.
    pub dst: IpAddr,
}

/// What a frame is, as far as the laboratory cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FrameKind {
    /// An echo request or reply.
    Echo(Echo),
    /// ARP, neighbour discovery, multicast listener reports: the link talking to itself.
    Link,
    /// Anything else.
    Other,
}

impl FrameKind {
    /// The echo, if it is one.
    pub fn echo(&self) -> Option<&Echo> {
        match self {
            Self::Echo(echo) => Some(echo),
            Self::Link | Self::Other => None,
        }
    }
}

/// The parts of an IP packet inside a frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packet<'a> {
    pub(crate) src: IpAddr,
    pub(crate) dst: IpAddr,
    /// ICMP, UDP, TCP, … as the IP header says.
    pub(crate) protocol: u8,
    /// The whole packet without padding.
    pub(crate) bytes: &'a [u8],
    /// Where in `bytes` the transport header begins.
    pub(crate) transport: usize,
}

impl<'a> Packet<'a> {
    /// The packet inside an Ethernet frame, unless it is a fragment or broken.
    pub(crate) fn in_frame(frame: &'a [u8]) -> Option<Self> {
        let packet = frame.get(ETHERNET..)?;
        match frame.get(12..14)?.try_into().ok()? {
            IPV4 => Self::v4(packet),
            IPV6 => Self::v6(packet),
            _ => None,
        }
    }

    fn v4(packet: &'a [u8]) -> Option<Self> {
        let header = packet.get(..20)?;
        let transport = usize::from(header[0] & 0x0f) * 4;
        let total = usize::from(u16::from_be_bytes([header[2], header[3]]));
        let is_fragment = u16::from_be_bytes([header[6], header[7]]) & 0x3fff != 0;
        if header[0] >> 4 != 4 || is_fragment || transport < 20 || transport > total {
            return None;
        }
        let address = |at: usize| -> IpAddr {
            Ipv4Addr::new(header[at], header[at + 1], header[at + 2], header[at + 3]).into()
        };
        let bytes = packet.get(..total)?;
        Some(Self { src: address(12), dst: address(16), protocol: header[9], bytes, transport })
    }

    fn v6(packet: &'a [u8]) -> Option<Self> {
        let header = packet.get(..40)?;
        let total = 40 + usize::from(u16::from_be_bytes([header[4], header[5]]));
        let address =
            |bytes: &[u8]| <[u8; 16]>::try_from(bytes).ok().map(|bytes| Ipv6Addr::from(bytes).into());
        let (src, dst) = (address(&header[8..24])?, address(&header[24..40])?);
        Some(Self { src, dst, protocol: header[6], bytes: packet.get(..total)?, transport: 40 })
    }

    /// The transport header and what follows.
    pub(crate) fn body(&self) -> &'a [u8] {
        &self.bytes[self.transport..]
    }

    /// The echo message in it.
    pub(crate) fn echo(&self) -> Option<Echo> {
        let body = self.body();
        let kind = match (self.protocol, self.src.is_ipv4(), *body.first()?) {
            (ICMP, true, 8) | (ICMPV6, false, 128) => EchoKind::Request,
            (ICMP, true, 0) | (ICMPV6, false, 129) => EchoKind::Reply,
            _ => return None,
        };
        let field = |at: usize| Some(u16::from_be_bytes([*body.get(at)?, *body.get(at + 1)?]));
        Some(Echo { kind, id: field(4)?, seq: field(6)?, src: self.src, dst: self.dst })
    }

    fn is_link_talk(&self) -> bool {
        let is_multicast_report = self.bytes.get(6) == Some(&0) && self.src.is_ipv6();
        let is_discovery =
            self.protocol == ICMPV6 && self.body().first().is_some_and(|kind| (130..=143).contains(kind));
        is_multicast_report || is_discovery
    }
}

/// What a frame is.
pub(crate) fn kind_of(frame: &[u8]) -> FrameKind {
    if frame.get(12..14) == Some(&ARP) {
        return FrameKind::Link;
    }
    match Packet::in_frame(frame) {
        Some(packet) if packet.is_link_talk() => FrameKind::Link,
        Some(packet) => packet.echo().map_or(FrameKind::Other, FrameKind::Echo),
        None => FrameKind::Other,
    }
}

/// The Internet checksum (RFC 1071) of several pieces, each but the last of even length.
pub(crate) fn checksum(pieces: &[&[u8]]) -> u16 {
    let mut sum = 0_u32;
    for piece in pieces {
        for pair in piece.chunks(2) {
            sum += u32::from(u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]));
        }
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

/// Writes the right checksum into an ICMP message of either family.
pub(crate) fn seal_icmp(src: IpAddr, dst: IpAddr, message: &mut [u8]) {
    message[2..4].fill(0);
    let sum = match (src, dst) {
        (IpAddr::V6(src), IpAddr::V6(dst)) => {
            let len = (message.len() as u32).to_be_bytes();
            checksum(&[&src.octets(), &dst.octets(), &len, &[0, 0, 0, ICMPV6], message])
        }
        _ => checksum(&[message]),
    };
    message[2..4].copy_from_slice(&sum.to_be_bytes());
}
