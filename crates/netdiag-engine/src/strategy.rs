//! Strategies: what to probe next, and when a run is over.
//!
//! A strategy sees every event of the run and is asked for the next probe whenever the pacer has room. It does not
//! send, match or time anything; the prober does.

mod echo;
mod path;
mod survey;

pub use echo::{Count, Echo, Ending, Pace};
pub use path::{AllBranches, Answers, Discipline, Limits, Overhead, PathMtu, Paths};
pub use survey::{Rhythm, Survey, SurveyHop};

use std::time::Duration;

use netdiag_model::event::Subject;
use netdiag_model::{Address, Aim, Event, Mono, TargetId};

/// A probe that a strategy asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// Its target.
    pub target: TargetId,
    /// What is special about it.
    pub aim: Aim,
    /// For a TCP attempt: how long it may take, where that is less than the run's timeout.
    pub patience: Option<Duration>,
}

impl Ask {
    /// A probe with nothing special about it.
    pub const fn plain(target: TargetId) -> Self {
        let aim = Aim { ttl: None, flow: netdiag_model::Flow(0), len: None };
        Self { target, aim, patience: None }
    }
}

/// A strategy's answer to "what next?".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Send this probe now.
    Probe(Ask),
    /// Nothing before this time, unless an event changes that.
    At(Mono),
    /// Nothing until an event.
    Event,
}

/// Decides what to probe next.
pub trait Strategy {
    /// A target was added to the run.
    fn handle_target(&mut self, now: Mono, target: TargetId, address: Address);

    /// Whether one more target could be of use now. Targets are added only as they are wanted, so that a list of any
    /// length costs nothing before its turn.
    fn wants_target(&self) -> bool;

    /// No more targets will come.
    fn handle_targets_end(&mut self);

    /// What next? A [`Next::Probe`] is taken as asked for: it is prepared once, and `Sent` or `SendError` follows
    /// unless the run ends before.
    fn poll_next(&mut self, now: Mono) -> Next;

    /// When the run is over: at `now` or earlier it is over, later it will be if nothing happens before; `None` when
    /// time alone does not end it.
    fn poll_end(&mut self, now: Mono) -> Option<Mono>;

    /// Something happened.
    fn handle_event(&mut self, now: Mono, event: &Event);

    /// A probe's fate is known: answered, timed out, or refused here or by an ICMP error. Called once for each probe
    /// that was asked for, right after the event that settled it; what comes later (a late answer, a duplicate, an
    /// error) changes nothing of it.
    fn handle_settled(&mut self, subject: &Subject);

    /// What it has found out by itself, to be told as an event of the run.
    fn poll_news(&mut self) -> Option<Event> {
        None
    }
}
