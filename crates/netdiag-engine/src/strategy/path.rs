//! The path to one target or many, hop by hop.
//!
//! Each target has its own [`Course`], a value that says what it would ask next; they take turns, so that all of them
//! together keep to the one rate. A course goes through stages: the *search* finds the hops of one flow, then, where that
//! is asked for, the *branches* are enumerated and the *path MTU* is found. A course waits for nothing that cannot change
//! what it will say.

mod branches;
mod course;
mod mtu;
mod search;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::time::Duration;

use netdiag_model::event::Subject;
use netdiag_model::{Address, Event, Family, Flow, Mono, TargetId};

use super::{Ask, Next, Strategy};
use course::{Course, Turn};
pub use mtu::Answers;

/// How many targets are asked at once.
const AT_ONCE: usize = 4096;

/// How probes of one flow follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discipline {
    /// Several at once, to as many hops that have not answered yet. If it shows that answers cannot be told apart, the path
    /// is searched again one probe at a time.
    Abreast {
        /// How many such hops.
        hops: u8,
    },
    /// One at a time, each given up after ten times the longest round trip so far. TCP has it so: there can be one attempt
    /// with one pair of ports.
    OneByOne,
}

/// What is asked of each target, and when to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The first TTL; at least 1.
    pub first_ttl: u8,
    /// The last TTL.
    pub max_ttl: u8,
    /// Probes per hop; at least 1.
    pub queries: u8,
    /// How many hops in a row may be silent before nobody beyond them is asked; at least 1.
    pub gap: u8,
    /// Probes under way to one target; at least 1.
    pub in_flight: u16,
    /// How long each probe may take.
    pub timeout: Duration,
    /// How probes of one flow follow each other.
    pub discipline: Discipline,
    /// The flow to begin with.
    pub flow: Flow,
    /// How many flows there can be.
    pub flows: u16,
    /// Size of the packets, IP header included, in octets: IPv4 and IPv6.
    pub size: [u16; 2],
    /// How much of that is no data.
    pub overhead: Overhead,
    /// Whether all branches are wanted.
    pub branches: AllBranches,
    /// Whether the path MTU is wanted.
    pub path_mtu: PathMtu,
}

/// Whether all branches of a path are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllBranches {
    /// One flow's path is enough.
    Ignored,
    /// All are, and the chance that one is missing is at most so many in a hundred.
    Found {
        /// The chance, in percent.
        miss_percent: u8,
    },
}

impl AllBranches {
    fn alpha(self) -> Option<f64> {
        match self {
            Self::Ignored => None,
            Self::Found { miss_percent } => Some(f64::from(miss_percent) / 100.0),
        }
    }
}

/// Whether the path MTU is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathMtu {
    /// No.
    Ignored,
    /// Yes. Packets must not be fragmented, and their size is not held against what the kernel believes of the path.
    Found(Answers),
}

/// Octets of a packet that are no data of the probe: headers, and what names the probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overhead {
    /// Over IPv4.
    pub v4: u16,
    /// Over IPv6.
    pub v6: u16,
}

impl Limits {
    /// How much data a packet to `family` has that is `size` octets long, or as long as usual.
    fn data_len(&self, family: Family, size: Option<u16>) -> u16 {
        let [v4, v6] = self.size;
        let (usual, overhead) = match family {
            Family::V4 => (v4, self.overhead.v4),
            Family::V6 => (v6, self.overhead.v6),
        };
        size.unwrap_or(usual).saturating_sub(overhead)
    }
}

/// The strategy.
#[derive(Debug)]
pub struct Paths {
    limits: Limits,
    /// By target; `None` once there is nothing more to ask.
    courses: Vec<Option<Box<Course>>>,
    /// Those that may have something to ask, in the order in which they have their turn.
    ready: VecDeque<TargetId>,
    /// When others have.
    alarms: BinaryHeap<Reverse<(Mono, TargetId)>>,
    news: VecDeque<Event>,
    running: usize,
    is_complete: bool,
    deadline: Option<Duration>,
    started: Option<Mono>,
}

