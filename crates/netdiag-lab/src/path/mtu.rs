//! Links that take smaller packets than those before them, told and untold (RFC 1191, 8201, 4821).

use super::road::Road;
use super::truth::MtuStep;
use super::{Family, Scene, Staged, path};
use crate::error::Result;
use crate::nft::{Hook, Ruleset, Traffic};

/// Routers on the way.
const ROUTERS: usize = 5;

pub(super) const SCENES: &[Scene] = &[
    path(
        "mtu-step",
        "Behind the second of five routers a link takes 1400 octets, which is told.",
        |family| narrow(family, &[MtuStep { ttl: 2, mtu: 1400, is_told: true }]),
    ),
    path(
        "mtu-black-hole",
        "Behind the third of five routers a link takes 1400 octets; nobody tells.",
        |family| narrow(family, &[MtuStep { ttl: 3, mtu: 1400, is_told: false }]),
    )
    .by_rules(),
    path("two-mtu-steps", "One link takes 1450 octets and a later one 1350, and both are told.", |family| {
        narrow(
            family,
            &[MtuStep { ttl: 2, mtu: 1450, is_told: true }, MtuStep { ttl: 4, mtu: 1350, is_told: true }],
        )
    }),
    path(
        "mtu-black-hole-behind-a-step",
        "One link takes 1450 octets and tells; a later one 1350, untold.",
        |family| {
            narrow(
                family,
                &[
                    MtuStep { ttl: 2, mtu: 1450, is_told: true },
                    MtuStep { ttl: 4, mtu: 1350, is_told: false },
                ],
            )
        },
    )
    .by_rules(),
];

/// A chain in which the links behind these routers take no larger packets.
fn narrow(family: Family, steps: &[MtuStep]) -> Result<Staged> {
    let mut road = Road::chain(family, ROUTERS)?;
    for step in steps {
        let names = [format!("r{}", step.ttl), format!("r{}", step.ttl + 1)];
        for (here, there) in [(&names[0], &names[1]), (&names[1], &names[0])] {
            road.node(here)?.ip(&[format!("link set to-{there} mtu {}", step.mtu)])?;
        }
        if !step.is_told {
            for message in ["icmp type destination-unreachable icmp code 4", "icmpv6 type packet-too-big"] {
                let rules = Ruleset::drop(Hook::Output, &Traffic::Matching(message.into()));
                road.node(&names[0])?.filter(&rules)?;
            }
        }
    }
    road.truth.mtu = steps.to_vec();
    road.ready()
}
