//! A packet under way: its IP header as fields, what is above it as bytes.
//!
//! ICMP errors are kept as fields too, with the bytes that they quote, so that a translator can change both; whoever looks
//! at one gets its octets. Checksums are real (RFC 792, 768, 9293, 4443) for all but ICMP errors.

use std::net::IpAddr;
use std::rc::Rc;

use netdiag_model::{Family, Icmp, ProbeId};
use netdiag_wire::icmp::{self, Protocol};
use netdiag_wire::ip::{self, protocol};

use crate::network::{ExtensionForm, NodeId};
use crate::truth::Origin;

/// The probe that a packet, or the packet it answers, carries, and what sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trace {
    pub(crate) origin: Origin,
    pub(crate) probe: ProbeId,
}

/// A packet.
#[derive(Debug, Clone)]
pub(crate) struct Packet {
    pub(crate) source: IpAddr,
    pub(crate) destination: IpAddr,
    pub(crate) ttl: u8,
    pub(crate) tos: u8,
    pub(crate) flow_label: u32,
    /// Whether it may pass links that are too small for it: in fragments of a router (IPv4) or of its sender (IPv6).
    pub(crate) is_fragmentable: bool,
    /// Nodes that it has passed; bounds every loop.
    pub(crate) hops: u8,
    /// How often it, or what it answers, has been doubled on its way; bounds every avalanche.
    pub(crate) doublings: u8,
    pub(crate) goal: Goal,
    pub(crate) trace: Option<Trace>,
    /// Its checksum is wrong: the receiver's kernel drops it.
    pub(crate) is_damaged: bool,
    pub(crate) body: Body,
}

/// Where a packet ends up, if nothing happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goal {
    /// At the node that has its destination.
    Node(NodeId),
    /// At the node on whose net its destination would be, if anyone had it.
    Net(NodeId),
    /// Nowhere: it is in no net that anyone knows.
    Nowhere,
}

/// What is above IP.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// A transport header and its data.
    Plain {
        /// IP protocol number.
        protocol: u8,
        bytes: Vec<u8>,
    },
    /// An ICMP error.
    Error(Box<ErrorBody>),
}

/// An ICMP error.
#[derive(Debug, Clone)]
pub(crate) struct ErrorBody {
    pub(crate) icmp: Icmp,
    pub(crate) quote: Quote,
    /// The extension structure behind the quote; empty where there is none.
    pub(crate) extensions: Rc<[u8]>,
    pub(crate) form: ExtensionForm,
}

/// What an error quotes.
#[derive(Debug, Clone)]
pub(crate) struct Quote {
    pub(crate) source: IpAddr,
    pub(crate) destination: IpAddr,
    pub(crate) protocol: u8,
    pub(crate) ttl: u8,
    pub(crate) tos: u8,
    /// Length of the quoted packet without its IP header, in octets.
    pub(crate) len: usize,
    /// From the transport header on; 8 octets at least.
    pub(crate) bytes: Vec<u8>,
}

/// The family of an address.
pub(crate) const fn family(ip: IpAddr) -> Family {
    match ip {
        IpAddr::V4(_) => Family::V4,
        IpAddr::V6(_) => Family::V6,
    }
}

/// The ICMP of a family, as the codecs name it.
pub(crate) const fn icmp_of(family: Family) -> Protocol {
    match family {
        Family::V4 => Protocol::Icmp,
        Family::V6 => Protocol::Icmpv6,
    }
}

/// The protocol number of a family's ICMP.
pub(crate) const fn icmp_number(family: Family) -> u8 {
    match family {
        Family::V4 => protocol::ICMP,
        Family::V6 => protocol::ICMPV6,
    }
}

impl Packet {
    pub(crate) const fn family(&self) -> Family {
        family(self.destination)
    }

    /// Length with its IP header, in octets.
    pub(crate) fn len(&self) -> usize {
        self.family().header_len()
            + match &self.body {
                Body::Plain { bytes, .. } => bytes.len(),
                Body::Error(error) => error.len(),
            }
    }

    /// Protocol and bytes; `None` for an ICMP error.
    pub(crate) fn plain(&self) -> Option<(u8, &[u8])> {
        match &self.body {
            Body::Plain { protocol, bytes } => Some((*protocol, bytes)),
            Body::Error(_) => None,
        }
    }

    /// Whether it is an echo request.
    pub(crate) fn is_echo_request(&self) -> bool {
        let family = self.family();
        self.plain().is_some_and(|(protocol, bytes)| {
            protocol == icmp_number(family) && bytes.first() == Some(&icmp_of(family).echo_request())
        })
    }

    /// Writes the right checksum.
    pub(crate) fn seal(&mut self) {
        let (source, destination) = (self.source, self.destination);
        let Body::Plain { protocol, bytes } = &mut self.body else { return };
        let Some(at) = checksum_offset(*protocol).filter(|at| at + 2 <= bytes.len()) else { return };
        bytes[at..at + 2].fill(0);
        let own = !ip::checksum(bytes);
        let sum = match *protocol {
            protocol::ICMP => !own,
            number => !add(own, pseudo(source, destination, (number, bytes.len()))),
        };
        // RFC 768: a UDP checksum of 0 means that there is none.
        let sum = if *protocol == protocol::UDP && sum == 0 { 0xffff } else { sum };
        bytes[at..at + 2].copy_from_slice(&sum.to_be_bytes());
        self.is_damaged = false;
    }

