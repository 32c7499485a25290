//! Paths on which somebody says that it goes no farther, with every code that kernels have.
//!
//! A firewall looks at what it forwards after the TTL, so its router first says that time is exceeded and refuses from
//! the next TTL on. A route is asked before, so its router refuses at its own TTL.

use super::road::Road;
use super::truth::End;
use super::{Family, Scene, Staged, V4, V6, path};
use crate::error::Result;
use crate::nft::{Hook, Reject, Ruleset, Traffic};

/// The router that refuses.
const AT: u8 = 3;
/// Routers on the way.
const ROUTERS: usize = 5;

pub(super) const SCENES: &[Scene] = &[
    path("router-says-net-unreachable", "The third of five routers rejects everything for the target: net-unreachable (3/0; IPv6: no route, 1/0).", |family| {
        on_the_way(family, [Reject::NetUnreachable, Reject::V6NoRoute])
    })
    .by_rules(),
    path("router-says-host-unreachable", "The third of five routers rejects everything for the target: host-unreachable (3/1; IPv6: address unreachable, 1/3).", |family| {
        on_the_way(family, [Reject::HostUnreachable, Reject::V6AddrUnreachable])
    })
    .by_rules(),
    path("router-says-proto-unreachable", "The third of five routers rejects everything for the target: protocol-unreachable (3/2).", |family| {
        on_the_way(family, [Reject::ProtUnreachable, Reject::ProtUnreachable])
    })
    .by_rules()
    .only(V4),
    path("router-says-port-unreachable", "The third of five routers rejects everything for the target: port-unreachable (3/3; IPv6: 1/4).", |family| {
        on_the_way(family, [Reject::PortUnreachable, Reject::V6PortUnreachable])
    })
    .by_rules(),
    path("router-says-net-prohibited", "The third of five routers rejects everything for the target: net-prohibited (3/9).", |family| {
        on_the_way(family, [Reject::NetProhibited, Reject::NetProhibited])
    })
    .by_rules()
    .only(V4),
    path("router-says-host-prohibited", "The third of five routers rejects everything for the target: host-prohibited (3/10).", |family| {
        on_the_way(family, [Reject::HostProhibited, Reject::HostProhibited])
    })
    .by_rules()
    .only(V4),
    path("router-says-admin-prohibited", "The third of five routers rejects everything for the target: administratively prohibited (3/13; IPv6: 1/1).", |family| {
        on_the_way(family, [Reject::AdminProhibited, Reject::V6AdminProhibited])
    })
    .by_rules(),
    path("router-says-source-policy", "The third of five routers rejects everything for the target: source address failed policy (1/5).", |family| {
        on_the_way(family, [Reject::V6PolicyFail, Reject::V6PolicyFail])
    })
    .by_rules()
    .only(V6),
    path("router-says-reject-route", "The third of five routers rejects everything for the target: reject route (1/6).", |family| {
        on_the_way(family, [Reject::V6RejectRoute, Reject::V6RejectRoute])
    })
    .by_rules()
    .only(V6),
    path("target-says-net-unreachable", "The target rejects everything: net-unreachable (3/0; IPv6: no route, 1/0).", |family| {
        at_the_target(family, [Reject::NetUnreachable, Reject::V6NoRoute])
    })
    .by_rules(),
    path("target-says-host-unreachable", "The target rejects everything: host-unreachable (3/1; IPv6: address unreachable, 1/3).", |family| {
        at_the_target(family, [Reject::HostUnreachable, Reject::V6AddrUnreachable])
    })
    .by_rules(),
    path("target-says-proto-unreachable", "The target rejects everything: protocol-unreachable (3/2).", |family| {
        at_the_target(family, [Reject::ProtUnreachable, Reject::ProtUnreachable])
    })
    .by_rules()
    .only(V4),
    path("target-says-port-unreachable", "The target rejects everything: port-unreachable (3/3; IPv6: 1/4).", |family| {
        at_the_target(family, [Reject::PortUnreachable, Reject::V6PortUnreachable])
    })
    .by_rules(),
    path("target-says-net-prohibited", "The target rejects everything: net-prohibited (3/9).", |family| {
        at_the_target(family, [Reject::NetProhibited, Reject::NetProhibited])
    })
    .by_rules()
    .only(V4),
    path("target-says-host-prohibited", "The target rejects everything: host-prohibited (3/10).", |family| {
        at_the_target(family, [Reject::HostProhibited, Reject::HostProhibited])
    })
    .by_rules()
    .only(V4),
    path("target-says-admin-prohibited", "The target rejects everything: administratively prohibited (3/13; IPv6: 1/1).", |family| {
        at_the_target(family, [Reject::AdminProhibited, Reject::V6AdminProhibited])
    })
    .by_rules(),
    path("target-says-source-policy", "The target rejects everything: source address failed policy (1/5).", |family| {
        at_the_target(family, [Reject::V6PolicyFail, Reject::V6PolicyFail])
    })
    .by_rules()
    .only(V6),
    path("target-says-reject-route", "The target rejects everything: reject route (1/6).", |family| {
        at_the_target(family, [Reject::V6RejectRoute, Reject::V6RejectRoute])
    })
    .by_rules()
    .only(V6),
    path("router-without-route", "The third of five routers has no route to the target.", |family| {
        by_route(family, None, [(3, 0), (1, 0)])
    }),
    path("router-unreachable-route", "The third of five routers has a route of type unreachable.", |family| {
        by_route(family, Some("unreachable"), [(3, 1), (1, 0)])
    }),
    path("router-prohibit-route", "The third of five routers has a route of type prohibit.", |family| {
        by_route(family, Some("prohibit"), [(3, 13), (1, 1)])
    }),
    path("router-blackhole-route", "The third of five routers has a blackhole route, and says nothing.", |family| {
        let road = Road::chain(family, ROUTERS)?;
        road.node("r3")?.ip(&[format!("route add blackhole {}", road.target())])?;
        road.ends(AT - 1, End::Silence).ready()
    }),
    path("nobody-at-the-address", "Nobody on the last link has the address, and the last router says so.", |family| {
        let road = Road::chain(family, 3)?;
        let nobody = absent(road.target());
        let from = road.router(3)?;
        road.to(vec![nobody]).ends(3, End::Unreachable { ttl: 4, from, icmp: family.pick((3, 1), (1, 3)) }).ready()
    }),
];

