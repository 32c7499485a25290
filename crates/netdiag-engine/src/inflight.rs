//! The table of probes under way: one slot per shard and 16-bit sequence number, found by index.
//!
//! Sequence numbers are given out in order. A slot is reused only when its probe can no longer be heard of: its
//! timeout and the late window after it have passed. When the next slot is still in use, the next shard (another
//! socket) is taken, so that more than 65 536 probes can be outstanding.

use std::time::Duration;

use netdiag_model::event::Subject;
use netdiag_model::{Aim, Moment, Mono, ProbeId, TargetId};

use crate::token::Mark;

/// How many sequence numbers a shard has.
const SLOTS: usize = 1 << 16;

/// What is known of a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Given out, not yet sent.
    Prepared,
    /// Sent; an answer may come in time.
    Waiting,
    /// Its timeout has passed; an answer would be late.
    TimedOut,
    /// Something other than the target's answer settled it: an ICMP error.
    Refused,
    /// Answered; one more answer would be a duplicate.
    Answered,
}

/// A probe under way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) target: TargetId,
    pub(crate) seq: u64,
    pub(crate) token: u64,
    pub(crate) sent: Moment,
    pub(crate) state: State,
    pub(crate) aim: Aim,
}

impl Entry {
    /// What tells this probe's data from another's.
    pub(crate) const fn mark(&self, probe: ProbeId) -> Mark {
        Mark { token: self.token, seq: probe.seq(), len: self.aim.len }
    }

    /// What an event about this probe names.
    pub(crate) const fn subject(&self, probe: ProbeId) -> Subject {
        Subject { probe, target: self.target, seq: self.seq, aim: self.aim }
    }
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    generation: u32,
    entry: Option<Entry>,
}

#[derive(Debug, Default)]
struct Shard {
    slots: Vec<Slot>,
    next: u16,
}

/// How long a slot is kept after its probe was sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Windows {
    /// Until an answered probe's slot may be reused: a duplicate may come until then.
    pub(crate) answered: Duration,
    /// Until any other probe's slot may be reused: timeout and late window.
    pub(crate) unanswered: Duration,
}

/// The table.
#[derive(Debug)]
pub(crate) struct InFlight {
    shards: Vec<Shard>,
    max_shards: u16,
    current: usize,
    windows: Windows,
}

impl InFlight {
    pub(crate) fn new(max_shards: u16, windows: Windows) -> Self {
        Self { shards: vec![Shard::first()], max_shards: max_shards.max(1), current: 0, windows }
    }

    /// Takes the next free slot for `entry`. When none is free, says when to ask again.
    pub(crate) fn insert(&mut self, now: Mono, entry: Entry) -> Result<ProbeId, Mono> {
        let count = self.shards.len();
        let mut soonest = None;
        for offset in 0..count {
            let index = (self.current + offset) % count;
            match self.shards[index].free_at(&self.windows) {
                Some(at) if at > now => soonest = Some(soonest.map_or(at, |other: Mono| other.min(at))),
                _ => {
                    self.current = index;
                    return Ok(self.shards[index].take(index as u16, entry));
                }
            }
        }
        if count < usize::from(self.max_shards) {
            self.shards.push(Shard::first());
            self.current = count;
            return Ok(self.shards[count].take(count as u16, entry));
        }
        Err(soonest.unwrap_or(now))
    }

    /// The same in this shard alone, which is opened if it is not open yet.
    pub(crate) fn insert_into(&mut self, now: Mono, shard: u16, entry: Entry) -> Result<ProbeId, Mono> {
        let shard = shard.min(self.max_shards - 1);
        let index = usize::from(shard);
        if self.shards.len() <= index {
            self.shards.resize_with(index + 1, Shard::first);
        }
        match self.shards[index].free_at(&self.windows) {
            Some(at) if at > now => Err(at),
            _ => Ok(self.shards[index].take(shard, entry)),
        }
    }

    /// The probe with this identifier, unless its slot has gone to another.
    pub(crate) fn get_mut(&mut self, probe: ProbeId) -> Option<&mut Entry> {
        let slot = self.slot_mut(probe.shard(), probe.seq())?;
        if slot.generation == probe.generation() { slot.entry.as_mut() } else { None }
    }

    /// The latest probe that used this slot.
    pub(crate) fn find(&mut self, shard: u16, seq: u16) -> Option<(ProbeId, &mut Entry)> {
        let slot = self.slot_mut(shard, seq)?;
        let probe = ProbeId::new(slot.generation, shard, seq);
        slot.entry.as_mut().map(|entry| (probe, entry))
    }

    /// The sequence numbers of a shard from the one given out last on backwards, at most `count`.
    pub(crate) fn latest(&self, shard: u16, count: u16) -> impl Iterator<Item = u16> + use<> {
        let next = self.shards.get(usize::from(shard)).map_or(0, |shard| shard.next);
        (1..=count).map(move |back| next.wrapping_sub(back))
    }

    fn slot_mut(&mut self, shard: u16, seq: u16) -> Option<&mut Slot> {
        self.shards.get_mut(usize::from(shard))?.slots.get_mut(usize::from(seq))
    }
}

impl Shard {
    /// A shard whose first sequence number is 1, as classic ping's.
    fn first() -> Self {
        Self { slots: Vec::new(), next: 1 }
    }

    /// When the next slot may be taken; `None` when it may be taken at any time.
    fn free_at(&self, windows: &Windows) -> Option<Mono> {
        let entry = self.slots.get(usize::from(self.next))?.entry.as_ref()?;
        let window = if entry.state == State::Answered { windows.answered } else { windows.unanswered };
        Some(entry.sent.read.mono + window)
    }

    fn take(&mut self, shard: u16, entry: Entry) -> ProbeId {
        let seq = self.next;
        let index = usize::from(seq);
        if self.slots.len() <= index {
            let len = (index + 1).next_power_of_two().clamp(64, SLOTS);
            self.slots.resize(len, Slot { generation: 0, entry: None });
        }
        let slot = &mut self.slots[index];
        slot.generation = slot.generation.wrapping_add(1);
        slot.entry = Some(entry);
        self.next = seq.wrapping_add(1);
        ProbeId::new(slot.generation, shard, seq)
    }
}

#[cfg(test)]
mod tests;
