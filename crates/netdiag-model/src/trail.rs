//! The fold of a run's events to what is known of the path to one target, hop by hop.

use std::collections::BTreeMap;

use crate::address::Address;
use crate::errno::Errno;
use crate::event::{Answer, Arrival, Damage, Event, Quote, Reply};
use crate::extension::Extension;
use crate::icmp::Icmp;
use crate::id::{Flow, ProbeId};
use crate::path::{Graph, MtuStage, PathEnd, PathNews, Place};
use crate::stats::Spread;
use crate::time::{Clock, Rtt};

/// An answer to a probe of a hop.
#[derive(Debug, Clone, PartialEq)]
pub struct HopReply {
    /// The probe.
    pub probe: ProbeId,
    /// The flow it belonged to.
    pub flow: Flow,
    /// Who answered, where the kernel tells.
    pub from: Option<Address>,
    /// What was said.
    pub answer: Answer,
    /// Round-trip time.
    pub rtt: Rtt,
    /// The clock of both ends of it.
    pub clock: Clock,
    /// TTL or hop limit that the answer arrived with, where the kernel tells.
    pub ttl: Option<u8>,
    /// It came after its timeout.
    pub is_late: bool,
    /// What its sender says beside it.
    pub extensions: Box<[Extension]>,
}

impl HopReply {
    /// The ICMP message that it is, if it is one.
    pub const fn icmp(&self) -> Option<Icmp> {
        match self.answer {
            Answer::Icmp(icmp) => Some(icmp),
            _ => None,
        }
    }
}

/// What is known of a TTL.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hop {
    /// Probes that left this process.
    pub sent: u32,
    /// Probes whose fate is known.
    pub settled: u32,
    /// Answers, in the order in which they came; one per probe.
    pub replies: Vec<HopReply>,
    /// Why probes did not leave this host.
    pub refused: Vec<Errno>,
    /// What routers saw of probes, where that could be heard: the probe, who saw it, what.
    pub quotes: Vec<(ProbeId, Address, Quote)>,
}

impl Hop {
    /// Probes whose fate is not known.
    pub const fn open(&self) -> u32 {
        self.sent.saturating_sub(self.settled)
    }

    /// The round-trip times of the answers from one address.
    pub fn times(&self, from: Address) -> Spread {
        let mut spread = Spread::default();
        for reply in self.replies.iter().filter(|reply| reply.from == Some(from)) {
            spread.apply(reply.rtt);
        }
        spread
    }

    /// What the router saw of a probe.
    pub fn quote_of(&self, probe: ProbeId) -> Option<&Quote> {
        self.quotes.iter().find(|(quoted, ..)| *quoted == probe).map(|(.., quote)| quote)
    }

    /// Who answered, in the order in which they first did.
    pub fn addresses(&self) -> Vec<Address> {
        let mut all = Vec::new();
        for from in self.replies.iter().filter_map(|reply| reply.from) {
            if !all.contains(&from) {
                all.push(from);
            }
        }
        all
    }

    /// Whether the answers to one flow came from one address first and from another later, and never from the first again:
    /// the path changed.
    pub fn change(&self, flow: Flow) -> Option<(Address, Address)> {
        let mut of_flow: Vec<&HopReply> = self.replies.iter().filter(|reply| reply.flow == flow).collect();
        of_flow.sort_by_key(|reply| reply.probe);
        let mut from: Vec<Address> = of_flow.iter().filter_map(|reply| reply.from).collect();
        from.dedup();
        match from[..] {
            [first, second] => Some((first, second)),
            _ => None,
        }
    }

    /// Whether the answers to one flow came from several addresses to and fro; which, in the order in which they first did.
    pub fn alternation(&self, flow: Flow) -> Option<Vec<Address>> {
        let mut all: Vec<Address> = Vec::new();
        for from in self.replies.iter().filter(|reply| reply.flow == flow).filter_map(|reply| reply.from) {
            if !all.contains(&from) {
                all.push(from);
            }
        }
        (all.len() > 1 && self.change(flow).is_none()).then_some(all)
    }
}

/// What is known of the path to a target.
#[derive(Debug, Clone)]
pub struct Trail {
    target: Address,
    hops: BTreeMap<u8, Hop>,
    graph: Graph,
    end: Option<PathEnd>,
    mtu: Vec<MtuStage>,
    is_one_at_a_time: bool,
    /// What comes in for lower flows was asked before the path was asked for anew.
    first_flow: Flow,
    is_sizing: bool,
    is_complete: bool,
}

