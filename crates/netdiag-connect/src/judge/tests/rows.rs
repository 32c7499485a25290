//! The fault table.

use std::time::Duration;

use netdiag_model::{Address, Side, Verdict};

use super::*;
use crate::case::Objection;

/// A fault and what has to come of it.
struct Row {
    name: &'static str,
    case: fn(Family) -> Case,
    cause: Cause,
    expected: (Verdict, Side, Phase, TcpState),
}

const LINK: Place = Place::Link { interface: ETH0 };
const AFTER: Duration = Duration::from_millis(1);

fn behind(family: Family) -> Place {
    Place::Behind { gateway: router(family).ip, interface: ETH0 }
}

fn refused_by(family: Family, origin: Origin) -> Case {
    Case { whose: Some(whose(origin)), ..failed(family, Errno::ECONNREFUSED) }
}

fn refused_here(family: Family, listeners: Vec<Listener>) -> Case {
    let listeners = Some(listeners);
    let address = if family == Family::V4 { "127.0.0.1" } else { "::1" };
    let address = Address::new(address.parse().expect("an address"));
    Case { address, place: Place::Here, listeners, ..failed(family, Errno::ECONNREFUSED) }
}

fn prohibited(family: Family) -> Icmp {
    unreachable(family, if family == Family::V4 { 13 } else { 1 })
}

fn host_unreachable(family: Family) -> Icmp {
    unreachable(family, if family == Family::V4 { 1 } else { 3 })
}

fn port_unreachable(family: Family) -> Icmp {
    unreachable(family, if family == Family::V4 { 3 } else { 4 })
}

fn by_datagram(case: Case) -> Case {
    Case { transport: Transport::Udp, sighting: Sighting::NONE, ..case }
}

fn proved(family: Family, proof: Proof) -> Case {
    Case { proof: Some(proof), ..silent(family) }
}

fn from_source(family: Family, errno: Errno, source: Option<u16>) -> Case {
    Case { source: (None, source), ..at_once(family, errno, None) }
}

fn hold(rows: &[Row]) {
    for row in rows {
        for family in FAMILIES {
            let case = (row.case)(family);
            let found = cause(&case);
            assert_eq!(found, row.cause, "{} ({family:?})", row.name);
            let facts = cause::of(found);
            let (phase, state) = (phase(&case), state(&case));
            assert_eq!((facts.verdict, facts.side, phase, state), row.expected, "{} ({family:?})", row.name);
        }
    }
}

/// `NAME: CASE => CAUSE, VERDICT SIDE PHASE STATE;`
macro_rules! rows {
    ($($name:literal: $case:expr => $cause:ident, $verdict:ident $side:ident $phase:ident $state:ident;)*) => {
        hold(&[$(Row {
            name: $name,
            case: $case,
            cause: Cause::$cause,
            expected: (Verdict::$verdict, Side::$side, Phase::$phase, TcpState::$state),
        }),*]);
    };
}

#[test]
fn answers_of_the_target() {
    rows! {
        "open": open => Accepted, Open Service Established Established;
        "RST": |f| failed(f, Errno::ECONNREFUSED) => ClosedPort, Refused RemoteHost SynSent Closed;
        "RST, as far as the target": |f| refused_by(f, Origin::Target)
            => ClosedPort, Refused RemoteHost SynSent Closed;
        "RST, from who knows where": |f| refused_by(f, Origin::Unknown)
            => ClosedPort, Refused RemoteHost SynSent Closed;
        "RST by a router": |f| refused_by(f, Origin::Nearer) => ResetOnTheWay, Rejected Path SynSent Closed;
        "FIN after accept": |f| early(f, Early::Closed { after: AFTER }, TcpState::CloseWait)
            => ClosedAtOnce, ClosedEarly Service Established CloseWait;
        "RST after accept": |f| {
            early(f, Early::Failed { after: AFTER, errno: Errno::ECONNRESET }, TcpState::Closed)
        } => ResetAtOnce, ClosedEarly Service Established Closed;
        "RST after accept, by a router": |f| Case {
            whose: Some(whose(Origin::Nearer)),
            ..early(f, Early::Failed { after: AFTER, errno: Errno::ECONNRESET }, TcpState::Closed)
        } => ResetAtOnceOnTheWay, ClosedEarly Path Established Closed;
        "RST before accept was told": |f| failed(f, Errno::ECONNRESET)
            => ResetAtOnce, ClosedEarly Service Established Closed;
        "FIN and RST before accept was told": |f| failed(f, Errno::EPIPE)
            => ResetAtOnce, ClosedEarly Service Established Closed;
    }
}

