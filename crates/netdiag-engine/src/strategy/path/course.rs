//! One target's course through the stages of its path.

use std::time::Duration;

use netdiag_model::event::{Arrival, Damage, Subject};
use netdiag_model::path::{Graph, PathEnd, PathNews};
use netdiag_model::{Address, Aim, Event, Flow, Mono, Rtt};

use super::branches::Branches;
use super::mtu::Descent;
use super::search::Search;
use super::{AllBranches, Discipline, Limits, PathMtu};

/// What a course wants next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// This probe.
    Ask {
        /// How far it goes.
        aim: Aim,
        /// How long it may take, where that is less than the timeout.
        patience: Option<Duration>,
    },
    /// Nothing before this time, unless something happens.
    At(Mono),
    /// Nothing until something happens.
    Event,
    /// Nothing any more.
    Over,
}

/// An answer to a probe, as far as a course is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heard {
    /// Who gave it.
    pub(super) from: Option<Address>,
    /// How long it took.
    pub(super) rtt: Rtt,
    /// The end of the path, if it is one at the TTL of its probe.
    pub(super) end: Option<PathEnd>,
}

/// The course.
#[derive(Debug)]
pub(super) struct Course {
    /// Whether it stands in the queue of those that may have something to ask.
    pub(super) is_queued: bool,
    /// The earliest alarm that is set for it.
    pub(super) alarm: Option<Mono>,
    /// What it has found out and not told.
    pub(super) news: Vec<PathNews>,
    limits: Limits,
    target: Address,
    /// The highest flow that has been used.
    last_flow: Flow,
    stage: Stage,
    /// What the search has found: the hops and who answers there, and the end.
    hops: Vec<(u8, Option<Address>)>,
    end: Option<PathEnd>,
}

#[derive(Debug)]
enum Stage {
    Search(Search),
    Branches(Box<Branches>),
    Descent(Box<Descent>),
    Over,
}

impl Course {
    pub(super) fn new(limits: Limits, target: Address) -> Self {
        Self {
            is_queued: false,
            alarm: None,
            news: Vec::new(),
            stage: Stage::Search(Search::new(limits, target)),
            last_flow: limits.flow,
            limits,
            target,
            hops: Vec::new(),
            end: None,
        }
    }

    pub(super) fn poll_next(&mut self, now: Mono) -> Turn {
        loop {
            let turn = match &mut self.stage {
                Stage::Search(search) => search.poll_next(now),
                Stage::Branches(branches) => {
                    let turn = branches.poll_next(now);
                    self.news.extend(branches.take_news());
                    turn
                }
                Stage::Descent(descent) => {
                    let turn = descent.poll_next(now);
                    self.news.extend(descent.take_news());
                    turn
                }
                Stage::Over => return Turn::Over,
            };
            match turn {
                Turn::Over => self.go_on(),
                turn => {
                    if let Turn::Ask { aim, .. } = turn {
                        self.last_flow = self.last_flow.max(aim.flow);
                    }
                    return turn;
                }
            }
        }
    }

    /// From the stage that is over to the next.
    fn go_on(&mut self) {
        let stage = std::mem::replace(&mut self.stage, Stage::Over);
        match stage {
            Stage::Search(search) => {
                self.end_search(&search);
                self.stage = self.after_search();
            }
            Stage::Branches(_) => self.stage = self.after_branches(),
            Stage::Descent(_) | Stage::Over => {}
        }
        match self.stage {
            Stage::Descent(_) => self.news.push(PathNews::Sizing),
            Stage::Over => self.news.push(PathNews::Complete),
            Stage::Search(_) | Stage::Branches(_) => {}
        }
    }

    fn end_search(&mut self, search: &Search) {
        let Some(end) = search.end() else { return };
        self.end = Some(end);
        self.hops = search.hops().collect();
        self.news.push(PathNews::Ended(end));
        if self.limits.branches != AllBranches::Ignored {
            // That one flow is silent somewhere says nothing of others.
            return;
        }
        let silent = self.hops.iter().filter(|(_, who)| who.is_none());
        let flow = self.limits.flow;
        self.news.extend(silent.map(|&(ttl, _)| PathNews::Silent { ttl, flow }));
    }

