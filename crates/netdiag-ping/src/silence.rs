//! What is known about a target that did not answer: where it lies, and whether the way to it begins.

use netdiag_engine::port::NeighbourState;
use netdiag_engine::prober::Method;
use netdiag_engine::watch::HostWatch;
use netdiag_model::Address;
use netdiag_model::knowledge::silence::{Place, Question, Resolution, Silence, Wrong};

use crate::fold::Report;
use crate::plan::Plan;

/// What is known of the silence of `target` (as typed) at `address`.
pub(crate) fn silence(
    (plan, method): (&Plan, Method),
    (target, address): (&str, Address),
    report: &Report,
    watch: Option<&HostWatch>,
) -> Silence {
    // A mark may choose another way than the one that can be asked for.
    let watch = watch.filter(|_| plan.sockets.mark.is_none());
    let (place, resolution) =
        watch.map_or((Place::Unknown, Resolution::Unknown), |watch| place(address, report, watch));
    let question = match method {
        Method::Icmp => Question::Echo,
        Method::Udp { .. } => Question::Udp,
        Method::Tcp { .. } => Question::Tcp,
    };
    let has_errors = report.last_error.is_some() || report.last_failure.is_some();
    let wrong = match (report.strays, report.bad_checksums) {
        (1.., _) => Some(Wrong::Address),
        (0, 1..) => Some(Wrong::Checksum),
        (0, 0) => None,
    };
    let (target, family) = (target.to_owned(), address.family());
    Silence { target, family, question, place, resolution, has_errors, wrong }
}

fn place(address: Address, report: &Report, watch: &HostWatch) -> (Place, Resolution) {
    let facts = watch.facts();
    let route = match watch.route(&address) {
        Ok(route) => route,
        Err(errno) if report.is_all_refused_here() => {
            return (Place::NoRoute(errno.to_string()), Resolution::Unknown);
        }
        Err(_) => return (Place::Unknown, Resolution::Unknown),
    };
    if route.is_local {
        return (Place::Here, Resolution::Unknown);
    }
    let hop = route.gateway.map_or(address, |gateway| Address::scoped(gateway, route.interface));
    let resolution = match facts.neighbour(&hop, route.interface) {
        Ok(Some(neighbour)) => match neighbour.state {
            NeighbourState::Reachable | NeighbourState::Known => Resolution::Answers,
            NeighbourState::Incomplete | NeighbourState::Failed => Resolution::Silent,
            NeighbourState::Fixed => Resolution::Unknown,
        },
        Ok(None) | Err(_) => Resolution::Unknown,
    };
    let place = route.gateway.map_or(Place::Link, |gateway| Place::Behind(gateway.to_string()));
    (place, resolution)
}
