//! What attempts amount to: counts by verdict, times of handshakes, streaks.

use std::collections::BTreeMap;
use std::time::Duration;

use netdiag_model::stats::{Jitter, Percentiles, SendOrder, Spread};
use netdiag_model::{Mono, Reading, Rtt, Verdict};

/// What the attempts at one service amount to.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// How many there were.
    pub sent: u64,
    /// How many of each verdict.
    pub verdicts: BTreeMap<Verdict, u64>,
    /// Handshake times, by the kernel's measure; of those in which no SYN was lost.
    pub spread: Spread,
    /// The same, for percentiles.
    pub percentiles: Percentiles,
    order: SendOrder,
    /// How many SYNs were lost before one was answered.
    pub lost_syns: u64,
    /// The streaks.
    pub streaks: Streaks,
    started: Option<Reading>,
    ended: Option<Reading>,
}

/// How long a service has been up or down in a row.
#[derive(Debug, Clone, Copy, Default)]
pub struct Streaks {
    current: Option<(bool, Mono)>,
    /// The longest time open in a row, from the first to the last attempt of it.
    pub longest_up: Option<Duration>,
    /// The longest time not open in a row.
    pub longest_down: Option<Duration>,
    /// When it changed last.
    pub last_change: Option<Reading>,
    /// How often it changed.
    pub changes: u64,
    /// How many tries there were: a name with several addresses is tried by all of them at once.
    pub tries: u64,
}

impl Streaks {
    fn apply(&mut self, verdict: Verdict, at: Reading) {
        let is_up = verdict == Verdict::Open;
        self.tries += 1;
        let since = match self.current {
            Some((was_up, since)) if was_up == is_up => since,
            before => {
                if before.is_some() {
                    self.changes += 1;
                    self.last_change = Some(at);
                }
                self.current = Some((is_up, at.mono));
                at.mono
            }
        };
        let longest = if is_up { &mut self.longest_up } else { &mut self.longest_down };
        let span = at.mono.since(since);
        *longest = Some(longest.map_or(span, |before| before.max(span)));
    }
}

/// One try of one address: its verdict, the handshake's time, and how many SYNs had to be repeated.
#[derive(Debug, Clone, Copy)]
pub struct Try {
    /// The verdict.
    pub verdict: Verdict,
    /// The kernel's measure of the handshake.
    pub handshake: Option<Rtt>,
    /// SYNs that were repeated.
    pub repeated: u32,
    /// When it began, and when it ended.
    pub span: (Reading, Reading),
}

impl Report {
    /// Adds a try.
    pub fn apply(&mut self, one: &Try) {
        self.sent += 1;
        *self.verdicts.entry(one.verdict).or_default() += 1;
        if one.verdict == Verdict::Open {
            self.lost_syns += u64::from(one.repeated);
        }
        if let Some(rtt) = one.handshake {
            self.spread.apply(rtt);
            self.percentiles.apply(rtt);
            self.order.apply(self.sent, rtt);
        }
        let (start, end) = one.span;
        // They may end in another order than they began in.
        self.started = Some(self.started.filter(|before| before.mono <= start.mono).unwrap_or(start));
        self.ended = Some(end);
    }

    /// Adds what a try came to, with all addresses together.
    pub fn apply_whole(&mut self, verdict: Verdict, at: Reading) {
        self.streaks.apply(verdict, at);
    }

    /// How many had this verdict.
    pub fn count(&self, verdict: Verdict) -> u64 {
        self.verdicts.get(&verdict).copied().unwrap_or_default()
    }

    /// Jitter over the handshakes, in the order of sending.
    pub fn jitter(&self) -> Jitter {
        self.order.finish(self.sent).0
    }

    /// From the first try to the end of the last.
    pub fn elapsed(&self) -> Duration {
        match (self.started, self.ended) {
            (Some(start), Some(end)) => end.mono.since(start.mono),
            _ => Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use netdiag_model::Wall;

    use super::*;

    fn at(seconds: u64) -> Reading {
        Reading { mono: Mono::from_nanos(seconds * 1_000_000_000), wall: Wall::from_nanos(0) }
    }

    fn run(verdicts: &[Verdict]) -> Report {
        let mut report = Report::default();
        for (second, &verdict) in (0..).zip(verdicts) {
            let handshake = (verdict == Verdict::Open).then(|| Rtt::from_nanos(1_000_000 * (second + 1)));
            report.apply(&Try { verdict, handshake, repeated: 0, span: (at(second), at(second)) });
            report.apply_whole(verdict, at(second));
        }
        report
    }

    #[test]
    fn streaks_are_from_the_first_to_the_last_of_a_kind() {
        use Verdict::{Filtered, Open, Refused};
        let report = run(&[Open, Open, Open, Refused, Filtered, Open]);
        let streaks = report.streaks;
        assert_eq!(streaks.longest_up, Some(Duration::from_secs(2)));
        assert_eq!(streaks.longest_down, Some(Duration::from_secs(1)));
        assert_eq!((streaks.changes, streaks.last_change.map(|at| at.mono)), (2, Some(at(5).mono)));
        assert_eq!((report.count(Open), report.count(Refused), report.sent), (4, 1, 6));
    }

    #[test]
    fn times_are_of_open_ports_only() {
        let report = run(&[Verdict::Open, Verdict::Refused, Verdict::Open]);
        assert_eq!((report.spread.count(), report.jitter().count, report.jitter().sum), (2, 1, 2_000_000));
        assert_eq!(report.elapsed(), Duration::from_secs(2));
    }
}
