//! TCP attempts.

use std::task::{Context, Poll};
use std::time::Duration;

use netdiag_engine::port::{Attempt, Connector, Outcome, Sighting};
use netdiag_model::{Moment, ProbeId};

use super::{Handle, wait};

/// How many attempts may be under way at once.
const CAPACITY: usize = 10_000;

/// A connector, by its number in the kernel.
#[derive(Debug)]
pub(super) struct SimConnector {
    shared: Handle,
    set: u16,
}

impl SimConnector {
    pub(super) fn new(shared: Handle, set: u16) -> Self {
        Self { shared, set }
    }

    /// Moves what has ended to `outcomes`; false if that is nothing.
    fn drain(&self, outcomes: &mut Vec<Outcome>) -> bool {
        let mut world = self.shared.world();
        let at = Moment::user(world.reading());
        let ended = &mut world.kernel.connectors[usize::from(self.set)].ended;
        let has_any = !ended.is_empty();
        outcomes.extend(ended.drain(..).map(|outcome| Outcome { at, ..outcome }));
        has_any
    }
}

impl Connector for SimConnector {
    fn start(&mut self, attempt: &Attempt) -> Moment {
        self.shared.was_idle.set(false);
        self.shared.world().start(self.set, attempt)
    }

    fn poll_outcome(&mut self, cx: &mut Context<'_>, outcomes: &mut Vec<Outcome>) -> Poll<()> {
        if self.drain(outcomes) {
            return Poll::Ready(());
        }
        wait(&mut self.shared.world().kernel.connectors[usize::from(self.set)].waker, cx);
        self.shared.idle(cx);
        if self.drain(outcomes) { Poll::Ready(()) } else { Poll::Pending }
    }

    fn set_timeout(&mut self, timeout: Duration) {
        self.shared.world().kernel.connectors[usize::from(self.set)].timeout = timeout;
    }

    fn look(&self, probe: ProbeId) -> Option<Sighting> {
        self.shared.world().look(self.set, probe)
    }

    fn cancel(&mut self, probe: ProbeId) {
        self.shared.world().cancel(self.set, probe);
    }

    fn capacity(&self) -> usize {
        CAPACITY
    }
}
