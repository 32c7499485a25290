//! The sums of one target among many. Most targets of a large run get a few probes with a plain fate: what happened to
//! these is kept as it is, in a few octets, and summed up when it is asked for. Whoever sees more costs a [`Report`].

use std::num::NonZeroU64;

use netdiag_model::event::{Arrival, Reply};
use netdiag_model::stats::Spread;
use netdiag_model::{Errno, Event, Family, Icmp, Mono, Rtt};

use super::Report;

/// How many facts are kept before they are summed up.
const FACTS: usize = 8;

/// One thing that happened to a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fact {
    /// It was answered: the how-manieth probe it is, and how long it took.
    Answered { seq: u16, arrival: Arrival, rtt: Rtt },
    /// An ICMP error came.
    Error(Icmp),
    /// This host did not let it out.
    Refused(Errno),
}

/// A fact in eight octets. The low two bits say which kind of fact it is.
#[derive(Debug, Clone, Copy)]
struct Packed(NonZeroU64);

impl Packed {
    /// `None` for a round-trip time of more than 2⁴⁴ ns (almost five hours).
    fn new(fact: Fact) -> Option<Self> {
        let bits = match fact {
            Fact::Answered { seq, arrival, rtt } if rtt.as_nanos() < 1 << 44 => {
                let arrival = match arrival {
                    Arrival::InTime => 0,
                    Arrival::Late => 1,
                    Arrival::Duplicate => 2,
                };
                1 | arrival << 2 | u64::from(seq) << 4 | rtt.as_nanos() << 20
            }
            Fact::Answered { .. } => return None,
            Fact::Error(Icmp { family, kind, code, info }) => {
                let family = u64::from(family == Family::V6);
                2 | family << 2 | u64::from(kind) << 8 | u64::from(code) << 16 | u64::from(info) << 32
            }
            Fact::Refused(errno) => 3 | u64::from(errno.0 as u32) << 32,
        };
        NonZeroU64::new(bits).map(Self)
    }

    const fn fact(self) -> Fact {
        let bits = self.0.get();
        match bits & 3 {
            1 => {
                let arrival = match bits >> 2 & 3 {
                    0 => Arrival::InTime,
                    1 => Arrival::Late,
                    _ => Arrival::Duplicate,
                };
                Fact::Answered { seq: (bits >> 4) as u16, arrival, rtt: Rtt::from_nanos(bits >> 20) }
            }
            2 => {
                let family = if bits >> 2 & 1 == 0 { Family::V4 } else { Family::V6 };
                let (kind, code, info) = ((bits >> 8) as u8, (bits >> 16) as u8, (bits >> 32) as u32);
                Fact::Error(Icmp { family, kind, code, info })
            }
            _ => Fact::Refused(Errno((bits >> 32) as i32)),
        }
    }
}

/// Facts in their order: room for one, and more elsewhere.
#[derive(Debug, Clone, Default)]
struct Facts {
    first: Option<Packed>,
    more: Box<[Packed]>,
}

impl Facts {
    /// Takes in a fact; whether it could.
    fn push(&mut self, fact: Fact) -> bool {
        let Some(packed) = Packed::new(fact).filter(|_| self.more.len() + 1 < FACTS) else { return false };
        if self.first.is_none() {
            self.first = Some(packed);
        } else {
            // Exactly as many as there are: there may be millions of these.
            self.more = self.more.iter().copied().chain([packed]).collect();
        }
        true
    }

    fn iter(&self) -> impl Iterator<Item = Fact> {
        self.first.iter().chain(&self.more).map(|packed| packed.fact())
    }
}

/// A target that has seen little.
#[derive(Debug, Clone)]
struct Young {
    sent: u16,
    first_sent: Mono,
    facts: Facts,
}

