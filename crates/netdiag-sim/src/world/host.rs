//! Answers: what a node does with a packet that is for it.

use std::time::Duration;

use netdiag_wire::ip::protocol;

use super::World;
use super::dice::spread;
use super::queue::Event;
use super::tcp::{ACK, RST, SYN, segment};
use crate::network::{Checksum, Kind, NodeId, Others, Ports, Refusal, ReplySpec, WayId};
use crate::packet::{Body, Goal, Packet, icmp_number, icmp_of};
use crate::truth::Happening;

/// What a port does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Port {
    Open,
    Closed,
    Filtered,
}

fn port(ports: &Ports, number: u16) -> Port {
    match ports.others {
        _ if ports.open.contains(&number) => Port::Open,
        _ if ports.filtered.contains(&number) => Port::Filtered,
        Others::Closed => Port::Closed,
        Others::Filtered => Port::Filtered,
        Others::Open => Port::Open,
    }
}

impl World {
    /// A packet comes in at a node that does not pass it on.
    pub(super) fn take_in(&mut self, node: NodeId, way: Option<WayId>, packet: Box<Packet>) {
        if packet.goal != Goal::Node(node) {
            // A host takes nothing that is for another.
            self.swallow(node, &packet);
        } else if self.node(node).kind == Kind::Here && !self.is_for_services(&packet) {
            self.receive(packet);
        } else if packet.is_damaged {
            self.swallow(node, &packet);
        } else if packet.is_echo_request() {
            self.echo(node, &packet);
        } else {
            match packet.plain() {
                Some((protocol::UDP, bytes)) if bytes.len() >= 8 => self.serve_udp(node, way, &packet),
                Some((protocol::TCP, bytes)) if bytes.len() >= 20 => self.serve_tcp(node, &packet),
                _ => {}
            }
        }
    }

    /// Whether a packet to this host is a question to it rather than an answer.
    fn is_for_services(&self, packet: &Packet) -> bool {
        let to_port = |bytes: &[u8]| u16::from_be_bytes([bytes[2], bytes[3]]);
        match packet.plain() {
            Some((protocol::UDP, bytes)) if bytes.len() >= 8 => {
                !self.kernel.has_udp(packet.family(), to_port(bytes))
            }
            Some((protocol::TCP, bytes)) if bytes.len() >= 20 => bytes[13] == SYN,
            _ => packet.is_echo_request(),
        }
    }

    /// `node` drops a packet without a word.
    pub(super) fn swallow(&mut self, node: NodeId, packet: &Packet) {
        let name = self.node(node).name.clone();
        self.note(packet.trace, || Happening::Swallowed { node: name });
    }

    /// Turns a packet around: an answer from the address that was asked, or the node's own for a group.
    fn turned(&self, node: NodeId, packet: &Packet, body: Body) -> Packet {
        let own = &self.nodes[node.index()];
        let is_group = self.routes.group(packet.destination).is_some();
        let source = if is_group { own.address(packet.family()) } else { None };
        let source = source.unwrap_or(packet.destination);
        let mut answer = self.packet(node, (source, packet.source), body);
        (answer.trace, answer.doublings) = (packet.trace, packet.doublings);
        answer.tos = packet.tos;
        answer
    }

