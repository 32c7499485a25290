//! Chance: one stream of random numbers per element of the network, so that what happens on one link does not change
//! what happens on another.

use netdiag_model::Mono;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::network::{Shape, WaySpec};

/// A stream of random numbers.
#[derive(Debug)]
pub(super) struct Dice(StdRng);

impl Dice {
    /// The stream of one element: `what` says which.
    pub(super) fn new(seed: u64, what: &str, number: usize) -> Self {
        let mut mixed = mix(seed);
        for byte in what.bytes().chain(number.to_le_bytes()) {
            mixed = mix(mixed ^ u64::from(byte));
        }
        Self(StdRng::seed_from_u64(mixed))
    }

    /// True in `share` of all cases.
    pub(super) fn hits(&mut self, share: f64) -> bool {
        share > 0.0 && self.fraction() < share
    }

    /// From 0 to just under 1.
    pub(super) fn fraction(&mut self) -> f64 {
        self.0.random()
    }

    /// From 0 to just under `end`; 0 where that is 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        if end == 0 { 0 } else { self.0.random_range(0..end) }
    }

    /// Any 64 bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.0.random()
    }

    /// The delay of one packet on a way.
    pub(super) fn delay(&mut self, spec: &WaySpec) -> u64 {
        let (delay, jitter) = (spec.delay.nanos(), spec.jitter.nanos() as f64);
        if jitter == 0.0 {
            return delay;
        }
        let offset = match spec.shape {
            Shape::Uniform => (self.fraction() * 2.0 - 1.0) * jitter,
            Shape::Normal => self.bell() * jitter,
            // Lomax with shape 3: the tail is long and its mean, half a scale, exists.
            Shape::Pareto => ((1.0 - self.fraction()).powf(-1.0 / 3.0) - 1.0) * jitter,
        };
        (delay as f64 + offset).max(0.0) as u64
    }

    /// A standard normal number (Box and Muller).
    fn bell(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.fraction()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.fraction()).cos()
    }
}

/// A point up to `span` nanoseconds after `at`.
pub(super) fn spread(dice: &mut Dice, at: Mono, span: u64) -> Mono {
    if span == 0 { at } else { at + std::time::Duration::from_nanos(dice.below(span + 1)) }
}

/// Spreads a number over all 64 bits (the finalizer of splitmix64).
pub(super) const fn mix(number: u64) -> u64 {
    let a = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let b = (a ^ (a >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let c = (b ^ (b >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    c ^ (c >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delays(shape: &str) -> Vec<f64> {
        let table =
            toml::from_str(&format!("delay = \"10ms\"\njitter = \"2ms\"\nshape = {shape:?}")).expect("table");
        let spec = WaySpec::read("test", table).expect("spec");
        let mut dice = Dice::new(7, shape, 0);
        (0..20_000).map(|_| dice.delay(&spec) as f64 / 1e6).collect()
    }

    fn mean(values: &[f64]) -> f64 {
        values.iter().sum::<f64>() / values.len() as f64
    }

    #[test]
    fn each_shape_has_its_mean_and_its_bounds() {
        let uniform = delays("uniform");
        assert!(uniform.iter().all(|ms| (8.0..=12.0).contains(ms)) && (mean(&uniform) - 10.0).abs() < 0.05);
        let normal = delays("normal");
        let spread = normal.iter().map(|ms| (ms - 10.0).powi(2)).sum::<f64>() / 20_000.0;
        assert!((mean(&normal) - 10.0).abs() < 0.05 && (spread.sqrt() - 2.0).abs() < 0.1);
        let pareto = delays("pareto");
        assert!(pareto.iter().all(|ms| *ms >= 10.0) && (mean(&pareto) - 11.0).abs() < 0.2);
        assert!(pareto.iter().any(|ms| *ms > 20.0), "a long tail");
    }
}
