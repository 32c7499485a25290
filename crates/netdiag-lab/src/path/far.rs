//! A path with a long way in it.

use std::time::Duration;

use super::road::Road;
use super::truth::Limits;
use super::{Scene, path};
use crate::wire::{Impairment, Loss, WireSpec};

pub(super) const SCENES: &[Scene] =
    &[path("far-and-lossy", "The first of nine hops is 50 ms away over a wire that loses 1 %.", |family| {
        let half = Impairment::new().delay(Duration::from_millis(25)).loss(Loss::Random(0.5));
        Road::behind_wire(family, 8, WireSpec::new().seed(7).both(half))?.limits(Limits::Off)?.ready()
    })];
