//! What this host knows that bears on an attempt: where the target is, whether its neighbour answers, which addresses are
//! this host's own, what it counts, who listens here.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
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
        Self { facts, table, interface, own, places: RefCell::default() }
    }

    /// Whether an address is one of this host's own.
    pub(crate) fn is_own(&self, ip: IpAddr) -> bool {
        ip.is_loopback() || self.own.contains(&ip)
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