    /// What an ICMP error quotes of it: `len` octets after the IP header.
    pub(crate) fn quote(&self, len: usize) -> Option<Quote> {
        let (protocol, bytes) = self.plain()?;
        let (source, destination) = (self.source, self.destination);
        let (ttl, tos, whole) = (self.ttl, self.tos, bytes.len());
        let bytes = bytes[..whole.min(len)].to_vec();
        Some(Quote { source, destination, protocol, ttl, tos, len: whole, bytes })
    }
}

impl ErrorBody {
    /// An error without extensions.
    pub(crate) fn plain(icmp: Icmp, quote: Quote) -> Self {
        Self { icmp, quote, extensions: Rc::from([]), form: ExtensionForm::Rfc4884 }
    }

    /// Length of the message, in octets.
    fn len(&self) -> usize {
        let quoted = family(self.quote.destination).header_len() + self.quote.bytes.len();
        let padded = if self.extensions.is_empty() { quoted } else { quoted.max(icmp::LEAST_QUOTE) };
        icmp::HEADER_LEN + padded + self.extensions.len()
    }

    /// The message as octets.
    pub(crate) fn message(&self) -> Vec<u8> {
        let Icmp { family, kind, code, info } = self.icmp;
        let (header_len, quoted) = (family.header_len(), &self.quote);
        let header = ip::Header {
            source: quoted.source,
            destination: quoted.destination,
            ttl: quoted.ttl,
            tos: quoted.tos,
            protocol: quoted.protocol,
            payload: header_len,
            total_len: header_len + quoted.len,
        };
        let mut quote = Vec::new();
        ip::emit(&header, &mut quote);
        quote.extend_from_slice(&quoted.bytes);
        if self.form == ExtensionForm::Legacy && !self.extensions.is_empty() {
            quote.truncate(icmp::LEAST_QUOTE);
        }
        let error =
            icmp::ErrorMessage { kind, code, rest: info, quote: &quote, extensions: &self.extensions };
        let mut message = Vec::new();
        icmp::emit_error(icmp_of(family), &error, &mut message);
        if self.form == ExtensionForm::Legacy {
            message[4..icmp::HEADER_LEN].copy_from_slice(&info.to_be_bytes());
        }
        message
    }
}

/// Where the checksum of a protocol stands.
pub(crate) const fn checksum_offset(protocol: u8) -> Option<usize> {
    match protocol {
        protocol::ICMP | protocol::ICMPV6 => Some(2),
        protocol::UDP => Some(6),
        protocol::TCP => Some(16),
        _ => None,
    }
}

/// The sum of two ones' complement numbers.
pub(crate) const fn add(a: u16, b: u16) -> u16 {
    let (sum, carry) = a.overflowing_add(b);
    sum + carry as u16
}

/// The sum of the pseudo header (RFC 768, RFC 8200 8.1) over protocol number and length.
fn pseudo(source: IpAddr, destination: IpAddr, (protocol, len): (u8, usize)) -> u16 {
    let sum = add(sum_of(source), sum_of(destination));
    add(add(sum, u16::from(protocol)), len as u16)
}

/// The ones' complement sum of an address.
pub(crate) fn sum_of(ip: IpAddr) -> u16 {
    match ip {
        IpAddr::V4(ip) => !ip::checksum(&ip.octets()),
        IpAddr::V6(ip) => !ip::checksum(&ip.octets()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(protocol: u8, addresses: [&str; 2], bytes: &[u8]) -> Packet {
        let [source, destination] = addresses.map(|text| text.parse().expect("address"));
        Packet {
            source,
            destination,
            ttl: 64,
            tos: 0,
            flow_label: 0,
            is_fragmentable: false,
            hops: 0,
            doublings: 0,
            goal: Goal::Nowhere,
            trace: None,
            is_damaged: true,
            body: Body::Plain { protocol, bytes: bytes.to_vec() },
        }
    }

    #[test]
    fn a_sealed_packet_has_the_checksum_that_others_compute() {
        // By hand: !(1 + 1 + 8 + 58 + 0x8000 + 1 + 1).
        let mut echo = packet(protocol::ICMPV6, ["::1", "::1"], &[128, 0, 0, 0, 0, 1, 0, 1]);
        echo.seal();
        assert_eq!(echo.plain().map(|(_, bytes)| [bytes[2], bytes[3]]), Some([0x7f, 0xb9]));
        let mut udp = packet(protocol::UDP, ["192.0.2.1", "192.0.2.2"], &[0, 1, 0, 2, 0, 9, 0, 0, 0x61]);
        udp.seal();
        let (_, bytes) = udp.plain().expect("plain");
        let mut all = vec![192, 0, 2, 1, 192, 0, 2, 2, 0, 17, 0, 9];
        all.extend_from_slice(bytes);
        assert_eq!(ip::checksum(&all), 0);
    }
}
