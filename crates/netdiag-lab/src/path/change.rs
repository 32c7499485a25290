//! Paths that change while they are looked at.

use std::net::IpAddr;

use super::road::{Pair, Road};
use super::truth::Limits;
use super::{Family, Scene, Staged, path};
use crate::error::Result;

pub(super) const SCENES: &[Scene] = &[
    path("route-changes", "The third router is another one after the change.", |family| {
        changing(family, &[("fork", "b"), ("b", "join")])
    }),
    path("route-gets-longer", "After the change there is a router more on the way.", |family| {
        changing(family, &[("fork", "b"), ("b", "b2"), ("b2", "join")])
    }),
];

const BEFORE: &[Pair] = &[("client", "r1"), ("r1", "fork"), ("fork", "a"), ("a", "join"), ("join", "server")];

/// The way over `a`, and another one over `b` after the change.
fn changing(family: Family, detour: &[Pair]) -> Result<Staged> {
    let mut road = Road::web(family, &[BEFORE, detour].concat())?.limits(Limits::Off)?;
    let (a, b) = (road.address("a", "fork")?, road.address("b", "fork")?);
    let last = if detour.len() == 2 { "b" } else { "b2" };
    // See `road` for who answers by which address.
    let join = [road.address("join", "a")?, road.address("join", family.pick("a", last))?];
    let (near, server) = (&road.truth.hops[..2], road.target());
    let way = |between: &[IpAddr]| {
        let rest = between.iter().chain([&server]).map(|address| vec![*address]);
        near.iter().cloned().chain(rest).collect::<Vec<_>>()
    };
    let before = road.truth.along(way(&[a, join[0]]));
    let after = road.truth.along(if detour.len() == 2 {
        way(&[b, join[1]])
    } else {
        way(&[b, road.address("b2", "b")?, join[1]])
    });
    road.truth = before;
    let line = format!("route replace {server} via {b} dev to-b");
    road.changing("fork", line, after)?.ready()
}
