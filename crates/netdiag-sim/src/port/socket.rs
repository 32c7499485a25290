//! A set of probe sockets.

use std::task::{Context, Poll};

use netdiag_engine::port::{DatagramBatch, Incoming, ProbeSocket, Sent, TransmitBatch};
use netdiag_model::Moment;

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
        let own = &mut world.kernel.sets[usize::from(self.set)];
        let has_any = !own.inbox.is_empty() || own.dropped > 0;
        for message in own.inbox.drain(..) {
            let incoming = Incoming {
                shard: message.shard,
                family: message.family,
                from: message.from,
                via: message.via,
                ttl: message.ttl,
                tos: message.tos,
                len: message.bytes.len(),
                at: Moment { read, stamp: message.stamp },
            };
            batch.push(incoming, &message.bytes);
        }
        own.held = 0;
        batch.add_dropped(std::mem::take(&mut own.dropped));
        has_any
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
        wait(&mut self.shared.world().kernel.sets[usize::from(self.set)].waker, cx);
        self.shared.idle(cx);
        if self.drain(batch) { Poll::Ready(()) } else { Poll::Pending }
    }

    fn max_shards(&self) -> u16 {
        self.shared.world().kernel.spec().max_shards
    }
}

impl Drop for SimSocket {
    fn drop(&mut self) {
        self.shared.world().kernel.close(self.set);
    }
}