/// The same address with another last part.
fn absent(address: std::net::IpAddr) -> std::net::IpAddr {
    match address {
        std::net::IpAddr::V4(own) => std::net::Ipv4Addr::from_bits(own.to_bits() ^ 0x80).into(),
        std::net::IpAddr::V6(own) => std::net::Ipv6Addr::from_bits(own.to_bits() ^ 0x80).into(),
    }
}

/// What kernels say for a refusal.
fn icmp(family: Family, reject: Reject) -> (u8, u8) {
    let of = |table: &[(Reject, u8)]| table.iter().find(|(other, _)| *other == reject).map(|(_, code)| *code);
    let code = family.pick(of(&Reject::V4), of(&Reject::V6));
    (family.pick(3, 1), code.unwrap_or_default())
}

fn to_target(road: &Road) -> String {
    format!("{} daddr {}", road.family.pick("ip", "ip6"), road.target())
}

fn on_the_way(family: Family, [v4, v6]: [Reject; 2]) -> Result<Staged> {
    let road = Road::chain(family, ROUTERS)?;
    let (reject, from) = (family.pick(v4, v6), road.router(AT)?);
    road.node("r3")?.filter(&Ruleset::reject(Hook::Forward, &Traffic::Matching(to_target(&road)), reject))?;
    road.ends(AT, End::Unreachable { ttl: AT + 1, from, icmp: icmp(family, reject) }).ready()
}

fn at_the_target(family: Family, [v4, v6]: [Reject; 2]) -> Result<Staged> {
    let road = Road::chain(family, ROUTERS)?;
    let (reject, from) = (family.pick(v4, v6), road.target());
    let server = road.node("server")?;
    // What is for the link itself passes: neighbours would not be found otherwise.
    let rules = family.pick(&[""][..], &["meta l4proto != icmpv6 ", "icmpv6 type != 130-143 "]);
    for rule in rules {
        let rule = Traffic::Matching(format!("{rule}{}", to_target(&road)));
        server.filter(&Ruleset::reject(Hook::Input, &rule, reject))?;
    }
    let ttl = ROUTERS as u8 + 1;
    road.ends(ttl, End::Unreachable { ttl, from, icmp: icmp(family, reject) }).ready()
}

/// The router has a route of this type for the target, or none.
fn by_route(family: Family, kind: Option<&str>, [v4, v6]: [(u8, u8); 2]) -> Result<Staged> {
    let road = Road::chain(family, ROUTERS)?;
    let (target, from) = (road.target(), road.router(AT)?);
    let node = road.node("r3")?;
    if let Some(kind) = kind {
        node.ip(&[format!("route add {kind} {target}")])?;
    } else {
        let words =
            [family.pick("-4", "-6"), "route", "show", "match", &target.to_string()].map(str::to_owned);
        let routes = node.command("ip").args(words).output()?.stdout;
        node.ip(&routes.lines().map(|route| format!("route del {}", route.trim())).collect::<Vec<_>>())?;
    }
    road.ends(AT, End::Unreachable { ttl: AT, from, icmp: family.pick(v4, v6) }).ready()
}
