//! The branches of a path: which routers stand at each TTL, and which flows lead from one to the next.
//!
//! A *place* is a router at a TTL; the same router at two TTLs is two places. What is known of a flow at a TTL is who
//! answered it there; a flow that was asked at two neighbouring TTLs is evidence for the link between the two places. See
//! Augustin, Friedman, Teixeira: Measuring load-balanced paths in the Internet (IMC 2007).

use std::collections::{BTreeMap, BTreeSet};

use crate::address::Address;
use crate::id::Flow;
use crate::stats::branches::miss_probability;

/// A router, or the target, at a TTL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The TTL; 0 for this host.
    pub ttl: u8,
    /// Who answers there; `None` where nobody does.
    pub who: Option<Address>,
}

impl Place {
    /// This host, from which every flow comes.
    pub const HERE: Self = Self { ttl: 0, who: None };
}

/// A link between two places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The nearer place.
    pub from: Place,
    /// The farther place, one TTL on.
    pub to: Place,
    /// The flows that have shown it.
    pub flows: Vec<Flow>,
}

/// How a place shares packets out among the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Balance {
    /// All go on to one.
    None,
    /// By flow, as far as is known: packets of one flow went one way.
    ByFlow,
    /// Packet by packet: packets of one flow went several ways.
    ByPacket,
}

/// Who answered one flow at one TTL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Seen {
    /// In the order in which they first did; empty for silence.
    who: Vec<Address>,
    /// How many answers there were.
    answers: u32,
}

/// What is known of one TTL.
#[derive(Debug, Clone, Default)]
struct Row {
    flows: BTreeMap<Flow, Seen>,
    /// All that have answered.
    who: BTreeSet<Address>,
    /// Flows that nobody answers.
    silent: usize,
}

/// What is known of the branches of a path.
#[derive(Debug, Clone)]
pub struct Graph {
    target: Address,
    /// By TTL, from 1.
    hops: Vec<Row>,
    /// The least TTL at which a flow came to its end: the target answered it, or somebody refused it.
    ended: BTreeMap<Flow, u8>,
}

impl Graph {
    /// Nothing is known yet of the path to `target`.
    pub const fn new(target: Address) -> Self {
        Self { target, hops: Vec::new(), ended: BTreeMap::new() }
    }

    /// Notes that `flow` was answered at `ttl` by `who`, or that nobody answers it there. A TTL at which nobody answers any
    /// flow counts for all flows.
    pub fn observe(&mut self, ttl: u8, flow: Flow, who: Option<Address>) {
        let Some(index) = usize::from(ttl).checked_sub(1) else { return };
        if self.hops.len() <= index {
            self.hops.resize_with(index + 1, Row::default);
        }
        let row = &mut self.hops[index];
        let is_new = !row.flows.contains_key(&flow);
        let seen = row.flows.entry(flow).or_default();
        let was_silent = !is_new && seen.who.is_empty();
        let Some(who) = who else {
            row.silent += usize::from(is_new);
            return;
        };
        row.silent -= usize::from(was_silent);
        row.who.insert(who);
        seen.answers += 1;
        if !seen.who.contains(&who) {
            seen.who.push(who);
        }
        if self.target.matches(&who) {
            self.refuse(ttl, flow);
        }
    }

    /// Notes that `flow` goes no farther than `ttl`, whoever answers it beyond: that is said there.
    pub fn refuse(&mut self, ttl: u8, flow: Flow) {
        let least = self.ended.entry(flow).or_insert(ttl);
        *least = (*least).min(ttl);
    }

    fn hop(&self, ttl: u8) -> Option<&Row> {
        self.hops.get(usize::from(ttl).checked_sub(1)?)
    }

    /// The highest TTL of which anything is known.
    pub fn last_ttl(&self) -> u8 {
        self.hops.len() as u8
    }

    /// Where `flow` was seen at `ttl`, if it has been asked there. At 0 every flow is here.
    pub fn place_of(&self, ttl: u8, flow: Flow) -> Option<Place> {
        if ttl == 0 {
            return Some(Place::HERE);
        }
        let seen = self.seen(ttl, flow)?;
        Some(Place { ttl, who: seen.who.first().copied() })
    }

    /// What is known of a flow at a TTL.
    fn seen(&self, ttl: u8, flow: Flow) -> Option<&Seen> {
        static SILENT: Seen = Seen { who: Vec::new(), answers: 0 };
        let hop = self.hop(ttl)?;
        let is_silent = hop.silent > 0 && hop.who.is_empty();
        hop.flows.get(&flow).or_else(|| is_silent.then_some(&SILENT))
    }

    /// How many answers `flow` got at `ttl`.
    pub fn answers(&self, ttl: u8, flow: Flow) -> u32 {
        self.hop(ttl).and_then(|hop| hop.flows.get(&flow)).map_or(0, |seen| seen.answers)
    }

    /// Whether anybody has ever answered at `ttl`.
    pub fn has_answered(&self, ttl: u8) -> bool {
        self.hop(ttl).is_some_and(|hop| !hop.who.is_empty())
    }

    /// Whether `flow` had come to its end before `ttl`.
    pub fn has_ended(&self, ttl: u8, flow: Flow) -> bool {
        self.ended.get(&flow).is_some_and(|&least| least < ttl)
    }

    /// Whether a place is the target.
    pub fn is_target(&self, place: Place) -> bool {
        place.who.is_some_and(|who| self.target.matches(&who))
    }

    /// The places at `ttl`, in the order of their addresses; whoever is silent comes first.
    pub fn places(&self, ttl: u8) -> Vec<Place> {
        if ttl == 0 {
            return vec![Place::HERE];
        }
        let Some(hop) = self.hop(ttl) else { return Vec::new() };
        let silent = (hop.silent > 0).then_some(None);
        let who = silent.into_iter().chain(hop.who.iter().copied().map(Some));
        who.map(|who| Place { ttl, who }).collect()
    }

