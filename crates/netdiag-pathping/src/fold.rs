//! The fold of a survey's events: what came of each probe, round by round, hop by hop and way by way.

use std::collections::HashMap;

use netdiag_model::event::{Arrival, Damage};
use netdiag_model::stats::attribution::{ByKind, End, Outcome, Outcomes};
use netdiag_model::stats::{Percentiles, Spread};
use netdiag_model::{Address, Event, Icmp, ProbeId, Rtt, TargetId};

use crate::route::Route;

/// Round-trip times.
#[derive(Debug, Clone, Default)]
pub(crate) struct Times {
    pub(crate) spread: Spread,
    pub(crate) percentiles: Percentiles,
}

impl Times {
    fn apply(&mut self, rtt: Rtt) {
        self.spread.apply(rtt);
        self.percentiles.apply(rtt);
    }
}

/// A hop whose TTL is answered by another than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) ttl: u8,
    pub(crate) before: Address,
    pub(crate) after: Address,
    /// The round of the first probe that the other one answered, from 1.
    pub(crate) round: u32,
}

/// A hop and what came of the probes to it.
#[derive(Debug, Clone)]
pub(crate) struct SurveyedHop {
    pub(crate) ttl: u8,
    /// Who answers at this TTL, by the latest that is known.
    pub(crate) address: Option<Address>,
    /// Who is asked directly.
    itself: Option<Address>,
    /// Whether that one counts, whatever else changes: it is the run's target.
    role: Role,
    pub(crate) outcomes: ByKind<Outcomes>,
    pub(crate) times: ByKind<Times>,
    pub(crate) change: Option<Change>,
    /// Probes that left this host, or would have.
    asked: ByKind<u32>,
}

/// What a hop is to the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// A router on the way, as long as the path is what it was.
    Router,
    /// The target.
    Target,
}

/// The way in which a hop is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Through,
    Direct,
}

/// A probe of the survey.
#[derive(Debug, Clone, Copy)]
struct Asked {
    hop: usize,
    way: Way,
    round: u32,
    fate: Fate,
}

/// What is known of a probe's fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is under way.
    Open,
    /// It has been answered, or given up, or did not leave this host.
    Known,
}

/// The fold.
#[derive(Debug)]
pub(crate) struct Fold {
    pub(crate) hops: Vec<SurveyedHop>,
    pub(crate) end: End,
    /// The hop of each target that is one, from target 1 on.
    by_target: Vec<usize>,
    probes: HashMap<ProbeId, Asked>,
    /// Probes that left this host.
    pub(crate) sent: u64,
    /// Probes that this host did not let out.
    pub(crate) not_sent: u64,
}

impl Fold {
    pub(crate) fn new(route: &Route) -> Self {
        let last = route.hops.last().filter(|_| route.end == End::Target).map(|hop| hop.ttl);
        let hops = route.hops.iter().map(|hop| SurveyedHop {
            ttl: hop.ttl,
            address: hop.address,
            itself: hop.address,
            role: if last == Some(hop.ttl) { Role::Target } else { Role::Router },
            outcomes: ByKind::default(),
            times: ByKind::default(),
            change: None,
            asked: ByKind::default(),
        });
        let by_target = route.hops.iter().enumerate().filter(|(_, hop)| hop.address.is_some());
        Self {
            hops: hops.collect(),
            end: route.end,
            by_target: by_target.map(|(place, _)| place).collect(),
            probes: HashMap::new(),
            sent: 0,
            not_sent: 0,
        }
    }

    /// Takes in an event; the change of the path that it is, if it is one and the first at its hop.
    pub(crate) fn apply(&mut self, event: &Event) -> Option<Change> {
        match event {
            Event::Sent { subject, .. } => {
                self.sent += 1;
                self.note(subject.probe, (subject.target, subject.aim.ttl), Fate::Open);
                None
            }
            Event::SendError { subject, .. } => {
                self.not_sent += 1;
                self.note(subject.probe, (subject.target, subject.aim.ttl), Fate::Known);
                None
            }
            Event::Timeout { subject } => {
                self.settle(subject.probe, Outcome::Lost);
                None
            }
            Event::Reply(reply)
                if reply.damage != Some(Damage::Checksum) && reply.arrival != Arrival::Duplicate =>
            {
                self.answer(reply.subject.probe, Some(reply.from), reply.rtt)
            }
            Event::IcmpError { subject, from, icmp, transit, .. }
                if !icmp.is_advice() && transit.arrival != Arrival::Duplicate =>
            {
                if self.is_answer(subject.probe, *from, *icmp) {
                    self.answer(subject.probe, *from, transit.rtt)
                } else {
                    self.settle(subject.probe, Outcome::Lost);
                    None
                }
            }
            _ => None,
        }
    }