impl Paths {
    /// Asks for the path to each target, within these limits.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            courses: Vec::new(),
            ready: VecDeque::new(),
            alarms: BinaryHeap::new(),
            news: VecDeque::new(),
            running: 0,
            is_complete: false,
            deadline: None,
            started: None,
        }
    }

    /// Ends the run `deadline` after its beginning, whatever is outstanding.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Option<Duration>) -> Self {
        self.deadline = deadline;
        self
    }

    fn course(&mut self, target: TargetId) -> Option<&mut Box<Course>> {
        self.courses.get_mut(target.index())?.as_mut()
    }

    /// Notes that a target may have something to ask.
    fn rouse(&mut self, target: TargetId) {
        let Some(course) = self.course(target) else { return };
        if !std::mem::replace(&mut course.is_queued, true) {
            self.ready.push_back(target);
        }
    }

    fn set_alarm(&mut self, target: TargetId, at: Mono) {
        let Some(course) = self.course(target) else { return };
        // A later one is of no use while an earlier one stands: when that has gone off, the course is asked again.
        if course.alarm.is_none_or(|set| at < set) {
            course.alarm = Some(at);
            self.alarms.push(Reverse((at, target)));
        }
    }

    fn ring(&mut self, now: Mono) {
        while let Some(&Reverse((at, target))) = self.alarms.peek()
            && at <= now
        {
            self.alarms.pop();
            if let Some(course) = self.course(target) {
                course.alarm = course.alarm.filter(|&set| set > at);
            }
            self.rouse(target);
        }
    }

    fn tell(&mut self, target: TargetId) {
        let Some(course) = self.courses.get_mut(target.index()).and_then(Option::as_mut) else { return };
        self.news.extend(course.news.drain(..).map(|news| Event::Path { target, news }));
    }
}

impl Strategy for Paths {
    fn handle_target(&mut self, _now: Mono, target: TargetId, address: Address) {
        debug_assert_eq!(target.index(), self.courses.len());
        self.courses.push(Some(Box::new(Course::new(self.limits, address))));
        self.running += 1;
        self.rouse(target);
    }

    fn wants_target(&self) -> bool {
        self.running < AT_ONCE
    }

    fn handle_targets_end(&mut self) {
        self.is_complete = true;
    }

    fn poll_next(&mut self, now: Mono) -> Next {
        self.ring(now);
        while let Some(target) = self.ready.pop_front() {
            let Some(course) = self.course(target) else { continue };
            course.is_queued = false;
            match course.poll_next(now) {
                Turn::Ask { aim, patience } => {
                    self.rouse(target);
                    // What it says of the probes to come is heard before them.
                    self.tell(target);
                    return Next::Probe(Ask { target, aim, patience });
                }
                Turn::At(at) => self.set_alarm(target, at),
                Turn::Event => {}
                Turn::Over => {
                    self.tell(target);
                    self.courses[target.index()] = None;
                    self.running -= 1;
                }
            }
            self.tell(target);
        }
        self.alarms.peek().map_or(Next::Event, |&Reverse((at, _))| Next::At(at))
    }

    fn poll_end(&mut self, now: Mono) -> Option<Mono> {
        let started = *self.started.get_or_insert(now);
        let is_over = self.is_complete && self.running == 0;
        let deadline = self.deadline.map(|deadline| started + deadline);
        is_over.then_some(now).into_iter().chain(deadline).min()
    }

    fn handle_event(&mut self, _now: Mono, event: &Event) {
        let target = match event {
            Event::Unattributed { target, .. } => *target,
            _ => match event.subject() {
                Some(subject) => subject.target,
                None => return,
            },
        };
        if let Some(course) = self.course(target) {
            course.handle_event(event);
            self.rouse(target);
        }
    }

    fn handle_settled(&mut self, subject: &Subject) {
        if let Some(course) = self.course(subject.target) {
            course.handle_settled(subject);
            self.rouse(subject.target);
        }
    }

    fn poll_news(&mut self) -> Option<Event> {
        self.news.pop_front()
    }
}

#[cfg(test)]
mod tests;
