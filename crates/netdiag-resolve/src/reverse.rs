//! Names of addresses: each asked for once, a bounded number at a time, never in anyone's way.
//!
//! A look-up goes on in its thread when nobody waits for it any more, and its answer is kept. See getnameinfo(3).

use std::net::IpAddr;
use std::sync::Arc;

use crate::notes::Notes;
use crate::pool::Pool;
use crate::system::{Lookup, Now, System};

/// How many look-ups may wait for name servers at a time.
const AT_ONCE: usize = 16;

/// The names of addresses, as far as they were asked for.
pub(crate) struct Reverse {
    system: Arc<dyn System>,
    pool: Pool,
    notes: Notes<String>,
}

impl Reverse {
    pub(crate) fn new(system: Arc<dyn System>, now: Now) -> Self {
        Self { system, pool: Pool::new(AT_ONCE), notes: Notes::new(now) }
    }

    /// The name of `address`. The look-up starts with the call, not with the first poll.
    pub(crate) fn name(&self, address: IpAddr) -> Lookup<Option<String>> {
        self.notes.look_up(address, |tell| {
            let system = Arc::clone(&self.system);
            let job = move || tell.tell(system.backward(address).filter(|name| is_printable(name)));
            // Without a thread nothing is told, which reads as "no name" and is tried again at the next call.
            let _ = self.pool.submit(job);
        })
    }
}

/// Whether anything would be seen of it.
fn is_printable(name: &str) -> bool {
    name.chars().any(|c| !c.is_control() && !c.is_whitespace())
}

#[cfg(test)]
mod tests;
