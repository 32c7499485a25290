//! Who has an address, and by which ways a node gets nearer to another.
//!
//! Paths are the cheapest ones by the cost of ways; equal ones are all kept. They are found when first asked for.

use std::collections::HashMap;
use std::net::IpAddr;
use std::rc::Rc;

use super::way::Way;
use crate::network::{Kind, NodeId, NodePlan, Prefix, WayId};
use crate::packet::Goal;

/// Addresses and paths.
#[derive(Debug)]
pub(super) struct Routes {
    owners: HashMap<IpAddr, NodeId>,
    served: Vec<(Prefix, NodeId)>,
    /// Nets of routers and of this host.
    nets: Vec<(Prefix, NodeId)>,
    groups: HashMap<IpAddr, Vec<NodeId>>,
    /// Which nodes forward.
    forwards: Vec<bool>,
    /// By goal, then by node: the ways that lead nearer.
    paths: Vec<Option<Vec<Rc<[WayId]>>>>,
}

impl Routes {
    pub(super) fn new(nodes: &[NodePlan], ways: &[Way], groups: HashMap<IpAddr, Vec<NodeId>>) -> Self {
        let mut routes = Self {
            owners: HashMap::new(),
            served: Vec::new(),
            nets: Vec::new(),
            groups,
            forwards: nodes.iter().map(|node| matches!(node.kind, Kind::Router | Kind::Switch)).collect(),
            paths: vec![None; nodes.len()],
        };
        for (at, node) in nodes.iter().enumerate() {
            let id = NodeId(at as u16);
            for address in &node.spec.addresses {
                routes.owners.entry(address.ip).or_insert(id);
                if matches!(node.kind, Kind::Router | Kind::Here) {
                    routes.nets.push((*address, id));
                }
            }
            routes.served.extend(node.spec.serves.iter().map(|prefix| (*prefix, id)));
            if let Some(nat) = &node.spec.nat {
                routes.owners.entry(nat.address).or_insert(id);
            }
        }
        for way in ways {
            for address in &way.addresses {
                routes.owners.entry(*address).or_insert(way.to);
            }
        }
        routes
    }

    /// Who has `ip`, as seen by `node`: its own nets come before those of others.
    pub(super) fn goal(&self, node: NodeId, ip: IpAddr) -> Goal {
        if let Some(owner) = self.owners.get(&ip) {
            return Goal::Node(*owner);
        }
        if ip.is_loopback() {
            return Goal::Node(node);
        }
        let longest = |nets: &[(Prefix, NodeId)], is_own: bool| {
            let matching = nets.iter().filter(|(net, id)| net.contains(ip) && (*id == node || !is_own));
            let others = matching.filter(|(_, id)| is_own || *id != NodeId::HERE);
            others.max_by_key(|(net, _)| net.len).map(|(_, id)| *id)
        };
        if let Some(server) = longest(&self.served, false) {
            return Goal::Node(server);
        }
        longest(&self.nets, true).or_else(|| longest(&self.nets, false)).map_or(Goal::Nowhere, Goal::Net)
    }

    /// Those who answer for a broadcast or multicast address.
    pub(super) fn group(&self, ip: IpAddr) -> Option<&[NodeId]> {
        if self.groups.is_empty() { None } else { self.groups.get(&ip).map(Vec::as_slice) }
    }

    /// The ways from `node` that lead nearer to `goal`; empty if there is no path.
    pub(super) fn towards(&mut self, goal: NodeId, node: NodeId, ways: &[Way]) -> Rc<[WayId]> {
        let forwards = &self.forwards;
        let paths = self.paths[goal.index()].get_or_insert_with(|| paths(goal, forwards, ways));
        Rc::clone(&paths[node.index()])
    }

    /// Forgets all paths: a cost has changed.
    pub(super) fn forget(&mut self) {
        self.paths.fill(None);
    }
}

/// For each node the ways on its cheapest paths to `goal`, through nodes that forward.
fn paths(goal: NodeId, forwards: &[bool], ways: &[Way]) -> Vec<Rc<[WayId]>> {
    let mut cost = vec![u64::MAX; forwards.len()];
    cost[goal.index()] = 0;
    let over = |way: &Way, cost: &[u64]| {
        let is_usable = way.to == goal || forwards[way.to.index()];
        if is_usable {
            cost[way.to.index()].saturating_add(u64::from(way.spec.cost.max(1)))
        } else {
            u64::MAX
        }
    };
    let mut is_settled = false;
    while !is_settled {
        is_settled = true;
        for way in ways {
            let new = over(way, &cost);
            if new < cost[way.from.index()] {
                cost[way.from.index()] = new;
                is_settled = false;
            }
        }
    }
    let mut nearer = vec![Vec::new(); forwards.len()];
    for (at, way) in ways.iter().enumerate() {
        let best = cost[way.from.index()];
        if way.from != goal && best != u64::MAX && over(way, &cost) == best {
            nearer[way.from.index()].push(WayId(at as u16));
        }
    }
    nearer.into_iter().map(Rc::from).collect()
}
