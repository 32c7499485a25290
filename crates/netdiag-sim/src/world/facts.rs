//! What this host knows of itself: interfaces, routes, neighbours.

use std::net::IpAddr;

use netdiag_engine::port::{Interface, Neighbour, NeighbourState, Route};
use netdiag_model::{Address, Errno};

use super::World;
use crate::network::{LinkId, LinkState, NodeId, WayId};
use crate::packet::{Body, Goal};

/// Index of the first interface after the loopback one.
pub(super) const FIRST_INTERFACE: u32 = 2;

impl World {
    /// The ways that leave this host, in the order of interfaces.
    fn own_ways(&self) -> impl Iterator<Item = WayId> {
        (0..).zip(&self.ways).filter(|(_, way)| way.from == NodeId::HERE).map(|(at, _)| WayId(at))
    }

    /// The way of the default route: the first whose link is not switched off.
    pub(super) fn default_way(&self) -> Option<WayId> {
        self.own_ways().find(|way| self.links[way.link().index()].1 != LinkState::Down)
    }

    pub(super) fn way_by_interface(&self, name: &str) -> Option<WayId> {
        self.own_ways().find(|way| self.links[way.link().index()].0.interface.as_deref() == Some(name))
    }

    /// Index of the interface to a link of this host.
    pub(super) fn interface_index(&self, link: LinkId) -> u32 {
        self.own_ways().position(|way| way.link() == link).map_or(0, |at| FIRST_INTERFACE + at as u32)
    }

    /// The address that the kernel would choose for packets to `to`.
    pub(super) fn source_for(&self, to: Address) -> Option<IpAddr> {
        let is_alike = |ip: &IpAddr| match (ip, to.ip) {
            (IpAddr::V4(_), IpAddr::V4(_)) => true,
            (IpAddr::V6(own), IpAddr::V6(_)) => own.is_unicast_link_local() == to.needs_scope(),
            _ => false,
        };
        if to.ip.is_loopback() {
            return Some(to.ip);
        }
        self.nodes[0].spec.addresses.iter().map(|address| address.ip).find(is_alike)
    }

    /// All interfaces.
    pub(crate) fn interfaces(&self) -> Vec<Interface> {
        let loopback = Interface {
            index: 1,
            name: "lo".to_owned(),
            is_up: true,
            mtu: 65_536,
            addresses: vec![
                (IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8),
                (IpAddr::V6(std::net::Ipv6Addr::LOCALHOST), 128),
            ],
        };
        let addresses =
            || self.nodes[0].spec.addresses.iter().map(|address| (address.ip, address.len)).collect();
        let own = (FIRST_INTERFACE..).zip(self.own_ways()).map(|(index, way)| {
            let (link, state) = &self.links[way.link().index()];
            Interface {
                index,
                name: link.interface.clone().unwrap_or_default(),
                is_up: *state == LinkState::Up,
                mtu: self.ways[way.index()].spec.mtu,
                addresses: if index == FIRST_INTERFACE { addresses() } else { Vec::new() },
            }
        });
        std::iter::once(loopback).chain(own).collect()
    }

    /// The route to an address.
    pub(crate) fn route_to(&mut self, to: &Address) -> Result<Route, Errno> {
        let source = self.source_for(*to).ok_or(Errno::ENETUNREACH)?;
        let mut packet =
            self.packet(NodeId::HERE, (source, to.ip), Body::Plain { protocol: 0, bytes: Vec::new() });
        packet.goal = self.routes.goal(NodeId::HERE, to.ip);
        let is_local = packet.goal == Goal::Node(NodeId::HERE);
        let way = self.way_out(None, &packet)?.or_else(|| self.default_way().filter(|_| !is_local));
        let is_on_link = self.nodes[0].spec.addresses.iter().any(|net| net.contains(to.ip));
        let gateway = way.filter(|_| !is_on_link).and_then(|way| {
            let next = self.ways[way.index()].to;
            let on_link = self.ways[way.index()].addresses.iter().find(|ip| ip.is_ipv4() == to.ip.is_ipv4());
            on_link.copied().or_else(|| self.nodes[next.index()].address(to.family()))
        });
        let interface = way.map_or(1, |way| self.interface_index(way.link()));
        let is_broadcast = self.routes.group(to.ip).is_some() && !to.ip.is_multicast();
        Ok(Route { interface, gateway, source: Some(source), is_local, is_broadcast })
    }

    fn is_up(&self, way: WayId) -> bool {
        self.links[way.link().index()].1 == LinkState::Up
    }

    /// What neighbour discovery says of an address.
    pub(crate) fn neighbour(&self, to: &Address) -> Option<Neighbour> {
        match self.routes.goal(NodeId::HERE, to.ip) {
            Goal::Node(NodeId::HERE) => None,
            // Without a carrier nobody answers, and what was known has been forgotten.
            Goal::Node(_) | Goal::Net(_) if self.own_ways().all(|way| !self.is_up(way)) => {
                Some(Neighbour { state: NeighbourState::Failed, link_address: None })
            }
            Goal::Node(node) => {
                let link_address = Some([2, 0, 0, 0, (node.0 >> 8) as u8, node.0 as u8]);
                Some(Neighbour { state: NeighbourState::Reachable, link_address })
            }
            Goal::Net(NodeId::HERE) => Some(Neighbour { state: NeighbourState::Failed, link_address: None }),
            _ => None,
        }
    }
}
