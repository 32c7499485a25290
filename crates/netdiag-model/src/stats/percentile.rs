//! Percentiles by nearest rank: the smallest sample such that at least p percent of all samples are not above it.
//!
//! Exact up to 100 000 samples. Beyond, the samples are kept in a histogram of three significant digits (HDR), so
//! that memory stays bounded however long a run lasts.

use hdrhistogram::Histogram;

use crate::time::Rtt;

/// How many samples are kept one by one.
const EXACT: usize = 100_000;

/// A series of round-trip times that can be asked for percentiles.
#[derive(Debug, Clone)]
pub struct Percentiles(Store);

#[derive(Debug, Clone)]
enum Store {
    /// All samples in nanoseconds, none of them above 4.29 s.
    Short(Vec<u32>),
    /// All samples in nanoseconds.
    Long(Vec<u64>),
    Histogram(Box<Histogram<u64>>),
}

impl Default for Percentiles {
    fn default() -> Self {
        Self(Store::Short(Vec::new()))
    }
}

impl Percentiles {
    /// Adds one sample.
    pub fn apply(&mut self, rtt: Rtt) {
        let nanos = rtt.as_nanos();
        match &mut self.0 {
            Store::Short(samples) if samples.len() < EXACT => {
                if let Ok(nanos) = u32::try_from(nanos) {
                    samples.push(nanos);
                } else {
                    let samples = samples.iter().map(|&nanos| nanos.into()).chain([nanos]).collect();
                    self.0 = Store::Long(samples);
                }
            }
            Store::Long(samples) if samples.len() < EXACT => samples.push(nanos),
            Store::Short(samples) => {
                let samples = samples.iter().map(|&nanos| u64::from(nanos)).chain([nanos]).collect();
                self.sum_up(samples);
            }
            Store::Long(samples) => {
                let samples = samples.iter().copied().chain([nanos]).collect();
                self.sum_up(samples);
            }
            Store::Histogram(histogram) => **histogram += nanos,
        }
    }

    /// Keeps samples as a histogram from now on.
    fn sum_up(&mut self, samples: Vec<u64>) {
        let Ok(mut histogram) = Histogram::new(3) else { return };
        for nanos in samples {
            histogram += nanos;
        }
        self.0 = Store::Histogram(Box::new(histogram));
    }

    /// The `percents`-th percentiles (each 0–100) in the order asked for; `None` without samples.
    pub fn at<const N: usize>(&self, percents: [f64; N]) -> Option<[Rtt; N]> {
        match &self.0 {
            Store::Short(samples) => exact(samples.clone(), percents),
            Store::Long(samples) => exact(samples.clone(), percents),
            Store::Histogram(histogram) => {
                Some(percents.map(|p| Rtt::from_nanos(histogram.value_at_percentile(p))))
            }
        }
    }
}

fn exact<T: Copy + Ord + Into<u64>, const N: usize>(
    mut samples: Vec<T>,
    percents: [f64; N],
) -> Option<[Rtt; N]> {
    samples.sort_unstable();
    let last = samples.len().checked_sub(1)?;
    Some(percents.map(|p| Rtt::from_nanos(samples[nearest_rank(p, last + 1)].into())))
}

/// Index of the `percent`-th percentile among `len` sorted samples (`len` > 0).
fn nearest_rank(percent: f64, len: usize) -> usize {
    ((percent / 100.0 * len as f64).ceil() as usize).clamp(1, len) - 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_percentile_is_the_smallest_sample_that_covers_its_share(
            samples in prop::collection::vec(1u64..10_000_000_000, 1..300), percent in 0.1f64..100.0
        ) {
            let mut percentiles = Percentiles::default();
            for &x in &samples {
                percentiles.apply(Rtt::from_nanos(x));
            }
            let [value] = percentiles.at([percent]).expect("samples");
            let share = |limit: u64| samples.iter().filter(|&&x| x <= limit).count() as f64 / samples.len() as f64;
            prop_assert!(share(value.as_nanos()) * 100.0 >= percent - 1e-9);
            let below = samples.iter().filter(|&&x| x < value.as_nanos()).max();
            prop_assert!(below.is_none_or(|&x| share(x) * 100.0 < percent + 1e-9));
        }
    }

    #[test]
    fn beyond_the_exact_limit_the_histogram_agrees_to_three_digits() {
        let mut percentiles = Percentiles::default();
        (1..=2 * EXACT as u64).for_each(|x| percentiles.apply(Rtt::from_nanos(x * 1_000)));
        assert!(matches!(percentiles.0, Store::Histogram(_)));
        for (percent, got) in
            [50.0, 90.0, 99.0].into_iter().zip(percentiles.at([50.0, 90.0, 99.0]).expect("samples"))
        {
            let exact = percent / 100.0 * 2e8;
            assert!(
                (got.as_nanos() as f64 - exact).abs() <= exact * 1e-3,
                "{percent}: {got:?} against {exact}"
            );
        }
    }

    #[test]
    fn one_long_sample_among_short_ones_changes_no_other() {
        let mut percentiles = Percentiles::default();
        for nanos in [7, 5_000_000_000, 3, u64::from(u32::MAX)] {
            percentiles.apply(Rtt::from_nanos(nanos));
        }
        let at = percentiles.at([25.0, 50.0, 75.0, 100.0]).expect("samples").map(Rtt::as_nanos);
        assert_eq!(at, [3, 7, u64::from(u32::MAX), 5_000_000_000]);
        (0..EXACT as u64).for_each(|_| percentiles.apply(Rtt::from_nanos(9)));
        assert!(matches!(percentiles.0, Store::Histogram(_)));
        assert_eq!(percentiles.at([50.0]).map(|[median]| median.as_nanos()), Some(9));
    }

    #[test]
    fn one_and_ten_samples() {
        let mut percentiles = Percentiles::default();
        assert!(percentiles.at([50.0]).is_none());
        (1..=10).for_each(|x| percentiles.apply(Rtt::from_nanos(x)));
        let at = percentiles.at([50.0, 90.0, 95.0, 99.0]).expect("samples").map(Rtt::as_nanos);
        assert_eq!(at, [5, 9, 10, 10]);
    }
}
