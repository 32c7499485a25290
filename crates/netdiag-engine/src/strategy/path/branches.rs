//! All branches of a path: the Multipath Detection Algorithm.
//!
//! Rule: for each place (a router at a TTL) so many flows are sent through it that one more place behind it than is known
//! would have shown, but for a small chance; that chance, summed over all places, is the stated one. A flow is known to go
//! through a place when it was answered there; where no more such flows are at hand, a new one is asked at the place's own
//! TTL first. Where a place shares out by flow, one flow is asked again and again, to see whether it always goes one way.
//!
//! A probe that is not answered is asked again, one per TTL and pause, so that routers that limit their answers are heard
//! out. A TTL that answers nobody is silent for all flows; a flow that is silent where others are answered is a branch with
//! a silent router.

mod tries;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use netdiag_model::event::Subject;
use netdiag_model::path::{Balance, Graph, PathEnd, PathNews, Place};
use netdiag_model::stats::branches::needed_probes;
use netdiag_model::{Address, Aim, Flow, Mono};

use super::course::{Heard, Turn};
use super::{Discipline, Limits};
use tries::{Tries, Verdict};

/// How often one flow is asked at one TTL to see whether it always goes one way: a router that deals packets out to two
/// others in equal shares would send them all one way in one case of 32.
const REPEATS: u32 = 6;

/// How far behind the first flow's end longer branches are looked for.
const LONGER: u8 = 8;

/// The enumeration.
#[derive(Debug)]
pub(super) struct Branches {
    limits: Limits,
    len: u16,
    /// The chance that a branch is missing, over the whole path.
    alpha: f64,
    graph: Graph,
    tries: Tries,
    last_ttl: u8,
    /// How many probes a place with so many places behind it needs, for so many places in all.
    needed: BTreeMap<(u32, u32), u32>,
    /// What was asked for and has not been sent.
    queue: VecDeque<(u8, Flow)>,
    /// Whether something has happened since that was found out.
    is_stale: bool,
    under_way: u16,
    news: Vec<PathNews>,
}

impl Branches {
    /// What is known from the search of one flow is in `graph`; how it ended says how far to look.
    pub(super) fn new((limits, alpha): (Limits, f64), target: Address, graph: Graph, end: PathEnd) -> Self {
        let last_ttl = match end {
            PathEnd::Reached { ttl } => ttl.saturating_add(LONGER).min(limits.max_ttl),
            PathEnd::Unreachable { ttl, .. } => ttl,
            PathEnd::Loop(circle) => circle.again,
            PathEnd::GapLimit | PathEnd::MaxTtl | PathEnd::NotSent => {
                (1..=graph.last_ttl()).rev().find(|&ttl| graph.has_answered(ttl)).unwrap_or(0)
            }
        };
        let mut tries = Tries::new(limits.timeout);
        for ttl in (1..=graph.last_ttl()).filter(|&ttl| graph.answers(ttl, limits.flow) > 0) {
            tries.learn(ttl, limits.flow);
        }
        Self {
            len: limits.data_len(target.family(), None),
            tries,
            limits,
            alpha,
            graph,
            last_ttl,
            needed: BTreeMap::new(),
            queue: VecDeque::new(),
            is_stale: true,
            under_way: 0,
            news: Vec::new(),
        }
    }

    /// What it has found out beside the answers themselves.
    pub(super) fn take_news(&mut self) -> Vec<PathNews> {
        std::mem::take(&mut self.news)
    }

    pub(super) fn poll_next(&mut self, now: Mono) -> Turn {
        if self.under_way >= self.limits.in_flight {
            return Turn::Event;
        }
        if self.queue.is_empty() && std::mem::take(&mut self.is_stale) {
            self.queue = self.wanted();
        }
        if let Some(&(ttl, flow)) = self.queue.front() {
            if !self.may_ask(flow) {
                return Turn::Event;
            }
            self.queue.pop_front();
            return self.ask(now, (ttl, flow));
        }
        self.conclude(now);
        if self.is_stale {
            return self.poll_next(now);
        }
        match self.tries.due(now) {
            Ok((ttl, flow)) if self.may_ask(flow) => self.ask(now, (ttl, flow)),
            Ok(_) => Turn::Event,
            Err(Some(at)) => Turn::At(at),
            Err(None) => self.tries.repeats_until(now).map_or(Turn::Over, Turn::At),
        }
    }

    /// Whether a flow may have one more probe under way.
    fn may_ask(&self, flow: Flow) -> bool {
        self.limits.discipline != Discipline::OneByOne || !self.tries.is_open(flow)
    }

    fn ask(&mut self, now: Mono, (ttl, flow): (u8, Flow)) -> Turn {
        self.tries.ask(now, ttl, flow);
        self.under_way += 1;
        Turn::Ask { aim: Aim { ttl: Some(ttl), flow, len: Some(self.len) }, patience: None }
    }

    /// The probes that the stopping rule asks for, by what is known now: those of the nearest places first.
    fn wanted(&mut self) -> VecDeque<(u8, Flow)> {
        let first = self.limits.first_ttl - 1;
        let places: Vec<Place> = (first..self.last_ttl).flat_map(|ttl| self.places(ttl)).collect();
        let count = places.len() as u32;
        let mut wanted = VecDeque::new();
        for place in places {
            self.want_behind(place, count, &mut wanted);
            self.want_again(place, &mut wanted);
        }
        wanted
    }

