//! The clock: virtual, and stepped as the network file says.

use std::task::{Context, Poll};

use netdiag_engine::port::Clock;
use netdiag_model::{Mono, Reading};

use super::Handle;

/// The virtual clock.
#[derive(Debug)]
pub struct SimClock {
    shared: Handle,
    waiter: u64,
}

impl SimClock {
    pub(crate) fn new(shared: Handle) -> Self {
        let waiter = shared.world().timers.register();
        Self { shared, waiter }
    }

    fn has_come(&self, deadline: Mono) -> bool {
        let mut world = self.shared.world();
        let has_come = world.now >= deadline;
        if has_come {
            world.timers.cancel(self.waiter);
        }
        has_come
    }
}

impl Clock for SimClock {
    fn now(&self) -> Reading {
        self.shared.world().reading()
    }

    fn poll_until(&mut self, cx: &mut Context<'_>, deadline: Mono) -> Poll<()> {
        self.shared.was_idle.set(false);
        if self.has_come(deadline) {
            return Poll::Ready(());
        }
        self.shared.world().timers.wait(self.waiter, deadline, cx.waker());
        self.shared.idle_clock(cx);
        if self.has_come(deadline) {
            return Poll::Ready(());
        }
        Poll::Pending
    }
}

impl Drop for SimClock {
    fn drop(&mut self) {
        self.shared.world().timers.cancel(self.waiter);
    }
}
