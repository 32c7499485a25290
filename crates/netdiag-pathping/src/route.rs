//! The route that a search has found, as far as its hops can be asked again and again.

use netdiag_engine::strategy::SurveyHop;
use netdiag_model::path::PathEnd;
use netdiag_model::stats::attribution::End;
use netdiag_model::trail::Trail;
use netdiag_model::{Address, Flow, Rtt, TargetId};

/// A hop as the search has found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RouteHop {
    pub(crate) ttl: u8,
    /// Who answered last; `None` for a silent hop.
    pub(crate) address: Option<Address>,
    /// The least round-trip time.
    pub(crate) best: Option<Rtt>,
}

/// The route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    /// Its hops, up to the last one that answers.
    pub(crate) hops: Vec<RouteHop>,
    /// What the last one is.
    pub(crate) end: End,
    /// The flow that took this route.
    pub(crate) flow: Flow,
}

impl Route {
    /// The route that `trail` shows. Of a circle only the first round counts, and a router that says no at the TTL after
    /// its own is no hop of its own.
    pub(crate) fn of(trail: &Trail) -> Self {
        let last = match trail.end() {
            Some(PathEnd::Loop(circle)) => circle.again.saturating_sub(1),
            Some(PathEnd::Reached { ttl } | PathEnd::Unreachable { ttl, .. }) => ttl,
            _ => trail.last_ttl(),
        };
        let mut flow = Flow::default();
        let mut hops: Vec<RouteHop> = Vec::new();
        for (ttl, hop) in trail.hops().filter(|(ttl, _)| *ttl <= last) {
            let address = hop.replies.iter().rev().find_map(|reply| reply.from);
            flow = hop.replies.last().map_or(flow, |reply| reply.flow);
            hops.push(RouteHop { ttl, address, best: hop.replies.iter().map(|reply| reply.rtt).min() });
        }
        let end = if trail.is_reached() { End::Target } else { End::Router };
        let mut route = Self { hops, end, flow };
        route.trim();
        if let (Some(PathEnd::Unreachable { ttl, .. }), End::Router) = (trail.end(), end) {
            route.drop_refusal(ttl);
        }
        route
    }

    /// Leaves out the silent hops behind the last that answers.
    fn trim(&mut self) {
        let answering = self.hops.iter().rposition(|hop| hop.address.is_some()).map_or(0, |last| last + 1);
        self.hops.truncate(answering);
    }

    fn drop_refusal(&mut self, ttl: u8) {
        if let [.., before, last] = self.hops[..]
            && last.ttl == ttl
            && last.address == before.address
        {
            self.hops.pop();
        }
    }

    /// The hops for the strategy, and whom to add to the run's target for them, in order. `ways` says whether probes by TTL
    /// can be told apart.
    pub(crate) fn survey(&self, ways: Ways) -> (Vec<SurveyHop>, Vec<Address>) {
        let mut targets = Vec::new();
        let hop = |hop: &RouteHop| {
            targets.extend(hop.address);
            let itself = hop.address.map(|_| TargetId(targets.len() as u32));
            SurveyHop { ttl: (ways == Ways::Both).then_some(hop.ttl), itself }
        };
        (self.hops.iter().map(hop).collect(), targets)
    }
}

/// In which ways hops are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ways {
    /// By TTL and directly.
    Both,
    /// Directly.
    Direct,
}
