//! Echo at a steady interval, as a flood, or adapted to the round-trip time, to one target or many.
//!
//! Scheduling rule: a target that has never been probed goes first. The others stand in one queue, ordered by when they
//! are due. Whoever is due is probed and goes to the back, due one interval after it *was due* (not after it was sent),
//! so that intervals do not drift; a target that is more than an interval behind starts afresh, so that nothing is made
//! up for in a burst. Flood and adaptive pace follow iputils' ping: flood sends when an answer came, or 100 times a
//! second; adaptive sends about once per round trip. Where answers come back faster than they can be asked for one by
//! one, a flood has a few probes under way, so that they share system calls.

mod content;

use std::collections::VecDeque;
use std::time::Duration;

use netdiag_model::event::{Arrival, Damage, Subject};
use netdiag_model::{Address, Event, Mono, Rtt, TargetId};

use super::{Ask, Next, Strategy};
use content::Content;

/// How a flood goes on without answers: 100 probes a second (ping(8), `-f`).
const FLOOD_PAUSE: Duration = Duration::from_millis(10);

/// Round-trip times, in nanoseconds, below which a flood has [`FLOOD_WINDOW`] probes under way instead of one: about what
/// the system calls for one probe take.
const FLOOD_QUICK: f64 = 20_000.0;
/// See [`FLOOD_QUICK`].
const FLOOD_WINDOW: u64 = 8;

/// How many targets wait for their first probe at most: as many as go out in one batch.
const NEWCOMERS: usize = 64;

/// When the next probe to a target is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// One interval after the one before.
    Steady {
        /// The interval; 0 for as fast as the pacer allows.
        interval: Duration,
    },
    /// When an answer came, or after 10 ms; with up to eight probes under way while these take less than 20 µs. For one
    /// target.
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
    Limit(u32),
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
    /// Targets that have not been probed yet, in the order in which they came.
    newcomers: VecDeque<Turn>,
    /// The others, ordered by when they are due.
    rounds: VecDeque<Turn>,
    is_complete: bool,
    /// Kept only where one answer is enough.
    content: Option<Content>,
    last_asked: Option<Mono>,
    asked: u64,
    sent: u64,
    settled: u64,
    acknowledged: u64,
    answered: u64,
    refused: u64,
    smoothed: Option<f64>,
    longest: Option<Rtt>,
    linger_until: Option<Mono>,
}

/// A target in a queue. There may be millions of them.
#[derive(Debug, Clone, Copy)]
struct Turn {
    due: Mono,
    /// Turns left, this one counted; [`ENDLESS`] for no end of them.
    left: u32,
    target: TargetId,
}

/// As many turns as never end.
const ENDLESS: u32 = u32::MAX;

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
            newcomers: VecDeque::new(),
            rounds: VecDeque::new(),
            is_complete: false,
            content: None,
            last_asked: None,
            asked: 0,
            sent: 0,
            settled: 0,
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

    /// Ends the run `deadline` after its beginning, whatever is outstanding.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Option<Duration>) -> Self {
        self.deadline = deadline;
        self
    }

    /// Leaves each target alone once it has answered.
    #[must_use]
    pub fn until_answered(mut self) -> Self {
        self.content = Some(Content::default());
        self
    }

    fn deadline_at(&self) -> Option<Mono> {
        self.started.zip(self.deadline).map(|(start, deadline)| start + deadline)
    }

    /// Whether no turn is left that will be taken.
    fn has_asked_all(&self) -> bool {
        let has_round = match &self.content {
            None => !self.rounds.is_empty(),
            Some(content) => content.has_waiting(),
        };
        self.is_complete && self.newcomers.is_empty() && !has_round
    }

    /// When a classic run ends by its count, by an error under a deadline, or by having lingered.
    fn classic_end(&mut self, now: Mono, linger: Duration) -> Option<Mono> {
        let wanted = match self.count {
            Count::Limit(wanted) => u64::from(wanted),
            Count::Endless => u64::MAX,
        };
        let is_refused = self.deadline.is_some() && self.refused > 0;
        if self.answered + self.refused >= wanted || is_refused {
            return Some(now);
        }
        if self.deadline.is_some() || !self.has_asked_all() || self.sent < self.asked {
            return None;
        }
        if self.settled == self.asked {
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
            Pace::Flood if unanswered < self.flood_window() => last,
            Pace::Flood => last + FLOOD_PAUSE,
            Pace::Adaptive { .. } if self.asked < self.preload => last,
            Pace::Adaptive { .. } => last + self.interval(),
        }
    }

    /// How many probes of a flood may be under way.
    fn flood_window(&self) -> u64 {
        let is_quick = self.smoothed.is_some_and(|smoothed| smoothed < FLOOD_QUICK);
        if is_quick { self.preload.max(FLOOD_WINDOW) } else { self.preload }
    }

    /// Takes the turn of `turn`, and says when it has the next.
    fn take(&mut self, now: Mono, turn: Turn) -> TargetId {
        let interval = self.interval();
        self.last_asked = Some(now);
        self.asked += 1;
        // With a deadline classic ping does not stop after the last of its probes.
        let is_unlimited = self.deadline.is_some() && matches!(self.ending, Ending::Classic { .. });
        let left = match turn.left {
            left if is_unlimited || left == ENDLESS => left,
            1 => {
                self.content.iter_mut().for_each(|content| content.leave(turn.target));
                return turn.target;
            }
            left => left - 1,
        };
        let next = if self.asked < self.preload { turn.due } else { turn.due + interval };
        let due = if next + interval < now { now + interval } else { next };
        self.rounds.push_back(Turn { due, left, ..turn });
        turn.target
    }

    fn handle_answer(&mut self, target: TargetId) {
        self.answered += 1;
        self.content.iter_mut().for_each(|content| content.answer(target));
    }

    fn measure(&mut self, rtt: Rtt) {
        self.longest = self.longest.max(Some(rtt));
        let nanos = rtt.as_nanos() as f64;
        self.smoothed = Some(self.smoothed.map_or(nanos, |old| old + (nanos - old) / 8.0));
    }
}

