//! From a case to its cause: which evidence weighs how much. The errno alone is never the verdict.
//!
//! Pure. Measured behaviour of Linux that it stands on is in docs/kernel.md; which ICMP messages are refusals is RFC 1812,
//! 5.2.7.1 and RFC 4443, 3.1 (where codes 5 and 6 are subsets of code 1).

use std::net::IpAddr;

use netdiag_engine::port::{Connection, Listener, NeighbourState};
use netdiag_model::knowledge::cause::Cause;
use netdiag_model::{Errno, Family, Icmp, Phase, TcpState};

use crate::case::{Case, Early, Origin, Place, Proof};
use crate::endpoint::Transport;

/// Why the attempt ended as it did.
pub fn cause(case: &Case) -> Cause {
    match case.connection {
        Connection::Established { .. } if case.transport == Transport::Udp => Cause::DatagramAnswered,
        Connection::Established { .. } => match case.early {
            None => Cause::Accepted,
            Some(Early::Closed { .. }) => Cause::ClosedAtOnce,
            Some(Early::Failed { .. }) => reset_at_once(case),
        },
        Connection::Failed { errno, is_synchronous: true, .. } => at_once(errno, case),
        Connection::Failed { icmp: Some((icmp, _)), .. } => told(icmp, case),
        Connection::Failed { errno, .. } => failed(errno, case),
        Connection::Objection { .. } | Connection::Silent => silence(case),
    }
}

/// How far it came.
pub fn phase(case: &Case) -> Phase {
    match case.connection {
        Connection::Failed { is_synchronous: true, .. } => Phase::Route,
        Connection::Established { .. }
        // The number of a connection that had been closed before it was reset is EPIPE.
        | Connection::Failed { errno: Errno::ECONNRESET | Errno::EPIPE, icmp: None, .. } => Phase::Established,
        _ => Phase::SynSent,
    }
}

/// The state of the socket at the end: CLOSED once anything but silence ended it.
pub fn state(case: &Case) -> TcpState {
    match case.connection {
        Connection::Established { .. } => case.state.unwrap_or(case.sighting.state),
        Connection::Failed { .. } => TcpState::Closed,
        Connection::Objection { .. } | Connection::Silent => case.sighting.state,
    }
}

/// Whether the connection opened and was reset at once.
pub fn is_reset_at_once(case: &Case) -> bool {
    matches!(cause(case), Cause::ResetAtOnce | Cause::ResetAtOnceOnTheWay)
}

fn reset_at_once(case: &Case) -> Cause {
    match case.whose.map(|whose| whose.origin) {
        Some(Origin::Nearer) => Cause::ResetAtOnceOnTheWay,
        _ => Cause::ResetAtOnce,
    }
}

/// connect(2), or bind(2) before it, failed: nothing was sent.
fn at_once(errno: Errno, case: &Case) -> Cause {
    let route = match case.place {
        Place::NoRoute(errno) => Some(errno),
        _ => None,
    };
    let (source, source_port) = case.source;
    let is_low = source_port.is_some_and(|port| port < 1024);
    match errno {
        Errno::ENETUNREACH | Errno::EACCES
            if case.place == Place::Many && case.transport == Transport::Tcp =>
        {
            Cause::NotOneHost
        }
        Errno::ENETUNREACH | Errno::ENETDOWN | Errno::EAFNOSUPPORT => Cause::NoRoute,
        Errno::EHOSTUNREACH => Cause::RouteUnreachable,
        Errno::EINVAL => Cause::RouteBlackhole,
        Errno::EACCES if route == Some(Errno::EACCES) => Cause::RouteProhibited,
        Errno::EACCES if is_low => Cause::SourcePortDenied,
        // A datagram that the output chain drops fails so; TCP is not told.
        Errno::EPERM if case.transport == Transport::Udp => Cause::DroppedOnTheWayOut,
        Errno::EACCES | Errno::EPERM => Cause::PolicyDenied,
        Errno::EADDRNOTAVAIL if source.is_some() && !case.is_source_here => Cause::BadSource,
        Errno::EADDRNOTAVAIL if route.is_some() => Cause::NoRoute,
        Errno::EADDRNOTAVAIL => Cause::PortsExhausted,
        Errno::EADDRINUSE => Cause::SourcePortTaken,
        Errno::EMFILE | Errno::ENFILE => Cause::TooManyFiles,
        _ => Cause::LocalFailure,
    }
}

/// Somebody said so by ICMP.
fn told(icmp: Icmp, case: &Case) -> Cause {
    let from = case.icmp().and_then(|(_, from)| from);
    let is_target = from.is_some_and(|from| case.address.matches(&from));
    if case.transport == Transport::Udp && icmp.is_port_unreachable() && is_target {
        // What every kernel says of a closed port, this host's own too.
        return if case.is_offender_here { Cause::DatagramRefusedHere } else { Cause::DatagramRefused };
    }
    if case.is_offender_here {
        // The kernel speaks in its own name where a neighbour does not answer; a rule of its firewall may use the same
        // words, but does so at once.
        let is_host = matches!((icmp.family, icmp.kind, icmp.code), (Family::V4, 3, 1) | (Family::V6, 1, 3));
        return match case.place {
            // What is this host's own has no neighbour, unless it is passed on.
            Place::Here if is_host && case.is_stuck() => Cause::PassedOnToSilence,
            _ if is_host && (is_unresolved(case) || is_missing(case)) => unresolved(case),
            _ => Cause::RejectedHere,
        };
    }
    match (is_refusal(icmp), icmp.is_time_exceeded(), is_target) {
        (_, true, _) => Cause::TtlExceeded,
        (true, _, true) => Cause::RejectedByTarget,
        (true, _, false) => Cause::RejectedOnTheWay,
        (false, _, true) => Cause::UnreachableByTarget,
        (false, _, false) => Cause::UnreachableOnTheWay,
    }
}