    /// Counts a probe to its hop and round.
    fn note(&mut self, probe: ProbeId, (target, ttl): (TargetId, Option<u8>), fate: Fate) {
        let (way, hop) = match ttl {
            Some(ttl) => (Way::Through, self.hops.iter().position(|hop| hop.ttl == ttl)),
            None => {
                (Way::Direct, target.index().checked_sub(1).and_then(|at| self.by_target.get(at).copied()))
            }
        };
        let Some(hop) = hop else { return };
        let asked = &mut self.hops[hop].asked;
        let count = if way == Way::Through { &mut asked.through } else { &mut asked.direct };
        self.probes.insert(probe, Asked { hop, way, round: *count, fate });
        *count += 1;
    }

    /// Whether an error about a probe comes from the hop that was asked, rather than from somebody who did not let the probe
    /// get there.
    fn is_answer(&self, probe: ProbeId, from: Option<Address>, icmp: Icmp) -> bool {
        let Some(asked) = self.probes.get(&probe) else { return false };
        let hop = &self.hops[asked.hop];
        let is_from = |address: Option<Address>| {
            address.zip(from).is_some_and(|(address, from)| address.matches(&from))
        };
        match asked.way {
            Way::Through => icmp.is_transit_error() || is_from(hop.address),
            // A router may say so by another of its addresses.
            Way::Direct => icmp.is_port_unreachable() || is_from(hop.itself),
        }
    }

    fn settle(&mut self, probe: ProbeId, outcome: Outcome) -> Option<Asked> {
        let asked = self.probes.get_mut(&probe)?;
        asked.fate = Fate::Known;
        let asked = *asked;
        let hop = &mut self.hops[asked.hop];
        match asked.way {
            Way::Through => hop.outcomes.through.apply(asked.round, outcome),
            Way::Direct if hop.is_astray(asked.round) => return None,
            Way::Direct => hop.outcomes.direct.apply(asked.round, outcome),
        }
        Some(asked)
    }

    fn answer(&mut self, probe: ProbeId, from: Option<Address>, rtt: Rtt) -> Option<Change> {
        let asked = self.settle(probe, Outcome::Answered)?;
        let hop = &mut self.hops[asked.hop];
        match asked.way {
            Way::Direct => {
                hop.times.direct.apply(rtt);
                None
            }
            Way::Through => {
                hop.times.through.apply(rtt);
                hop.compare(from?, asked.round)
            }
        }
    }

    /// How many rounds have begun.
    pub(crate) fn rounds(&self) -> u32 {
        self.hops.iter().map(|hop| hop.asked.through.max(hop.asked.direct)).max().unwrap_or(0)
    }

    /// How many probes have had their answer, or the time for it.
    pub(crate) fn settled(&self) -> u64 {
        self.hops.iter().map(|hop| hop.outcomes.through.sent() + hop.outcomes.direct.sent()).sum()
    }

    /// The hops, each as far as the fate of all its probes is known.
    pub(crate) fn known(&self) -> Vec<SurveyedHop> {
        let mut first_open = vec![ByKind { through: u32::MAX, direct: u32::MAX }; self.hops.len()];
        for asked in self.probes.values().filter(|asked| asked.fate == Fate::Open) {
            let open = &mut first_open[asked.hop];
            let open = if asked.way == Way::Through { &mut open.through } else { &mut open.direct };
            *open = asked.round.min(*open);
        }
        let known = |(hop, open): (&SurveyedHop, ByKind<u32>)| SurveyedHop {
            outcomes: ByKind {
                through: hop.outcomes.through.before(open.through),
                direct: hop.outcomes.direct.before(open.direct),
            },
            ..hop.clone()
        };
        self.hops.iter().zip(first_open).map(known).collect()
    }
}

impl SurveyedHop {
    /// Whether the router that was asked directly in a round was no longer known to be on the path.
    fn is_astray(&self, round: u32) -> bool {
        let has_changed = self.change.is_some_and(|change| round + 1 >= change.round);
        has_changed && self.role == Role::Router
    }

    /// Holds who answers at this TTL against who did before.
    fn compare(&mut self, from: Address, round: u32) -> Option<Change> {
        let before = *self.address.get_or_insert(from);
        if self.change.is_some() || before.matches(&from) {
            return None;
        }
        self.address = Some(from);
        self.change = Some(Change { ttl: self.ttl, before, after: from, round: round + 1 });
        self.change
    }
}

#[cfg(test)]
mod tests;
