//! Packets that go round in a circle.

use super::road::{Road, before, router};
use super::truth::{End, Limits};
use super::{Scene, Staged, path};
use crate::error::Result;

/// As far as the truth is told: the most hops of most tools.
const FAR: usize = 30;

pub(super) const SCENES: &[Scene] = &[
    path(
        "loop-of-two",
        "The third and fourth routers send packets for the target to each other, and answer all.",
        |family| looped(Road::chain(family, 5)?.limits(Limits::Off)?, 3),
    ),
    path(
        "loop-behind-this-host",
        "The first two routers send packets to each other, and answer as rarely as kernels do.",
        |family| looped(Road::chain(family, 5)?, 1),
    ),
];

/// The router behind `first` sends packets for the target back.
fn looped(mut road: Road, first: u8) -> Result<Staged> {
    let family = road.family;
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
    // IPv4 answers by the address of the link on which the answer leaves, IPv6 by that on which the probe came in.
    let entry = [road.router(first)?, road.router(first + 1)?];
    let back = family.pick(entry[0], road.address(&names[0], &names[1])?);
    let hops = road.truth.hops.iter().take(usize::from(first) - 1).cloned();
    let round = [back, entry[1]].into_iter().cycle().skip(1).map(|address| vec![address]);
    let hops = hops.chain([vec![entry[0]]]).chain(round).take(FAR).collect();
    road.truth = road.truth.along(hops);
    road.truth.end = End::Loop { ttl: first, routers: 2 };
    road.ready()
}
