//! What the simulated host knows of itself.

use std::task::{Context, Poll};

use netdiag_engine::port::{Counters, HostChange, HostFacts, Interface, Neighbour, Route};
use netdiag_model::{Address, Errno};

use super::Handle;

/// What the simulated host knows of itself.
#[derive(Debug)]
pub struct SimFacts {
    shared: Handle,
    /// How many changes this handle has told.
    told: usize,
}

impl SimFacts {
    pub(crate) fn new(shared: Handle) -> Self {
        let told = shared.world().kernel.changes.len();
        Self { shared, told }
    }

    fn drain(&mut self, changes: &mut Vec<HostChange>) -> bool {
        let world = self.shared.world();
        let new = &world.kernel.changes[self.told..];
        changes.extend_from_slice(new);
        self.told += new.len();
        !new.is_empty()
    }
}

impl HostFacts for SimFacts {
    fn interfaces(&self) -> Result<Vec<Interface>, Errno> {
        Ok(self.shared.world().interfaces())
    }

    /// This host of the simulator chooses its way by the destination alone.
    fn route(&self, to: &Address, _interface: Option<u32>) -> Result<Route, Errno> {
        self.shared.world().route_to(to)
    }

    fn neighbour(&self, to: &Address, _interface: u32) -> Result<Option<Neighbour>, Errno> {
        Ok(self.shared.world().neighbour(to))
    }

    /// The simulated kernel counts nothing.
    fn counters(&self) -> Result<Counters, Errno> {
        Err(Errno::EOPNOTSUPP)
    }

    fn poll_change(&mut self, cx: &mut Context<'_>, changes: &mut Vec<HostChange>) -> Poll<()> {
        if self.drain(changes) {
            return Poll::Ready(());
        }
        self.shared.world().kernel.await_change(cx.waker());
        self.shared.idle(cx);
        if self.drain(changes) { Poll::Ready(()) } else { Poll::Pending }
    }
}
