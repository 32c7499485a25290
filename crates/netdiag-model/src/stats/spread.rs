//! Count, minimum, mean, maximum and population standard deviation of a series, in one pass.
//!
//! Welford's recurrence (B. P. Welford, 1962) keeps the sum of squared deviations without cancellation. `mdev` is the
//! population standard deviation √(Σ(x−x̄)²/n), which is what iputils prints under that name.

use crate::time::Rtt;

/// The spread of a series of round-trip times.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spread {
    count: u64,
    min: u64,
    max: u64,
    mean: f64,
    squares: f64,
}

impl Spread {
    /// Adds one sample.
    pub fn apply(&mut self, rtt: Rtt) {
        let nanos = rtt.as_nanos();
        self.min = if self.count == 0 { nanos } else { self.min.min(nanos) };
        self.max = self.max.max(nanos);
        self.count += 1;
        let delta = nanos as f64 - self.mean;
        self.mean += delta / self.count as f64;
        self.squares += delta * (nanos as f64 - self.mean);
    }

    /// How many samples there are.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The smallest sample; `None` without samples.
    pub fn min(&self) -> Option<Rtt> {
        (self.count > 0).then_some(Rtt::from_nanos(self.min))
    }

    /// The largest sample; `None` without samples.
    pub fn max(&self) -> Option<Rtt> {
        (self.count > 0).then_some(Rtt::from_nanos(self.max))
    }

    /// The arithmetic mean, rounded to the nanosecond; `None` without samples.
    pub fn mean(&self) -> Option<Rtt> {
        (self.count > 0).then(|| Rtt::from_nanos(self.mean.round() as u64))
    }

    /// The population standard deviation, rounded to the nanosecond; `None` without samples, 0 for one.
    pub fn mdev(&self) -> Option<Rtt> {
        (self.count > 0)
            .then(|| Rtt::from_nanos((self.squares / self.count as f64).max(0.0).sqrt().round() as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(samples: &[u64]) -> (f64, f64) {
        let n = samples.len() as f64;
        let mean = samples.iter().map(|&x| x as f64).sum::<f64>() / n;
        let variance = samples.iter().map(|&x| (x as f64 - mean).powi(2)).sum::<f64>() / n;
        (mean, variance.sqrt())
    }

    proptest! {
        #[test]
        fn it_agrees_with_the_plain_formulas(samples in prop::collection::vec(1u64..5_000_000_000, 1..400)) {
            let mut spread = Spread::default();
            for &x in &samples {
                spread.apply(Rtt::from_nanos(x));
            }
            let (mean, mdev) = plain(&samples);
            prop_assert_eq!(spread.min().map(Rtt::as_nanos), samples.iter().min().copied());
            prop_assert_eq!(spread.max().map(Rtt::as_nanos), samples.iter().max().copied());
            prop_assert!((spread.mean().expect("mean").as_nanos() as f64 - mean).abs() <= 1.0 + mean * 1e-9);
            prop_assert!((spread.mdev().expect("mdev").as_nanos() as f64 - mdev).abs() <= 1.0 + mdev * 1e-6);
        }
    }

    #[test]
    fn no_samples_no_figures() {
        let spread = Spread::default();
        assert_eq!((spread.min(), spread.mean(), spread.mdev()), (None, None, None));
    }
}
