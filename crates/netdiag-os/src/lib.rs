//! The engine's ports on Linux: ICMP, UDP and TCP sockets, the clock, and what the host knows of itself.
//!
//! All of it is opened without a runtime and registered with tokio on the first poll, so that privileges can be dropped
//! in between. The system calls themselves are in `netdiag-sys`.

mod clock;
mod connector;
mod convert;
mod counters;
mod echo;
mod facts;
mod kernel;
mod notes;
mod opening;
mod options;
mod portable;
mod probe;
mod readiness;
mod signals;
mod sockets;
mod table;
#[cfg(test)]
mod testing;
mod witness;

pub use clock::SystemClock;
pub use facts::LinuxFacts;
pub use signals::{Signal, Signals};
pub use sockets::LinuxSockets;
pub use table::LinuxTable;

use std::io;

/// The ports that a composition root hands to the tools.
#[derive(Debug)]
pub struct LinuxPorts {
    /// What time it is, and waiting for it.
    pub clock: SystemClock,
    /// Where probes go.
    pub sockets: LinuxSockets,
    /// What this host knows of itself.
    pub facts: LinuxFacts,
    /// This host's sockets; `None` where the kernel has no way to ask for them.
    pub table: Option<LinuxTable>,
}

impl LinuxPorts {
    /// Opens what needs no right: the clock's timer and the netlink sockets, in the network namespace of this thread.
    ///
    /// # Errors
    /// Those of [`SystemClock::new`] and [`LinuxFacts::open`].
    pub fn open() -> io::Result<Self> {
        let (clock, facts) = (SystemClock::new()?, LinuxFacts::open()?);
        Ok(Self { clock, sockets: LinuxSockets, facts, table: LinuxTable::open().ok() })
    }
}
