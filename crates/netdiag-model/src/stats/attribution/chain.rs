//! Where survival falls along a path: forward and backward over the hops (L. R. Rabiner, 1989).
//!
//! Survival never rises from one hop to the next: what beyond loses less proves that the loss before was the hop's own.
//! Each link may lose, which few do; how much is open. What comes out is exact for this model: the probability of
//! each level at each hop, and for each stretch that no link in it loses.

use super::ByKind;
use super::evidence::{Evidence, LEVELS, Levels, PerLevel};

/// How likely a link is to lose before anything was seen, per TTL that it spans.
const LOSES: f64 = 0.02;

/// What is known of one path after all evidence. Hops are counted from 0; link `i` leads to hop `i`.
#[derive(Debug)]
pub(super) struct Chain {
    /// The probability of each level.
    levels: Vec<PerLevel>,
    /// The probability that answers of a kind are not limited.
    open: Vec<ByKind<f64>>,
    /// For each first link, from there on: the probability that no link up to that one loses.
    holds: Vec<Vec<f64>>,
}

impl Chain {
    /// Weighs the evidence of hops in order, each with how many TTLs the link to it spans.
    pub(super) fn new(hops: &[(Evidence, u8)]) -> Self {
        let stay: Vec<f64> = hops.iter().map(|&(_, span)| (1.0 - LOSES).powi(span.into())).collect();
        let (scaled, before) = forward(hops, &stay);
        let beyond = backward(&scaled, &stay);
        let holds = (0..hops.len()).map(|first| {
            let mut held = before[first];
            let links = (first..hops.len()).map(|link| {
                held = std::array::from_fn(|k| held[k] * remain(stay[link], k) * scaled[link][k]);
                dot(&held, &beyond[link]).min(1.0)
            });
            links.collect()
        });
        let holds = holds.collect();
        let levels: Vec<PerLevel> =
            (0..hops.len()).map(|hop| std::array::from_fn(|k| before[hop + 1][k] * beyond[hop][k])).collect();
        let share = |part: &PerLevel, hop: usize| {
            let whole = &hops[hop].0.likelihood;
            (0..LEVELS).filter(|&k| whole[k] > 0.0).map(|k| levels[hop][k] * part[k] / whole[k]).sum()
        };
        let open = hops.iter().enumerate().map(|(hop, (evidence, _))| ByKind {
            through: share(&evidence.open.through, hop),
            direct: share(&evidence.open.direct, hop),
        });
        let open = open.collect();
        Self { levels, open, holds }
    }

    /// The probability that no link from `first` to `last` loses; 1 if there is none.
    pub(super) fn holds(&self, first: usize, last: usize) -> f64 {
        if first > last { 1.0 } else { self.holds[first][last - first] }
    }

    /// The probability that answers of a kind are not limited by the hop.
    pub(super) fn open(&self, hop: usize) -> ByKind<f64> {
        self.open[hop]
    }

    /// The mean survival at a hop.
    pub(super) fn survival(&self, hop: usize, levels: &Levels) -> f64 {
        dot(&self.levels[hop], &levels.survival)
    }
}

/// The evidence, scaled so that all probabilities add up to 1, and the probability of each level before each link and
/// after the last one, by the hops up to there.
fn forward(hops: &[(Evidence, u8)], stay: &[f64]) -> (Vec<PerLevel>, Vec<PerLevel>) {
    let mut here = [0.0; LEVELS];
    here[0] = 1.0;
    let mut before = vec![here];
    let mut scaled = Vec::with_capacity(hops.len());
    for ((evidence, _), &stay) in hops.iter().zip(stay) {
        let mut fallen = 0.0;
        let mut next = [0.0; LEVELS];
        for k in 0..LEVELS {
            next[k] = here[k] * remain(stay, k) + fallen;
            fallen += here[k] * fall(stay, k);
        }
        let sum = dot(&next, &evidence.likelihood).max(f64::MIN_POSITIVE);
        let factor = evidence.likelihood.map(|likelihood| likelihood / sum);
        here = std::array::from_fn(|k| next[k] * factor[k]);
        scaled.push(factor);
        before.push(here);
    }
    (scaled, before)
}

/// How well each level at each hop explains the hops beyond.
fn backward(scaled: &[PerLevel], stay: &[f64]) -> Vec<PerLevel> {
    let mut beyond = vec![[1.0; LEVELS]; scaled.len()];
    for hop in (1..scaled.len()).rev() {
        let mut below = 0.0;
        for k in (0..LEVELS).rev() {
            let here = scaled[hop][k] * beyond[hop][k];
            beyond[hop - 1][k] = remain(stay[hop], k) * here + fall(stay[hop], k) * below;
            below += here;
        }
    }
    beyond
}

/// The probability to remain at level `k` over a link: below the last there is none.
fn remain(stay: f64, k: usize) -> f64 {
    if k + 1 == LEVELS { 1.0 } else { stay }
}

/// The probability to fall from level `k` to any one below it.
fn fall(stay: f64, k: usize) -> f64 {
    if k + 1 == LEVELS { 0.0 } else { (1.0 - stay) / (LEVELS - 1 - k) as f64 }
}

fn dot(one: &PerLevel, other: &PerLevel) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}
