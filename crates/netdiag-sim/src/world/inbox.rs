//! What lies in the queue of a socket until its process takes it.

use std::collections::VecDeque;
use std::task::Waker;

use netdiag_engine::port::{DatagramBatch, Incoming, Via};
use netdiag_model::{Address, Family, Moment, Reading, Stamp};

/// A message in a socket's queue.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) shard: u16,
    pub(crate) family: Family,
    pub(crate) from: Address,
    pub(crate) via: Via,
    pub(crate) ttl: Option<u8>,
    pub(crate) tos: Option<u8>,
    pub(crate) stamp: Option<Stamp>,
    pub(crate) bytes: Vec<u8>,
}

/// A queue.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    messages: VecDeque<Message>,
    /// How many of them count against the receive buffer.
    held: usize,
    dropped: u64,
    pub(crate) waker: Option<Waker>,
}

impl Inbox {
    /// Whether the receive buffer has room for one more message, which then counts against it; else it is dropped.
    pub(super) fn has_room(&mut self, most: Option<usize>) -> bool {
        let has_room = most.is_none_or(|most| self.held < most);
        self.held += usize::from(has_room);
        self.dropped += u64::from(!has_room);
        has_room
    }

    /// Puts a message in and wakes who waits for it.
    pub(super) fn push(&mut self, message: Message) {
        self.messages.push_back(message);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.messages.clear();
    }

    /// Moves all to `batch`; false if that is nothing.
    pub(crate) fn drain(&mut self, read: Reading, batch: &mut DatagramBatch) -> bool {
        let has_any = !self.messages.is_empty() || self.dropped > 0;
        for message in self.messages.drain(..) {
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
        self.held = 0;
        batch.add_dropped(std::mem::take(&mut self.dropped));
        has_any
    }
}
