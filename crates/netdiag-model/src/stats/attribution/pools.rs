//! The loss of a stretch with its interval: what hops beyond it answer over what hops before it do.
//!
//! A series counts by the probability that it shows nothing but the path, and only those of hops between which no
//! further link loses. Where none is near, the next beyond sets an upper bound, and this host stands before all.

use super::outcomes::dispersion;
use super::path::Path;
use super::{Interval, Outcomes, Z95};

/// Less than this probability, and a series is not counted at all.
const LEAST: f64 = 0.05;

/// Series that share one survival.
#[derive(Debug, Default)]
struct Pool<'a>(Vec<(&'a Outcomes, f64)>);

/// The share of probes lost between the beginning of link `first` and the end of link `last`.
pub(super) fn loss(path: &Path<'_>, first: usize, last: usize) -> Interval {
    let hops = path.hops.len();
    let beyond = Pool::gather(path, last..hops, |hop| path.chain.holds(last + 1, hop));
    let before = Pool::gather(path, (0..first).rev(), |hop| path.chain.holds(hop + 1, first - 1));
    let nothing_known = Interval { estimate: 1.0, low: 0.0, high: 1.0 };
    let (survival, before) = (beyond.survival().unwrap_or(nothing_known), before.survival());
    survival.over(at_least(before.unwrap_or(Interval::exact(1.0)), survival.estimate)).complement()
}

/// Survival never rises: what is seen to survive beyond has survived before, whatever chance showed there.
fn at_least(before: Interval, floor: f64) -> Interval {
    Interval { estimate: before.estimate.max(floor), high: before.high.max(floor), ..before }
}

impl<'a> Pool<'a> {
    /// The series of the first of these hops that shows the path, and of the further ones that share its survival
    /// rather than not, by the probability `holds`.
    fn gather(path: &Path<'a>, hops: impl Iterator<Item = usize>, holds: impl Fn(usize) -> f64) -> Self {
        let mut pool = Self::default();
        for hop in hops {
            if pool.is_enough() && holds(hop) < 0.5 {
                break;
            }
            pool.0.extend(path.series(hop).filter(|&(_, open)| open >= LEAST));
        }
        pool
    }

    fn is_enough(&self) -> bool {
        self.0.iter().any(|&(_, open)| open >= 0.5)
    }

    /// The share of probes that survives; `None` without any.
    fn survival(&self) -> Option<Interval> {
        let series: Vec<&Outcomes> =
            self.0.iter().filter(|&&(_, open)| open >= 0.5).map(|&(series, _)| series).collect();
        let dispersion = dispersion(&series);
        let sum = |count: fn(&Outcomes) -> u64| {
            self.0.iter().map(|&(series, open)| open * count(series) as f64).sum::<f64>() / dispersion
        };
        let (sent, received) = (sum(Outcomes::sent), sum(Outcomes::received));
        (self.is_enough() && sent > 0.0).then(|| Interval::weighed(received, sent, Z95))
    }
}
