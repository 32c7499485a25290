//! Receiving at this host: which socket a packet is for, and what it gets to see of it (as Linux does it).

use netdiag_engine::port::Via;
use netdiag_model::{Address, Family, Mono};
use netdiag_wire::icmp;
use netdiag_wire::ip::protocol;

use super::World;
use super::facts::FIRST_INTERFACE;
use super::inbox::Message;
use super::kernel::{Carrier, Ear};
use super::queue::Event;
use crate::network::IcmpAccess;
use crate::packet::{Body, ErrorBody, Packet, family, icmp_of};
use crate::truth::Happening;

/// The least path MTUs that Linux believes (`net.ipv4.route.min_pmtu`; RFC 8200).
const LEAST_PATH_MTU: [u32; 2] = [552, 1280];

impl World {
    /// A packet for this host reaches its device.
    pub(super) fn receive(&mut self, packet: Box<Packet>) {
        let cost = self.kernel.spec.receive_cost.0;
        if cost.is_zero() {
            self.hand(self.now, &packet);
        } else {
            self.queue.push(self.now + cost, Event::Hand(self.now, packet));
        }
    }

    /// A packet that reached the device at `arrived` reaches its socket.
    pub(super) fn hand(&mut self, arrived: Mono, packet: &Packet) {
        let is_raw = self.kernel.spec.icmp == IcmpAccess::Raw;
        match &packet.body {
            Body::Plain { protocol: number, .. }
                if packet.is_damaged && !(is_raw && *number == protocol::ICMP) =>
            {
                self.note(packet.trace, || Happening::Discarded);
            }
            Body::Error(_) if packet.is_damaged => self.note(packet.trace, || Happening::Discarded),
            Body::Plain { protocol: protocol::TCP, bytes } => self.tcp_answer(packet, bytes),
            Body::Plain { protocol: protocol::UDP, bytes } => self.udp_answer(arrived, packet, bytes),
            Body::Plain { bytes, .. } => self.echo_answer(arrived, packet, bytes),
            Body::Error(error) => self.error(arrived, packet, error),
        }
    }

    fn echo_answer(&mut self, arrived: Mono, packet: &Packet, bytes: &[u8]) {
        let family = packet.family();
        let Some(&[kind, _, _, _, high, low]) = bytes.get(..6) else { return };
        if kind != icmp_of(family).echo_reply() {
            return;
        }
        let number = Carrier::Icmp.number(family);
        let owner = self.kernel.owner(number, (family, u16::from_be_bytes([high, low])));
        if let Some(owner) = owner {
            self.deliver(owner, (arrived, packet), (Via::Direct { port: 0 }, bytes));
        } else if self.kernel.spec.icmp == IcmpAccess::Raw {
            let all = (0..).zip(&self.kernel.sets).filter(|(_, set)| set.carrier == Carrier::Icmp);
            let all: Vec<u16> = all.map(|(at, _)| at).collect();
            for set in all {
                self.deliver((set, 0), (arrived, packet), (Via::Direct { port: 0 }, bytes));
            }
        }
    }

    fn udp_answer(&mut self, arrived: Mono, packet: &Packet, bytes: &[u8]) {
        let Some(&[high, low, to_high, to_low, ..]) = bytes.get(..8) else { return };
        let number = (packet.family(), u16::from_be_bytes([to_high, to_low]));
        if let Some(owner) = self.kernel.owner(protocol::UDP, number) {
            let via = Via::Direct { port: u16::from_be_bytes([high, low]) };
            self.deliver(owner, (arrived, packet), (via, &bytes[8..]));
        }
    }

