//! Echo at a steady interval, as a flood, or adapted to the round-trip time, to one target or many.
//!
//! Scheduling rule: targets stand in one queue, ordered by when they are due. Whoever is due is probed and goes to the
//! back, due one interval after it *was due* (not after it was sent), so that intervals do not drift; a target that is
//! more than an interval behind starts afresh, so that nothing is made up for in a burst. Flood and adaptive pace follow
//! iputils' ping: flood sends when an answer came, or 100 times a second; adaptive sends about once per round trip.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use netdiag_model::event::{Arrival, Damage};
use netdiag_model::{Event, Mono, ProbeId, Rtt, TargetId};

use super::{Next, Strategy};

/// How a flood goes on without answers: 100 probes a second (ping(8), `-f`).
const FLOOD_PAUSE: Duration = Duration::from_millis(10);

/// When the next probe to a target is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// One interval after the one before.
    Steady {
        /// The interval; 0 for as fast as the pacer allows.
        interval: Duration,
    },
    /// When an answer came, or after 10 ms. For one target.
    Flood,
    /// About one round-trip time after the one before, but never faster than the floor. For one target.
    Adaptive {
        /// The shortest interval.
        floor: Duration,
    },
}

/// How many probes each target gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// No limit.
    Endless,
    /// So many, at least 1.
    Limit(u64),
}

/// When the run is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// When every probe asked for is settled: answered, timed out or refused.
    Settled,
    /// As iputils' ping, for one target: when as many probes as were asked for have been answered or refused. After
    /// the last probe it waits twice the largest round-trip time, at least one interval; or `linger` if nothing has
    /// been answered. With a deadline it goes on sending until then, and the first ICMP error ends it.
    Classic {
        /// How long to wait after the last probe when nothing has been answered.
        linger: Duration,
    },
}

/// The strategy.
#[derive(Debug)]
pub struct Echo {
    pace: Pace,
    count: Count,
    ending: Ending,
    preload: u64,
    deadline: Option<Duration>,
    started: Option<Mono>,
    queue: VecDeque<Turn>,
    last_asked: Option<Mono>,
    asked: u64,
    sent: u64,
    /// Probes sent and not settled; kept only where the run ends by it. A probe may be settled more than once (a timeout,
    /// then an error).
    unsettled: BTreeSet<ProbeId>,
    acknowledged: u64,
    answered: u64,
    refused: u64,
    smoothed: Option<f64>,
    longest: Option<Rtt>,
    linger_until: Option<Mono>,
}

/// A target in the queue.
#[derive(Debug, Clone, Copy)]
struct Turn {
    target: TargetId,
    due: Mono,
    left: Count,
}

impl Echo {
    /// Probes each target `count` times at `pace`.
    pub fn new(pace: Pace, count: Count, ending: Ending) -> Self {
        Self {
            pace,
            count,
            ending,
            preload: 1,
            deadline: None,
            started: None,
            queue: VecDeque::new(),
            last_asked: None,
            asked: 0,
            sent: 0,
            unsettled: BTreeSet::new(),
            acknowledged: 0,
            answered: 0,
            refused: 0,
            smoothed: None,
            longest: None,
            linger_until: None,
        }
    }

    /// Sends the first `preload` probes without waiting (ping(8), `-l`).
    #[must_use]
    pub fn with_preload(mut self, preload: u64) -> Self {
        self.preload = preload.max(1);
        self
    }

