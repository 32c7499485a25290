//! The path MTU, and where it becomes smaller.
//!
//! The largest packet that leaves this host is sent to the goal: the target, or the last hop that answers. Whoever has no
//! room for it says so and names the size that fits (RFC 1191, 8201), which is tried next. Where nobody says anything, the
//! packet is sent to each hop in turn: the last that answers it stands before the narrow link, and the size that fits is
//! found by halving. Answers that are limited (all but echo replies) are asked for no faster than once a second in the end.

use std::time::Duration;

use netdiag_model::event::Subject;
use netdiag_model::path::{MtuSource, MtuStage, PathEnd, PathNews};
use netdiag_model::{Address, Aim, Family, Flow, Mono, Rtt};

use super::Limits;
use super::course::{Heard, Turn};

/// How often a size is tried before silence says that it does not fit.
const TRIES: u8 = 3;
/// How long to wait for an answer: so many round trips, but at least so long; and where answers are limited, at the last
/// tries so long.
const ROUND_TRIPS: u32 = 4;
/// See [`ROUND_TRIPS`].
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(1_100)];
/// What every link takes (RFC 791, RFC 8200).
const LEAST: [u16; 2] = [68, 1280];
/// Sizes that are common on links (RFC 1191, 7.1), for a kernel that does not name what its own link takes.
const PLATEAUS: [u16; 12] = [65_535, 32_000, 17_914, 9_000, 8_166, 4_352, 2_002, 1_492, 1_006, 508, 296, 68];

/// Whether the target limits how often it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// Echo replies seldom are.
    Free,
    /// ICMP errors are.
    Limited,
}

/// Where a size is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Trial {
    ttl: u8,
    size: u16,
    asked: u8,
    last: Mono,
}

impl Trial {
    const fn new(ttl: u8, size: u16) -> Self {
        Self { ttl, size, asked: 0, last: Mono::ZERO }
    }
}

/// Where the link is behind which a size is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Gate {
    /// The TTL of the hop before it.
    behind: u8,
    /// Who says that a packet does not fit; nobody does before a black hole.
    told: Option<Address>,
}

/// What is being found out.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Phase {
    /// Whether a size fits all the way.
    Whole(Trial),
    /// How far a size comes.
    Locate {
        /// The hops that have not answered it, nearest last.
        trials: Vec<Trial>,
        /// The farthest that has.
        reached: u8,
        size: u16,
    },
    /// The largest size that fits behind a hop: it lies from `low` to below `high`.
    Halve { gate: Gate, low: u16, high: u16, trial: Trial },
    /// Nothing more.
    Over,
}

/// The search for it.
#[derive(Debug)]
pub(super) struct Descent {
    limits: Limits,
    family: Family,
    flow: Flow,
    /// The hops that answer, from the nearest on.
    hops: Vec<(u8, Address)>,
    goal: u8,
    answers: Answers,
    phase: Phase,
    longest: Rtt,
    news: Vec<PathNews>,
}

impl Descent {
    /// Nothing can be found out where nobody answers.
    pub(super) fn new(
        limits: Limits,
        target: Address,
        (hops, end): (Vec<(u8, Address)>, PathEnd),
        answers: Answers,
    ) -> Self {
        let goal = match end {
            PathEnd::Reached { ttl } => Some(ttl),
            _ => hops.last().map(|&(ttl, _)| ttl),
        };
        let answers = if matches!(end, PathEnd::Reached { .. }) { answers } else { Answers::Limited };
        let phase = goal.map_or(Phase::Over, |goal| Phase::Whole(Trial::new(goal, u16::MAX)));
        Self {
            family: target.family(),
            flow: limits.flow,
            limits,
            hops,
            goal: goal.unwrap_or_default(),
            answers,
            phase,
            longest: Rtt::from_nanos(0),
            news: Vec::new(),
        }
    }

    /// What it has found out.
    pub(super) fn take_news(&mut self) -> Vec<PathNews> {
        std::mem::take(&mut self.news)
    }

