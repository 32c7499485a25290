//! How well each level of survival explains what one hop answered.
//!
//! Survival is the share of the probes to a hop that come there and whose answers come back. A hop that answers all it
//! hears shows just that. One that limits answers of a kind shows less, by a share that can be anything; both kinds can
//! be limited, each by itself or together. Nothing is known here of the hop's neighbours.

use super::{ByKind, Hop, Outcomes};

/// How many levels of survival are told apart.
pub(super) const LEVELS: usize = 128;

/// Loss below this share is the background of any network and needs no link to explain it.
const BACKGROUND: f64 = 0.001;

/// A series says no more than so many probes: the model is not better than that, nor are the levels.
const MOST_PROBES: f64 = 1_000.0;

/// How likely a router is to limit only answers through TTL, only those to echoes, both by two shares, both by one.
const LIMITS: [f64; 4] = [0.25, 0.07, 0.015, 0.015];

/// A figure at each level.
pub(super) type PerLevel = [f64; LEVELS];

/// The levels of survival, from all but the background's loss down to nearly none.
///
/// They are even in the arcsine of the root of loss, in which counts of the same size are told apart equally well.
#[derive(Debug)]
pub(super) struct Levels {
    pub(super) survival: PerLevel,
    /// How much of [0, 1] a level stands for, in sums that stand for integrals.
    width: PerLevel,
}

impl Levels {
    pub(super) fn new() -> Self {
        let first = BACKGROUND.sqrt().asin();
        let step = (0.995_f64.sqrt().asin() - first) / (LEVELS - 1) as f64;
        let at = |place: f64| 1.0 - (first + step * place).sin().powi(2);
        Self {
            survival: std::array::from_fn(|level| at(level as f64)),
            width: std::array::from_fn(|level| at(level as f64 - 0.5) - at(level as f64 + 0.5)),
        }
    }

    /// The likelihood of the counts for a hop that does not limit, over e^`scale`.
    fn open(&self, counts: Counts, scale: f64) -> PerLevel {
        self.survival.map(|survival| (counts.log_likelihood(survival) - scale).exp())
    }

    /// The same for one that answers a share of what it hears. A limit that is felt at all is felt much, so a share is
    /// the less likely the nearer it is to 1: the likelihoods of all u below a level s are weighed by 2/s·(1 − u/s).
    fn limited(&self, counts: Counts, scale: f64) -> PerLevel {
        let mut limited = self.open(counts, scale);
        let (mut sum, mut moment) = (0.0, 0.0);
        for level in (0..LEVELS).rev() {
            let survival = self.survival[level];
            let part = limited[level] * self.width[level];
            sum += part;
            moment += part * survival;
            limited[level] = 2.0 / survival * (sum - moment / survival).max(0.0);
        }
        limited
    }
}

/// Probes, weighed.
#[derive(Debug, Clone, Copy)]
struct Counts {
    answered: f64,
    lost: f64,
}

impl Counts {
    fn new(outcomes: &Outcomes) -> Self {
        let (sent, answered) = (outcomes.sent() as f64, outcomes.received() as f64);
        // A kind that is never answered is not listened to, which says nothing about the path.
        let weight = if answered > 0.0 { (MOST_PROBES / sent).min(1.0) } else { 0.0 };
        Self { answered: answered * weight, lost: (sent - answered) * weight }
    }

    /// But for the binomial coefficient, which is the same for all hypotheses.
    fn log_likelihood(self, survival: f64) -> f64 {
        self.answered * survival.ln() + self.lost * (1.0 - survival).ln()
    }

    /// The logarithm of the likelihood about where it is highest.
    fn peak(self) -> f64 {
        let sent = self.answered + self.lost;
        self.log_likelihood(if sent > 0.0 { (self.answered / sent).clamp(0.005, 0.999) } else { 0.5 })
    }
}

/// What one hop says of each level.
#[derive(Debug)]
pub(super) struct Evidence {
    pub(super) likelihood: PerLevel,
    /// The part of it in which answers of this kind are not limited.
    pub(super) open: ByKind<PerLevel>,
}

impl Evidence {
    /// The evidence of a router.
    pub(super) fn of_router(hop: &Hop, levels: &Levels) -> Self {
        let [through, direct] = [&hop.through, &hop.direct].map(Counts::new);
        let both = Counts { answered: through.answered + direct.answered, lost: through.lost + direct.lost };
        let (open_through, open_direct) =
            (levels.open(through, through.peak()), levels.open(direct, direct.peak()));
        let (limited_through, limited_direct) =
            (levels.limited(through, through.peak()), levels.limited(direct, direct.peak()));
        let alike = levels.limited(both, through.peak() + direct.peak());
        let [by_through, by_direct, by_two, by_one] = LIMITS;
        let none = 1.0 - LIMITS.iter().sum::<f64>();
        let allow = |outcomes: &Outcomes| f64::from(u8::from(!outcomes.has_rhythm()));
        let (may_through, may_direct) = (allow(&hop.through), allow(&hop.direct));
        let mut evidence = Self::zero();
        for level in 0..LEVELS {
            let clean = none * may_through * may_direct * open_through[level] * open_direct[level];
            let only_through = by_through * may_direct * limited_through[level] * open_direct[level];
            let only_direct = by_direct * may_through * open_through[level] * limited_direct[level];
            let limited = by_two * limited_through[level] * limited_direct[level] + by_one * alike[level];
            evidence.open.through[level] = clean + only_direct;
            evidence.open.direct[level] = clean + only_through;
            evidence.likelihood[level] = clean + only_through + only_direct + limited;
        }
        evidence
    }

    /// The evidence of the target, where both kinds are the same echo. From counts alone nobody can tell a target that
    /// limits from a last link that loses; it is taken to limit only if its answers keep time.
    pub(super) fn of_target(hop: &Hop, levels: &Levels) -> Self {
        let counts = [&hop.through, &hop.direct].map(Counts::new);
        let mut evidence = Self::zero();
        if hop.keeps_time() {
            let [through, direct] = counts.map(|counts| levels.limited(counts, counts.peak()));
            evidence.likelihood = std::array::from_fn(|level| through[level] * direct[level]);
        } else {
            let [through, direct] = counts.map(|counts| levels.open(counts, counts.peak()));
            evidence.likelihood = std::array::from_fn(|level| through[level] * direct[level]);
            evidence.open = ByKind { through: evidence.likelihood, direct: evidence.likelihood };
        }
        evidence
    }

    const fn zero() -> Self {
        let none = [0.0; LEVELS];
        Self { likelihood: none, open: ByKind { through: none, direct: none } }
    }
}
