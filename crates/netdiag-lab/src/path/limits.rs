//! Routers that answer more rarely than they are asked.

use std::time::Duration;

use super::road::Road;
use super::truth::Limits;
use super::{Scene, path};

pub(super) const SCENES: &[Scene] = &[
    path(
        "routers-limit-hard",
        "Of six routers the second and third answer once a minute, the others always.",
        |family| {
            let minute = Limits::Every(Duration::from_secs(60));
            Road::chain(family, 6)?.limits(Limits::Off)?.rarely(&[2, 3], minute)?.ready()
        },
    ),
    path(
        "routers-limit",
        "Of six routers the second and fourth have the limits of the kernel, the others none.",
        |family| {
            let second = Limits::Every(Duration::from_secs(1));
            Road::chain(family, 6)?.limits(Limits::Off)?.rarely(&[2, 4], second)?.ready()
        },
    ),
    path("nobody-limits", "Six routers answer every probe.", |family| {
        Road::chain(family, 6)?.limits(Limits::Off)?.ready()
    }),
];
