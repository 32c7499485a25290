//! Forwarding: the order of things is that of Linux (translation in, route, TTL, filter, MTU, translation out).

use std::net::IpAddr;
use std::rc::Rc;

use netdiag_model::{Family, Icmp};
use netdiag_wire::ip::protocol;

use super::World;
use super::dice::mix;
use super::errors::{time_exceeded, too_big};
use crate::network::{
    Balance, Filter, FilterProtocol, IcmpFlow, Kind, NodeId, Refusal, Silence, TooBig, WayId,
};
use crate::packet::{Goal, Packet};
use crate::truth::{Cause, Direction, Happening};

impl World {
    /// A packet comes in at a router or a switch.
    pub(super) fn forward(&mut self, node: NodeId, way: WayId, mut packet: Box<Packet>) {
        self.translate_in(node, way, &mut packet);
        let is_switch = self.node(node).kind == Kind::Switch;
        if packet.goal == Goal::Node(node) && !is_switch {
            self.take_in(node, Some(way), packet);
            return;
        }
        let is_on_own_net =
            packet.goal == Goal::Net(node) && self.node(node).route(packet.destination).is_none();
        let next = if is_on_own_net { None } else { Some(self.choose(node, &packet)) };
        if let Some(Err(how)) = next {
            self.refuse(node, Some(way), &packet, how);
            return;
        }
        if !is_switch && !self.count_down(node, way, &mut packet) {
            return;
        }
        if let Some(how) = self.filtered(node, &packet) {
            self.refuse(node, Some(way), &packet, how);
            return;
        }
        match next {
            Some(Ok(next)) => self.pass_on(node, (way, next), packet),
            _ => self.resolve(node, packet),
        }
    }

    /// Counts the TTL down; false if it is used up and the packet with it.
    fn count_down(&mut self, node: NodeId, way: WayId, packet: &mut Packet) -> bool {
        if self.node(node).spec.keeps_ttl {
            return true;
        }
        if packet.ttl > 1 {
            packet.ttl -= 1;
            return true;
        }
        self.complain(node, Some(way), packet, time_exceeded(packet.family()));
        false
    }

    fn filtered(&mut self, node: NodeId, packet: &Packet) -> Option<Refusal> {
        let spec = &self.nodes[node.index()].spec;
        if spec.filters.is_empty() {
            return None;
        }
        spec.filters.iter().find(|filter| matches(filter, packet)).map(|filter| filter.answer)
    }

    fn pass_on(&mut self, node: NodeId, (way, next): (WayId, WayId), mut packet: Box<Packet>) {
        let (mtu, spec) = (self.ways[next.index()].spec.mtu, &self.nodes[node.index()].spec);
        let remark = spec.remark;
        if packet.len() > mtu as usize && self.nodes[node.index()].kind == Kind::Router {
            if packet.is_fragmentable {
                self.fragmented(next, packet);
                return;
            }
            match spec.too_big {
                TooBig::Tell => self.complain(node, Some(way), &packet, too_big(packet.family(), mtu)),
                TooBig::HideMtu => self.complain(node, Some(way), &packet, too_big(packet.family(), 0)),
                TooBig::Drop => {
                    let link = self.links[next.link().index()].0.name.clone();
                    let direction = if next.is_forward() { Direction::Forward } else { Direction::Back };
                    self.note(packet.trace, || Happening::Lost { link, direction, cause: Cause::Size });
                }
            }
            return;
        }
        if let (Some(gateway), Family::V4) = (spec.redirect_to, packet.family()) {
            let icmp = Icmp { family: Family::V4, kind: 5, code: 1, info: gateway.to_bits() };
            self.complain(node, Some(way), &packet, icmp);
        }
        packet.tos = remark.unwrap_or(packet.tos);
        self.translate_out(node, (way, next), &mut packet);
        self.transmit(next, packet);
    }

    /// Fragments are not followed one by one: the whole packet crosses the link, or is lost, as one.
    pub(super) fn fragmented(&mut self, next: WayId, packet: Box<Packet>) {
        let mtu = std::mem::replace(&mut self.ways[next.index()].spec.mtu, u32::MAX);
        self.transmit(next, packet);
        self.ways[next.index()].spec.mtu = mtu;
    }

