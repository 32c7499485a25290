//! Cases for tests: a client, a router and a target of either family, and the ends that an attempt can meet.

use std::time::Duration;

use netdiag_engine::port::{Connection, Listener, NeighbourState, Sighting};
use netdiag_model::{Address, Errno, Family, Icmp, Moment, Mono, Reading, Rtt, TcpState, Wall};

use super::{Case, Early, Origin, Place, Whose};
use crate::endpoint::Transport;

/// Both families, for loops.
pub(crate) const FAMILIES: [Family; 2] = [Family::V4, Family::V6];

/// The index of the only interface.
pub(crate) const ETH0: u32 = 2;

fn address(family: Family, [v4, v6]: [&str; 2]) -> Address {
    let text = match family {
        Family::V4 => v4,
        Family::V6 => v6,
    };
    Address::new(text.parse().expect("an address"))
}

/// The client.
pub(crate) fn client(family: Family) -> Address {
    address(family, ["192.0.2.10", "2001:db8:1::10"])
}

/// The next hop.
pub(crate) fn router(family: Family) -> Address {
    address(family, ["192.0.2.1", "2001:db8:1::1"])
}

/// The target.
pub(crate) fn target(family: Family) -> Address {
    address(family, ["203.0.113.7", "2001:db8:2::7"])
}

/// The time so many milliseconds after the start.
pub(crate) fn at(millis: u64) -> Reading {
    let wall =
        Wall::from_nanos((1_767_225_600_000 + i64::try_from(millis).expect("a short time")) * 1_000_000);
    Reading { mono: Mono::from_nanos(millis * 1_000_000), wall }
}

/// A destination-unreachable message.
pub(crate) fn unreachable(family: Family, code: u8) -> Icmp {
    let kind = match family {
        Family::V4 => 3,
        Family::V6 => 1,
    };
    Icmp { family, kind, code, info: 0 }
}

/// The TTL or hop limit ran out.
pub(crate) fn exceeded(family: Family) -> Icmp {
    let kind = match family {
        Family::V4 => 11,
        Family::V6 => 3,
    };
    Icmp { family, kind, code: 0, info: 0 }
}

/// A socket that waits after so many SYNs, or is closed after them.
pub(crate) fn sighting(state: TcpState, syns: u32, family: Family) -> Sighting {
    Sighting {
        state,
        timeouts: syns - 1,
        retransmits: syns - 1,
        segments_out: syns,
        segments_in: 0,
        local: Some((client(family), 40_000)),
    }
}

/// Nothing came back in 3.5 s from a target behind the router.
pub(crate) fn silent(family: Family) -> Case {
    Case {
        transport: Transport::Tcp,
        address: target(family),
        port: 443,
        started: Moment::user(at(0)),
        ended: Moment::user(at(3_500)),
        connection: Connection::Silent,
        sighting: sighting(TcpState::SynSent, 4, family),
        sent: [0, 1, 2, 3].map(Duration::from_secs).to_vec(),
        objections: Vec::new(),
        place: Place::Behind { gateway: router(family).ip, interface: ETH0 },
        neighbour: Some(NeighbourState::Reachable),
        is_offender_here: false,
        listeners: None,
        proof: None,
        whose: None,
        early: None,
        state: None,
        greeting: Vec::new(),
        is_located: false,
        source: (None, None),
        is_source_here: false,
    }
}

/// It ended after 20 ms and one SYN.
fn soon(family: Family, connection: Connection, state: TcpState) -> Case {
    let sighting = Sighting { segments_in: 1, ..sighting(state, 1, family) };
    let (ended, sent) = (Moment::user(at(20)), vec![Duration::ZERO]);
    Case { ended, connection, sighting, sent, ..silent(family) }
}

/// It opened.
pub(crate) fn open(family: Family) -> Case {
    let handshake = Some(Rtt::from_nanos(20_000_000));
    soon(family, Connection::Established { handshake }, TcpState::Established)
}

/// It opened, and ended so; the socket was left in this state.
pub(crate) fn early(family: Family, early: Early, state: TcpState) -> Case {
    Case { early: Some(early), state: Some(state), ..open(family) }
}

/// It failed later, without an ICMP message.
pub(crate) fn failed(family: Family, errno: Errno) -> Case {
    let connection = Connection::Failed { errno, icmp: None, is_synchronous: false };
    soon(family, connection, TcpState::Closed)
}

/// A system call failed; a look at the routing table gives this.
pub(crate) fn at_once(family: Family, errno: Errno, place: Option<Place>) -> Case {
    let case = silent(family);
    Case {
        ended: case.started,
        connection: Connection::Failed { errno, icmp: None, is_synchronous: true },
        sighting: Sighting::NONE,
        sent: vec![Duration::ZERO],
        place: place.unwrap_or(case.place),
        ..case
    }
}

/// The errno is what Linux makes of any of them, as far as it matters: not at all.
pub(crate) fn told(family: Family, icmp: Icmp, from: Address) -> Case {
    let errno = if icmp.is_port_unreachable() { Errno::ECONNREFUSED } else { Errno::EHOSTUNREACH };
    let connection = Connection::Failed { errno, icmp: Some((icmp, Some(from))), is_synchronous: false };
    let case = soon(family, connection, TcpState::Closed);
    let sighting = Sighting { segments_in: 0, ..case.sighting };
    Case { is_offender_here: from == client(family), sighting, ..case }
}

/// The kernel says by ICMP in its own name, after three seconds, that a neighbour does not answer.
pub(crate) fn unresolved(family: Family, place: Place) -> Case {
    let code = match family {
        Family::V4 => 1,
        Family::V6 => 3,
    };
    let case = told(family, unreachable(family, code), client(family));
    let sighting = Sighting { timeouts: 3, ..case.sighting };
    let ended = Moment::user(at(3_070));
    Case { ended, sighting, place, neighbour: Some(NeighbourState::Failed), ..case }
}

/// A listener of this host at an address.
pub(crate) fn listener(ip: &str, (queue, backlog): (u32, u32)) -> Listener {
    let ip: std::net::IpAddr = ip.parse().expect("an address");
    let is_v6_only = ip.is_ipv6() && !ip.is_unspecified();
    Listener { address: Address::new(ip), port: 443, is_v6_only, queue, backlog }
}

/// Whose a RST is.
pub(crate) fn whose(origin: Origin) -> Whose {
    let ttl = match origin {
        Origin::Target => 61,
        Origin::Nearer => 63,
        Origin::Here => 64,
        Origin::Unknown => 57,
    };
    Whose { ttl, own: Some(61).filter(|_| origin != Origin::Here), origin }
}
