//! Raw sockets that hear the ICMP errors to this host.

use std::task::{Context, Poll};

use netdiag_engine::port::{DatagramBatch, Witness};

use super::{Handle, wait};

/// A witness, by its number in the kernel.
#[derive(Debug)]
pub(super) struct SimWitness {
    shared: Handle,
    number: usize,
}

impl SimWitness {
    pub(super) fn new(shared: Handle, number: usize) -> Self {
        Self { shared, number }
    }

    fn drain(&self, batch: &mut DatagramBatch) -> bool {
        let mut world = self.shared.world();
        let read = world.reading();
        world.kernel.witnesses[self.number].inbox.drain(read, batch)
    }
}

impl Witness for SimWitness {
    fn poll_recv(&mut self, cx: &mut Context<'_>, batch: &mut DatagramBatch) -> Poll<()> {
        if self.drain(batch) {
            return Poll::Ready(());
        }
        wait(&mut self.shared.world().kernel.witnesses[self.number].inbox.waker, cx);
        self.shared.idle(cx);
        if self.drain(batch) { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl Drop for SimWitness {
    fn drop(&mut self) {
        self.shared.world().kernel.dismiss(self.number);
    }
}