    /// Whether all flows come to the same place at `ttl`, as far as is known.
    pub fn is_narrow(&self, ttl: u8) -> bool {
        ttl == 0 || self.hop(ttl).is_some_and(|hop| hop.who.len() + usize::from(hop.silent > 0) == 1)
    }

    /// The flows that are known at `ttl`.
    pub fn flows_known(&self, ttl: u8) -> impl Iterator<Item = Flow> + '_ {
        self.hop(ttl).into_iter().flat_map(|hop| hop.flows.keys().copied())
    }

    /// The flows that come to a place. Where it is the only one at its TTL, these are all that were asked there or at its
    /// neighbours; of this host all that were asked at TTL 1.
    pub fn flows_at(&self, place: Place) -> Vec<Flow> {
        if !self.is_narrow(place.ttl) {
            let hop = self.hop(place.ttl).into_iter().flat_map(|hop| &hop.flows);
            return hop.filter(|(_, seen)| seen.is_at(place.who)).map(|(flow, _)| *flow).collect();
        }
        let nearby = [place.ttl.saturating_sub(1), place.ttl, place.ttl + 1];
        let flows: BTreeSet<Flow> = nearby.into_iter().flat_map(|ttl| self.flows_known(ttl)).collect();
        flows.into_iter().filter(|&flow| !self.has_ended(place.ttl.max(1), flow)).collect()
    }

    /// The links from a place, in the order of the places that they lead to.
    pub fn links_from(&self, place: Place) -> Vec<Link> {
        let mut links: BTreeMap<Place, Vec<Flow>> = BTreeMap::new();
        if self.is_target(place) {
            return Vec::new();
        }
        for (flow, seen) in self.beyond(place) {
            for who in seen.all() {
                links.entry(Place { ttl: place.ttl + 1, who }).or_default().push(flow);
            }
        }
        links.into_iter().map(|(to, flows)| Link { from: place, to, flows }).collect()
    }

    /// What is known, one TTL on, of the flows that come to a place and go on.
    fn beyond(&self, place: Place) -> impl Iterator<Item = (Flow, &Seen)> {
        let next = place.ttl + 1;
        let on = self.flows_at(place).into_iter().filter(move |&flow| !self.has_ended(next, flow));
        on.filter_map(move |flow| Some((flow, self.seen(next, flow)?)))
    }

    /// All links, from the nearest on.
    pub fn links(&self) -> Vec<Link> {
        let places = (0..=self.last_ttl()).flat_map(|ttl| self.places(ttl));
        places.flat_map(|place| self.links_from(place)).collect()
    }

    /// How many flows of a place were asked at the next TTL, and to how many places they led.
    pub fn spread(&self, place: Place) -> (u32, u32) {
        let mut led_to = BTreeSet::new();
        let mut count = 0;
        for (_, seen) in self.beyond(place) {
            count += 1;
            led_to.extend(seen.all());
        }
        (count, led_to.len() as u32)
    }

    /// How a place shares packets out.
    pub fn balance(&self, place: Place) -> Balance {
        let Some(next) = self.hop(place.ttl + 1) else { return Balance::None };
        let mut flows = self.flows_at(place).into_iter();
        if flows.any(|flow| next.flows.get(&flow).is_some_and(|seen| seen.who.len() > 1)) {
            // Behind one that balances by packets its neighbours seem to as well: the first of them does it.
            return if self.is_fed_by_packet(place) { Balance::None } else { Balance::ByPacket };
        }
        match self.spread(place) {
            (_, 0 | 1) => Balance::None,
            _ => Balance::ByFlow,
        }
    }

    /// Whether packets of one flow come to this place and to others of its TTL.
    fn is_fed_by_packet(&self, place: Place) -> bool {
        let Some(own) = self.hop(place.ttl) else { return false };
        self.flows_at(place).iter().filter_map(|flow| own.flows.get(flow)).any(|seen| seen.who.len() > 1)
    }

    /// How likely it is that a branch is missing somewhere up to the TTL `last`, if all branches of a place are equally
    /// likely: at most the sum over all places before it of the chance that each leads to one place more.
    pub fn miss_probability(&self, last: u8) -> f64 {
        let places = (0..last).flat_map(|ttl| self.places(ttl));
        let spreads = places.filter(|&place| !self.is_target(place)).map(|place| self.spread(place));
        let known = spreads.filter(|&(flows, _)| flows > 0);
        known.map(|(flows, places)| miss_probability(places + 1, flows)).sum::<f64>().min(1.0)
    }

    /// How many different ways through the graph there are, as far as its links are known; 1 for a path that does not branch.
    pub fn paths(&self) -> u64 {
        let mut ways: BTreeMap<Place, u64> = BTreeMap::from([(Place::HERE, 1)]);
        let mut ends = 0;
        for ttl in 0..=self.last_ttl() {
            for place in self.places(ttl) {
                let Some(count) = ways.get(&place).copied() else { continue };
                let links = self.links_from(place);
                if links.is_empty() {
                    ends += count;
                }
                for link in links {
                    *ways.entry(link.to).or_default() += count;
                }
            }
        }
        ends
    }
}

impl Seen {
    fn is_at(&self, who: Option<Address>) -> bool {
        who.map_or(self.who.is_empty(), |who| self.who.contains(&who))
    }

    fn all(&self) -> impl Iterator<Item = Option<Address>> + '_ {
        let silent = self.who.is_empty().then_some(None);
        self.who.iter().copied().map(Some).chain(silent)
    }
}

#[cfg(test)]
mod tests;