    fn after_search(&self) -> Stage {
        let (Some(alpha), Some(end)) = (self.limits.branches.alpha(), self.end) else {
            return self.after_branches();
        };
        if end == PathEnd::NotSent {
            return Stage::Over;
        }
        let mut graph = Graph::new(self.target);
        for &(ttl, who) in self.hops.iter().filter(|(_, who)| who.is_some()) {
            graph.observe(ttl, self.limits.flow, who);
        }
        if let PathEnd::Unreachable { ttl, .. } = end {
            graph.refuse(ttl, self.limits.flow);
        }
        Stage::Branches(Box::new(Branches::new((self.limits, alpha), self.target, graph, end)))
    }

    fn after_branches(&self) -> Stage {
        let (PathMtu::Found(answers), Some(end)) = (self.limits.path_mtu, self.end) else {
            return Stage::Over;
        };
        if end == PathEnd::NotSent {
            return Stage::Over;
        }
        let hops = self.hops.iter().filter_map(|&(ttl, who)| Some((ttl, who?))).collect();
        Stage::Descent(Box::new(Descent::new(self.limits, self.target, (hops, end), answers)))
    }

    /// Whether a probe was sent before the path was asked for anew.
    fn is_forgotten(&self, subject: &Subject) -> bool {
        subject.aim.flow < self.limits.flow
    }

    pub(super) fn handle_event(&mut self, event: &Event) {
        if event.subject().is_some_and(|subject| self.is_forgotten(subject)) {
            return;
        }
        match event {
            Event::Unattributed { .. } => self.slow_down(),
            Event::SendError { subject, mtu, .. } => match &mut self.stage {
                Stage::Search(search) => search.handle_not_sent(subject),
                Stage::Descent(descent) => descent.handle_not_sent(subject, *mtu),
                Stage::Branches(_) | Stage::Over => {}
            },
            _ => {
                if let Some((subject, heard)) = heard(event) {
                    match &mut self.stage {
                        Stage::Search(search) => search.handle_heard(&subject, &heard),
                        Stage::Branches(branches) => branches.handle_heard(&subject, &heard),
                        Stage::Descent(descent) => descent.handle_heard(&subject, &heard),
                        Stage::Over => {}
                    }
                }
            }
        }
    }

    /// Answers cannot be told apart: what has been asked so far is forgotten, and asked again one by one. By another flow,
    /// so that what still comes in for those before is not taken for answers to it.
    fn slow_down(&mut self) {
        if self.limits.discipline == Discipline::OneByOne {
            return;
        }
        self.limits.discipline = Discipline::OneByOne;
        self.limits.flow = Flow((self.last_flow.0 + 1).min(self.limits.flows - 1));
        self.news.push(PathNews::OneAtATime { flow: self.limits.flow });
        self.stage = Stage::Search(Search::new(self.limits, self.target).wary());
    }

    pub(super) fn handle_settled(&mut self, subject: &Subject) {
        if self.is_forgotten(subject) {
            return;
        }
        match &mut self.stage {
            Stage::Search(search) => search.handle_settled(subject),
            Stage::Branches(branches) => branches.handle_settled(subject),
            Stage::Descent(_) | Stage::Over => {}
        }
    }
}

/// The answer that an event is, if it is one.
fn heard(event: &Event) -> Option<(Subject, Heard)> {
    match event {
        Event::Reply(reply) if reply.damage != Some(Damage::Checksum) => {
            let (ttl, from) = (reply.subject.aim.ttl?, Some(reply.from));
            let end = Some(PathEnd::Reached { ttl });
            (reply.arrival != Arrival::Duplicate)
                .then_some((reply.subject, Heard { from, rtt: reply.rtt, end }))
        }
        Event::IcmpError { subject, from, icmp, transit, .. } if !icmp.is_advice() => {
            let ttl = subject.aim.ttl?;
            let end =
                (!icmp.is_transit_error()).then_some(PathEnd::Unreachable { ttl, from: *from, icmp: *icmp });
            (transit.arrival != Arrival::Duplicate)
                .then_some((*subject, Heard { from: *from, rtt: transit.rtt, end }))
        }
        _ => None,
    }
}
