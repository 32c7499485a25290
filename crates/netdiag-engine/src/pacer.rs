//! The global rate: probes per second over everything that is sent, exact in the long run.
//!
//! The n-th probe is due at `start + n / rate`, computed from n and not by adding steps, so rounding never adds up. A
//! prober that falls behind may catch up, but by no more than [`CATCH_UP`]: what was missed before is forgone rather
//! than sent in a burst. Time in which there was nothing to send is no time to catch up.

use std::time::Duration;

use netdiag_model::Mono;

/// How far behind its schedule a prober may be and still catch up.
pub const CATCH_UP: Duration = Duration::from_millis(50);

/// Nanoseconds per thousandth of a hertz.
const NANOS: u128 = 1_000_000_000_000;

/// Probes per second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rate {
    /// So many thousandths of a probe per second; not 0.
    PerSecond(MilliHertz),
    /// No limit but the strategy's own pace.
    Unlimited,
    /// As fast as the kernel takes them: that it takes no more for a moment is what is expected.
    Max,
}

/// A rate in thousandths of a probe per second, at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MilliHertz(u64);

impl MilliHertz {
    /// A rate of `per_second` probes per second, rounded to a thousandth; `None` if that is not positive or too large.
    pub fn from_per_second(per_second: f64) -> Option<Self> {
        let milli = (per_second * 1000.0).round();
        (1.0..=1e15).contains(&milli).then_some(Self(milli as u64))
    }
}

/// Decides when the next probe may go.
#[derive(Debug, Clone)]
pub struct Pacer {
    rate: Rate,
    start: Option<Mono>,
    issued: u64,
    /// Since when there has been nothing to send.
    resting: Option<Mono>,
}

impl Pacer {
    /// A pacer that has not started: its schedule begins with the first probe.
    pub const fn new(rate: Rate) -> Self {
        Self { rate, start: None, issued: 0, resting: None }
    }

    /// When the next probe is due. `now` or earlier means: at once.
    pub fn due(&self, now: Mono) -> Mono {
        match (self.rate, self.start) {
            (Rate::Unlimited | Rate::Max, _) | (_, None) => now,
            (Rate::PerSecond(rate), Some(start)) => {
                let nanos = u128::from(self.issued) * NANOS / u128::from(rate.0);
                Mono::from_nanos(start.as_nanos().saturating_add(u64::try_from(nanos).unwrap_or(u64::MAX)))
            }
        }
    }

    /// There is nothing to send at `now`.
    pub fn rest(&mut self, now: Mono) {
        self.resting.get_or_insert(now);
    }

    /// There is something to send again at `now`: what was not asked for meanwhile is not made up for.
    pub fn resume(&mut self, now: Mono) {
        let Some(since) = self.resting.take() else { return };
        let idle = now.since(since.max(self.due(now)));
        self.start = self.start.map(|start| start + idle);
    }

    /// Counts a probe that goes at `now`. Call it only when [`Pacer::due`] allows.
    pub fn issue(&mut self, now: Mono) {
        let behind = now.since(self.due(now));
        if self.start.is_none() || behind > CATCH_UP {
            self.start = Some(now);
            self.issued = 0;
        }
        self.issued += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Sends whenever the pacer allows, waking only on a grid of `tick` nanoseconds, for `span` nanoseconds.
    fn issued(rate: f64, tick: u64, span: u64) -> u64 {
        let mut pacer = Pacer::new(Rate::PerSecond(MilliHertz::from_per_second(rate).expect("rate")));
        let mut count = 0;
        for at in (0..span).step_by(tick as usize) {
            let now = Mono::from_nanos(at);
            while pacer.due(now) <= now {
                pacer.issue(now);
                count += 1;
            }
        }
        count
    }

    proptest! {
        #[test]
        fn the_rate_is_exact_whatever_the_timer_does(rate in 1.0f64..100_000.0, tick in 50_000u64..10_000_000) {
            let span = 4_000_000_000 / tick * tick;
            let expected = rate * span as f64 / 1e9;
            let got = issued(rate, tick, span) as f64;
            prop_assert!((got - expected).abs() <= 1.0 + expected * 0.005 + rate * tick as f64 / 1e9, "{got} for {expected}");
        }
    }

    #[test]
    fn what_was_missed_in_a_long_pause_is_not_sent_in_a_burst() {
        let mut pacer = Pacer::new(Rate::PerSecond(MilliHertz::from_per_second(1_000.0).expect("rate")));
        pacer.issue(Mono::ZERO);
        let late = Mono::ZERO + Duration::from_secs(3_600);
        let mut burst = 0;
        while pacer.due(late) <= late {
            pacer.issue(late);
            burst += 1;
        }
        assert_eq!(burst, 1);
    }

    #[test]
    fn a_rest_gives_no_credit_for_a_burst() {
        let at = |millis| Mono::ZERO + Duration::from_millis(millis);
        let mut pacer = Pacer::new(Rate::PerSecond(MilliHertz::from_per_second(1_000.0).expect("rate")));
        for millis in 0..3 {
            pacer.resume(at(millis));
            pacer.issue(at(millis));
        }
        pacer.rest(at(2));
        pacer.rest(at(7));
        pacer.resume(at(20));
        assert_eq!(pacer.due(at(20)), at(20));
        pacer.issue(at(20));
        assert_eq!(pacer.due(at(20)), at(21));
        // Nothing to send for a moment that is over before the next is due: nothing changes.
        pacer.rest(at(20));
        pacer.resume(at(20));
        assert_eq!(pacer.due(at(20)), at(21));
    }

    #[test]
    fn nonsense_is_no_rate() {
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-9] {
            assert_eq!(MilliHertz::from_per_second(rate), None);
        }
    }
}