    fn echo(&mut self, node: NodeId, packet: &Packet) {
        let Some((_, bytes)) = packet.plain() else { return };
        if !self.answers_echo(node) {
            self.swallow(node, packet);
            return;
        }
        let family = packet.family();
        let mut bytes = bytes.to_vec();
        bytes[0] = icmp_of(family).echo_reply();
        let mut reply = self.turned(node, packet, Body::Plain { protocol: icmp_number(family), bytes });
        let now = self.now;
        let own = self.node(node);
        let spec = own.spec.reply;
        reply.source =
            spec.from.filter(|from| from.is_ipv4() == reply.source.is_ipv4()).unwrap_or(reply.source);
        reply.tos = spec.tos.unwrap_or(reply.tos);
        let faults = if own.dice.hits(spec.share.0) { spec } else { ReplySpec::default() };
        dress(&mut reply, &faults);
        let at = spread(&mut own.dice, now + spec.delay.0, spec.jitter.nanos());
        let (name, reply) = (own.name.clone(), Box::new(reply));
        self.note(packet.trace, || Happening::Answered { node: name });
        for copy in 1..u32::from(spec.copies) {
            let again = at + spec.spacing.0.saturating_mul(copy);
            self.queue.push(again, Event::Emit(node, reply.clone()));
        }
        match spec.copies {
            0 => {}
            _ if at == now => self.emit(node, reply),
            _ => self.queue.push(at, Event::Emit(node, reply)),
        }
    }

    fn serve_udp(&mut self, node: NodeId, way: Option<WayId>, packet: &Packet) {
        let Some((_, bytes)) = packet.plain() else { return };
        let number = u16::from_be_bytes([bytes[2], bytes[3]]);
        match port(&self.nodes[node.index()].spec.udp, number) {
            Port::Filtered => self.swallow(node, packet),
            Port::Closed => self.refuse(node, way, packet, Refusal::PortUnreachable),
            Port::Open => {
                let mut bytes = bytes.to_vec();
                bytes[..4].rotate_left(2);
                let answer = self.turned(node, packet, Body::Plain { protocol: protocol::UDP, bytes });
                self.answer(node, answer);
            }
        }
    }

    fn serve_tcp(&mut self, node: NodeId, packet: &Packet) {
        let Some((_, bytes)) = packet.plain() else { return };
        if bytes[13] != SYN {
            return;
        }
        let ports = [u16::from_be_bytes([bytes[0], bytes[1]]), u16::from_be_bytes([bytes[2], bytes[3]])];
        match port(&self.nodes[node.index()].spec.tcp, ports[1]) {
            Port::Filtered => self.swallow(node, packet),
            Port::Closed => self.reset(node, packet),
            Port::Open => {
                let bytes = segment([ports[1], ports[0]], SYN | ACK);
                let answer = self.turned(node, packet, Body::Plain { protocol: protocol::TCP, bytes });
                self.answer(node, answer);
            }
        }
    }

    /// `node` resets the connection that `packet` asks for, in the name of the one that was asked.
    pub(super) fn reset(&mut self, node: NodeId, packet: &Packet) {
        let Some((_, bytes)) = packet.plain() else { return };
        let ports = [u16::from_be_bytes([bytes[2], bytes[3]]), u16::from_be_bytes([bytes[0], bytes[1]])];
        let body = Body::Plain { protocol: protocol::TCP, bytes: segment(ports, RST | ACK) };
        let answer = self.turned(node, packet, body);
        self.answer(node, answer);
    }

    fn answer(&mut self, node: NodeId, mut answer: Packet) {
        answer.seal();
        let answer = Box::new(answer);
        let own = self.node(node);
        let (name, delay) = (own.name.clone(), own.spec.reply.delay.0);
        self.note(answer.trace, || Happening::Answered { node: name });
        if delay == Duration::ZERO {
            self.emit(node, answer);
        } else {
            self.queue.push(self.now + delay, Event::Emit(node, answer));
        }
    }
}

/// Gives a reply its checksum, and the faults that its node puts into it.
fn dress(reply: &mut Packet, faults: &ReplySpec) {
    if let Body::Plain { bytes, .. } = &mut reply.body {
        if let Some(length) = faults.length {
            bytes.resize(8 + usize::from(length), 0);
        }
        if let Some(byte) = faults.wrong_byte.and_then(|at| bytes.get_mut(8 + usize::from(at))) {
            *byte ^= 0xff;
        }
    }
    reply.seal();
    if faults.checksum == Checksum::Wrong {
        reply.is_damaged = true;
        if let Body::Plain { bytes, .. } = &mut reply.body {
            bytes[2] ^= 0xff;
        }
    }
}