#[test]
fn words_of_routers_and_of_the_target() {
    rows! {
        "prohibited by a router": |f| told(f, prohibited(f), router(f))
            => RejectedOnTheWay, Rejected Path SynSent Closed;
        "port-unreachable by a router": |f| told(f, port_unreachable(f), router(f))
            => RejectedOnTheWay, Rejected Path SynSent Closed;
        "prohibited by the target": |f| told(f, prohibited(f), target(f))
            => RejectedByTarget, Rejected RemoteFirewall SynSent Closed;
        "port-unreachable by the target": |f| told(f, port_unreachable(f), target(f))
            => RejectedByTarget, Rejected RemoteFirewall SynSent Closed;
        "unreachable by a router": |f| told(f, host_unreachable(f), router(f))
            => UnreachableOnTheWay, Unreachable Path SynSent Closed;
        "unreachable by the target": |f| told(f, host_unreachable(f), target(f))
            => UnreachableByTarget, Unreachable RemoteHost SynSent Closed;
        "time exceeded": |f| told(f, exceeded(f), router(f))
            => TtlExceeded, Unreachable Path SynSent Closed;
    }
}

/// An ICMP message that was not final, and then nothing: a router that limits how often it says so.
fn told_once(family: Family, icmp: Icmp, from: Address) -> Case {
    let objection = Objection { after: AFTER, errno: Errno::EHOSTUNREACH, icmp: Some((icmp, Some(from))) };
    Case { objections: vec![objection], is_offender_here: from == client(family), ..silent(family) }
}

#[test]
fn words_that_were_said_once() {
    rows! {
        "prohibited by a router, once": |f| told_once(f, prohibited(f), router(f))
            => RejectedOnTheWay, Rejected Path SynSent SynSent;
        "unreachable by a router, once": |f| told_once(f, host_unreachable(f), router(f))
            => UnreachableOnTheWay, Unreachable Path SynSent SynSent;
        "reject here, once": |f| told_once(f, port_unreachable(f), client(f))
            => RejectedHere, BlockedLocally ThisHost SynSent SynSent;
        "in a time that is too short for silence": |f| Case {
            sighting: sighting(TcpState::SynSent, 1, f), ..told_once(f, prohibited(f), router(f))
        } => RejectedOnTheWay, Rejected Path SynSent SynSent;
        "once, and then open": |f| Case {
            objections: told_once(f, prohibited(f), router(f)).objections, ..open(f)
        } => Accepted, Open Service Established Established;
    }
}

#[test]
fn silence() {
    rows! {
        "silence": silent => Silence, Filtered Unknown SynSent SynSent;
        "silence by the kernel's count": |f| Case {
            connection: failed(f, Errno::ETIMEDOUT).connection, ..silent(f)
        } => Silence, Filtered Unknown SynSent Closed;
        "silence, and a suspicion": |f| proved(f, Proof::Suspected("it drifts".to_owned()))
            => Silence, Filtered Unknown SynSent SynSent;
        "drop on the way out, proved": |f| proved(f, Proof::Out("6".to_owned()))
            => DroppedOnTheWayOut, BlockedLocally ThisHost SynSent SynSent;
        "drop on the way in, proved": |f| proved(f, Proof::In("6".to_owned()))
            => DroppedOnTheWayIn, BlockedLocally ThisHost SynSent SynSent;
        "too short": |f| Case { sighting: sighting(TcpState::SynSent, 1, f), ..silent(f) }
            => TooShort, Inconclusive Unknown SynSent SynSent;
    }
}

