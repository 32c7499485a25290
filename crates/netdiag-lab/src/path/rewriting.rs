//! Routers that rewrite addresses (NAT) or the TOS octet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::road::{EVERYTHING, Road};
use super::truth::{Rewriting, Rewritten};
use super::{Family, Scene, Staged, path};
use crate::error::Result;
use crate::nft::Ruleset;
use crate::responder::Flaw;

pub(super) const SCENES: &[Scene] = &[
    path("masqueraded", "The first of four routers puts its own address for the client's.", |family| {
        let mut road = Road::chain(family, 4)?;
        road.node("r1")?.filter(&Ruleset::masquerade("to-r2"))?;
        let what = Rewriting::Source(road.address("r1", "r2")?);
        road.truth.rewritten.push(Rewritten { ttl: 1, what });
        road.ready()
    })
    .by_rules(),
    path(
        "masqueraded-with-signs",
        "The same, and checksums in quotes stay as the first router made them.",
        with_signs,
    )
    .by_rules(),
    path(
        "destination-translated",
        "The second of four routers sends packets for an address of its own on to a host.",
        translated,
    )
    .by_rules(),
    path("dscp-rewritten", "The second of four routers sets the DSCP to 10.", |family| {
        rewritten(family, Rewriting::Dscp(10), "dscp set 10")
    })
    .by_rules(),
    path("ecn-cleared", "The second of four routers clears the ECN bits.", |family| {
        rewritten(family, Rewriting::Ecn(0), "ecn set not-ect")
    })
    .by_rules(),
];

/// An address that belongs to nobody but to the router that translates it.
const PUBLIC: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(10, 66, 0, 1)), IpAddr::V6(Ipv6Addr::new(0xfd66, 0, 0, 0, 0, 0, 0, 1))];

/// Linux translates a quote back so well that nothing is left to see; other NATs leave its checksums alone.
fn with_signs(family: Family) -> Result<Staged> {
    let mut road = Road::chain(family, 4)?;
    for ttl in 2..=4 {
        road = road.puppet(ttl, |error| error.quote(EVERYTHING).with_flaw(Flaw::TranslatedChecksum))?;
    }
    let what = Rewriting::Source(road.address("r1", "r2")?);
    road.truth.rewritten.push(Rewritten { ttl: 1, what });
    road.ready()
}

/// Such a router and everybody behind it answer from the address that was asked, time-exceeded included: the kernel
/// translates the source of an ICMP error like that of an answer (`nf_nat_icmp_reply_translation`).
fn translated(family: Family) -> Result<Staged> {
    let mut road = Road::chain(family, 4)?;
    let [v4, v6] = PUBLIC;
    let (public, hidden) = (family.pick(v4, v6), road.target());
    let (route, rule) = family.pick(("10.66.0.0/16", "ip"), ("fd66::/64", "ip6"));
    for (node, next) in [("client", "r1"), ("r1", "r2")] {
        road.node(node)?.ip(&[format!("route add {route} via {}", road.address(next, node)?)])?;
    }
    road.node("r2")?.nft(&format!(
        "table inet lab-nat {{ chain prerouting {{ type nat hook prerouting priority dstnat; \
         {rule} daddr {public} counter dnat {rule} to {hidden}; }}\n}}\n"
    ))?;
    road.truth.rewritten.push(Rewritten { ttl: 2, what: Rewriting::Destination(hidden) });
    let mut road = road.to(vec![public]);
    for hop in road.truth.hops.iter_mut().skip(1) {
        *hop = vec![public];
    }
    for link in &mut road.truth.links {
        link.to = if link.ttl >= 1 { public } else { link.to };
        link.from = if link.ttl > 1 { public } else { link.from };
    }
    road.ready()
}

/// The second router does this to what it forwards.
fn rewritten(family: Family, what: Rewriting, statement: &str) -> Result<Staged> {
    let mut road = Road::chain(family, 4)?;
    road.node("r2")?.nft(&format!(
        "table inet lab {{ chain rewriting {{ type filter hook postrouting priority mangle; \
         oifname to-r3 meta nfproto {} {} {statement}; }}\n}}\n",
        family.pick("ipv4", "ipv6"),
        family.pick("ip", "ip6")
    ))?;
    road.truth.rewritten.push(Rewritten { ttl: 2, what });
    road.ready()
}
