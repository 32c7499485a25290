//! Who waits for a point in time, and who is woken when it comes.

use std::task::Waker;

use netdiag_model::Mono;

/// Waiters for points in time. There are few: one per clock and per look-up.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    waiting: Vec<(u64, Mono, Waker)>,
    made: u64,
}

impl Timers {
    /// A number for a new waiter.
    pub(crate) fn register(&mut self) -> u64 {
        self.made += 1;
        self.made
    }

    /// Waits for `at`; replaces what the waiter waited for before.
    pub(crate) fn wait(&mut self, waiter: u64, at: Mono, waker: &Waker) {
        if let Some(entry) = self.waiting.iter_mut().find(|(other, ..)| *other == waiter) {
            entry.1 = at;
            entry.2.clone_from(waker);
        } else {
            self.waiting.push((waiter, at, waker.clone()));
        }
    }

    /// Waits no longer.
    pub(crate) fn cancel(&mut self, waiter: u64) {
        self.waiting.retain(|(other, ..)| *other != waiter);
    }

    pub(super) fn earliest(&self) -> Option<Mono> {
        self.waiting.iter().map(|(_, at, _)| *at).min()
    }

    /// Wakes all whose time has come.
    pub(super) fn fire(&mut self, now: Mono) {
        for (.., waker) in self.waiting.extract_if(.., |(_, at, _)| *at <= now) {
            waker.wake();
        }
    }
}