#[test]
fn this_host() {
    rows! {
        "closed here": |f| refused_here(f, Vec::new()) => ClosedHere, Refused ThisHost SynSent Closed;
        "listens elsewhere": |f| refused_here(f, vec![listener("192.0.2.10", (0, 128))])
            => ListensElsewhere, Refused ThisHost SynSent Closed;
        "listens, and is refused": |f| refused_here(f, vec![listener("::", (0, 128))])
            => RefusedThoughListening, Refused ThisHost SynSent Closed;
        "listens, and a rule refuses, proved": |f| Case {
            proof: Some(Proof::Out("5".to_owned())), ..refused_here(f, vec![listener("::", (0, 128))])
        } => ResetHere, BlockedLocally ThisHost SynSent Closed;
        "passed on to nobody": |f| Case { place: Place::Here, ..unresolved(f, LINK) }
            => PassedOnToSilence, Unreachable ThisHost SynSent Closed;
        "multicast": |f| at_once(f, Errno::ENETUNREACH, Some(Place::Many))
            => NotOneHost, LocalError ThisHost Route Closed;
        "full queue here": |f| Case {
            place: Place::Here, listeners: Some(vec![listener("::", (2, 1))]), ..silent(f)
        } => QueueFullHere, Filtered ThisHost SynSent SynSent;
        "reject here by ICMP": |f| told(f, port_unreachable(f), client(f))
            => RejectedHere, BlockedLocally ThisHost SynSent Closed;
        "reject here by ICMP in the words of ARP": |f| told(f, host_unreachable(f), client(f))
            => RejectedHere, BlockedLocally ThisHost SynSent Closed;
        "reject here by RST": |f| refused_by(f, Origin::Here)
            => ResetHere, BlockedLocally ThisHost SynSent Closed;
        "policy": |f| at_once(f, Errno::EPERM, None) => PolicyDenied, BlockedLocally ThisHost Route Closed;
        "policy by EACCES": |f| at_once(f, Errno::EACCES, None)
            => PolicyDenied, BlockedLocally ThisHost Route Closed;
    }
}

#[test]
fn routes_and_neighbours() {
    let no_route = |f| at_once(f, Errno::ENETUNREACH, Some(Place::NoRoute(Errno::ENETUNREACH)));
    rows! {
        "no route": no_route => NoRoute, Unreachable ThisHost Route Closed;
        "no source": |f| at_once(f, Errno::EADDRNOTAVAIL, Some(Place::NoRoute(Errno::ENETUNREACH)))
            => NoRoute, Unreachable ThisHost Route Closed;
        "unreachable route": |f| {
            at_once(f, Errno::EHOSTUNREACH, Some(Place::NoRoute(Errno::EHOSTUNREACH)))
        } => RouteUnreachable, BlockedLocally ThisHost Route Closed;
        "prohibit route": |f| at_once(f, Errno::EACCES, Some(Place::NoRoute(Errno::EACCES)))
            => RouteProhibited, BlockedLocally ThisHost Route Closed;
        "blackhole route": |f| at_once(f, Errno::EINVAL, Some(Place::NoRoute(Errno::EINVAL)))
            => RouteBlackhole, BlockedLocally ThisHost Route Closed;
        "no neighbour": |f| unresolved(f, LINK)
            => NeighbourSilent, Unreachable LocalNetwork SynSent Closed;
        "no gateway": |f| unresolved(f, behind(f))
            => GatewaySilent, Unreachable LocalNetwork SynSent Closed;
        "no neighbour, not told yet": |f| Case {
            place: LINK,
            neighbour: Some(NeighbourState::Incomplete),
            sighting: Sighting { retransmits: 0, timeouts: 2, ..silent(f).sighting },
            ..silent(f)
        } => NeighbourSilent, Unreachable LocalNetwork SynSent SynSent;
        "the neighbour is asked for again": |f| Case {
            place: LINK, neighbour: Some(NeighbourState::Failed), ..silent(f)
        } => Silence, Filtered Unknown SynSent SynSent;
        "no neighbour, and no message": |f| Case {
            place: LINK, neighbour: Some(NeighbourState::Failed), ..failed(f, Errno::EHOSTUNREACH)
        } => NeighbourSilent, Unreachable LocalNetwork SynSent Closed;
    }
}

