//! Every hop of a known path, asked again and again in two ways: by a probe towards the target whose TTL ends there, and
//! by an echo to the hop itself.
//!
//! In each round each hop gets one of each. The first half of a round is for probes by TTL, in the order of the hops, the
//! second for echoes, in the same order: so the two to one hop are half a round apart, and all are spread evenly. A round
//! that begins late is not caught up with: all later ones move with it.

use std::collections::HashSet;
use std::time::Duration;

use netdiag_model::event::Subject;
use netdiag_model::{Address, Aim, Event, Mono, ProbeId, TargetId};

use super::{Ask, Next, Strategy};

/// How often hops are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rhythm {
    /// From one round to the next.
    pub period: Duration,
    /// How many rounds there are.
    pub rounds: u32,
}

/// A hop of the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SurveyHop {
    /// The TTL that ends there, of probes to target 0; `None` where those cannot be told apart and are left out.
    pub ttl: Option<u8>,
    /// The target that is the hop itself, where its address is known.
    pub itself: Option<TargetId>,
}

/// The strategy. Target 0 is that of the path.
#[derive(Debug)]
pub struct Survey {
    rhythm: Rhythm,
    /// What is asked in a round, in order, and when after its beginning.
    asks: Vec<(Duration, Ask)>,
    /// Which of them comes next.
    place: usize,
    round: u32,
    /// When the round under way began.
    round_began: Mono,
    /// Whether there has been a first probe.
    has_begun: bool,
    /// Probes that were asked for and have not left, or failed to.
    waiting: usize,
    /// Probes of its own whose fate is not known. Those of a strategy before it are none of them.
    under_way: HashSet<ProbeId>,
    has_all_targets: bool,
    deadline: Option<Duration>,
    started: Option<Mono>,
}

impl Survey {
    /// Asks `hops` in this rhythm; `aim` says what all probes have in common but for the TTL.
    pub fn new(rhythm: Rhythm, aim: Aim, hops: &[SurveyHop]) -> Self {
        let half = rhythm.period / 2;
        let count = (hops.len() as u32).max(1);
        let after = |place: usize| half * (place as u32) / count;
        let by_ttl = hops.iter().enumerate().filter_map(|(place, hop)| {
            let aim = Aim { ttl: Some(hop.ttl?), ..aim };
            Some((after(place), Ask { target: TargetId(0), aim, patience: None }))
        });
        let direct = hops.iter().enumerate().filter_map(|(place, hop)| {
            let aim = Aim { ttl: None, ..aim };
            Some((half + after(place), Ask { target: hop.itself?, aim, patience: None }))
        });
        Self {
            rhythm,
            asks: by_ttl.chain(direct).collect(),
            place: 0,
            round: 0,
            round_began: Mono::default(),
            has_begun: false,
            waiting: 0,
            under_way: HashSet::new(),
            has_all_targets: false,
            deadline: None,
            started: None,
        }
    }

    /// Ends the run `deadline` after its beginning, whatever is outstanding.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Option<Duration>) -> Self {
        self.deadline = deadline;
        self
    }

    fn has_asked_all(&self) -> bool {
        self.asks.is_empty() || self.round >= self.rhythm.rounds
    }

    /// Goes on to the next probe of the round, or to the next round.
    fn advance(&mut self) {
        self.place += 1;
        if self.place == self.asks.len() {
            self.place = 0;
            self.round += 1;
            self.round_began = self.round_began + self.rhythm.period;
        }
    }
}

impl Strategy for Survey {
    fn handle_target(&mut self, _now: Mono, _target: TargetId, _address: Address) {}

    fn wants_target(&self) -> bool {
        !self.has_all_targets
    }

    fn handle_targets_end(&mut self) {
        self.has_all_targets = true;
    }

    fn poll_next(&mut self, now: Mono) -> Next {
        if !self.has_all_targets || self.has_asked_all() {
            return Next::Event;
        }
        if !std::mem::replace(&mut self.has_begun, true) {
            self.round_began = now;
        }
        let (after, ask) = self.asks[self.place];
        let due = self.round_began + after;
        if due > now {
            return Next::At(due);
        }
        if due + self.rhythm.period < now {
            self.round_began = self.round_began + now.since(due);
        }
        self.advance();
        self.waiting += 1;
        Next::Probe(ask)
    }

    fn poll_end(&mut self, now: Mono) -> Option<Mono> {
        let started = *self.started.get_or_insert(now);
        let is_over = self.has_all_targets && self.has_asked_all();
        let is_settled = self.waiting == 0 && self.under_way.is_empty();
        let deadline = self.deadline.map(|deadline| started + deadline);
        (is_over && is_settled).then_some(now).into_iter().chain(deadline).min()
    }

    fn handle_event(&mut self, _now: Mono, event: &Event) {
        if let Event::Sent { subject, .. } | Event::SendError { subject, .. } = event {
            self.waiting = self.waiting.saturating_sub(1);
            self.under_way.insert(subject.probe);
        }
    }

    fn handle_settled(&mut self, subject: &Subject) {
        self.under_way.remove(&subject.probe);
    }
}

#[cfg(test)]
mod tests;