    const fn least(&self) -> u16 {
        match self.family {
            Family::V4 => LEAST[0],
            Family::V6 => LEAST[1],
        }
    }

    /// How long the answer to the `asked`-th try is waited for.
    fn patience(&self, ttl: u8, asked: u8) -> Duration {
        let quick = (Duration::from(self.longest) * ROUND_TRIPS).max(PAUSES[0]);
        let is_limited = self.answers == Answers::Limited || ttl != self.goal;
        if is_limited && asked > 1 { quick.max(PAUSES[1]) } else { quick }
    }

    pub(super) fn poll_next(&mut self, now: Mono) -> Turn {
        loop {
            let turn = match self.phase.clone() {
                Phase::Whole(trial) | Phase::Halve { trial, .. } => self.poll_trial(now, trial),
                Phase::Locate { trials, .. } => self.poll_trials(now, &trials),
                Phase::Over => return Turn::Over,
            };
            match turn {
                // Silence, to all tries.
                Turn::Over => self.handle_silence(),
                turn => return turn,
            }
        }
    }

    /// The next try of a trial; over when none is left and the last one's time has passed.
    fn poll_trial(&mut self, now: Mono, trial: Trial) -> Turn {
        let due = trial.last + self.patience(trial.ttl, trial.asked);
        match trial.asked {
            0 => self.ask(now, trial),
            _ if due > now => Turn::At(due),
            TRIES.. => Turn::Over,
            _ => self.ask(now, trial),
        }
    }

    fn poll_trials(&mut self, now: Mono, trials: &[Trial]) -> Turn {
        let mut wake: Option<Mono> = None;
        for &trial in trials {
            match self.poll_trial(now, trial) {
                Turn::At(at) => wake = Some(wake.map_or(at, |other| other.min(at))),
                Turn::Over | Turn::Event => {}
                ask @ Turn::Ask { .. } => return ask,
            }
        }
        wake.map_or(Turn::Over, Turn::At)
    }

    fn ask(&mut self, now: Mono, trial: Trial) -> Turn {
        let tried = Trial { asked: trial.asked + 1, last: now, ..trial };
        match &mut self.phase {
            Phase::Whole(trial) | Phase::Halve { trial, .. } => *trial = tried,
            Phase::Locate { trials, .. } => {
                trials.iter_mut().filter(|other| other.ttl == tried.ttl).for_each(|other| *other = tried);
            }
            Phase::Over => {}
        }
        let len = Some(self.limits.data_len(self.family, Some(trial.size)));
        Turn::Ask { aim: Aim { ttl: Some(trial.ttl), flow: self.flow, len }, patience: None }
    }