    /// The way by which `packet` leaves `node`, or how it is refused.
    pub(super) fn choose(&mut self, node: NodeId, packet: &Packet) -> Result<WayId, Refusal> {
        if let Some(route) = self.nodes[node.index()].route(packet.destination) {
            let via: Rc<[WayId]> = route.via.clone().into();
            return if via.is_empty() { Err(route.refuse) } else { Ok(self.balance(node, &via, packet)) };
        }
        let via = match packet.goal {
            Goal::Node(goal) | Goal::Net(goal) => self.routes.towards(goal, node, &self.ways),
            Goal::Nowhere => Rc::from([]),
        };
        match &*via {
            [] if node == NodeId::HERE => self.default_way().ok_or(Refusal::NoRoute),
            [] => Err(Refusal::NoRoute),
            [only] => Ok(*only),
            several => Ok(self.balance(node, several, packet)),
        }
    }

    fn balance(&mut self, node: NodeId, ways: &[WayId], packet: &Packet) -> WayId {
        let own = self.node(node);
        let number = match own.spec.balance {
            Balance::Packet => {
                own.turn = own.turn.wrapping_add(1);
                own.turn - 1
            }
            Balance::Random => own.dice.below(ways.len() as u64) as usize,
            Balance::Destination => flow(own.salt, packet, None) as usize,
            Balance::Flow => flow(own.salt, packet, Some(own.spec.icmp_flow)) as usize,
        };
        ways[number % ways.len()]
    }

    fn translate_in(&mut self, node: NodeId, way: WayId, packet: &mut Packet) {
        let from = self.ways[way.index()].from;
        let Some(nat) = &self.nodes[node.index()].nat else { return };
        if !nat.is_inside(from) && nat.translate_in(packet) {
            packet.goal = self.routes.goal(node, packet.destination);
        }
    }

    fn translate_out(&mut self, node: NodeId, (way, next): (WayId, WayId), packet: &mut Packet) {
        let (from, to) = (self.ways[way.index()].from, self.ways[next.index()].to);
        if let Some(nat) = &mut self.nodes[node.index()].nat
            && nat.is_inside(from)
            && !nat.is_inside(to)
        {
            nat.translate_out(packet);
        }
    }

    /// Whether `node` answers echo requests.
    pub(super) fn answers_echo(&self, node: NodeId) -> bool {
        !matches!(self.nodes[node.index()].spec.silent, Silence::Echo | Silence::All)
    }
}

fn matches(filter: &Filter, packet: &Packet) -> bool {
    let Some((number, bytes)) = packet.plain() else { return false };
    let is_protocol = filter.protocol.is_none_or(|protocol| {
        matches!(
            (protocol, number),
            (FilterProtocol::Icmp, protocol::ICMP | protocol::ICMPV6)
                | (FilterProtocol::Udp, protocol::UDP)
                | (FilterProtocol::Tcp, protocol::TCP)
        )
    });
    let is_port = filter.port.is_none_or(|port| {
        matches!(number, protocol::UDP | protocol::TCP) && bytes.get(2..4) == Some(&port.to_be_bytes())
    });
    is_protocol && is_port && filter.to.is_none_or(|net| net.contains(packet.destination))
}

/// The hash of a packet's flow: addresses, protocol, flow label, and what else `icmp` and the protocol say; the
/// addresses alone without it.
fn flow(salt: u64, packet: &Packet, icmp: Option<IcmpFlow>) -> u64 {
    let address = |hash: u64, ip: IpAddr| match ip {
        IpAddr::V4(ip) => mix(hash ^ u64::from(ip.to_bits())),
        IpAddr::V6(ip) => mix(mix(hash ^ ip.to_bits() as u64) ^ (ip.to_bits() >> 64) as u64),
    };
    let hash = address(address(salt, packet.source), packet.destination);
    let (Some(icmp), Some((number, bytes))) = (icmp, packet.plain()) else { return hash };
    let part = |from: usize, to: usize| {
        bytes.get(from..to).unwrap_or_default().iter().fold(0, |sum: u64, byte| sum << 8 | u64::from(*byte))
    };
    let own = match (number, icmp) {
        (protocol::UDP | protocol::TCP, _) | (_, IcmpFlow::Checksum) => part(0, 4),
        (_, IcmpFlow::Addresses) => 0,
        (_, IcmpFlow::Identifier) => part(4, 6),
        (_, IcmpFlow::IdentifierAndChecksum) => part(0, 6),
    };
    mix(mix(hash ^ own) ^ u64::from(number) ^ u64::from(packet.flow_label) << 8)
}
