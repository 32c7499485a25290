//! Ports: all that the engine and the tools ask of the world outside, as traits.
//!
//! `netdiag-os` implements them on Linux, `netdiag-resolve` the names, `netdiag-sim` all of them on virtual time. The
//! seam is at bytes: one record goes out ([`Transmit`]), one comes in ([`Datagram`]), both in batches that are filled
//! and reused, so that a sweep costs system calls per batch and memory once.

mod batch;
mod connect;
mod host;
mod names;
mod origin;
mod socket;
mod table;
mod witness;

pub use batch::{Datagram, DatagramBatch, Incoming, Transmit, TransmitBatch, Via};
pub use connect::{Attempt, Care, Connection, Connector, Keepalive, Outcome, Sighting, Stream};
pub use host::{HostChange, HostFacts, Interface, Neighbour, NeighbourState, Route};
pub use names::{Lookup, LookupError, LookupFailure, Names, Resolved};
pub use origin::{OriginTable, OriginTableError, OriginTables};
pub use socket::{Backend, Fragmentation, OpenError, ProbeSocket, Sent, SocketOptions, Sockets, Stop};
pub use table::{Counters, Listener, SocketTable};
pub use witness::{Witness, WitnessedSocket};

use std::task::{Context, Poll};

use netdiag_model::{Mono, Reading};

/// Time: what it is, and waiting for it.
pub trait Clock {
    /// Both clocks, read as close together as can be.
    fn now(&self) -> Reading;

    /// Ready once the monotonic clock has reached `deadline`. A later call with another deadline replaces the earlier
    /// one.
    fn poll_until(&mut self, cx: &mut Context<'_>, deadline: Mono) -> Poll<()>;
}
