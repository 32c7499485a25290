//! What has been asked at which TTL by which flow, what is unanswered, and when to ask again.
//!
//! Unanswered probes of one TTL are asked again one at a time, at first after a short pause and then ever slower down to
//! once a second: as often as Linux answers one peer whose burst is used up. Where a flow stays silent in spite of that, one
//! that was answered before is asked again in the same manner, as a control: is it answered, the other is silent for good.
//! Once one is, less is asked of the rest: each that is silent as well is no branch more.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use netdiag_model::path::Graph;
use netdiag_model::{Flow, Mono, Rtt};

/// The shortest and the longest time between two probes that ask again at one TTL.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(1)];
/// How many round trips an answer may take before it is asked for again.
const ROUND_TRIPS: u32 = 4;
/// How often a flow is asked again before it counts as silent: the first where others are answered; and where nobody is, or
/// another is silent already.
const AGAIN: [u32; 2] = [5, 1];
/// How many controls there are at most at a TTL, and how many of them it takes.
const CONTROLS: [u32; 2] = [4, 2];
/// How many flows are silent where nobody answers before that TTL counts as silent.
const SILENT_FLOWS: usize = 2;

/// What silence means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nobody answers this flow there.
    Silent,
    /// It cannot be told: the router answers too seldom.
    Unknown,
}

/// One flow at one TTL.
#[derive(Debug, Clone, Copy, Default)]
struct Try {
    /// Probes sent, and those under way.
    asked: u32,
    open: u32,
    /// Probes that asked again.
    again: u32,
    /// When it was asked last.
    last: Mono,
    is_answered: bool,
    is_given_up: bool,
}

impl Try {
    const fn is_pending(&self) -> bool {
        !self.is_answered && !self.is_given_up
    }
}

/// One TTL.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// When the next probe may ask again.
    next: Mono,
    pause: Duration,
    /// Probes that asked again, and how many of them were answered.
    again: u32,
    answered: u32,
    /// Controls, those of them that were answered, and when the last one was sent.
    controls: u32,
    controlled: u32,
    last_control: Mono,
    /// Whether a flow is silent there while others are answered.
    has_silent: bool,
}

impl Pace {
    const fn new(next: Mono, pause: Duration) -> Self {
        let (again, answered, controls, controlled) = (0, 0, 0, 0);
        let last_control = Mono::ZERO;
        Self { next, pause, again, answered, controls, controlled, last_control, has_silent: false }
    }

    /// Whether those who are answered at all are answered when they ask again.
    const fn is_heard(&self) -> bool {
        let is_heard_again = self.answered > 0 && self.answered * 2 >= self.again.saturating_sub(AGAIN[0]);
        is_heard_again || self.controlled >= CONTROLS[1] && self.controlled * 2 >= self.controls
    }
}

/// All that has been asked.
#[derive(Debug)]
pub(super) struct Tries {
    asked: BTreeMap<(u8, Flow), Try>,
    paces: BTreeMap<u8, Pace>,
    longest: Rtt,
    timeout: Duration,
}

impl Tries {
    pub(super) fn new(timeout: Duration) -> Self {
        Self { asked: BTreeMap::new(), paces: BTreeMap::new(), longest: Rtt::from_nanos(0), timeout }
    }

    /// A flow was answered at a TTL before any of this.
    pub(super) fn learn(&mut self, ttl: u8, flow: Flow) {
        self.asked.insert((ttl, flow), Try { asked: 1, is_answered: true, ..Try::default() });
    }

    /// How often a flow is asked again at a TTL.
    fn most(&self, ttl: u8) -> u32 {
        let is_answered = self.of_ttl(ttl).any(|(_, tried)| tried.is_answered);
        let has_silent = self.paces.get(&ttl).is_some_and(|pace| pace.has_silent);
        AGAIN[usize::from(!is_answered || has_silent)]
    }

    /// How long an answer is waited for before it is asked for again.
    fn patience(&self) -> Duration {
        (Duration::from(self.longest) * ROUND_TRIPS).max(PAUSES[0]).min(self.timeout)
    }

    fn of_ttl(&self, ttl: u8) -> impl Iterator<Item = (Flow, &Try)> {
        self.asked.range((ttl, Flow(0))..=(ttl, Flow(u16::MAX))).map(|(&(_, flow), tried)| (flow, tried))
    }

