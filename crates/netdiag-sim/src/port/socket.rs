//! A set of probe sockets.

use std::task::{Context, Poll};

use netdiag_engine::port::{DatagramBatch, ProbeSocket, Sent, TransmitBatch};
use netdiag_model::Family;

use super::{Handle, wait};

/// A set of probe sockets, by its number in the kernel.
#[derive(Debug)]
pub(super) struct SimSocket {
    shared: Handle,
    set: u16,
}

impl SimSocket {
    pub(super) fn new(shared: Handle, set: u16) -> Self {
        Self { shared, set }
    }

    /// Moves what has come in to `batch`; false if that is nothing.
    fn drain(&self, batch: &mut DatagramBatch) -> bool {
        let mut world = self.shared.world();
        let read = world.reading();
        world.kernel.sets[usize::from(self.set)].inbox.drain(read, batch)
    }
}

impl ProbeSocket for SimSocket {
    fn send(&mut self, batch: &mut TransmitBatch, first: usize) -> Sent {
        self.shared.was_idle.set(false);
        self.shared.world().send(self.set, batch, first)
    }

    fn poll_send_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut world = self.shared.world();
        if world.kernel.may_send() {
            return Poll::Ready(());
        }
        wait(&mut world.kernel.sets[usize::from(self.set)].ready_waker, cx);
        drop(world);
        self.shared.idle(cx);
        Poll::Pending
    }

    fn poll_recv(&mut self, cx: &mut Context<'_>, batch: &mut DatagramBatch) -> Poll<()> {
        if self.drain(batch) {
            return Poll::Ready(());
        }
        wait(&mut self.shared.world().kernel.sets[usize::from(self.set)].inbox.waker, cx);
        self.shared.idle(cx);
        if self.drain(batch) { Poll::Ready(()) } else { Poll::Pending }
    }

    fn max_shards(&self) -> u16 {
        self.shared.world().kernel.spec().max_shards
    }

    fn number(&self, family: Family, shard: u16) -> Option<u16> {
        self.shared.world().kernel.known_number(self.set, (family, shard))
    }
}

impl Drop for SimSocket {
    fn drop(&mut self) {
        self.shared.world().kernel.close(self.set);
    }
}
