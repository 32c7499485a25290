//! When all branches of a load balancer have been seen: the stopping rule of the Multipath Detection Algorithm.
//!
//! Each probe with a flow of its own takes one of the branches, all alike likely (D. Veitch, B. Augustin, T. Friedman,
//! R. Teixeira, INFOCOM 2009). Nothing is known here of flows or addresses.

/// The probability that `probes` probes through `branches` branches of equal shares leave at least one unseen: how
/// likely it is to have seen at most `branches` − 1. 0 when there is but one branch and a probe, 1 when there are fewer
/// probes than branches.
///
/// By inclusion and exclusion it is Σ (−1)^(j+1) C(b, j) (1 − j/b)^n, whose terms outgrow the sum by far for many
/// branches. So the number of branches seen is followed from probe to probe, where nothing is subtracted: a probe
/// finds a new one with probability (b − seen)/b.
pub fn miss_probability(branches: u32, probes: u32) -> f64 {
    let mut seen = Seen::new(branches);
    (0..probes).for_each(|_| seen.advance());
    seen.miss_probability()
}

/// How many probes it takes to rule out one branch more than the `known`, but for a chance of `alpha` (0.05 or 0.01;
/// less than 10⁻⁹ counts as that): the smallest number at which [`miss_probability`] of `known` + 1 branches is not
/// above it.
pub fn needed_probes(known: u32, alpha: f64) -> u32 {
    let alpha = alpha.max(1e-9);
    let mut seen = Seen::new(known.saturating_add(1));
    (0..u32::MAX)
        .find(|_| {
            let is_enough = seen.miss_probability() <= alpha;
            seen.advance();
            is_enough
        })
        .unwrap_or(u32::MAX)
}

/// How likely each number of branches seen is, from none to all but one.
struct Seen(Vec<f64>);

impl Seen {
    fn new(branches: u32) -> Self {
        let mut shares = vec![0.0; branches as usize];
        if let Some(none) = shares.first_mut() {
            *none = 1.0;
        }
        Self(shares)
    }

    /// One probe more.
    fn advance(&mut self) {
        let branches = self.0.len() as f64;
        for seen in (0..self.0.len()).rev() {
            let fresh =
                if seen == 0 { 0.0 } else { self.0[seen - 1] * (branches - (seen - 1) as f64) / branches };
            self.0[seen] = self.0[seen] * seen as f64 / branches + fresh;
        }
    }

    fn miss_probability(&self) -> f64 {
        self.0.iter().sum::<f64>().min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Inclusion and exclusion as it is written down; good for few branches only.
    fn plain(branches: u32, probes: u32) -> f64 {
        let b = f64::from(branches);
        let mut choose = 1.0;
        (1..=branches)
            .map(|j| {
                choose *= f64::from(branches - j + 1) / f64::from(j);
                let sign = if j % 2 == 1 { 1.0 } else { -1.0 };
                sign * choose * (1.0 - f64::from(j) / b).powf(f64::from(probes))
            })
            .sum()
    }

    proptest! {
        #[test]
        fn it_agrees_with_inclusion_and_exclusion(branches in 1u32..17, probes in 1u32..400) {
            let (ours, plain) = (miss_probability(branches, probes), plain(branches, probes));
            prop_assert!((ours - plain).abs() < 1e-9, "{} {}", ours, plain);
        }

        #[test]
        fn it_is_a_probability_that_falls_with_probes_and_rises_with_branches(b in 1u32..65, n in 0u32..1_000) {
            let here = miss_probability(b, n);
            prop_assert!((0.0..=1.0).contains(&here));
            prop_assert!(miss_probability(b, n + 1) <= here + 1e-12);
            prop_assert!(miss_probability(b + 1, n) >= here - 1e-12);
        }

        #[test]
        fn one_probe_less_would_not_do(known in 1u32..64, alpha in 0.001f64..0.2) {
            let needed = needed_probes(known, alpha);
            prop_assert!(miss_probability(known + 1, needed) <= alpha);
            prop_assert!(miss_probability(known + 1, needed - 1) > alpha);
        }
    }

    #[test]
    fn the_stopping_points_are_the_published_ones() {
        let points = |alpha| (1..=9).map(|known| needed_probes(known, alpha)).collect::<Vec<_>>();
        assert_eq!(points(0.05), [6, 11, 16, 21, 27, 33, 38, 44, 51]);
        assert_eq!(points(0.01), [8, 15, 21, 28, 36, 43, 51, 58, 66]);
    }

    #[test]
    fn fewer_probes_than_branches_have_missed_one_for_sure() {
        for branches in [2, 5, 64] {
            assert!((miss_probability(branches, branches - 1) - 1.0).abs() < 1e-12);
            assert!(miss_probability(branches, branches) < 1.0);
        }
        assert!(miss_probability(1, 1).abs() < 1e-12 && miss_probability(64, 1_000) < 1e-5);
    }
}
