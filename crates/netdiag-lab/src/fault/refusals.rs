//! Connections that a firewall refuses by ICMP, with every code that there is, on the way and at the target.

use super::{Family, Fault, Scene, Staged, V4, V6, tcp};
use crate::error::Result;
use crate::nft::{Hook, Reject};
use crate::responder::IcmpError;

pub(super) const FAULTS: &[Fault] = &[
    tcp(
        "router-says-net-unreachable",
        "A firewall on the way answers with ICMP net-unreachable (3/0; IPv6: no route, 1/0).",
        |family| on_the_way(family, [Reject::NetUnreachable, Reject::V6NoRoute]),
    )
    .by_rules(),
    tcp(
        "router-says-host-unreachable",
        "A firewall on the way answers with ICMP host-unreachable (3/1; IPv6: address unreachable, 1/3).",
        |family| on_the_way(family, [Reject::HostUnreachable, Reject::V6AddrUnreachable]),
    )
    .by_rules(),
    tcp(
        "router-says-proto-unreachable",
        "A firewall on the way answers with ICMP protocol-unreachable (3/2).",
        |family| on_the_way(family, [Reject::ProtUnreachable, Reject::ProtUnreachable]),
    )
    .by_rules()
    .only(V4),
    tcp(
        "router-says-port-unreachable",
        "A firewall on the way answers with ICMP port-unreachable (3/3; IPv6: 1/4).",
        |family| on_the_way(family, [Reject::PortUnreachable, Reject::V6PortUnreachable]),
    )
    .by_rules(),
    tcp(
        "router-says-net-prohibited",
        "A firewall on the way answers with ICMP net-prohibited (3/9).",
        |family| on_the_way(family, [Reject::NetProhibited, Reject::NetProhibited]),
    )
    .by_rules()
    .only(V4),
    tcp(
        "router-says-host-prohibited",
        "A firewall on the way answers with ICMP host-prohibited (3/10).",
        |family| on_the_way(family, [Reject::HostProhibited, Reject::HostProhibited]),
    )
    .by_rules()
    .only(V4),
    tcp(
        "router-says-admin-prohibited",
        "A firewall on the way answers with ICMP administratively prohibited (3/13; IPv6: 1/1).",
        |family| on_the_way(family, [Reject::AdminProhibited, Reject::V6AdminProhibited]),
    )
    .by_rules(),
    tcp(
        "router-says-source-policy",
        "A firewall on the way answers with ICMP source address failed policy (1/5).",
        |family| on_the_way(family, [Reject::V6PolicyFail, Reject::V6PolicyFail]),
    )
    .by_rules()
    .only(V6),
    tcp(
        "router-says-reject-route",
        "A firewall on the way answers with ICMP reject route (1/6).",
        |family| on_the_way(family, [Reject::V6RejectRoute, Reject::V6RejectRoute]),
    )
    .by_rules()
    .only(V6),
    tcp(
        "server-says-net-unreachable",
        "The target's own firewall answers with ICMP net-unreachable (3/0; IPv6: no route, 1/0).",
        |family| at_the_target(family, [Reject::NetUnreachable, Reject::V6NoRoute]),
    )
    .by_rules(),
    tcp(
        "server-says-host-unreachable",
        "The target's own firewall answers with ICMP host-unreachable (3/1; IPv6: address unreachable, 1/3).",
        |family| at_the_target(family, [Reject::HostUnreachable, Reject::V6AddrUnreachable]),
    )
    .by_rules(),
    tcp(
        "server-says-proto-unreachable",
        "The target's own firewall answers with ICMP protocol-unreachable (3/2).",
        |family| at_the_target(family, [Reject::ProtUnreachable, Reject::ProtUnreachable]),
    )
    .by_rules()
    .only(V4),
    tcp(
        "server-says-port-unreachable",
        "The target's own firewall answers with ICMP port-unreachable (3/3; IPv6: 1/4).",
        |family| at_the_target(family, [Reject::PortUnreachable, Reject::V6PortUnreachable]),
    )
    .by_rules(),
    tcp(
        "server-says-net-prohibited",
        "The target's own firewall answers with ICMP net-prohibited (3/9).",
        |family| at_the_target(family, [Reject::NetProhibited, Reject::NetProhibited]),
    )
    .by_rules()
    .only(V4),
    tcp(
        "server-says-host-prohibited",
        "The target's own firewall answers with ICMP host-prohibited (3/10).",
        |family| at_the_target(family, [Reject::HostProhibited, Reject::HostProhibited]),
    )
    .by_rules()
    .only(V4),
    tcp(
        "server-says-admin-prohibited",
        "The target's own firewall answers with ICMP administratively prohibited (3/13; IPv6: 1/1).",
        |family| at_the_target(family, [Reject::AdminProhibited, Reject::V6AdminProhibited]),
    )
    .by_rules(),
    tcp(
        "server-says-source-policy",
        "The target's own firewall answers with ICMP source address failed policy (1/5).",
        |family| at_the_target(family, [Reject::V6PolicyFail, Reject::V6PolicyFail]),
    )
    .by_rules()
    .only(V6),
    tcp(
        "server-says-reject-route",
        "The target's own firewall answers with ICMP reject route (1/6).",
        |family| at_the_target(family, [Reject::V6RejectRoute, Reject::V6RejectRoute]),
    )
    .by_rules()
    .only(V6),
    tcp("router-says-net-unknown", "A router answers with ICMP network unknown (3/6).", |family| {
        Scene::new(family)?.puppet(IcmpError::unreachable(6))?.ready()
    })
    .by_rules()
    .only(V4),
    tcp("router-says-host-unknown", "A router answers with ICMP host unknown (3/7).", |family| {
        Scene::new(family)?.puppet(IcmpError::unreachable(7))?.ready()
    })
    .by_rules()
    .only(V4),
    tcp("router-says-source-isolated", "A router answers with ICMP source host isolated (3/8).", |family| {
        Scene::new(family)?.puppet(IcmpError::unreachable(8))?.ready()
    })
    .by_rules()
    .only(V4),
    tcp(
        "router-says-host-unreachable-for-tos",
        "A router answers with ICMP host unreachable for this type of service (3/12).",
        |family| Scene::new(family)?.puppet(IcmpError::unreachable(12))?.ready(),
    )
    .by_rules()
    .only(V4),
    tcp(
        "router-says-precedence-violation",
        "A router answers with ICMP precedence violation (3/14).",
        |family| Scene::new(family)?.puppet(IcmpError::unreachable(14))?.ready(),
    )
    .by_rules()
    .only(V4),
    tcp("router-says-precedence-cutoff", "A router answers with ICMP precedence cutoff (3/15).", |family| {
        Scene::new(family)?.puppet(IcmpError::unreachable(15))?.ready()
    })
    .by_rules()
    .only(V4),
    tcp(
        "router-says-beyond-scope",
        "A router answers with ICMP beyond scope of source address (1/2).",
        |family| Scene::new(family)?.puppet(IcmpError::unreachable_v6(2))?.ready(),
    )
    .by_rules()
    .only(V6),
    tcp(
        "every-other-refusal-is-lost",
        "A router refuses by ICMP (administratively prohibited), at most every other time.",
        every_other,
    )
    .by_rules(),
];

