//! Receiving at this host: which socket a packet is for, and what it gets to see of it (as Linux does it).

use netdiag_engine::port::Via;
use netdiag_model::{Address, Family, Mono};
use netdiag_wire::ip::protocol;

use super::World;
use super::facts::FIRST_INTERFACE;
use super::kernel::{Carrier, Message};
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
            let via = Via::ErrorQueue { icmp, offender, port };
            self.deliver(owner, (arrived, packet), (via, quote.bytes.get(skip..).unwrap_or_default()));
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
        if matches!(via, Via::Direct { .. }) {
            if self.kernel.spec.receive_buffer.is_some_and(|most| own.held >= most) {
                own.dropped += 1;
                self.note(packet.trace, || Happening::Overflowed);
                return;
            }
            own.held += 1;
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
        let own = &mut self.kernel.sets[usize::from(set)];
        own.inbox.push_back(message);
        if let Some(waker) = own.waker.take() {
            waker.wake();
        }
        self.has_news = true;
    }
}
