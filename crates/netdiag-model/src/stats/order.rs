//! What depends on the order of sending: jitter, loss bursts, reordering.
//!
//! Replies arrive in any order, but jitter is defined over consecutive answered probes in the order in which they were
//! sent, and a loss burst is a run of unanswered ones. So the samples of the last minute, but no more than those of the
//! last 65 536 answered probes, are kept sorted by sequence number, and older ones are folded. A reply that comes
//! after ones that have been folded counts for reordering only.

use std::time::Duration;

use crate::time::{Mono, Rtt};

/// How long an answered probe is kept at least, if there are not too many: no reply is waited for longer.
const HORIZON: Duration = Duration::from_secs(60);

/// How many answered probes are kept before the oldest are folded (at least; at most twice as many are kept).
const WINDOW: usize = 65_536;

/// Jitter in nanoseconds, over D(i) = |RTT(i) − RTT(i−1)| of consecutive answered probes in send order.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Jitter {
    /// How many differences there are.
    pub count: u64,
    /// Their sum.
    pub sum: u64,
    /// The largest.
    pub max: u64,
    /// The smoothed jitter of RFC 3550 §6.4.1: J += (D − J)/16, starting at 0.
    pub rfc3550: f64,
}

impl Jitter {
    /// The mean of D in nanoseconds; `None` with fewer than two answered probes.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64)
    }

    fn apply(&mut self, difference: u64) {
        self.count += 1;
        self.sum += difference;
        self.max = self.max.max(difference);
        self.rfc3550 += (difference as f64 - self.rfc3550) / 16.0;
    }
}

/// Runs of consecutive unanswered probes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bursts {
    /// How many runs there are.
    pub count: u64,
    /// The length of the longest.
    pub longest: u64,
}

impl Bursts {
    fn apply(&mut self, missing: u64) {
        if missing > 0 {
            self.count += 1;
            self.longest = self.longest.max(missing);
        }
    }
}

/// The fold over answered probes in send order.
#[derive(Debug, Clone, Default)]
pub struct SendOrder {
    folded: Folded,
    recent: Vec<(u64, Rtt)>,
    highest: u64,
    reordered: u64,
    /// A time, and the highest sequence number that had been answered by then.
    mark: Option<(Mono, u64)>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Folded {
    last: Option<(u64, Rtt)>,
    jitter: Jitter,
    bursts: Bursts,
}

impl Folded {
    fn apply(&mut self, seq: u64, rtt: Rtt) {
        let before = self.last.map_or(0, |(seq, _)| seq);
        self.bursts.apply(seq - before - 1);
        if let Some((_, previous)) = self.last {
            self.jitter.apply(rtt.as_nanos().abs_diff(previous.as_nanos()));
        }
        self.last = Some((seq, rtt));
    }
}

impl SendOrder {
    /// Adds the first answer to probe `seq` (counted from 1). Duplicates do not belong here.
    pub fn apply(&mut self, seq: u64, rtt: Rtt) {
        if seq > self.highest {
            self.highest = seq;
            self.recent.push((seq, rtt));
        } else {
            self.reordered += 1;
            let place = self.recent.partition_point(|&(other, _)| other < seq);
            let is_folded = self.folded.last.is_some_and(|(last, _)| seq <= last);
            if !is_folded && self.recent.get(place).is_none_or(|&(other, _)| other != seq) {
                self.recent.insert(place, (seq, rtt));
            }
        }
        if self.recent.len() >= 2 * WINDOW {
            self.fold(WINDOW);
        }
    }

    /// Says that time has come to `now`: what was answered long before is folded, so that a slow run keeps little
    /// however long it lasts.
    pub fn advance(&mut self, now: Mono) {
        let (then, highest) = *self.mark.get_or_insert((now, self.highest));
        if now.since(then) >= HORIZON {
            self.fold(self.recent.partition_point(|&(seq, _)| seq <= highest));
            self.mark = Some((now, self.highest));
        }
    }

    fn fold(&mut self, count: usize) {
        for (seq, rtt) in self.recent.drain(..count) {
            self.folded.apply(seq, rtt);
        }
    }

    /// How many first answers came after the answer to a probe that was sent later (RFC 4737 §3, type-P-reordered).
    pub const fn reordered(&self) -> u64 {
        self.reordered
    }

    /// Jitter over all answered probes, and the loss bursts among the first `sent` probes.
    pub fn finish(&self, sent: u64) -> (Jitter, Bursts) {
        let mut folded = self.folded;
        self.recent.iter().for_each(|&(seq, rtt)| folded.apply(seq, rtt));
        folded.bursts.apply(sent.saturating_sub(self.highest));
        (folded.jitter, folded.bursts)
    }
}

#[cfg(test)]
mod tests;
