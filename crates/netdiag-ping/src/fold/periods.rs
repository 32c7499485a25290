//! Sums over periods of a long run: each counts the probes that were sent in it, whenever their answers come.
//!
//! A period is told when its last probe has had its time: until then a probe under way would count as lost. An answer
//! that comes later still counts in the sums of the whole run alone.

use std::collections::VecDeque;
use std::time::Duration;

use netdiag_model::{Event, Reading, TargetId};

use super::Report;
use super::tally::Tally;

/// The sums of one period.
#[derive(Debug)]
pub struct Period {
    /// When it began.
    pub from: Reading,
    /// When it ended; its probes may still be under way.
    pub to: Option<Reading>,
    /// Per target, the last probe before it; 0 for targets that came later.
    bases: Vec<u64>,
    tallies: Vec<Tally>,
}

impl Period {
    /// Whether nothing was sent in it.
    pub fn is_empty(&self) -> bool {
        self.tallies.iter().all(|tally| tally.sent() == 0)
    }

    fn base(&self, target: TargetId) -> u64 {
        self.bases.get(target.index()).copied().unwrap_or(0)
    }

    fn apply(&mut self, target: TargetId, event: &Event) {
        if self.tallies.len() <= target.index() {
            self.tallies.resize_with(target.index() + 1, Tally::default);
        }
        let base = self.base(target);
        self.tallies[target.index()].apply(base, event);
    }

    /// How many probes it has of a target.
    pub fn sent(&self, target: TargetId) -> u64 {
        self.tallies.get(target.index()).map_or(0, Tally::sent)
    }

    /// The sums of one target; empty for a target that was not probed.
    pub fn report(&self, target: TargetId) -> Report {
        self.tallies.get(target.index()).map(|tally| tally.report(self.base(target))).unwrap_or_default()
    }
}

/// The periods of a run that have not been told yet.
#[derive(Debug)]
pub struct Periods {
    every: Duration,
    patience: Duration,
    next_end: netdiag_model::Mono,
    /// Oldest first; the last is the one that runs.
    open: VecDeque<Period>,
}

impl Periods {
    /// Periods of `every` from `now` on, whose probes have `patience` to be answered.
    pub fn new(now: Reading, every: Duration, patience: Duration) -> Self {
        let first = Period { from: now, to: None, bases: Vec::new(), tallies: Vec::new() };
        Self { every, patience, next_end: now.mono + every, open: VecDeque::from([first]) }
    }

    /// Adds an event to the period in which its probe was sent: a probe that goes as one ends is the next one's. `sent`
    /// says how many probes each target has got before.
    pub fn apply(&mut self, event: &Event, sent: impl Iterator<Item = u64>) {
        let Some(subject) = event.subject() else { return };
        if let Event::Sent { at, .. } | Event::SendError { at, .. } = event {
            self.turn(at.read, sent);
        }
        let is_its = |period: &&mut Period| subject.seq > period.base(subject.target);
        // What belongs to a period that has been told finds none.
        if let Some(period) = self.open.iter_mut().rev().find(is_its) {
            period.apply(subject.target, event);
        }
    }

    /// When a period ends or is due to be told.
    pub fn poll_timeout(&self) -> netdiag_model::Mono {
        let told = self.open.front().and_then(|period| period.to).map(|to| to.mono + self.patience);
        told.map_or(self.next_end, |told| told.min(self.next_end))
    }

    /// Ends the period that runs if its time has come.
    fn turn(&mut self, now: Reading, sent: impl Iterator<Item = u64>) {
        if now.mono < self.next_end {
            return;
        }
        self.end(now, sent.collect());
        self.next_end = self.next_end + self.every;
        if self.next_end <= now.mono {
            // The process slept through whole periods: there is nothing to tell of them.
            self.next_end = now.mono + self.every;
        }
    }

    /// Ends the period that runs if its time has come, and hands out the next that is due to be told. `sent` says how
    /// many probes each target has got so far.
    pub fn handle_timeout(&mut self, now: Reading, sent: impl Iterator<Item = u64>) -> Option<Period> {
        self.turn(now, sent);
        let is_due = self.open.front()?.to.is_some_and(|to| to.mono + self.patience <= now.mono);
        if is_due { self.open.pop_front() } else { None }
    }

    /// Ends the run: all that has not been told.
    pub fn finish(mut self, now: Reading) -> impl Iterator<Item = Period> {
        self.end(now, Vec::new());
        self.open.pop_back();
        self.open.into_iter()
    }

    fn end(&mut self, now: Reading, bases: Vec<u64>) {
        if let Some(period) = self.open.back_mut() {
            period.to = Some(now);
        }
        self.open.push_back(Period { from: now, to: None, bases, tallies: Vec::new() });
    }
}

#[cfg(test)]
mod tests;