impl Young {
    /// Takes in an event about its probe `seq` (from 1); whether it could.
    fn apply(&mut self, seq: u64, event: &Event) -> bool {
        let Ok(seq) = u16::try_from(seq) else { return false };
        match event {
            Event::Sent { at, .. } => self.apply_sent(seq, at.read.mono),
            Event::Timeout { .. } => true,
            Event::IcmpError { icmp, .. } if icmp.is_advice() => true,
            Event::Reply(Reply { arrival, rtt, damage: None, .. }) => {
                self.facts.push(Fact::Answered { seq, arrival: *arrival, rtt: *rtt })
            }
            Event::IcmpError { icmp, .. } => self.facts.push(Fact::Error(*icmp)),
            Event::SendError { at, errno, .. } => {
                self.facts.push(Fact::Refused(*errno)) && self.apply_sent(seq, at.read.mono)
            }
            _ => false,
        }
    }

    fn apply_sent(&mut self, seq: u16, at: Mono) -> bool {
        if self.sent == 0 {
            self.first_sent = at;
        }
        self.sent = self.sent.max(seq);
        true
    }

    fn report(&self, base: u64) -> Report {
        let mut report = Report::after(base);
        report.sent = self.sent.into();
        report.first_sent = (self.sent > 0).then_some(self.first_sent);
        for fact in self.facts.iter() {
            match fact {
                Fact::Answered { seq, arrival, rtt } => report.add_answer(seq.into(), arrival, rtt),
                Fact::Error(icmp) => report.add_error(icmp),
                Fact::Refused(errno) => report.add_refusal(errno),
            }
        }
        report
    }
}

/// The sums of one target.
#[derive(Debug, Clone)]
pub struct Tally(State);

#[derive(Debug, Clone)]
enum State {
    Young(Young),
    Grown(Box<Report>),
}

impl Default for Tally {
    fn default() -> Self {
        Self(State::Young(Young { sent: 0, first_sent: Mono::ZERO, facts: Facts::default() }))
    }
}

impl Tally {
    /// Adds one event about a probe after probe `base`, which is the same in every call.
    pub fn apply(&mut self, base: u64, event: &Event) {
        let Some(subject) = event.subject() else { return };
        match &mut self.0 {
            State::Young(young) => {
                if !young.apply(subject.seq - base, event) {
                    let mut report = Box::new(young.report(base));
                    report.apply(event);
                    self.0 = State::Grown(report);
                }
            }
            State::Grown(report) => report.apply(event),
        }
    }

    /// Probes sent.
    pub fn sent(&self) -> u64 {
        match &self.0 {
            State::Young(young) => young.sent.into(),
            State::Grown(report) => report.sent,
        }
    }

    /// Probes answered at least once.
    pub fn received(&self) -> u64 {
        match &self.0 {
            State::Young(young) => {
                let is_first = |fact: &Fact| matches!(fact, Fact::Answered { arrival, .. } if *arrival != Arrival::Duplicate);
                young.facts.iter().filter(is_first).count() as u64
            }
            State::Grown(report) => report.received,
        }
    }

    /// Answers from another address than the target's.
    pub fn strays(&self) -> u64 {
        self.grown().map_or(0, |report| report.strays)
    }

    /// Answers whose checksum was wrong.
    pub fn bad_checksums(&self) -> u64 {
        self.grown().map_or(0, |report| report.bad_checksums)
    }

    /// The report, once there is more to tell than a few plain facts.
    fn grown(&self) -> Option<&Report> {
        match &self.0 {
            State::Young(_) => None,
            State::Grown(report) => Some(report),
        }
    }

    /// The smallest, mean and largest round-trip time; `None` before one came.
    pub fn times(&self) -> Option<[Rtt; 3]> {
        let spread = match &self.0 {
            State::Grown(report) => return times(&report.spread),
            State::Young(young) => {
                let mut spread = Spread::default();
                for fact in young.facts.iter() {
                    if let Fact::Answered { rtt, .. } = fact {
                        spread.apply(rtt);
                    }
                }
                spread
            }
        };
        times(&spread)
    }

    /// All sums. `base` as in [`Tally::apply`].
    pub fn report(&self, base: u64) -> Report {
        match &self.0 {
            State::Young(young) => young.report(base),
            State::Grown(report) => (**report).clone(),
        }
    }
}

fn times(spread: &Spread) -> Option<[Rtt; 3]> {
    Some([spread.min()?, spread.mean()?, spread.max()?])
}

#[cfg(test)]
mod tests;
