//! A run that goes on by another strategy, such as one that first finds a path and then asks its hops.

use netdiag_model::{Mono, TargetId};

use super::Prober;
use crate::strategy::{Next, Strategy};

impl<S: Strategy> Prober<S> {
    /// The same run, by `strategy` from now on. It is told of the targets that there are, and may be given more.
    ///
    /// Probes under way stay known, so that answers to them are neither strangers nor taken for answers to later ones;
    /// the new strategy is told of those as well, and has to know its own. Drain the events before.
    pub fn go_on<T: Strategy>(self, now: Mono, mut strategy: T) -> Prober<T> {
        debug_assert!(self.events.is_empty());
        for (index, target) in self.targets.iter().enumerate() {
            strategy.handle_target(now, TargetId(index as u32), target.address);
        }
        Prober {
            config: self.config,
            strategy,
            targets: self.targets,
            pacer: self.pacer,
            inflight: self.inflight,
            timeouts: self.timeouts,
            events: self.events,
            asked: None,
            next: Next::Event,
            ends_at: None,
            slot_free_at: None,
            offset: self.offset,
            mishaps: self.mishaps,
        }
    }
}
