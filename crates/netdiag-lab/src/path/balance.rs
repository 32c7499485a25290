//! Several ways to the target, chosen by flow or for each packet.

use super::road::{Pair, Road};
use super::truth::{Balance, Limits};
use super::{Family, Scene, Staged, path};
use crate::error::{Error, Result};

pub(super) const SCENES: &[Scene] = &[
    path("diamond-of-two", "A router spreads flows over two ways that meet again.", |family| {
        Road::web(family, TWO)?.limits(Limits::Off)?.spread("fork", &["a", "b"])?.ready()
    }),
    path("diamond-of-four", "A router spreads flows over four ways that meet again.", |family| {
        Road::web(family, FOUR)?.limits(Limits::Off)?.spread("fork", &["a", "b", "c", "d"])?.ready()
    }),
    path("diamond-in-a-diamond", "Of two ways one divides into two again.", |family| {
        let road = Road::web(family, NESTED)?.limits(Limits::Off)?;
        road.spread("fork", &["a", "b"])?.spread("a", &["a1", "a2"])?.ready()
    }),
    path("diamond-with-limits", "The same as the diamond of two, with the limits of the kernel.", |family| {
        Road::web(family, TWO)?.spread("fork", &["a", "b"])?.ready()
    }),
    path("branches-of-unequal-length", "Of two ways one has a router more.", |family| {
        Road::web(family, UNEQUAL)?.limits(Limits::Off)?.spread("fork", &["a", "b"])?.ready()
    }),
    path("spread-by-packet", "A router sends packets over two ways in turns.", by_packet).by_rules(),
];

const TWO: &[Pair] = &[
    ("client", "r1"),
    ("r1", "fork"),
    ("fork", "a"),
    ("fork", "b"),
    ("a", "join"),
    ("b", "join"),
    ("join", "server"),
];

const FOUR: &[Pair] = &[
    ("client", "r1"),
    ("r1", "fork"),
    ("fork", "a"),
    ("fork", "b"),
    ("fork", "c"),
    ("fork", "d"),
    ("a", "join"),
    ("b", "join"),
    ("c", "join"),
    ("d", "join"),
    ("join", "server"),
];

const NESTED: &[Pair] = &[
    ("client", "fork"),
    ("fork", "a"),
    ("fork", "b"),
    ("a", "a1"),
    ("a", "a2"),
    ("b", "b1"),
    ("a1", "a-join"),
    ("a2", "a-join"),
    ("b1", "b2"),
    ("a-join", "join"),
    ("b2", "join"),
    ("join", "server"),
];

const UNEQUAL: &[Pair] = &[
    ("client", "r1"),
    ("r1", "fork"),
    ("fork", "a"),
    ("fork", "b"),
    ("b", "b2"),
    ("a", "join"),
    ("b2", "join"),
    ("join", "server"),
];

/// By a mark that every other packet gets before the routes are asked.
fn by_packet(family: Family) -> Result<Staged> {
    let mut road = Road::web(family, TWO)?.limits(Limits::Off)?;
    let (fork, target) = (road.node("fork")?, road.target());
    fork.nft(&format!(
        "table inet lab {{ chain turns {{ type filter hook prerouting priority mangle; \
         {} daddr {target} meta mark set numgen inc mod 2; }}\n}}\n",
        family.pick("ip", "ip6")
    ))?;
    let rule = [family.pick("-4", "-6"), "rule", "add", "fwmark", "1", "table", "100"];
    let output = fork.command("ip").args(rule).output()?;
    if !output.status.success() {
        return Err(Error::Refused { operation: "choosing routes by a mark".into(), reason: output.stderr });
    }
    fork.ip(&[format!("route replace {target} via {} dev to-b table 100", road.address("b", "fork")?)])?;
    road.truth.balance = Balance::PerPacket;
    road.ready()
}
