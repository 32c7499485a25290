//! What this host knows of the target's surroundings, in words: who listens here, and whether a neighbour answers.

use netdiag_engine::port::{Listener, NeighbourState};

use super::{Interfaces, shown};
use crate::case::{Case, Place};

/// `127.0.0.1:80 (3 wait, 0 fit)`.
pub(super) fn listener(one: &Listener) -> String {
    let address = match one.address.ip {
        std::net::IpAddr::V4(ip) => format!("{ip}:{}", one.port),
        std::net::IpAddr::V6(ip) => format!("[{ip}]:{}", one.port),
    };
    if one.queue > one.backlog {
        format!("{address} (its accept queue is full: {} wait, its backlog is {})", one.queue, one.backlog)
    } else {
        address
    }
}

pub(super) fn listeners(case: &Case) -> Option<String> {
    let all = case.listeners.as_ref()?;
    if all.is_empty() {
        return Some(format!("nothing listens on port {} of this host", case.port));
    }
    Some(format!("on this host: {}", all.iter().map(listener).collect::<Vec<_>>().join(", ")))
}

pub(super) fn neighbour(case: &Case, interfaces: &Interfaces) -> Option<String> {
    let protocol = if case.address.ip.is_ipv4() { "ARP" } else { "neighbour discovery" };
    let who = match case.place {
        Place::Behind { gateway, .. } => format!("the next hop {gateway}"),
        Place::Link { .. } => shown(&case.address, interfaces),
        _ => return None,
    };
    match case.neighbour? {
        NeighbourState::Failed => Some(format!("{who} did not answer {protocol}")),
        NeighbourState::Incomplete => Some(format!("{who} has not answered {protocol}")),
        _ => None,
    }
}