impl Strategy for Echo {
    fn handle_target(&mut self, now: Mono, target: TargetId, _address: Address) {
        let left = match self.count {
            Count::Limit(count) => count,
            Count::Endless => ENDLESS,
        };
        self.newcomers.push_back(Turn { target, due: now, left });
        self.content.iter_mut().for_each(|content| content.join(target));
    }

    fn wants_target(&self) -> bool {
        self.newcomers.len() < NEWCOMERS
    }

    fn handle_targets_end(&mut self) {
        self.is_complete = true;
    }

    fn poll_next(&mut self, now: Mono) -> Next {
        loop {
            let is_new = !self.newcomers.is_empty();
            let queue = if is_new { &self.newcomers } else { &self.rounds };
            let Some(&turn) = queue.front() else { return Next::Event };
            let is_content = self.content.as_ref().is_some_and(|content| content.has_answered(turn.target));
            let ready = self.ready_at(&turn);
            if ready > now && !is_content {
                return Next::At(ready);
            }
            if is_new {
                self.newcomers.pop_front()
            } else {
                self.rounds.pop_front()
            };
            if !is_content {
                return Next::Probe(Ask::plain(self.take(now, turn)));
            }
        }
    }

    fn poll_end(&mut self, now: Mono) -> Option<Mono> {
        self.started.get_or_insert(now);
        let end = match self.ending {
            Ending::Settled => (self.has_asked_all() && self.settled == self.asked).then_some(now),
            Ending::Classic { linger } => self.classic_end(now, linger),
        };
        [end, self.deadline_at()].into_iter().flatten().min()
    }

    fn handle_event(&mut self, _now: Mono, event: &Event) {
        match event {
            // A TCP attempt is started first and fails then: it counts twice here, which ends no wait too early,
            // since what is outstanding is counted by what is settled.
            Event::Sent { .. } | Event::SendError { .. } => self.sent += 1,
            Event::Reply(reply) if reply.damage == Some(Damage::Checksum) => {}
            Event::Reply(reply) => match reply.arrival {
                Arrival::InTime => {
                    self.measure(reply.rtt);
                    self.handle_answer(reply.subject.target);
                }
                Arrival::Late => self.handle_answer(reply.subject.target),
                Arrival::Duplicate => {}
            },
            Event::IcmpError { icmp, subject, .. } if !icmp.is_advice() => {
                self.refused += 1;
                self.acknowledged = self.acknowledged.max(subject.seq);
            }
            _ => {}
        }
    }

    fn handle_settled(&mut self, subject: &Subject) {
        self.settled += 1;
        self.acknowledged = self.acknowledged.max(subject.seq);
    }
}

#[cfg(test)]
mod tests;