#[test]
fn what_this_host_lacks() {
    rows! {
        "bad source": |f| Case {
            source: (Some(target(f).ip), None), ..at_once(f, Errno::EADDRNOTAVAIL, None)
        } => BadSource, LocalError ThisHost Route Closed;
        "ports exhausted": |f| at_once(f, Errno::EADDRNOTAVAIL, None)
            => PortsExhausted, LocalError ThisHost Route Closed;
        "ports exhausted, from an own source": |f| Case {
            source: (Some(client(f).ip), None), is_source_here: true, ..at_once(f, Errno::EADDRNOTAVAIL, None)
        } => PortsExhausted, LocalError ThisHost Route Closed;
        "source port in use": |f| from_source(f, Errno::EADDRINUSE, Some(40_000))
            => SourcePortTaken, LocalError ThisHost Route Closed;
        "source port denied": |f| from_source(f, Errno::EACCES, Some(80))
            => SourcePortDenied, LocalError ThisHost Route Closed;
        "a policy, from a source port that is free": |f| from_source(f, Errno::EACCES, Some(40_000))
            => PolicyDenied, BlockedLocally ThisHost Route Closed;
        "too many files": |f| at_once(f, Errno::EMFILE, None)
            => TooManyFiles, LocalError ThisHost Route Closed;
        "no memory": |f| at_once(f, Errno::ENOBUFS, None) => LocalFailure, LocalError ThisHost Route Closed;
    }
}

#[test]
fn datagrams() {
    rows! {
        "a datagram came back": |f| by_datagram(open(f))
            => DatagramAnswered, Open Service Established Closed;
        "port-unreachable by the target": |f| by_datagram(told(f, port_unreachable(f), target(f)))
            => DatagramRefused, Refused RemoteHost SynSent Closed;
        "port-unreachable by a router": |f| by_datagram(told(f, port_unreachable(f), router(f)))
            => RejectedOnTheWay, Rejected Path SynSent Closed;
        "prohibited by the target": |f| by_datagram(told(f, prohibited(f), target(f)))
            => RejectedByTarget, Rejected RemoteFirewall SynSent Closed;
        "unreachable by a router": |f| by_datagram(told(f, host_unreachable(f), router(f)))
            => UnreachableOnTheWay, Unreachable Path SynSent Closed;
        "denied here": |f| by_datagram(at_once(f, Errno::EPERM, None))
            => DroppedOnTheWayOut, BlockedLocally ThisHost Route Closed;
        "silence": |f| by_datagram(silent(f)) => DatagramSilence, Inconclusive Unknown SynSent Closed;
        "no neighbour": |f| Case { place: LINK, ..by_datagram(unresolved(f, LINK)) }
            => NeighbourSilent, Unreachable LocalNetwork SynSent Closed;
    }
}

/// A closed UDP port of this host: its kernel's own port-unreachable is no firewall's.
#[test]
fn a_closed_udp_port_of_this_host() {
    let case = |family: Family| {
        let own = client(family);
        let case = by_datagram(told(family, port_unreachable(family), own));
        Case { address: own, place: Place::Here, is_offender_here: true, ..case }
    };
    rows! {
        "closed here": case => DatagramRefusedHere, Refused ThisHost SynSent Closed;
    }
}
