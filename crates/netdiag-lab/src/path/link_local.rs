//! IPv6 paths whose routers know each other by link-local addresses only.
//!
//! No link has a prefix. Where routers have an address of wider scope, on their loopback interface, they answer from
//! that; where they have none, the answer's source is link-local and gets no farther than the next router (RFC 4291,
//! section 2.5.6).

use std::net::{IpAddr, Ipv6Addr};

use super::road::Road;
use super::{Scene, Staged, V6, path};
use crate::error::{Error, Result};
use crate::node::Node;

/// Routers on the way.
const ROUTERS: u8 = 4;

pub(super) const SCENES: &[Scene] = &[
    path(
        "link-local-next-hops",
        "Routers reach each other by link-local addresses and answer from their loopback.",
        |family| {
            let mut road = Road::chain(family, ROUTERS.into())?;
            let names = names();
            bare(&road, &names)?;
            for ttl in 1..=ROUTERS {
                let own = loopback(ttl);
                road.node(&names[usize::from(ttl)])?.ip(&[format!("address add {own}/128 dev lo nodad")])?;
                lead(&road, &names, (ttl.into(), &format!("{own}/128")))?;
                road.truth.hops[usize::from(ttl) - 1] = vec![own.into()];
            }
            let hops = road.truth.hops.clone();
            road.truth = road.truth.along(hops);
            settled(road)
        },
    )
    .settled_by_ping()
    .only(V6),
    path(
        "link-local-routers",
        "Routers have link-local addresses and no others; only the first is heard.",
        |family| {
            let mut road = Road::chain(family, ROUTERS.into())?;
            let names = names();
            bare(&road, &names)?;
            let first: IpAddr = road.node("r1")?.link_local("to-client")?.into();
            for ttl in 1..=ROUTERS {
                road.nobody(ttl);
            }
            road.truth.hops[0] = vec![first];
            road.truth.links.clear();
            settled(road)
        },
    )
    .settled_by_ping()
    .only(V6),
];

/// Addresses that change take effect a moment later, when the first packets would be lost.
fn settled(road: Road) -> Result<Staged> {
    let staged = road.ready()?;
    // Until one is answered.
    let words = ["-n", "-q", "-c", "1", "-w", "10", &staged.target.to_string()].map(str::to_owned);
    let output = staged.client.command("ping").args(words).output()?;
    if output.status.success() {
        return Ok(staged);
    }
    Err(Error::Refused {
        operation: "reaching the target by link-local next hops".into(),
        reason: output.stdout,
    })
}

fn names() -> Vec<String> {
    let routers = (1..=ROUTERS).map(|ttl| format!("r{ttl}"));
    std::iter::once("client".to_owned()).chain(routers).chain(["server".to_owned()]).collect()
}

fn loopback(ttl: u8) -> Ipv6Addr {
    Ipv6Addr::new(0xfd77, 0xff, 0, 0, 0, 0, 0, ttl.into())
}

/// Takes addresses and routes from the links, and leads to the two ends by link-local next hops.
fn bare(road: &Road, names: &[String]) -> Result<()> {
    let ends = [(0, road.node("client")?.v6()?), (names.len() - 1, road.node("server")?.v6()?)];
    for node in road.lab.nodes() {
        // Addresses of the ends stay, with no prefix on the link.
        node.command("ip").args(["-6", "address", "flush", "scope", "global"]).output()?;
        node.command("ip").args(["-6", "route", "flush", "proto", "boot"]).output()?;
    }
    for (at, address) in ends {
        let link = if at == 0 { &names[1] } else { &names[at - 1] };
        road.node(&names[at])?.ip(&[format!("address add {address}/128 dev to-{link} nodad")])?;
        lead(road, names, (at, &format!("{address}/128")))?;
    }
    Ok(())
}

/// Every other node of the chain gets a route to what the one at this place has.
fn lead(road: &Road, names: &[String], (to, prefix): (usize, &str)) -> Result<()> {
    for (at, name) in names.iter().enumerate().filter(|(at, _)| *at != to) {
        let next: Node = road.node(&names[if to > at { at + 1 } else { at - 1 }])?;
        let (via, dev) = (next.link_local(&format!("to-{name}"))?, next.name());
        road.node(name)?.ip(&[format!("route add {prefix} via {via} dev to-{dev}")])?;
    }
    Ok(())
}
