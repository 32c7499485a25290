//! ICMP errors: who sends them, about what, with which quote, and how many (RFC 1122 3.2.2, RFC 1812 4.3, RFC 4443
//! 2.4).

use std::rc::Rc;

use netdiag_model::{Family, Icmp};
use netdiag_wire::ip::protocol;

use super::World;
use crate::network::{NodeId, Refusal, WayId};
use crate::packet::{Body, ErrorBody, Packet, icmp_of};
use crate::truth::Happening;

/// TOS of ICMP errors over IPv4: internetwork control (RFC 1812 4.3.2.5).
const INTERNETWORK_CONTROL: u8 = 0xc0;

/// Time exceeded.
pub(super) const fn time_exceeded(family: Family) -> Icmp {
    match family {
        Family::V4 => Icmp { family, kind: 11, code: 0, info: 0 },
        Family::V6 => Icmp { family, kind: 3, code: 0, info: 0 },
    }
}

/// Fragmentation needed, packet too big.
pub(super) const fn too_big(family: Family, mtu: u32) -> Icmp {
    match family {
        Family::V4 => Icmp { family, kind: 3, code: 4, info: mtu },
        Family::V6 => Icmp { family, kind: 2, code: 0, info: mtu },
    }
}

/// The error of a refusal; `None` where nothing is said.
pub(super) const fn refusal(family: Family, refusal: Refusal) -> Option<Icmp> {
    let (v4, v6) = match refusal {
        Refusal::NoRoute => (0, 0),
        Refusal::HostUnreachable => (1, 3),
        Refusal::PortUnreachable => (3, 4),
        Refusal::Prohibited | Refusal::Reset => (13, 1),
        Refusal::Drop => return None,
    };
    Some(match family {
        Family::V4 => Icmp { family, kind: 3, code: v4, info: 0 },
        Family::V6 => Icmp { family, kind: 1, code: v6, info: 0 },
    })
}

impl World {
    /// `node` answers `packet`, which came in by `way`, with an error, if it may.
    pub(super) fn complain(&mut self, node: NodeId, way: Option<WayId>, packet: &Packet, icmp: Icmp) {
        let now = self.now;
        let own = &mut self.nodes[node.index()];
        let name = own.name.clone();
        let is_errorless = own.hides() || packet.destination.is_multicast();
        let on_link = way.and_then(|way| {
            let of_family = |ip: &&std::net::IpAddr| ip.is_ipv4() == packet.source.is_ipv4();
            self.ways[way.index()].addresses.iter().find(of_family).copied()
        });
        let source = on_link.or_else(|| own.address(packet.family()));
        let (Some(source), false) = (source, is_errorless) else {
            self.swallow(node, packet);
            return;
        };
        // No error about an error.
        let Some(quote) = packet.quote(own.spec.quote) else { return };
        if !own.may_send_error(packet.source, now) {
            self.note(packet.trace, || Happening::Limited { node: name });
            return;
        }
        self.note(packet.trace, || Happening::Refused { node: name, icmp });
        let mut body = ErrorBody::plain(icmp, quote);
        if icmp_of(icmp.family).is_extensible(icmp.kind) {
            let own = &self.nodes[node.index()];
            (body.extensions, body.form) = (Rc::clone(&own.extensions), own.spec.extension_form);
        }
        let body = Body::Error(Box::new(body));
        let mut error = self.packet(node, (source, packet.source), body);
        (error.trace, error.doublings) = (packet.trace, packet.doublings);
        error.tos = if source.is_ipv4() { INTERNETWORK_CONTROL } else { 0 };
        self.emit(node, Box::new(error));
    }

    /// `node` refuses `packet`.
    pub(super) fn refuse(&mut self, node: NodeId, way: Option<WayId>, packet: &Packet, how: Refusal) {
        let is_tcp = matches!(packet.body, Body::Plain { protocol: protocol::TCP, .. });
        match refusal(packet.family(), how) {
            Some(_) if how == Refusal::Reset && is_tcp => self.reset(node, packet),
            Some(icmp) => self.complain(node, way, packet, icmp),
            None => self.swallow(node, packet),
        }
    }

    /// Nobody has answered for the packet's destination on the net of `node`.
    pub(super) fn unresolved(&mut self, node: NodeId, packet: &Packet) {
        self.refuse(node, None, packet, Refusal::HostUnreachable);
    }
}
