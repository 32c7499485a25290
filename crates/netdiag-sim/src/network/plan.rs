//! The plan of a network: nodes and ways by number, every name resolved.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use netdiag_model::Mono;

use super::file::{ForgedKind, Knowledge};
use super::here::HereSpec;
use super::names::Lookups;
use super::node::{NodeSpec, Refusal};
use super::script::Action;
use super::units::Prefix;
use super::way::WaySpec;

/// A node, by its place in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NodeId(pub(crate) u16);

impl NodeId {
    /// The host that probes.
    pub(crate) const HERE: Self = Self(0);

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A link, by its place in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct LinkId(pub(crate) u16);

impl LinkId {
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }

    /// Its two directions, forward first.
    pub(crate) const fn ways(self) -> [WayId; 2] {
        [WayId(self.0 * 2), WayId(self.0 * 2 + 1)]
    }
}

/// One direction of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct WayId(pub(crate) u16);

impl WayId {
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }

    pub(crate) const fn link(self) -> LinkId {
        LinkId(self.0 / 2)
    }

    pub(crate) const fn is_forward(self) -> bool {
        self.0.is_multiple_of(2)
    }
}

/// What kind of node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The host that probes.
    Here,
    /// Answers, does not forward.
    Host,
    /// Answers and forwards, and counts the TTL down.
    Router,
    /// Forwards and does not show.
    Switch,
}

/// A node.
#[derive(Debug, Clone)]
pub(crate) struct NodePlan {
    pub(crate) name: Arc<str>,
    pub(crate) kind: Kind,
    pub(crate) spec: NodeSpec,
    pub(crate) routes: Vec<RoutePlan>,
    /// The neighbours inside of its address translation.
    pub(crate) inside: Vec<NodeId>,
}

/// A route set by hand.
#[derive(Debug, Clone)]
pub(crate) struct RoutePlan {
    pub(crate) to: Prefix,
    pub(crate) via: Vec<WayId>,
    pub(crate) refuse: Refusal,
    /// The event that set it; 0 for the file itself.
    pub(crate) event: usize,
}

/// A link.
#[derive(Debug, Clone)]
pub(crate) struct LinkPlan {
    pub(crate) name: Arc<str>,
    /// Name of this host's interface to it, where one end is here.
    pub(crate) interface: Option<String>,
}

/// One direction of a link.
#[derive(Debug, Clone)]
pub(crate) struct WayPlan {
    pub(crate) from: NodeId,
    pub(crate) to: NodeId,
    /// Addresses of the node at its end on this link.
    pub(crate) addresses: Vec<IpAddr>,
    pub(crate) spec: WaySpec,
}

/// Someone who forges.
#[derive(Debug, Clone)]
pub(crate) struct ForgerPlan {
    pub(crate) at: NodeId,
    pub(crate) source: IpAddr,
    /// Destination of the packet that a forged error quotes.
    pub(crate) about: IpAddr,
    pub(crate) kind: ForgedKind,
    pub(crate) knows: Knowledge,
    /// Nanoseconds from one to the next.
    pub(crate) gap: u64,
    pub(crate) from: Mono,
    pub(crate) until: Mono,
}

/// Everything that a file says.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) here: HereSpec,
    pub(crate) nodes: Vec<NodePlan>,
    pub(crate) links: Vec<LinkPlan>,
    pub(crate) ways: Vec<WayPlan>,
    pub(crate) groups: HashMap<IpAddr, Vec<NodeId>>,
    pub(crate) script: Vec<(Mono, Action)>,
    pub(crate) forgers: Vec<ForgerPlan>,
    pub(crate) lookups: Lookups,
    /// The wall clock at the start, in nanoseconds since 1970.
    pub(crate) epoch: i64,
    /// Steps of the wall clock: when, and by how many nanoseconds; in order.
    pub(crate) steps: Vec<(Mono, i64)>,
}