fn on_the_way(family: Family, rejects: [Reject; 2]) -> Result<Staged> {
    let scene = Scene::new(family)?.with_service()?;
    let router = scene.router.clone();
    let [v4, v6] = rejects;
    let reject = scene.pick(v4, v6);
    scene.reject(&router, Hook::Forward, reject)?.ready()
}

fn at_the_target(family: Family, rejects: [Reject; 2]) -> Result<Staged> {
    let scene = Scene::new(family)?.with_service()?;
    let server = scene.server.clone();
    let [v4, v6] = rejects;
    let reject = scene.pick(v4, v6);
    scene.reject(&server, Hook::Input, reject)?.ready()
}

/// The first refusal is lost, the second arrives, and so on: a rate limit of which the timing is certain.
fn every_other(family: Family) -> Result<Staged> {
    let scene = Scene::new(family)?.with_service()?;
    let router = scene.router.clone();
    let reject = scene.pick(Reject::AdminProhibited, Reject::V6AdminProhibited);
    let icmp = scene.pick("icmp type destination-unreachable", "icmpv6 type destination-unreachable");
    let scene = scene.reject(&router, Hook::Forward, reject)?;
    scene.drop(&router, Hook::Output, &format!("{icmp} numgen inc mod 2 < 1"))?.ready()
}
