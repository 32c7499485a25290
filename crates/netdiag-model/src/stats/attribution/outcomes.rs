//! What came of the probes of one kind to one hop, round by round: two bits a round.
//!
//! Counts would do to compare hops. The rounds tell two things more: a token bucket answers in time with its refill,
//! as chance never does; and loss that comes in bursts says less than as many losses by chance.

/// Events apart by fewer gaps than this tell no rhythm.
const RHYTHM_GAPS: usize = 10;

/// The gaps of a token bucket vary less than this part of what chance would make of them. With ten gaps, chance comes
/// below it in fewer than one of a thousand series.
const RHYTHM: f64 = 0.15;

/// How seldom chance may make gaps that are all alike.
const RHYTHM_CHANCE: f64 = 0.001;

/// What came of one probe, once it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The hop answered, in time or late.
    Answered,
    /// No answer came while one was waited for.
    Lost,
}

/// The outcomes of one kind of probes to one hop. A round whose outcome is not known yet counts for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcomes {
    settled: Vec<u64>,
    answered: Vec<u64>,
}

impl Outcomes {
    /// Adds what came of the probe of `round` (counted from 0, without large gaps: memory goes by the highest). An
    /// answer after a loss is a late one and counts; a loss after an answer does not.
    pub fn apply(&mut self, round: u32, outcome: Outcome) {
        let (word, bit) = (round as usize / 64, 1 << (round % 64));
        if self.settled.len() <= word {
            self.settled.resize(word + 1, 0);
            self.answered.resize(word + 1, 0);
        }
        self.settled[word] |= bit;
        if outcome == Outcome::Answered {
            self.answered[word] |= bit;
        }
    }

    /// The same without the probes of `round` and all later rounds. At a moment when probes are under way, answers have come
    /// while losses are not known yet: only what lies before the first such probe tells the share of both.
    #[must_use]
    pub fn before(&self, round: u32) -> Self {
        let (words, rest) = (round as usize / 64, (1u64 << (round % 64)) - 1);
        let cut = |all: &[u64]| {
            let mut kept: Vec<u64> = all.iter().take(words + 1).copied().collect();
            if let Some(last) = kept.get_mut(words) {
                *last &= rest;
            }
            kept
        };
        Self { settled: cut(&self.settled), answered: cut(&self.answered) }
    }

    /// How many probes have an outcome.
    pub fn sent(&self) -> u64 {
        self.settled.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// How many of them were answered.
    pub fn received(&self) -> u64 {
        self.answered.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// The round after the last one with an outcome.
    pub(super) fn rounds(&self) -> usize {
        self.settled
            .iter()
            .rposition(|&word| word != 0)
            .map_or(0, |last| last * 64 + 64 - self.settled[last].leading_zeros() as usize)
    }

    /// Whether the probe of a round was answered; `None` without an outcome.
    pub(super) fn at(&self, round: usize) -> Option<bool> {
        let bit = |words: &[u64]| words.get(round / 64).is_some_and(|word| word >> (round % 64) & 1 == 1);
        bit(&self.settled).then(|| bit(&self.answered))
    }

    /// Whether answers, or losses if they are fewer, keep time, as those of a token bucket do once it is empty.
    pub(super) fn has_rhythm(&self) -> bool {
        let series = (0..self.rounds()).filter_map(|round| self.at(round));
        let series: Vec<bool> = series.skip_while(|&is_answered| is_answered).collect();
        let answered = series.iter().filter(|&&is_answered| is_answered).count();
        let rarer = answered * 2 < series.len();
        let mut places =
            series.iter().enumerate().filter(|&(_, &event)| event == rarer).map(|(place, _)| place);
        let Some(mut last) = places.next() else { return false };
        let gaps = places.map(|place| (place - std::mem::replace(&mut last, place)) as f64);
        let gaps: Vec<f64> = gaps.collect();
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        are_alike(&gaps, mean) || are_steady(&gaps, mean)
    }
}

/// Whether gaps differ by one round at most, and chance would not have made them so.
///
/// Gaps of chance are geometric. All of n lie in {g, g + 1} with a probability below (2q·(1 − q)^(g−1))ⁿ for q = 1/mean;
/// the sum over g is below the geometric series used here.
fn are_alike(gaps: &[f64], mean: f64) -> bool {
    let least = gaps.iter().copied().fold(f64::INFINITY, f64::min);
    let most = gaps.iter().copied().fold(0.0, f64::max);
    let count = gaps.len() as f64;
    let rate = 1.0 / mean;
    let chance = (2.0 * rate).powf(count) / (1.0 - (1.0 - rate).powf(count));
    most - least <= 1.0 && chance < RHYTHM_CHANCE
}

/// Whether gaps vary much less than those of chance, whose variance is mean·(mean − 1).
fn are_steady(gaps: &[f64], mean: f64) -> bool {
    let squares = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>();
    gaps.len() >= RHYTHM_GAPS && squares < RHYTHM * mean * (mean - 1.0) * (gaps.len() - 1) as f64
}

/// By how much the losses of these series vary more than those of chance, from one span of rounds to the next: the
/// design effect. So many probes say as much as one that is independent of the others. 1 unless there is proof of
/// more.
pub(super) fn dispersion(series: &[&Outcomes]) -> f64 {
    const SPANS: usize = 12;
    let rounds = series.iter().map(|outcomes| outcomes.rounds()).max().unwrap_or(0);
    let length = rounds.div_ceil(SPANS).max(2);
    let mut spans = vec![(0.0, 0.0); rounds.div_ceil(length)];
    for round in 0..rounds {
        let (sent, lost) = &mut spans[round / length];
        for is_answered in series.iter().filter_map(|outcomes| outcomes.at(round)) {
            *sent += 1.0;
            *lost += f64::from(u8::from(!is_answered));
        }
    }
    spans.retain(|&(sent, _)| sent > 0.0);
    let (sent, lost) = spans.iter().fold((0.0, 0.0), |sum, span| (sum.0 + span.0, sum.1 + span.1));
    let share: f64 = lost / sent;
    if spans.len() < 4 || !(share > 0.0 && share < 1.0) {
        return 1.0;
    }
    let excess = spans.iter().map(|(n, k)| (k - n * share).powi(2) / (n * share * (1.0 - share)));
    let freedom = (spans.len() - 1) as f64;
    let ratio = excess.sum::<f64>() / freedom;
    // A χ² over its degrees of freedom has the standard deviation √(2/f).
    if ratio > 1.0 + 1.64 * (2.0 / freedom).sqrt() { ratio } else { 1.0 }
}
