//! What this host knows that bears on an attempt: where the target is, whether its neighbour answers, which addresses are
//! this host's own, what it counts, who listens here.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;

use netdiag_engine::port::{Counters, HostFacts, Listener, NeighbourState, SocketTable};
use netdiag_model::Address;

use crate::case::Place;

/// What this host knows.
pub(crate) struct Host {
    facts: Option<Box<dyn HostFacts>>,
    table: Option<Rc<dyn SocketTable>>,
    /// The interface that was asked for.
    interface: Option<u32>,
    own: HashSet<IpAddr>,
    broadcasts: HashSet<IpAddr>,
    places: RefCell<HashMap<Address, Place>>,
}

impl Host {
    pub(crate) fn new(
        facts: Option<Box<dyn HostFacts>>,
        table: Option<Rc<dyn SocketTable>>,
        interface: Option<u32>,
    ) -> Self {
        let interfaces = facts.as_ref().and_then(|facts| facts.interfaces().ok()).unwrap_or_default();
        let own = interfaces.iter().flat_map(|one| &one.addresses).map(|(ip, _)| *ip).collect();
        let all = interfaces.iter().flat_map(|one| &one.addresses);
        let broadcasts = all.filter_map(|&(ip, length)| broadcast(ip, length)).collect();
        Self { facts, table, interface, own, broadcasts, places: RefCell::default() }
    }

    /// Whether an address is one of this host's own.
    pub(crate) fn is_own(&self, ip: IpAddr) -> bool {
        ip.is_loopback() || self.own.contains(&ip)
    }

    /// Whether an address is one of many: a multicast group, or a broadcast address of a link of this host.
    fn is_of_many(&self, ip: IpAddr) -> bool {
        ip.is_multicast() || ip == IpAddr::V4(Ipv4Addr::BROADCAST) || self.broadcasts.contains(&ip)
    }

    /// Where an address is; asked once.
    pub(crate) fn place(&self, address: &Address) -> Place {
        if let Some(place) = self.places.borrow().get(address) {
            return *place;
        }
        let place = self.look_up(address);
        self.places.borrow_mut().insert(*address, place);
        place
    }

    fn look_up(&self, address: &Address) -> Place {
        if self.is_of_many(address.ip) {
            return Place::Many;
        }
        let Some(facts) = &self.facts else { return Place::Unknown };
        match facts.route(address, self.interface) {
            Ok(route) if route.is_local || self.is_own(address.ip) => Place::Here,
            Ok(route) => match route.gateway {
                Some(gateway) => Place::Behind { gateway, interface: route.interface },
                None => Place::Link { interface: route.interface },
            },
            Err(errno) => Place::NoRoute(errno),
        }
    }

    /// What neighbour discovery says of the next hop to an address.
    pub(crate) fn neighbour(&self, address: &Address) -> Option<NeighbourState> {
        let facts = self.facts.as_ref()?;
        let (hop, interface) = match self.place(address) {
            Place::Link { interface } => (*address, interface),
            Place::Behind { gateway, interface } => (Address::scoped(gateway, interface), interface),
            _ => return None,
        };
        facts.neighbour(&hop, interface).ok().flatten().map(|neighbour| neighbour.state)
    }

    /// Who listens on a port here, if the address is one of this host.
    pub(crate) fn listeners(&self, address: &Address, port: u16) -> Option<Vec<Listener>> {
        if self.place(address) != Place::Here {
            return None;
        }
        self.table.as_ref()?.listeners(port).ok()
    }

    /// What has been counted.
    pub(crate) fn counters(&self) -> Option<Counters> {
        self.facts.as_ref()?.counters().ok()
    }
}

/// The broadcast address of a prefix. One of 31 bits or more has none (RFC 3021).
fn broadcast(ip: IpAddr, length: u8) -> Option<IpAddr> {
    let IpAddr::V4(ip) = ip else { return None };
    let hosts = u32::MAX.checked_shr(length.into()).filter(|hosts| *hosts > 1)?;
    Some(Ipv4Addr::from_bits(ip.to_bits() | hosts).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_address_of_a_prefix_is_its_broadcast_address() {
        let of = |ip: [u8; 4], length| broadcast(ip.into(), length);
        assert_eq!(of([192, 0, 2, 9], 24), Some([192, 0, 2, 255].into()));
        assert_eq!(of([192, 0, 2, 9], 30), Some([192, 0, 2, 11].into()));
        assert_eq!((of([192, 0, 2, 9], 31), of([192, 0, 2, 9], 32)), (None, None));
        assert_eq!(broadcast(std::net::Ipv6Addr::LOCALHOST.into(), 64), None);
    }
}
