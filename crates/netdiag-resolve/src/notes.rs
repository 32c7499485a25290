//! What was found out about addresses: each is asked about once, and whoever asks again gets the same answer.
//!
//! A look-up goes on when nobody waits for it any more, and its answer is kept.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use netdiag_model::Mono;
use tokio::sync::watch;

use crate::system::{Lookup, Now};

/// How long it is believed that there is nothing to know. A server that was out of reach may be back then.
const NOTHING_FOR: Duration = Duration::from_secs(60);

/// What is known of an address.
enum Known<T> {
    Pending,
    Nothing,
    Found(T),
}

struct Entry<T> {
    asked: Mono,
    known: watch::Receiver<Known<T>>,
}

impl<T> Entry<T> {
    /// Whether there is no need to ask again.
    fn is_good(&self, now: Mono) -> bool {
        match *self.known.borrow() {
            // A sender that is gone without an answer never had a thread.
            Known::Pending => self.known.has_changed().is_ok(),
            Known::Nothing => now.since(self.asked) < NOTHING_FOR,
            Known::Found(_) => true,
        }
    }
}

/// Where the answer of a look-up goes. Dropped without one it reads as "nothing", and the next call asks again.
pub(crate) struct Tell<T>(watch::Sender<Known<T>>);

impl<T> Tell<T> {
    pub(crate) fn tell(self, answer: Option<T>) {
        self.0.send_replace(answer.map_or(Known::Nothing, Known::Found));
    }
}

/// Answers about addresses, as far as they were asked for.
pub(crate) struct Notes<T> {
    now: Now,
    entries: RefCell<HashMap<IpAddr, Entry<T>>>,
}

impl<T: Clone + 'static> Notes<T> {
    pub(crate) fn new(now: Now) -> Self {
        Self { now, entries: RefCell::default() }
    }

    /// What there is to know of `address`. If it is to be found out, `begin` starts the look-up: with the call, not
    /// with the first poll.
    pub(crate) fn look_up(&self, address: IpAddr, begin: impl FnOnce(Tell<T>)) -> Lookup<Option<T>> {
        let mut known = self.known(address, begin);
        Box::pin(async move {
            match &*known.wait_for(|known| !matches!(known, Known::Pending)).await.ok()? {
                Known::Found(answer) => Some(answer.clone()),
                Known::Nothing | Known::Pending => None,
            }
        })
    }

    fn known(&self, address: IpAddr, begin: impl FnOnce(Tell<T>)) -> watch::Receiver<Known<T>> {
        let now = (self.now)();
        let mut entries = self.entries.borrow_mut();
        if let Some(entry) = entries.get(&address).filter(|entry| entry.is_good(now)) {
            return entry.known.clone();
        }
        let (tell, known) = watch::channel(Known::Pending);
        begin(Tell(tell));
        entries.insert(address, Entry { asked: now, known: known.clone() });
        known
    }
}
