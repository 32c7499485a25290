//! What depends on the order of sending: jitter, loss bursts, reordering.
//!
//! Replies arrive in any order, but jitter is defined over consecutive answered probes in the order in which they were
//! sent, and a loss burst is a run of unanswered ones. So the samples of the last 65 536 answered probes are kept
//! sorted by sequence number, and older ones are folded. A reply that comes after more than 65 536 later ones
//! counts for reordering only.

use crate::time::Rtt;

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
            for (seq, rtt) in self.recent.drain(..WINDOW) {
                self.folded.apply(seq, rtt);
            }
        }
    }

    /// The answered probes that are kept, sorted by sequence number: all of them up to 131 071.
    pub fn recent(&self) -> &[(u64, Rtt)] {
        &self.recent
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
