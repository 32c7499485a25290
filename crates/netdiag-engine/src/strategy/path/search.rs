//! The search for the hops of one flow.
//!
//! Scheduling rule: the first probe to a new hop comes before further probes to known ones. New hops are asked while few
//! enough of those asked before are *young*, that is, silent for less than a [pause](pause), and no farther beyond the last
//! one that has answered than the gap limit. A hop is asked again when its last probe has been answered, or after a pause. So
//! a path that answers takes a few round trips, silent hops delay nobody, and a target is not asked much more often than it
//! need be: many limit how often they answer (Linux: a burst of six, then one a second).

use std::time::Duration;

use netdiag_model::event::Subject;
use netdiag_model::path::{Circle, PathEnd, circle};
use netdiag_model::{Address, Aim, Mono, Rtt};

use super::course::{Heard, Turn};
use super::{AllBranches, Discipline, Limits};

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// How many round trips a probe may take that is one of a kind, and the bounds of that. The upper one keeps clear of the
/// time after which a kernel sends a SYN again (1 s, RFC 6298).
const PATIENCE: u32 = 10;
/// See [`PATIENCE`].
const PATIENCE_BOUNDS: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(950)];

/// How long a silent probe holds others up: a twentieth of the timeout, at most 100 ms.
fn pause(timeout: Duration) -> Duration {
    (timeout / 20).min(LONGEST_PAUSE)
}

/// What is known of a hop.
#[derive(Debug, Clone, Copy, Default)]
struct Hop {
    asked: u8,
    settled: u8,
    answered: u8,
    /// When it was asked last.
    last: Mono,
    /// Who answered first.
    who: Option<Address>,
    /// The end of the path, if it ends here.
    end: Option<PathEnd>,
}

impl Hop {
    const fn is_waiting(&self) -> bool {
        self.settled < self.asked
    }
}

/// The search.
#[derive(Debug)]
pub(super) struct Search {
    limits: Limits,
    target: Address,
    /// Data of each probe, in octets.
    len: u16,
    /// From the first TTL on, as many as have been asked.
    hops: Vec<Hop>,
    under_way: u16,
    not_sent: u32,
    longest: Rtt,
    circle: Option<Circle>,
    /// Whether answers may quote too little to be told apart from those to earlier probes: each probe has its whole time,
    /// and a hop that is silent once is not asked again.
    is_wary: bool,
    end: Option<PathEnd>,
}

impl Search {
    pub(super) fn new(limits: Limits, target: Address) -> Self {
        Self {
            len: limits.data_len(target.family(), None),
            target,
            limits,
            hops: Vec::new(),
            under_way: 0,
            not_sent: 0,
            longest: Rtt::from_nanos(0),
            circle: None,
            is_wary: false,
            end: None,
        }
    }

    /// The same, for answers that quote too little.
    pub(super) fn wary(mut self) -> Self {
        self.is_wary = true;
        self
    }

    /// How the path ends, once that is known.
    pub(super) const fn end(&self) -> Option<PathEnd> {
        self.end
    }

    /// The hops of the path, by TTL, and who answers there.
    pub(super) fn hops(&self) -> impl Iterator<Item = (u8, Option<Address>)> {
        let hops = self.hops.iter().take(self.reach());
        (self.limits.first_ttl..).zip(hops.map(|hop| hop.who))
    }

    pub(super) fn poll_next(&mut self, now: Mono) -> Turn {
        if let Some(end) = self.verdict() {
            self.end = Some(end);
            return Turn::Over;
        }
        if self.under_way >= self.limits.in_flight {
            return Turn::Event;
        }
        match self.limits.discipline {
            Discipline::OneByOne if self.under_way > 0 => Turn::Event,
            Discipline::OneByOne => match (0..self.reach()).find(|&index| self.is_wanting(index)) {
                Some(index) => self.ask(now, index),
                None => Turn::Event,
            },
            Discipline::Abreast { hops } => self.poll_abreast(now, hops),
        }
    }

    fn poll_abreast(&mut self, now: Mono, window: u8) -> Turn {
        let pause = pause(self.limits.timeout);
        let mut wake: Option<Mono> = None;
        if self.hops.len() < self.reach() {
            let young = self.hops.iter().filter(|hop| hop.answered == 0 && hop.is_waiting());
            let mut until: Vec<Mono> =
                young.map(|hop| hop.last + pause).filter(|&until| until > now).collect();
            if until.len() < usize::from(window) {
                return self.ask(now, self.hops.len());
            }
            until.sort_unstable();
            wake = until.first().copied();
        }
        for index in 0..self.reach().min(self.hops.len()) {
            let hop = &self.hops[index];
            if !self.is_wanting(index) {
                continue;
            }
            if !hop.is_waiting() || hop.last + pause <= now {
                return self.ask(now, index);
            }
            wake = wake.into_iter().chain([hop.last + pause]).min();
        }
        wake.map_or(Turn::Event, Turn::At)
    }

