//! Listening to the ICMP errors of the whole host, for what only the quoted IP header shows.

use std::task::{Context, Poll};

use super::batch::DatagramBatch;

/// Raw sockets that hear every ICMP error to this host, whatever it is about, and nothing else.
///
/// They show what the error queue of a probe's own socket leaves out: the quoted IP header, with the TTL and TOS that the
/// packet had when it was refused. Which of the errors are about probes is for the one who listens to find out.
pub trait Witness {
    /// Appends to `batch` what has come in, each a [`super::Via::Witnessed`]. Ready when at least one record (or a drop
    /// count) was appended.
    fn poll_recv(&mut self, cx: &mut Context<'_>, batch: &mut DatagramBatch) -> Poll<()>;
}