impl Trail {
    /// Nothing is known yet of the path to `target`.
    pub const fn new(target: Address) -> Self {
        Self {
            target,
            hops: BTreeMap::new(),
            graph: Graph::new(target),
            end: None,
            mtu: Vec::new(),
            is_one_at_a_time: false,
            first_flow: Flow(0),
            is_sizing: false,
            is_complete: false,
        }
    }

    /// The target.
    pub const fn target(&self) -> Address {
        self.target
    }

    /// Takes in an event about this target.
    pub fn apply(&mut self, event: &Event) {
        if self.is_forgotten(event) {
            return;
        }
        match event {
            Event::Path { news, .. } => self.learn(*news),
            Event::Quoted { subject, from, quote } if !self.is_sizing => {
                self.hop(subject.aim.ttl).quotes.push((subject.probe, *from, *quote));
            }
            _ if self.is_sizing => {}
            Event::Sent { subject, .. } => self.hop(subject.aim.ttl).sent += 1,
            Event::Timeout { subject } => self.hop(subject.aim.ttl).settled += 1,
            Event::SendError { subject, errno, .. } => {
                let hop = self.hop(subject.aim.ttl);
                hop.settled += 1;
                hop.refused.push(*errno);
            }
            Event::Reply(reply) if reply.damage != Some(Damage::Checksum) => {
                self.take(reply.subject.aim.ttl, reply.arrival, direct(reply));
            }
            Event::IcmpError { subject, from, icmp, transit, .. } if !icmp.is_advice() => {
                let reply = HopReply {
                    probe: subject.probe,
                    flow: subject.aim.flow,
                    from: *from,
                    answer: Answer::Icmp(*icmp),
                    rtt: transit.rtt,
                    clock: transit.clock,
                    ttl: transit.ttl,
                    is_late: transit.arrival == Arrival::Late,
                    extensions: transit.extensions.clone(),
                };
                self.take(subject.aim.ttl, transit.arrival, reply);
            }
            _ => {}
        }
    }

    /// Whether it is about a probe from before the path was asked for anew.
    fn is_forgotten(&self, event: &Event) -> bool {
        event.subject().is_some_and(|subject| subject.aim.flow < self.first_flow)
    }

    fn learn(&mut self, news: PathNews) {
        match news {
            PathNews::Ended(end) => self.end = Some(end),
            PathNews::Mtu(stage) => self.mtu.push(stage),
            PathNews::Silent { ttl, flow } => self.graph.observe(ttl, flow, None),
            PathNews::Sizing => self.is_sizing = true,
            PathNews::Complete => self.is_complete = true,
            PathNews::OneAtATime { flow } => {
                *self = Self { is_one_at_a_time: true, first_flow: flow, ..Self::new(self.target) };
            }
        }
    }

    fn hop(&mut self, ttl: Option<u8>) -> &mut Hop {
        self.hops.entry(ttl.unwrap_or_default()).or_default()
    }

    fn take(&mut self, ttl: Option<u8>, arrival: Arrival, reply: HopReply) {
        if arrival == Arrival::Duplicate {
            return;
        }
        if let Some(ttl) = ttl {
            self.graph.observe(ttl, reply.flow, reply.from);
            if is_end(&reply) {
                self.graph.refuse(ttl, reply.flow);
            }
        }
        let hop = self.hop(ttl);
        // A late one was settled when its time was over.
        hop.settled += u32::from(!reply.is_late);
        hop.replies.push(reply);
    }

    /// How the path ends, once that is known.
    pub const fn end(&self) -> Option<PathEnd> {
        self.end
    }

    /// Whether all that was to be asked has been asked.
    pub const fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// The branches.
    pub const fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Whether probes went one at a time because routers quote too little to tell more of them apart.
    pub const fn is_one_at_a_time(&self) -> bool {
        self.is_one_at_a_time
    }

    /// From where on no larger packets fit, from this host on.
    pub fn mtu_stages(&self) -> &[MtuStage] {
        &self.mtu
    }

    /// What is known of a TTL, if it was asked.
    pub fn at(&self, ttl: u8) -> Option<&Hop> {
        self.hops.get(&ttl)
    }