    fn ask(&mut self, now: Mono, index: usize) -> Turn {
        if self.hops.len() <= index {
            self.hops.resize(index + 1, Hop::default());
        }
        let hop = &mut self.hops[index];
        hop.asked += 1;
        hop.last = now;
        self.under_way += 1;
        let ttl = Some(self.limits.first_ttl + index as u8);
        let patience = (self.limits.discipline == Discipline::OneByOne && !self.is_wary).then(|| {
            let [least, most] = PATIENCE_BOUNDS;
            (Duration::from(self.longest) * PATIENCE).clamp(least, most).min(self.limits.timeout)
        });
        Turn::Ask { aim: Aim { ttl, flow: self.limits.flow, len: Some(self.len) }, patience }
    }

    /// How many hops, from the first TTL on, may be asked by what is known now.
    fn reach(&self) -> usize {
        let Limits { first_ttl, max_ttl, gap, .. } = self.limits;
        let all = usize::from(max_ttl - first_ttl) + 1;
        let answered = self.hops.iter().rposition(|hop| hop.answered > 0).map_or(0, |last| last + 1);
        let ended = self.hops.iter().position(|hop| hop.end.is_some()).map(|index| index + 1);
        let round = self.circle.map(|circle| usize::from(circle.again - first_ttl + circle.len()));
        [Some(all), Some(answered + usize::from(gap)), ended, round].into_iter().flatten().min().unwrap_or(0)
    }

    /// Whether a hop has probes to come.
    fn is_wanting(&self, index: usize) -> bool {
        let Some(hop) = self.hops.get(index) else { return true };
        let is_silent = self.is_wary && hop.asked > 0 && hop.answered == 0;
        // Where all branches are wanted, who answers once is asked often enough later.
        let is_known = self.limits.branches != AllBranches::Ignored && hop.answered > 0;
        hop.asked < self.limits.queries && !is_silent && !is_known
    }

    /// How the path ends, if nothing that is still to come can change that.
    fn verdict(&self) -> Option<PathEnd> {
        if self.not_sent >= u32::from(self.limits.queries) && self.hops.iter().all(|hop| hop.answered == 0) {
            return Some(PathEnd::NotSent);
        }
        let reach = self.reach();
        let is_settled = |index| {
            !self.is_wanting(index) && self.hops.get(index).is_some_and(|hop: &Hop| !hop.is_waiting())
        };
        if !(0..reach).all(is_settled) {
            return None;
        }
        let ended = self.hops[..reach].iter().find_map(|hop| hop.end);
        let silent = self.hops[..reach].iter().rev().take_while(|hop| hop.answered == 0).count();
        Some(match (ended, self.circle) {
            (Some(end), _) => end,
            (None, Some(circle)) => PathEnd::Loop(circle),
            (None, None) if silent >= usize::from(self.limits.gap) => PathEnd::GapLimit,
            (None, None) => PathEnd::MaxTtl,
        })
    }

    fn hop_mut(&mut self, subject: &Subject) -> Option<&mut Hop> {
        if subject.aim.flow != self.limits.flow {
            return None;
        }
        let index = subject.aim.ttl?.checked_sub(self.limits.first_ttl)?;
        self.hops.get_mut(usize::from(index))
    }

    pub(super) fn handle_heard(&mut self, subject: &Subject, heard: &Heard) {
        let Some(hop) = self.hop_mut(subject) else { return };
        hop.answered = hop.answered.saturating_add(1);
        hop.who = hop.who.or(heard.from);
        // The target itself says more than anybody about it.
        if heard.end.is_some() && !matches!(hop.end, Some(PathEnd::Reached { .. })) {
            hop.end = heard.end;
        }
        self.longest = self.longest.max(heard.rtt);
        // A router that translates addresses has all behind it speak in the name of the target.
        let target = self.target;
        let passed = |hop: &Hop| hop.who.filter(|who| hop.end.is_none() && !target.matches(who));
        let who: Vec<Option<Address>> = self.hops.iter().map(passed).collect();
        self.circle = circle(self.limits.first_ttl, &who);
    }

    pub(super) fn handle_not_sent(&mut self, subject: &Subject) {
        if self.hop_mut(subject).is_some() {
            self.not_sent += 1;
        }
    }

    pub(super) fn handle_settled(&mut self, subject: &Subject) {
        if let Some(hop) = self.hop_mut(subject) {
            hop.settled += 1;
            self.under_way -= 1;
        }
    }
}