    /// A size got no answer at all.
    fn handle_silence(&mut self) {
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Whole(Trial { size, .. }) => {
                let before = self.hops.iter().filter(|(ttl, _)| *ttl < self.goal);
                let trials: Vec<Trial> = before.map(|&(ttl, _)| Trial::new(ttl, size)).collect();
                self.phase = Phase::Locate { trials, reached: 0, size };
            }
            Phase::Locate { reached, size, .. } => {
                self.halve(Gate { behind: reached, told: None }, (self.small(), size));
            }
            Phase::Halve { gate, low, trial, .. } => self.halve(gate, (low, trial.size)),
            Phase::Over => {}
        }
    }

    /// The size with which the path was searched: it fits.
    const fn small(&self) -> u16 {
        match self.family {
            Family::V4 => self.limits.size[0],
            Family::V6 => self.limits.size[1],
        }
    }

    /// Tries the size in the middle; or, where nothing lies between, knows the largest that fits.
    fn halve(&mut self, gate: Gate, (low, high): (u16, u16)) {
        if high > low + 1 {
            let trial = Trial::new(self.goal, low + (high - low) / 2);
            self.phase = Phase::Halve { gate, low, high, trial };
            return;
        }
        let source = gate.told.map_or(MtuSource::Silence, MtuSource::Told);
        self.stage(MtuStage { ttl: gate.behind, mtu: low.into(), source });
        self.phase = Phase::Whole(Trial::new(self.goal, low));
    }

    fn stage(&mut self, stage: MtuStage) {
        self.news.push(PathNews::Mtu(stage));
    }

    /// A trial was answered from where it was sent to.
    pub(super) fn handle_heard(&mut self, subject: &Subject, heard: &Heard) {
        let (Some(ttl), Some(len)) = (subject.aim.ttl, subject.aim.len) else { return };
        let is_of = |size: u16, limits: &Limits, family| limits.data_len(family, Some(size)) == len;
        if let Some(PathEnd::Unreachable { from, icmp, .. }) = heard.end
            && let Some(mtu) = icmp.mtu()
        {
            return self.handle_too_big((ttl, len), from, mtu);
        }
        self.longest = self.longest.max(heard.rtt);
        match &mut self.phase {
            Phase::Whole(trial) if trial.ttl == ttl && is_of(trial.size, &self.limits, self.family) => {
                self.phase = Phase::Over;
            }
            Phase::Locate { trials, reached, size } if is_of(*size, &self.limits, self.family) => {
                trials.retain(|trial| trial.ttl > ttl);
                *reached = (*reached).max(ttl);
            }
            Phase::Halve { gate, high, trial, .. }
                if trial.ttl == ttl && is_of(trial.size, &self.limits, self.family) =>
            {
                let (gate, low, high) = (*gate, trial.size, *high);
                self.halve(gate, (low, high));
            }
            _ => {}
        }
    }

    /// A router has no room for a packet.
    fn handle_too_big(&mut self, (_, len): (u8, u16), from: Option<Address>, mtu: u32) {
        let position = from.and_then(|from| {
            self.hops.iter().find(|(_, address)| address.matches(&from)).map(|&(ttl, _)| ttl)
        });
        match &self.phase {
            Phase::Whole(trial) if self.limits.data_len(self.family, Some(trial.size)) == len => {
                let size = trial.size;
                let gate = Gate { behind: position.unwrap_or_default(), told: from };
                let Some(named) = self.believable(size, mtu) else {
                    // Whoever does not name it says so at once of each size that is too large.
                    return self.halve(gate, (self.small(), size));
                };
                if let Some(from) = from {
                    let source = MtuSource::Told(from);
                    self.stage(MtuStage { ttl: gate.behind, mtu: named.into(), source });
                }
                self.phase = Phase::Whole(Trial::new(self.goal, named));
            }
            Phase::Halve { gate, low, high, trial }
                if self.limits.data_len(self.family, Some(trial.size)) == len =>
            {
                let (gate, size) = (*gate, trial.size);
                // From behind the link that is looked for: it came as far as there.
                let has_passed = position.is_none_or(|ttl| ttl > gate.behind) && from != gate.told;
                let bounds = if has_passed { (size, *high) } else { (*low, size) };
                self.halve(gate, bounds);
            }
            _ => {}
        }
    }

    /// The size that was named as `size` did not fit, if that can be.
    fn believable(&self, size: u16, named: u32) -> Option<u16> {
        u16::try_from(named).ok().filter(|named| (self.least()..size).contains(named))
    }

    /// The size to try after `size` did not fit: the one that was named, if that can be, else the next common one.
    fn next_size(&self, size: u16, named: u32) -> u16 {
        let least = self.least();
        let common = || PLATEAUS.into_iter().find(|&plateau| plateau < size).unwrap_or(least).max(least);
        self.believable(size, named).unwrap_or_else(common)
    }

    /// A packet did not leave this host.
    pub(super) fn handle_not_sent(&mut self, subject: &Subject, mtu: Option<u32>) {
        let Phase::Whole(trial) = self.phase.clone() else { return };
        if Some(self.limits.data_len(self.family, Some(trial.size))) != subject.aim.len {
            return;
        }
        let size = self.next_size(trial.size, mtu.unwrap_or_default());
        if mtu.is_some() {
            self.stage(MtuStage { ttl: 0, mtu: size.into(), source: MtuSource::Own });
        }
        self.phase = if size < trial.size { Phase::Whole(Trial::new(self.goal, size)) } else { Phase::Over };
    }
}