    fn error(&mut self, arrived: Mono, packet: &Packet, error: &ErrorBody) {
        let (icmp, quote) = (error.icmp, &error.quote);
        let family = family(quote.destination);
        self.testify(arrived, packet, error);
        if let Some(mtu) = icmp.mtu() {
            let least = LEAST_PATH_MTU[usize::from(family == Family::V6)];
            self.kernel.path_mtu.insert(quote.destination, mtu.max(least));
        }
        let Some(&[high, low, to_high, to_low, id_high, id_low]) = quote.bytes.get(..6) else { return };
        let (own, to) = (u16::from_be_bytes([high, low]), u16::from_be_bytes([to_high, to_low]));
        let (number, port, skip) = match quote.protocol {
            protocol::TCP => return self.tcp_error(own, (packet, icmp)),
            // Linux keeps a redirect from UDP sockets.
            protocol::UDP if icmp.gateway().is_some() => return,
            protocol::UDP => (own, to, 8),
            _ => (u16::from_be_bytes([id_high, id_low]), 0, 0),
        };
        if let Some(owner) = self.kernel.owner(quote.protocol, (family, number)) {
            let offender = Some(Address::scoped(packet.source, FIRST_INTERFACE));
            let (seen, at) = seen(error);
            let left_out = family.header_len() + skip;
            let has_extensions = self.kernel.sets[usize::from(owner.0)].options.has_extensions;
            let extensions = at.filter(|_| has_extensions).and_then(|at| at.checked_sub(left_out));
            let via = Via::ErrorQueue { icmp, offender, port, extensions };
            self.deliver(owner, (arrived, packet), (via, seen.get(left_out..).unwrap_or_default()));
        }
    }

    /// Tells an error to those who hear all of them.
    fn testify(&mut self, arrived: Mono, packet: &Packet, error: &ErrorBody) {
        let family = packet.family();
        for number in 0..self.kernel.witnesses.len() {
            let Ear { options, is_open, .. } = &self.kernel.witnesses[number];
            let is_heard = *is_open
                && options.family.is_none_or(|only| only == family)
                && options.source.is_none_or(|source| source == packet.destination);
            if !is_heard {
                continue;
            }
            let stamp = self.stamp(arrived);
            let (bytes, extensions) = seen(error);
            let message = Message {
                shard: 0,
                family,
                from: Address::scoped(packet.source, FIRST_INTERFACE),
                via: Via::Witnessed { icmp: error.icmp, extensions },
                ttl: Some(packet.ttl),
                tos: Some(packet.tos),
                stamp,
                bytes,
            };
            self.kernel.witnesses[number].inbox.push(message);
            self.has_news = true;
        }
    }

    fn deliver(
        &mut self,
        (set, shard): (u16, u16),
        (arrived, packet): (Mono, &Packet),
        (via, bytes): (Via, &[u8]),
    ) {
        let from = match (&via, &packet.body) {
            (Via::ErrorQueue { .. }, Body::Error(error)) => {
                Address::scoped(error.quote.destination, FIRST_INTERFACE)
            }
            _ => Address::scoped(packet.source, FIRST_INTERFACE),
        };
        let own = &mut self.kernel.sets[usize::from(set)];
        if matches!(via, Via::Direct { .. }) && !own.inbox.has_room(self.kernel.spec.receive_buffer) {
            self.note(packet.trace, || Happening::Overflowed);
            return;
        }
        self.note(packet.trace, || Happening::Arrived { from: packet.source });
        let stamp = self.stamp(arrived);
        let message = Message {
            shard,
            family: packet.family(),
            from,
            via,
            ttl: Some(packet.ttl),
            tos: Some(packet.tos),
            stamp,
            bytes: bytes.to_vec(),
        };
        self.enqueue(set, message);
    }

    /// Puts a message into a socket's queue.
    pub(super) fn enqueue(&mut self, set: u16, message: Message) {
        self.kernel.sets[usize::from(set)].inbox.push(message);
        self.has_news = true;
    }
}

/// What follows the header of an error, and where in it the extensions begin.
fn seen(error: &ErrorBody) -> (Vec<u8>, Option<usize>) {
    let mut message = error.message();
    let extensions = match icmp::parse(icmp_of(error.icmp.family), &message) {
        Ok(icmp::Message::Error(parsed)) if !parsed.extensions.is_empty() => {
            Some(message.len() - parsed.extensions.len() - icmp::HEADER_LEN)
        }
        _ => None,
    };
    message.drain(..icmp::HEADER_LEN);
    (message, extensions)
}