    fn get(&self, ttl: u8, flow: Flow) -> Option<&Try> {
        self.asked.get(&(ttl, flow))
    }

    /// The flows that have been asked at a TTL.
    pub(super) fn flows_at(&self, ttl: u8) -> impl Iterator<Item = Flow> + '_ {
        self.of_ttl(ttl).map(|(flow, _)| flow)
    }

    pub(super) fn is_asked(&self, ttl: u8, flow: Flow) -> bool {
        self.get(ttl, flow).is_some()
    }

    /// Asked, not answered, not given up.
    pub(super) fn is_pending(&self, ttl: u8, flow: Flow) -> bool {
        self.get(ttl, flow).is_some_and(Try::is_pending)
    }

    pub(super) fn is_given_up(&self, ttl: u8, flow: Flow) -> bool {
        self.get(ttl, flow).is_some_and(|tried| tried.is_given_up)
    }

    /// How many flows are pending at a TTL.
    pub(super) fn pending_at(&self, ttl: u8) -> u32 {
        self.of_ttl(ttl).filter(|(_, tried)| tried.is_pending()).count() as u32
    }

    /// How many probes of a flow are under way to a TTL.
    pub(super) fn open_at(&self, ttl: u8, flow: Flow) -> u32 {
        self.get(ttl, flow).map_or(0, |tried| tried.open)
    }

    /// Whether a flow has a probe under way anywhere.
    pub(super) fn is_open(&self, flow: Flow) -> bool {
        self.asked.iter().any(|((_, other), tried)| *other == flow && tried.open > 0)
    }

    fn is_waiting(&self) -> bool {
        self.asked.values().any(Try::is_pending)
    }

    /// Until when answers to flows that were answered before are worth waiting for; `None` if none is under way, or for long.
    pub(super) fn repeats_until(&self, now: Mono) -> Option<Mono> {
        let repeated = self.asked.values().filter(|tried| tried.is_answered && tried.open > 0);
        let until = repeated.map(|tried| tried.last + self.patience()).max()?;
        (until > now && !self.is_waiting()).then_some(until)
    }

    /// How many probes of a flow have been sent to a TTL.
    pub(super) fn asked_at(&self, ttl: u8, flow: Flow) -> u32 {
        self.get(ttl, flow).map_or(0, |tried| tried.asked)
    }

    pub(super) fn ask(&mut self, now: Mono, ttl: u8, flow: Flow) {
        let patience = self.patience();
        let is_stuck = self.is_stuck(ttl);
        let tried = self.asked.entry((ttl, flow)).or_default();
        let is_control = tried.is_answered && is_stuck;
        let is_again = tried.asked > 0 && tried.is_pending();
        tried.asked += 1;
        tried.open += 1;
        tried.last = now;
        let pace = self.paces.entry(ttl).or_insert(Pace::new(now, patience));
        if is_control {
            pace.controls += 1;
            pace.last_control = now;
        }
        if is_again {
            tried.again += 1;
            pace.again += 1;
        }
        if is_again || is_control {
            pace.pause = (pace.pause * 2).min(PAUSES[1]).max(patience);
            pace.next = now + pace.pause;
        }
    }

    /// Whether a flow that is pending at a TTL has been asked again often enough.
    fn is_stuck(&self, ttl: u8) -> bool {
        let most = self.most(ttl);
        self.of_ttl(ttl).any(|(_, tried)| tried.is_pending() && tried.again >= most)
    }

    /// The flow that is asked again as a control, where one is needed.
    fn control(&self, ttl: u8, pace: &Pace) -> Option<Flow> {
        if pace.is_heard() || pace.controls >= CONTROLS[0] || !self.is_stuck(ttl) {
            return None;
        }
        let answered = self.of_ttl(ttl).filter(|(_, tried)| tried.is_answered);
        answered.min_by_key(|(_, tried)| (tried.open, tried.last)).map(|(flow, _)| flow)
    }

    /// The probe that is to ask again now; or when one will be.
    pub(super) fn due(&self, now: Mono) -> Result<(u8, Flow), Option<Mono>> {
        let mut soonest: Option<Mono> = None;
        for (&ttl, pace) in &self.paces {
            let pending = self.of_ttl(ttl).filter(|(_, tried)| tried.is_pending());
            let most = self.most(ttl);
            // Those that may be asked again first; of them the one that has been asked most, and longest ago.
            let turn = |tried: &Try| (tried.again >= most, Reverse(tried.again), tried.last);
            let Some((flow, tried)) = pending.min_by_key(|(_, tried)| turn(tried)) else { continue };
            let at = if let Some(control) = self.control(ttl, pace) {
                if pace.next <= now {
                    return Ok((ttl, control));
                }
                pace.next
            } else {
                pace.next.max(tried.last + self.patience())
            };
            if at <= now && tried.again < most {
                return Ok((ttl, flow));
            }
            soonest = Some(soonest.map_or(at, |other| other.min(at)));
        }
        Err(soonest)
    }

    /// Whether every flow that is pending at a TTL has had its time.
    fn is_quiet(&self, ttl: u8, now: Mono) -> bool {
        let patience = self.patience();
        self.of_ttl(ttl).all(|(_, tried)| !tried.is_pending() || tried.last + patience <= now)
    }

    /// Those whose silence means something by now. They are pending no more.
    pub(super) fn conclude(&mut self, now: Mono, graph: &Graph) -> Vec<(u8, Flow, Verdict)> {
        let patience = self.patience();
        let exhausted = |tried: &Try| tried.is_pending() && tried.last + patience <= now;
        let mut ends = Vec::new();
        for (&(ttl, flow), tried) in &self.asked {
            if !exhausted(tried) || tried.again < self.most(ttl) {
                continue;
            }
            if graph.has_answered(ttl) {
                // Where others are answered when they ask again, this one is silent for good.
                let Some(pace) = self.paces.get(&ttl) else { continue };
                let is_under_way = pace.controls > 0 && pace.last_control + patience > now;
                if pace.is_heard() {
                    ends.push((ttl, flow, Verdict::Silent));
                } else if self.control(ttl, pace).is_none() && !is_under_way {
                    ends.push((ttl, flow, Verdict::Unknown));
                }
            } else if self.is_quiet(ttl, now) {
                ends.push((ttl, flow, Verdict::Silent));
            }
        }
        // Where nobody answers, a few flows speak for all that have been asked.
        for ttl in self.paces.keys() {
            let silent = ends.iter().filter(|(at, ..)| at == ttl).count()
                + self.of_ttl(*ttl).filter(|(_, tried)| tried.is_given_up).count();
            if silent >= SILENT_FLOWS && !graph.has_answered(*ttl) {
                let rest = self.of_ttl(*ttl).filter(|(_, tried)| tried.is_pending());
                let rest: Vec<_> = rest.map(|(flow, _)| (*ttl, flow, Verdict::Silent)).collect();
                ends.extend(rest.into_iter().filter(|end| !ends.contains(end)).collect::<Vec<_>>());
            }
        }
        for (ttl, flow, verdict) in &ends {
            if let Some(pace) = self.paces.get_mut(ttl) {
                pace.has_silent |= *verdict == Verdict::Silent;
            }
            if let Some(tried) = self.asked.get_mut(&(*ttl, *flow)) {
                tried.is_given_up = true;
            }
        }
        ends
    }

    pub(super) fn handle_answer(&mut self, ttl: u8, flow: Flow, rtt: Rtt) {
        self.longest = self.longest.max(rtt);
        let Some(tried) = self.asked.get_mut(&(ttl, flow)) else { return };
        let was_pending = tried.is_pending();
        tried.is_answered = true;
        let Some(pace) = self.paces.get_mut(&ttl) else { return };
        if was_pending && tried.again > 0 {
            pace.answered += 1;
        } else if !was_pending && pace.controlled < pace.controls {
            pace.controlled += 1;
        }
    }

    /// A probe's fate is known; whether it was one of these.
    pub(super) fn handle_settled(&mut self, ttl: u8, flow: Flow) -> bool {
        match self.asked.get_mut(&(ttl, flow)) {
            Some(tried) if tried.open > 0 => {
                tried.open -= 1;
                true
            }
            _ => false,
        }
    }
}
