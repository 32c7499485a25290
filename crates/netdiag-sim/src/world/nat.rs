//! Address translation: what leaves gets the outside address, and what comes back is given to whom it belongs.
//!
//! Ports and ICMP identifiers are kept where they are free. Errors are translated with what they quote, checksums
//! included (RFC 5508), as Linux does, if these are not to be left. Mappings do not expire.

use std::collections::HashMap;
use std::net::IpAddr;

use netdiag_wire::ip::protocol;

use crate::network::{NatPorts, NatQuotes, NatSpec, NodeId};
use crate::packet::{Body, Packet, add, checksum_offset, sum_of};

/// One end: protocol, address, port or identifier.
type End = (u8, IpAddr, u16);

/// Which of a packet's two ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Source,
    Destination,
}

/// A translator.
#[derive(Debug)]
pub(super) struct Nat {
    outside: IpAddr,
    inside: Vec<NodeId>,
    ports: NatPorts,
    quotes: NatQuotes,
    out: HashMap<End, u16>,
    back: HashMap<(u8, u16), (IpAddr, u16)>,
    next_port: u16,
}

impl Nat {
    pub(super) fn new(spec: &NatSpec, inside: &[NodeId]) -> Self {
        Self {
            outside: spec.address,
            inside: inside.to_vec(),
            ports: spec.ports,
            quotes: spec.quotes,
            out: HashMap::new(),
            back: HashMap::new(),
            next_port: 1024,
        }
    }

    /// Whether `neighbour` lies inside.
    pub(super) fn is_inside(&self, neighbour: NodeId) -> bool {
        self.inside.contains(&neighbour)
    }

    /// Translates a packet that leaves for the outside.
    pub(super) fn translate_out(&mut self, packet: &mut Packet) {
        if packet.source.is_ipv4() != self.outside.is_ipv4() {
            return;
        }
        let source = packet.source;
        packet.source = self.outside;
        let Body::Plain { protocol, bytes } = &mut packet.body else { return };
        let Some(at) = port_offset(*protocol, Side::Source) else { return };
        let Some(port) = read(bytes, at) else { return };
        let mapped = self.map((*protocol, source, port));
        rewrite(*protocol, bytes, (at, mapped), (source, self.outside));
    }

    /// Translates a packet to the outside address back; false if it belongs to nobody inside.
    pub(super) fn translate_in(&self, packet: &mut Packet) -> bool {
        if packet.destination != self.outside {
            return false;
        }
        let (number, bytes, side) = match &mut packet.body {
            Body::Plain { protocol, bytes } => (*protocol, bytes, Side::Destination),
            Body::Error(error) => (error.quote.protocol, &mut error.quote.bytes, Side::Source),
        };
        let Some(at) = port_offset(number, side) else { return false };
        let Some(&(ip, port)) = read(bytes, at).and_then(|port| self.back.get(&(number, port))) else {
            return false;
        };
        if side == Side::Source && self.quotes == NatQuotes::ChecksumLeft {
            bytes[at..at + 2].copy_from_slice(&port.to_be_bytes());
        } else {
            rewrite(number, bytes, (at, port), (self.outside, ip));
        }
        if let Body::Error(error) = &mut packet.body {
            error.quote.source = ip;
        }
        packet.destination = ip;
        true
    }

    fn map(&mut self, end: End) -> u16 {
        let (protocol, ip, port) = end;
        if let Some(mapped) = self.out.get(&end) {
            return *mapped;
        }
        let is_free = |port: u16| !self.back.contains_key(&(protocol, port));
        let mapped = if self.ports == NatPorts::Keep && is_free(port) {
            port
        } else {
            // All taken: the oldest use of the next port loses it.
            let free = (0..u16::MAX).map(|n| self.next_port.wrapping_add(n)).find(|port| is_free(*port));
            free.unwrap_or(self.next_port)
        };
        self.next_port = mapped.wrapping_add(1).max(1024);
        self.out.insert(end, mapped);
        self.back.insert((protocol, mapped), (ip, port));
        mapped
    }
}

/// Where the port, or the identifier of an echo, stands.
const fn port_offset(number: u8, end: Side) -> Option<usize> {
    match number {
        protocol::ICMP | protocol::ICMPV6 => Some(4),
        protocol::UDP | protocol::TCP => Some(match end {
            Side::Source => 0,
            Side::Destination => 2,
        }),
        _ => None,
    }
}

fn read(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2).map(|two| u16::from_be_bytes([two[0], two[1]]))
}

/// Writes a port and brings the checksum up to date for it and for the address (RFC 1624).
fn rewrite(number: u8, bytes: &mut [u8], (at, port): (usize, u16), (old, new): (IpAddr, IpAddr)) {
    let before = read(bytes, at).unwrap_or_default();
    bytes[at..at + 2].copy_from_slice(&port.to_be_bytes());
    let Some(sum_at) = checksum_offset(number) else { return };
    let Some(sum) = read(bytes, sum_at) else { return };
    let mut changed = add(add(!sum, !before), port);
    if number != protocol::ICMP {
        changed = add(add(changed, !sum_of(old)), sum_of(new));
    }
    bytes[sum_at..sum_at + 2].copy_from_slice(&(!changed).to_be_bytes());
}
