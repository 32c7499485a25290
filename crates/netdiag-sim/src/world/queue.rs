//! What is going to happen: events in the order of time, and of their making where the time is the same.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use netdiag_model::{Mono, ProbeId};

use crate::network::{NodeId, WayId};
use crate::packet::Packet;

/// Something that is going to happen.
#[derive(Debug)]
pub(super) enum Event {
    /// A packet reaches the end of a way.
    Arrive(WayId, Box<Packet>),
    /// A node sends a packet of its own.
    Emit(NodeId, Box<Packet>),
    /// A packet reaches the node that sent it (loopback).
    Loop(NodeId, Box<Packet>),
    /// Nobody has answered for the address of a packet.
    Unresolved(NodeId, Box<Packet>),
    /// This host's device has taken a packet, which leaves now.
    Depart(Box<Packet>),
    /// A packet that came in at that time reaches the process.
    Hand(Mono, Box<Packet>),
    /// The action with that number of the script.
    Script(usize),
    /// The forger with that number sends.
    Forge(usize),
    /// The attempt of a connector that began then is due for a SYN, with how many were sent before.
    Syn(u16, (ProbeId, Mono), u32),
    /// The attempt of a connector that began then has had its time.
    GiveUp(u16, (ProbeId, Mono)),
    /// The process runs again.
    Resume,
}

#[derive(Debug)]
struct Scheduled {
    at: Mono,
    order: u64,
    event: Event,
}

impl Scheduled {
    fn key(&self) -> (Mono, u64) {
        (self.at, self.order)
    }
}

impl PartialEq for Scheduled {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Scheduled {}

impl PartialOrd for Scheduled {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The earliest is the greatest, because the heap hands out the greatest.
impl Ord for Scheduled {
    fn cmp(&self, other: &Self) -> Ordering {
        other.key().cmp(&self.key())
    }
}

/// The events to come.
#[derive(Debug, Default)]
pub(super) struct Queue {
    heap: BinaryHeap<Scheduled>,
    made: u64,
}

impl Queue {
    pub(super) fn push(&mut self, at: Mono, event: Event) {
        self.made += 1;
        self.heap.push(Scheduled { at, order: self.made, event });
    }

    /// When the next event happens.
    pub(super) fn next_at(&self) -> Option<Mono> {
        self.heap.peek().map(|next| next.at)
    }

    pub(super) fn pop(&mut self) -> Option<Event> {
        self.heap.pop().map(|next| next.event)
    }

    pub(super) fn len(&self) -> usize {
        self.heap.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_of_one_instant_happen_in_the_order_of_their_making() {
        let mut queue = Queue::default();
        for (at, number) in [(5, 0), (3, 1), (5, 2), (3, 3)] {
            queue.push(Mono::from_nanos(at), Event::Script(number));
        }
        assert_eq!(queue.next_at(), Some(Mono::from_nanos(3)));
        let order: Vec<usize> = std::iter::from_fn(|| queue.pop())
            .map(|event| if let Event::Script(number) = event { number } else { 99 })
            .collect();
        assert_eq!(order, [1, 3, 0, 2]);
    }
}