/// A message that says "may not", where others say "cannot".
const fn is_refusal(icmp: Icmp) -> bool {
    match icmp.family {
        Family::V4 => icmp.kind == 3 && matches!(icmp.code, 2 | 3 | 9 | 10 | 13 | 14 | 15),
        Family::V6 => icmp.kind == 1 && matches!(icmp.code, 1 | 4 | 5 | 6),
    }
}

/// The connection failed later, and no ICMP message says why.
fn failed(errno: Errno, case: &Case) -> Cause {
    match errno {
        Errno::ECONNREFUSED => refused(case),
        Errno::ECONNRESET | Errno::EPIPE => reset_at_once(case),
        Errno::ETIMEDOUT => silence(case),
        Errno::EHOSTUNREACH | Errno::ENETUNREACH if is_missing(case) => unresolved(case),
        // Kernels before 5.8 do not tell of the message.
        Errno::EHOSTUNREACH | Errno::ENETUNREACH | Errno::EHOSTDOWN => Cause::UnreachableOnTheWay,
        Errno::EACCES | Errno::EPERM => Cause::PolicyDenied,
        Errno::ENOPROTOOPT => Cause::RejectedOnTheWay,
        _ => Cause::LocalFailure,
    }
}

/// A RST came, or seems to have come.
fn refused(case: &Case) -> Cause {
    if case.place == Place::Here {
        return match &case.proof {
            Some(Proof::Out(_) | Proof::In(_)) => Cause::ResetHere,
            _ if is_listened_to(case) => Cause::RefusedThoughListening,
            _ if case.listeners.as_ref().is_none_or(Vec::is_empty) => Cause::ClosedHere,
            _ => Cause::ListensElsewhere,
        };
    }
    match case.whose.map(|whose| whose.origin) {
        Some(Origin::Nearer) => Cause::ResetOnTheWay,
        Some(Origin::Here) => Cause::ResetHere,
        _ => Cause::ClosedPort,
    }
}

/// Whether something on this host listens on the port at the address that was asked for.
pub fn is_listened_to(case: &Case) -> bool {
    case.listeners.iter().flatten().any(|one| covers(one, case.address.ip))
}

/// Whether a listener takes connections to an address of this host.
pub fn covers(listener: &Listener, ip: IpAddr) -> bool {
    match (listener.address.ip, ip) {
        (own, ip) if own == ip => true,
        (IpAddr::V4(own), IpAddr::V4(_)) => own.is_unspecified(),
        (IpAddr::V6(own), IpAddr::V6(_)) => own.is_unspecified(),
        (IpAddr::V6(own), IpAddr::V4(_)) => own.is_unspecified() && !listener.is_v6_only,
        (IpAddr::V4(_), IpAddr::V6(_)) => false,
    }
}

/// Nothing came back.
fn silence(case: &Case) -> Cause {
    if is_unresolved(case) {
        return unresolved(case);
    }
    if case.transport == Transport::Udp {
        return Cause::DatagramSilence;
    }
    let is_full = |one: &Listener| covers(one, case.address.ip) && one.queue > one.backlog;
    if case.listeners.as_ref().is_some_and(|all| all.iter().any(is_full)) {
        return Cause::QueueFullHere;
    }
    match (&case.proof, case.icmp()) {
        (Some(Proof::Out(_)), _) => Cause::DroppedOnTheWayOut,
        (Some(Proof::In(_)), _) => Cause::DroppedOnTheWayIn,
        (_, Some((icmp, _))) => told(icmp, case),
        _ if case.sighting.timeouts.max(case.sighting.retransmits) == 0 => Cause::TooShort,
        _ => Cause::Silence,
    }
}

/// Whether the next hop, or the target on the link, has not been found. What the neighbour table says is no proof where the
/// socket tells more: an answer may still come.
fn is_unresolved(case: &Case) -> bool {
    if case.transport == Transport::Udp { is_missing(case) } else { case.is_stuck() && is_beyond(case) }
}

/// Whether the neighbour table has no way to it.
fn is_missing(case: &Case) -> bool {
    matches!(case.neighbour, Some(NeighbourState::Failed | NeighbourState::Incomplete)) && is_beyond(case)
}

const fn is_beyond(case: &Case) -> bool {
    matches!(case.place, Place::Link { .. } | Place::Behind { .. })
}

fn unresolved(case: &Case) -> Cause {
    match case.place {
        Place::Behind { .. } => Cause::GatewaySilent,
        _ => Cause::NeighbourSilent,
    }
}

#[cfg(test)]
mod tests;