    /// The hops that belong to the path, by TTL: those behind its end were asked in vain, and are left out.
    pub fn hops(&self) -> impl Iterator<Item = (u8, &Hop)> {
        let last = self.last_ttl();
        self.hops.iter().filter(move |(ttl, _)| **ttl <= last).map(|(ttl, hop)| (*ttl, hop))
    }

    /// The TTL of the last hop that belongs to the path.
    pub fn last_ttl(&self) -> u8 {
        let asked = self.hops.keys().next_back().copied().unwrap_or(0);
        match self.end {
            Some(PathEnd::Reached { ttl } | PathEnd::Unreachable { ttl, .. }) => self.longest_branch(ttl),
            Some(PathEnd::Loop(circle)) => asked.min(circle.again.saturating_add(circle.len()) - 1),
            Some(PathEnd::GapLimit | PathEnd::MaxTtl | PathEnd::NotSent) => asked,
            None => self.first_end().unwrap_or(asked),
        }
    }

    /// The TTL up to which its branches are known, as far as they are: behind the last that answers there is nothing to tell
    /// them by.
    pub fn explored(&self) -> u8 {
        match self.end {
            Some(PathEnd::GapLimit | PathEnd::MaxTtl | PathEnd::NotSent) => {
                let mut answering = self.hops.iter().filter(|(_, hop)| !hop.replies.is_empty());
                answering.next_back().map_or(0, |(ttl, _)| *ttl)
            }
            _ => self.last_ttl(),
        }
    }

    /// Where a path whose search was cut short seems to end.
    fn first_end(&self) -> Option<u8> {
        self.hops.iter().find(|(_, hop)| hop.replies.iter().any(is_end)).map(|(ttl, _)| *ttl)
    }

    /// Other branches may be longer than that by which the target was first reached.
    fn longest_branch(&self, ttl: u8) -> u8 {
        let is_on = |ttl: &u8| {
            let before = *ttl - 1;
            // Whoever refuses passes nothing on: what answers behind it is the same refusal.
            let is_passing = |reply: &&HopReply| reply.icmp().is_some_and(|icmp| icmp.is_transit_error());
            let replies = self.hops.get(&before).map_or(&[][..], |hop| &hop.replies);
            let passing = replies.iter().filter(is_passing).filter_map(|reply| reply.from);
            passing.into_iter().any(|who| {
                let place = Place { ttl: before, who: Some(who) };
                !self.graph.is_target(place) && !self.graph.links_from(place).is_empty()
            }) || self.has_arrival(*ttl)
        };
        (ttl + 1..=self.graph.last_ttl()).take_while(is_on).last().unwrap_or(ttl)
    }

    /// Whether the target answered a flow at this TTL that it had not answered nearer.
    pub fn has_arrival(&self, ttl: u8) -> bool {
        let is_new = |reply: &HopReply| {
            reply.from.is_some_and(|from| self.target.matches(&from))
                && !self.graph.has_ended(ttl, reply.flow)
        };
        self.hops.get(&ttl).is_some_and(|hop| hop.replies.iter().any(is_new))
    }

    /// Whether the target answered.
    pub fn is_reached(&self) -> bool {
        self.reached_at().is_some()
    }

    /// The least TTL at which the target answered.
    pub fn reached_at(&self) -> Option<u8> {
        let nearest = || self.hops.keys().copied().find(|&ttl| self.has_arrival(ttl));
        match self.end {
            Some(PathEnd::Reached { ttl }) => Some(nearest().map_or(ttl, |nearest| nearest.min(ttl))),
            Some(PathEnd::Unreachable { ttl, from, .. }) => {
                from.is_some_and(|from| self.target.matches(&from)).then_some(ttl)
            }
            Some(_) => None,
            None => nearest(),
        }
    }
}

/// Whether probes go no farther than to whoever gave this answer.
fn is_end(reply: &HopReply) -> bool {
    reply.icmp().is_none_or(|icmp| !icmp.is_transit_error())
}

fn direct(reply: &Reply) -> HopReply {
    HopReply {
        probe: reply.subject.probe,
        flow: reply.subject.aim.flow,
        from: Some(reply.from),
        answer: reply.answer,
        rtt: reply.rtt,
        clock: reply.clock,
        ttl: reply.ttl,
        is_late: reply.arrival == Arrival::Late,
        extensions: Box::default(),
    }
}

#[cfg(test)]
mod tests;