    /// Ends the run `deadline` after its first probe was due, whatever is outstanding.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Option<Duration>) -> Self {
        self.deadline = deadline;
        self
    }

    fn deadline_at(&self) -> Option<Mono> {
        self.started.zip(self.deadline).map(|(start, deadline)| start + deadline)
    }

    fn has_sent_all(&self) -> bool {
        self.queue.is_empty() && self.started.is_some() && self.sent >= self.asked
    }

    /// When a classic run ends by its count, by an error under a deadline, or by having lingered.
    fn classic_end(&mut self, now: Mono, linger: Duration) -> Option<Mono> {
        let wanted = match self.count {
            Count::Limit(wanted) => wanted,
            Count::Endless => u64::MAX,
        };
        let is_refused = self.deadline.is_some() && self.refused > 0;
        if self.answered + self.refused >= wanted || is_refused {
            return Some(now);
        }
        if self.deadline.is_some() || !self.has_sent_all() {
            return None;
        }
        if self.unsettled.is_empty() {
            // Nothing is outstanding: there is nothing to wait for.
            return Some(now);
        }
        let span = self.linger_span(linger);
        Some(*self.linger_until.get_or_insert(now + span))
    }

    fn linger_span(&self, linger: Duration) -> Duration {
        match self.longest {
            Some(longest) => (2 * Duration::from(longest)).max(self.interval()),
            None => linger,
        }
    }

    /// The interval at which a target's turns follow each other.
    fn interval(&self) -> Duration {
        match self.pace {
            Pace::Steady { interval } => interval,
            Pace::Flood => Duration::ZERO,
            Pace::Adaptive { floor } => {
                let estimate =
                    self.smoothed.map_or(Duration::from_secs(1), |nanos| Duration::from_nanos(nanos as u64));
                estimate.max(floor)
            }
        }
    }

    /// When the turn at the front may be taken.
    fn ready_at(&self, turn: &Turn) -> Mono {
        let Some(last) = self.last_asked else { return turn.due };
        let unanswered = self.asked.saturating_sub(self.acknowledged);
        match self.pace {
            Pace::Steady { .. } => turn.due,
            Pace::Flood if unanswered < self.preload => last,
            Pace::Flood => last + FLOOD_PAUSE,
            Pace::Adaptive { .. } if self.asked < self.preload => last,
            Pace::Adaptive { .. } => last + self.interval(),
        }
    }

    fn take_turn(&mut self, now: Mono) -> Option<TargetId> {
        let turn = self.queue.pop_front()?;
        let interval = self.interval();
        self.last_asked = Some(now);
        self.asked += 1;
        // With a deadline classic ping does not stop after the last of its probes.
        let is_unlimited = self.deadline.is_some() && matches!(self.ending, Ending::Classic { .. });
        let left = match turn.left {
            Count::Limit(1) if !is_unlimited => return Some(turn.target),
            Count::Limit(left) if !is_unlimited => Count::Limit(left - 1),
            other => other,
        };
        let next = if self.asked < self.preload { turn.due } else { turn.due + interval };
        let due = if next + interval < now { now + interval } else { next };
        self.queue.push_back(Turn { due, left, ..turn });
        Some(turn.target)
    }

    fn handle_sent(&mut self, probe: ProbeId) {
        self.sent += 1;
        if self.count != Count::Endless {
            self.unsettled.insert(probe);
        }
    }

    fn handle_answer(&mut self, rtt: Rtt) {
        self.answered += 1;
        self.longest = self.longest.max(Some(rtt));
        let nanos = rtt.as_nanos() as f64;
        self.smoothed = Some(self.smoothed.map_or(nanos, |old| old + (nanos - old) / 8.0));
    }
}

impl Strategy for Echo {
    fn handle_target(&mut self, now: Mono, target: TargetId) {
        self.started.get_or_insert(now);
        self.queue.push_back(Turn { target, due: now, left: self.count });
    }

    fn poll_next(&mut self, now: Mono) -> Next {
        let Some(ready) = self.queue.front().map(|turn| self.ready_at(turn)) else { return Next::Event };
        if ready > now {
            return Next::At(ready);
        }
        self.take_turn(now).map_or(Next::Event, Next::Probe)
    }

    fn poll_end(&mut self, now: Mono) -> Option<Mono> {
        let end = match self.ending {
            Ending::Settled => (self.has_sent_all() && self.unsettled.is_empty()).then_some(now),
            Ending::Classic { linger } => self.classic_end(now, linger),
        };
        [end, self.deadline_at()].into_iter().flatten().min()
    }

    fn handle_event(&mut self, _now: Mono, event: &Event) {
        let Some(subject) = event.subject() else { return };
        let is_settled = match event {
            Event::Sent { .. } => {
                self.handle_sent(subject.probe);
                false
            }
            Event::Reply(reply) if reply.damage == Some(Damage::Checksum) => false,
            Event::Reply(reply) => match reply.arrival {
                Arrival::InTime => {
                    self.handle_answer(reply.rtt);
                    true
                }
                // Settled by its timeout already.
                Arrival::Late => {
                    self.answered += 1;
                    false
                }
                Arrival::Duplicate => false,
            },
            Event::Timeout { .. } => true,
            Event::IcmpError { icmp, .. } if !icmp.is_advice() => {
                self.refused += 1;
                true
            }
            Event::SendError { .. } => {
                // A TCP attempt is started first, and fails then.
                self.sent += u64::from(!self.unsettled.contains(&subject.probe));
                true
            }
            _ => false,
        };
        if is_settled {
            self.unsettled.remove(&subject.probe);
            self.acknowledged = self.acknowledged.max(subject.seq);
        }
    }
}

#[cfg(test)]
mod tests;
