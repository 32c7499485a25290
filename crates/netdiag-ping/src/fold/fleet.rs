//! All targets of a run, what is known of each, and what they amount to together.

use netdiag_model::event::{Arrival, Damage, Subject};
use netdiag_model::stats::loss_percent;
use netdiag_model::{Address, Event, TargetId};
use netdiag_tool::targets::Position;

use super::tally::Tally;

/// One target.
#[derive(Debug, Clone)]
pub struct Member {
    /// What it was called, where that is not its address.
    pub label: Option<Box<str>>,
    /// Its address.
    pub address: Address,
    /// Its place in the order in which targets were typed or listed.
    pub position: Position,
    /// Its sums.
    pub tally: Tally,
    standing: Standing,
    /// The last of its probes, in the order of sending, that was answered; 0 before there is one.
    last_answered: u32,
}

/// Whether a target answers at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Unknown,
    Answers,
    Silent,
}

/// What an event changed about a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Nothing that matters at a glance.
    None,
    /// It answers, for the first time.
    Answers,
    /// An answer came that does not count, the first of its kind: from another address, or with a wrong checksum.
    NotCounted,
    /// A probe was not answered, nor was any that was sent after it.
    Silent,
    /// It answers again.
    Back {
        /// How many probes in a row were not answered before the one that was; 0 where that one's answer is late.
        lost: u64,
    },
}

impl Member {
    /// A target that has not been probed.
    pub fn new(label: Option<Box<str>>, address: Address, position: Position) -> Self {
        let (tally, standing) = (Tally::default(), Standing::Unknown);
        Self { label, address, position, tally, standing, last_answered: 0 }
    }

    /// Whether it was asked and has not answered.
    pub fn is_silent(&self) -> bool {
        self.tally.sent() > 0 && self.tally.received() == 0
    }

    fn apply(&mut self, event: &Event) -> Change {
        self.tally.apply(0, event);
        match event {
            Event::Stray(_) if self.tally.strays() == 1 => Change::NotCounted,
            Event::Reply(reply) if reply.damage != Some(Damage::Checksum) => self.answer(&reply.subject),
            Event::Reply(_) if self.tally.bad_checksums() == 1 => Change::NotCounted,
            Event::Timeout { subject } | Event::SendError { subject, .. } => self.miss(subject),
            Event::IcmpError { subject, icmp, .. } if !icmp.is_advice() => self.miss(subject),
            _ => Change::None,
        }
    }

    fn answer(&mut self, subject: &Subject) -> Change {
        let seq = u32::try_from(subject.seq).unwrap_or(u32::MAX);
        let before = self.last_answered;
        if seq <= before {
            // A duplicate, or the answer to a probe before: what it says of the target was known.
            return Change::None;
        }
        self.last_answered = seq;
        match std::mem::replace(&mut self.standing, Standing::Answers) {
            _ if before == 0 => Change::Answers,
            Standing::Silent => Change::Back { lost: u64::from(seq - before - 1) },
            Standing::Unknown | Standing::Answers => Change::None,
        }
    }

    fn miss(&mut self, subject: &Subject) -> Change {
        if subject.seq <= self.last_answered.into() || self.standing == Standing::Silent {
            return Change::None;
        }
        self.standing = Standing::Silent;
        Change::Silent
    }
}

/// All targets, in the order in which they became known.
#[derive(Debug, Default)]
pub struct Fleet {
    members: Vec<Member>,
    /// Words that name no target: names that do not resolve, lines that are no target.
    pub failed: u64,
    /// Probes sent to all.
    pub sent: u64,
    /// Probes answered at least once.
    pub received: u64,
    /// Probes that timed out or were refused, by an ICMP error or by this host, and have not been answered since.
    pub missed: u64,
    /// Targets that have been sent a probe.
    pub asked: u64,
    /// Targets that have answered.
    pub answering: u64,
    /// Whether the run ended before all words had come to their targets.
    pub is_cut: bool,
}

impl Fleet {
    /// Takes in a target; its number is that of members before it.
    pub fn add(&mut self, member: Member) {
        self.members.push(member);
    }

    /// The target with this number.
    pub fn member(&self, target: TargetId) -> Option<&Member> {
        self.members.get(target.index())
    }

    /// All targets, in the order in which they became known.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The numbers of all targets that were asked, in the order in which they were typed or listed.
    pub fn in_order(&self) -> Vec<TargetId> {
        let asked = (0..).zip(&self.members).filter(|(_, member)| member.tally.sent() > 0);
        let mut ids: Vec<TargetId> = asked.map(|(id, _)| TargetId(id)).collect();
        ids.sort_by_key(|id| self.members[id.index()].position);
        ids
    }

    /// The numbers of all targets, whether asked or not, in the order in which they were typed or listed.
    pub fn all_in_order(&self) -> Vec<TargetId> {
        let mut ids: Vec<TargetId> = (0..self.members.len() as u32).map(TargetId).collect();
        ids.sort_by_key(|id| self.members[id.index()].position);
        ids
    }

    /// Adds an event about a probe, and says what it changed about its target.
    pub fn apply(&mut self, event: &Event) -> Change {
        let Some(subject) = event.subject() else { return Change::None };
        let Some(member) = self.members.get_mut(subject.target.index()) else { return Change::None };
        match event {
            // The n-th probe brings the count to n, however often it is heard of.
            Event::Sent { .. } | Event::SendError { .. } => {
                let before = member.tally.sent();
                self.sent += subject.seq.saturating_sub(before);
                self.asked += u64::from(before == 0);
                self.missed += u64::from(matches!(event, Event::SendError { .. }));
            }
            Event::Reply(reply) if reply.damage == Some(Damage::Checksum) => {}
            Event::Reply(reply) if reply.arrival != Arrival::Duplicate => {
                self.received += 1;
                self.missed -= u64::from(reply.arrival == Arrival::Late).min(self.missed);
            }
            Event::Timeout { .. } => self.missed += 1,
            Event::IcmpError { icmp, .. } => self.missed += u64::from(!icmp.is_advice()),
            _ => {}
        }
        let change = member.apply(event);
        self.answering += u64::from(change == Change::Answers);
        change
    }

    /// Probes not answered, in percent of those sent.
    pub fn loss_percent(&self) -> f64 {
        loss_percent(self.sent, self.received)
    }
}

#[cfg(test)]
mod tests;