    /// The places at a TTL from which paths go on.
    fn places(&self, ttl: u8) -> Vec<Place> {
        if ttl < self.limits.first_ttl {
            return vec![Place { ttl, who: None }];
        }
        let goes_on = |place: &Place| !self.graph.is_target(*place);
        self.graph.places(ttl).into_iter().filter(goes_on).collect()
    }

    /// The probes behind a place that it takes beyond those that are known or under way.
    fn want_behind(&mut self, place: Place, places: u32, wanted: &mut VecDeque<(u8, Flow)>) {
        let next = place.ttl + 1;
        let (mut known, mut under_way, mut fresh) = (0, 0, Vec::new());
        let mut led_to = BTreeSet::new();
        for flow in self.flows_at(place) {
            match self.graph.place_of(next, flow) {
                Some(to) => {
                    known += 1;
                    led_to.insert(to);
                }
                None if self.tries.is_pending(next, flow) => under_way += 1,
                None if !self.tries.is_given_up(next, flow) => fresh.push((next, flow)),
                None => {}
            }
        }
        let needed = self.needed(led_to.len() as u32, places);
        let lacking = needed.saturating_sub(known + under_way);
        fresh.truncate(lacking as usize);
        let lacking = lacking - fresh.len() as u32;
        wanted.extend(fresh);
        // New flows are sent through the place's TTL; those on their way there may be enough.
        let is_passed = self.is_alone(place);
        let at = if is_passed { next } else { place.ttl };
        let coming = if is_passed { 0 } else { self.tries.pending_at(at) };
        let is_new =
            |flow: &Flow| !self.tries.is_asked(at, *flow) && self.graph.place_of(at, *flow).is_none();
        let new = self.all_flows().filter(is_new).map(|flow| (at, flow));
        let new = new.filter(|probe| !wanted.contains(probe)).take(lacking.saturating_sub(coming) as usize);
        let new: Vec<(u8, Flow)> = new.collect();
        wanted.extend(new);
    }

    /// The flows that are known to come to a place; at the only place of its TTL, those that are on their way behind it as
    /// well.
    fn flows_at(&self, place: Place) -> Vec<Flow> {
        let next = place.ttl + 1;
        if !self.is_alone(place) {
            return self.graph.flows_at(place);
        }
        let nearby = if place.ttl >= self.limits.first_ttl { self.graph.flows_at(place) } else { Vec::new() };
        let mut flows: BTreeSet<Flow> = nearby.into_iter().collect();
        flows.extend(self.graph.flows_known(next));
        flows.extend(self.tries.flows_at(next));
        flows.into_iter().filter(|&flow| !self.graph.has_ended(next, flow)).collect()
    }

    /// Whether all flows come to a place, as far as is known.
    fn is_alone(&self, place: Place) -> bool {
        place.ttl < self.limits.first_ttl || self.graph.is_narrow(place.ttl)
    }

    fn all_flows(&self) -> impl Iterator<Item = Flow> + use<> {
        (self.limits.flow.0..self.limits.flows).map(Flow)
    }

    fn needed(&mut self, known: u32, places: u32) -> u32 {
        let alpha = self.alpha / f64::from(places.max(1));
        *self.needed.entry((known, places)).or_insert_with(|| needed_probes(known.max(1), alpha))
    }

    /// More probes of a flow that has gone through a place that shares out.
    fn want_again(&self, place: Place, wanted: &mut VecDeque<(u8, Flow)>) {
        if self.graph.balance(place) != Balance::ByFlow {
            return;
        }
        let next = place.ttl + 1;
        let Some(flow) = self.flows_at(place).into_iter().find(|&flow| self.graph.answers(next, flow) > 0)
        else {
            return;
        };
        if self.tries.is_given_up(next, flow) {
            return;
        }
        let asked = self.graph.answers(next, flow) + self.tries.open_at(next, flow);
        let left = (2 * REPEATS).saturating_sub(self.tries.asked_at(next, flow));
        let count = REPEATS.saturating_sub(asked).min(left);
        wanted.extend((0..count).map(|_| (next, flow)));
    }

    /// Draws the conclusions from silence.
    fn conclude(&mut self, now: Mono) {
        for (ttl, flow, verdict) in self.tries.conclude(now, &self.graph) {
            if verdict == Verdict::Silent {
                self.graph.observe(ttl, flow, None);
                self.news.push(PathNews::Silent { ttl, flow });
            }
            self.is_stale = true;
        }
    }

    pub(super) fn handle_heard(&mut self, subject: &Subject, heard: &Heard) {
        let (Some(ttl), flow) = (subject.aim.ttl, subject.aim.flow) else { return };
        self.tries.handle_answer(ttl, flow, heard.rtt);
        self.graph.observe(ttl, flow, heard.from);
        if heard.end.is_some() {
            self.graph.refuse(ttl, flow);
        }
        self.is_stale = true;
    }

    pub(super) fn handle_settled(&mut self, subject: &Subject) {
        if let Some(ttl) = subject.aim.ttl
            && self.tries.handle_settled(ttl, subject.aim.flow)
        {
            self.under_way -= 1;
            self.is_stale = true;
        }
    }
}
