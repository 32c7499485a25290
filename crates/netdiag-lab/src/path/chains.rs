//! Plain chains: who answers, and who is silent.

use super::road::Road;
use super::truth::End;
use super::{Scene, path};
use crate::nft::{Hook, Ruleset, Traffic};

/// Routers before the target of a path of nine hops.
const EIGHT: usize = 8;

/// What no packet to the target escapes, on the target itself.
const ANY_PROBE: &str = "meta l4proto { icmp, udp, tcp }";
const ANY_PROBE_V6: &str = "icmpv6 type echo-request";

pub(super) const SCENES: &[Scene] = &[
    path("nine-hops", "Eight routers and the target all answer.", |family| {
        Road::chain(family, EIGHT)?.ready()
    }),
    path("three-silent-in-the-middle", "Of eight routers the fourth to sixth never answer.", |family| {
        Road::chain(family, EIGHT)?.silent(4..=6)?.ready()
    })
    .by_rules(),
    path("first-hop-silent", "The first of four routers never answers.", |family| {
        Road::chain(family, 4)?.silent([1])?.ready()
    })
    .by_rules(),
    path("only-the-target-answers", "None of four routers answers, and the target does.", |family| {
        Road::chain(family, 4)?.silent(1..=4)?.ready()
    })
    .by_rules(),
    path("nobody-answers", "Neither four routers nor the target answer.", |family| {
        let road = Road::chain(family, 4)?.silent(1..=4)?;
        drop_probes(&road)?;
        road.ends(0, End::Silence).ready()
    })
    .by_rules(),
    path("the-target-drops", "Five routers answer, and the target drops everything.", |family| {
        let road = Road::chain(family, 5)?;
        drop_probes(&road)?;
        road.ends(5, End::Silence).ready()
    })
    .by_rules(),
    path("dropped-on-the-way", "The third of five routers drops everything for the target.", |family| {
        let road = Road::chain(family, 5)?;
        let to_target = family.pick("ip daddr", "ip6 daddr").to_owned() + " " + &road.target().to_string();
        road.node("r3")?.filter(&Ruleset::drop(Hook::Forward, &Traffic::Matching(to_target)))?;
        road.ends(3, End::Silence).ready()
    })
    .by_rules(),
];

fn drop_probes(road: &Road) -> crate::Result<()> {
    let server = road.node("server")?;
    [ANY_PROBE, ANY_PROBE_V6]
        .into_iter()
        .try_for_each(|rule| server.filter(&Ruleset::drop(Hook::Input, &Traffic::Matching(rule.into()))))
}
