//! A link that loses packets among routers that limit their answers: what has to be told apart.
//!
//! Which link and which routers, a number says; the same number means the same path.

use std::time::Duration;

use super::road::{Road, before, router};
use super::truth::{Limits, Lossy};
use super::{Family, Scene, Staged, path};
use crate::error::Result;

/// How many numbers make a difference.
pub const VARIATIONS: u8 = 56;

const ROUTERS: u8 = 7;
const PERCENT: u8 = 5;

pub(super) const SCENES: &[Scene] = &[
    path(
        "lossy-link",
        "Of eight links one loses 5 % of packets; every router answers every probe.",
        |family| {
            let road = Road::chain(family, ROUTERS.into())?.limits(Limits::Off)?;
            lose(road, 3)?.ready()
        },
    )
    .by_rules(),
    path(
        "lossy-link-among-limits",
        "Of eight links one loses 5 %, and two routers limit their answers.",
        |family| lossy(family, 0),
    )
    .by_rules(),
    path("limits-without-loss", "No link loses anything, and two routers limit their answers.", |family| {
        lossless(family, 0)
    }),
];

/// Eight links, of which one loses 5 % of what goes towards the target, and two of seven routers that answer once a
/// second at most; no others limit anything. The number chooses which.
///
/// # Errors
/// As [`crate::Lab::link`].
pub fn lossy(family: Family, number: u8) -> Result<Staged> {
    lose(limited(family, number)?, number % (ROUTERS + 1))?.ready()
}

/// The same without loss.
///
/// # Errors
/// As [`crate::Lab::link`].
pub fn lossless(family: Family, number: u8) -> Result<Staged> {
    limited(family, number)?.ready()
}

fn limited(family: Family, number: u8) -> Result<Road> {
    let first = number % ROUTERS;
    // Never the same: one to six farther in the circle.
    let second = (first + 1 + number / ROUTERS % (ROUTERS - 1)) % ROUTERS;
    let every = Limits::Every(Duration::from_secs(1));
    Road::chain(family, ROUTERS.into())?.limits(Limits::Off)?.rarely(&[first + 1, second + 1], every)
}

/// The link behind this TTL loses packets as they come in at its far end.
fn lose(mut road: Road, from_ttl: u8) -> Result<Road> {
    let far = if from_ttl == ROUTERS { "server".to_owned() } else { router(from_ttl + 1) };
    road.node(&far)?.nft(&format!(
        "table inet lab {{ chain loss {{ type filter hook prerouting priority raw; \
         icmpv6 type 130-143 accept; \
         iifname to-{} numgen random mod 100 < {PERCENT} counter drop; }}\n}}\n",
        before(from_ttl + 1)
    ))?;
    road.truth.lossy = Some(Lossy { from_ttl, to_ttl: from_ttl + 1, percent: PERCENT });
    Ok(road)
}
