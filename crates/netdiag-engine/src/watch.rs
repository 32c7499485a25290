//! Changes of this host that a run should know of: its interfaces going down and up, its routes changing.
//!
//! Only what concerns the run's targets is said: an interface that a target's route uses, and a route that is another
//! than before.

use std::task::{Context, Poll};

use netdiag_model::event::{Notice, NoticeCode};
use netdiag_model::{Address, Errno};

use crate::port::{HostChange, HostFacts, Route};

/// Of how many targets the routes are watched: each change of routes costs one look-up per target.
pub const WATCHED_TARGETS: usize = 64;

/// Watches the routes of a run's first [`WATCHED_TARGETS`] targets.
pub struct HostWatch {
    facts: Box<dyn HostFacts>,
    interface: Option<u32>,
    targets: Vec<(Address, Result<Route, Errno>)>,
    changes: Vec<HostChange>,
}

impl HostWatch {
    /// A watch without targets, for a run whose packets leave by `interface` (its index) if one is given.
    pub fn new(facts: Box<dyn HostFacts>, interface: Option<u32>) -> Self {
        Self { facts, interface, targets: Vec::new(), changes: Vec::new() }
    }

    /// Watches the route to `target` as well.
    pub fn add_target(&mut self, target: Address) {
        if self.targets.len() < WATCHED_TARGETS && self.known_route(&target).is_none() {
            let route = self.route(&target);
            self.targets.push((target, route));
        }
    }

    /// The facts that it watches.
    pub fn facts(&self) -> &dyn HostFacts {
        self.facts.as_ref()
    }

    /// The route that the run's packets to `target` take.
    pub fn route(&self, target: &Address) -> Result<Route, Errno> {
        self.facts.route(target, self.interface)
    }

    /// The route to `target` as it was when it was asked for last, if it is watched.
    pub fn known_route(&self, target: &Address) -> Option<&Result<Route, Errno>> {
        self.targets.iter().find(|(watched, _)| watched == target).map(|(_, route)| route)
    }

    /// What has changed for the targets. Ready when the host reported a change, even if it concerns no target.
    pub fn poll_notices(&mut self, cx: &mut Context<'_>) -> Poll<Vec<Notice>> {
        self.changes.clear();
        if self.facts.poll_change(cx, &mut self.changes).is_pending() {
            return Poll::Pending;
        }
        let changes = std::mem::take(&mut self.changes);
        let mut notices = Vec::new();
        for change in &changes {
            notices.extend(self.interface_notice(change));
        }
        self.compare_routes(&mut notices);
        self.changes = changes;
        Poll::Ready(notices)
    }

    fn interface_notice(&self, change: &HostChange) -> Option<Notice> {
        let (name, index, code, what) = match change {
            HostChange::InterfaceDown { name, index } => {
                (name, *index, NoticeCode::InterfaceDown, "went down")
            }
            HostChange::InterfaceUp { name, index } => (name, *index, NoticeCode::InterfaceUp, "came up"),
            HostChange::Routes => return None,
        };
        let is_used = |(_, route): &(Address, Result<Route, Errno>)| match route {
            Ok(route) => route.interface == index,
            // A target without a route may be the one that waits for this interface.
            Err(_) => true,
        };
        self.targets.iter().any(is_used).then(|| Notice { code, message: format!("interface {name} {what}") })
    }

    fn compare_routes(&mut self, notices: &mut Vec<Notice>) {
        for (target, before) in &mut self.targets {
            let route = self.facts.route(target, self.interface);
            if *before == route {
                continue;
            }
            let message = match &route {
                Ok(Route { gateway: Some(gateway), .. }) => {
                    format!("the route to {target} now goes by {gateway}")
                }
                Ok(Route { gateway: None, .. }) => format!("{target} is now on the link"),
                Err(errno) => format!("the route to {target} is gone ({errno})"),
            };
            notices.push(Notice { code: NoticeCode::RouteChange, message });
            *before = route;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::port::{Counters, Interface, Neighbour};

    /// A host with a way by interface 2, and another by interface 3 for packets that are to leave by it.
    struct TwoWays;

    impl HostFacts for TwoWays {
        fn interfaces(&self) -> Result<Vec<Interface>, Errno> {
            Ok(Vec::new())
        }

        fn route(&self, _to: &Address, interface: Option<u32>) -> Result<Route, Errno> {
            Ok(Route {
                interface: interface.unwrap_or(2),
                gateway: None,
                source: None,
                is_local: false,
                is_broadcast: false,
            })
        }

        fn neighbour(&self, _to: &Address, _interface: u32) -> Result<Option<Neighbour>, Errno> {
            Ok(None)
        }

        fn counters(&self) -> Result<Counters, Errno> {
            Err(Errno::EOPNOTSUPP)
        }

        fn poll_change(&mut self, _cx: &mut Context<'_>, changes: &mut Vec<HostChange>) -> Poll<()> {
            let down = |index: u32| HostChange::InterfaceDown { name: format!("if{index}"), index };
            changes.extend([down(2), down(3)]);
            Poll::Ready(())
        }
    }

    fn said(interface: Option<u32>) -> Vec<String> {
        let mut watch = HostWatch::new(Box::new(TwoWays), interface);
        watch.add_target(Address::new(std::net::Ipv4Addr::new(203, 0, 113, 7).into()));
        let mut context = Context::from_waker(std::task::Waker::noop());
        let Poll::Ready(notices) = watch.poll_notices(&mut context) else { panic!("there are changes") };
        notices.into_iter().map(|notice| notice.message).collect()
    }

    #[test]
    fn only_the_interface_that_packets_leave_by_is_watched() {
        assert_eq!(said(None), ["interface if2 went down"]);
        assert_eq!(said(Some(3)), ["interface if3 went down"]);
    }
}
