//! Names of addresses: each asked for once, a bounded number at a time, never in anyone's way.
//!
//! A look-up goes on in its thread when nobody waits for it any more, and its answer is kept. See getnameinfo(3).

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use netdiag_model::Mono;
use tokio::sync::watch;

use crate::pool::Pool;
use crate::system::{Lookup, Now, System};

/// How many look-ups may wait for name servers at a time.
const AT_ONCE: usize = 16;
/// How long it is believed that an address has no name. A server that was out of reach may be back then.
const NAMELESS_FOR: Duration = Duration::from_secs(60);

/// What is known of the name of an address.
enum Known {
    Pending,
    Nameless,
    Named(String),
}

struct Entry {
    asked: Mono,
    known: watch::Receiver<Known>,
}

impl Entry {
    /// Whether there is no need to ask again.
    fn is_good(&self, now: Mono) -> bool {
        match *self.known.borrow() {
            // A sender that is gone without an answer never had a thread.
            Known::Pending => self.known.has_changed().is_ok(),
            Known::Nameless => now.since(self.asked) < NAMELESS_FOR,
            Known::Named(_) => true,
        }
    }
}

/// The names of addresses, as far as they were asked for.
pub(crate) struct Reverse {
    system: Arc<dyn System>,
    now: Now,
    pool: Pool,
    entries: RefCell<HashMap<IpAddr, Entry>>,
}

impl Reverse {
    pub(crate) fn new(system: Arc<dyn System>, now: Now) -> Self {
        Self { system, now, pool: Pool::new(AT_ONCE), entries: RefCell::default() }
    }

    /// The name of `address`. The look-up starts with the call, not with the first poll.
    pub(crate) fn name(&self, address: IpAddr) -> Lookup<Option<String>> {
        let mut known = self.known(address);
        Box::pin(async move {
            match &*known.wait_for(|known| !matches!(known, Known::Pending)).await.ok()? {
                Known::Named(name) => Some(name.clone()),
                Known::Nameless | Known::Pending => None,
            }
        })
    }

    fn known(&self, address: IpAddr) -> watch::Receiver<Known> {
        let now = (self.now)();
        let mut entries = self.entries.borrow_mut();
        if let Some(entry) = entries.get(&address).filter(|entry| entry.is_good(now)) {
            return entry.known.clone();
        }
        let (tell, known) = watch::channel(Known::Pending);
        let system = Arc::clone(&self.system);
        let job = move || {
            let name = system.backward(address).filter(|name| is_printable(name));
            tell.send_replace(name.map_or(Known::Nameless, Known::Named));
        };
        // Without a thread the sender is dropped, which reads as "no name" and is tried again at the next call.
        let _ = self.pool.submit(job);
        entries.insert(address, Entry { asked: now, known: known.clone() });
        known
    }
}

/// Whether anything would be seen of it.
fn is_printable(name: &str) -> bool {
    name.chars().any(|c| !c.is_control() && !c.is_whitespace())
}

#[cfg(test)]
mod tests;
