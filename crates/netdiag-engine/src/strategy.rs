//! Strategies: what to probe next, and when a run is over.
//!
//! A strategy sees every event of the run and is asked for the next probe whenever the pacer has room. It does not
//! send, match or time anything; the prober does.

mod echo;

pub use echo::{Count, Echo, Ending, Pace};

use netdiag_model::{Event, Mono, TargetId};

/// A strategy's answer to "what next?".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Probe this target now.
    Probe(TargetId),
    /// Nothing before this time, unless an event changes that.
    At(Mono),
    /// Nothing until an event.
    Event,
}

/// Decides what to probe next.
pub trait Strategy {
    /// A target was added to the run.
    fn handle_target(&mut self, now: Mono, target: TargetId);

    /// What next? A [`Next::Probe`] is taken as asked for: it is prepared once, and `Sent` or `SendError` follows
    /// unless the run ends before.
    fn poll_next(&mut self, now: Mono) -> Next;

    /// When the run is over: at `now` or earlier it is over, later it will be if nothing happens before; `None` when
    /// time alone does not end it.
    fn poll_end(&mut self, now: Mono) -> Option<Mono>;

    /// Something happened.
    fn handle_event(&mut self, now: Mono, event: &Event);
}
