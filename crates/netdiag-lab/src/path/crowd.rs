//! Many targets behind the same routers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::road::Road;
use super::truth::Limits;
use super::{Family, Scene, path};

/// How many there are.
const TARGETS: u16 = 1000;

pub(super) const SCENES: &[Scene] = &[path(
    "thousand-targets",
    "Four routers lead to 1 000 targets, and all answer every probe.",
    |family| {
        let road = Road::chain(family, 4)?.limits(Limits::Off)?;
        let server = road.node("server")?;
        server.answers_for(family.pick("10.99.0.0/22", "fd99::/118"))?;
        road.lab.routes()?;
        let target = |number: u16| -> IpAddr {
            let [high, low] = number.to_be_bytes();
            family.pick(
                Ipv4Addr::new(10, 99, high, low).into(),
                Ipv6Addr::new(0xfd99, 0, 0, 0, 0, 0, 0, number).into(),
            )
        };
        let targets: Vec<IpAddr> = (1..=TARGETS).map(target).collect();
        if family == Family::V6 {
            // Refusals come from an address only where it is one of an interface.
            let lines = targets.iter().map(|address| format!("address add {address}/128 dev lo nodad"));
            server.ip(&lines.collect::<Vec<_>>())?;
        }
        road.to(targets).ready()
    },
)];
