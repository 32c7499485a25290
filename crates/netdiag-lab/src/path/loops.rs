//! Packets that go round in a circle.

use super::road::{Road, before, router};
use super::truth::End;
use super::{Family, Scene, Staged, path};
use crate::error::Result;

/// As far as the truth is told: the most hops of most tools.
const FAR: usize = 30;

pub(super) const SCENES: &[Scene] = &[
    path(
        "loop-of-two",
        "The third and fourth routers send packets for the target to each other.",
        |family| looped(family, 3),
    ),
    path(
        "loop-behind-this-host",
        "The first two routers send packets for the target to each other.",
        |family| looped(family, 1),
    ),
];

/// The router behind `first` sends packets for the target back.
fn looped(family: Family, first: u8) -> Result<Staged> {
    let mut road = Road::chain(family, 5)?;
    let names = [router(first), router(first + 1)];
    // Otherwise the routers tell each other and the client about the detour.
    for (name, interfaces) in
        [(&names[0], [before(first), router(first + 1)]), (&names[1], [router(first), router(first + 2)])]
    {
        let node = road.node(name)?;
        for interface in ["all".to_owned()].into_iter().chain(interfaces.map(|peer| format!("to-{peer}"))) {
            node.sysctl(&format!("net.ipv4.conf.{interface}.send_redirects"), "0")?;
        }
    }
    let back = format!("route replace {} via {}", road.target(), road.address(&names[0], &names[1])?);
    road.node(&names[1])?.ip(&[back])?;
    let circle = [road.router(first)?, road.router(first + 1)?];
    let hops = road.truth.hops.iter().take(usize::from(first) - 1).cloned();
    let round = circle.into_iter().cycle().map(|address| vec![address]);
    road.truth.hops = hops.chain(round).take(FAR).collect();
    road.truth.links.retain(|link| link.ttl <= first);
    road.truth.links.push(super::Link { ttl: first + 1, from: circle[1], to: circle[0] });
    road.truth.end = End::Loop { ttl: first, routers: 2 };
    road.ready()
}
