//! Listening to the ICMP errors of the whole host, for what only the quoted IP header shows.

use std::task::{Context, Poll};

use netdiag_model::Family;
use netdiag_wire::quote::{self, Content};

use super::batch::{Datagram, DatagramBatch, Incoming, TransmitBatch};
use super::socket::{ProbeSocket, Sent};

/// Raw sockets that hear every ICMP error to this host, whatever it is about, and nothing else.
///
/// They show what the error queue of a probe's own socket leaves out: the quoted IP header, with the TTL and TOS that the
/// packet had when it was refused. Which of the errors are about probes is for the one who listens to find out.
pub trait Witness {
    /// Appends to `batch` what has come in, each a [`super::Via::Witnessed`]. Ready when at least one record (or a drop
    /// count) was appended.
    fn poll_recv(&mut self, cx: &mut Context<'_>, batch: &mut DatagramBatch) -> Poll<()>;
}

/// A socket whose answers a witness hears as well: what it hears about this socket's own packets comes in with the shard
/// that they left by, and the rest is left out.
pub struct WitnessedSocket {
    socket: Box<dyn ProbeSocket>,
    witness: Box<dyn Witness>,
    heard: DatagramBatch,
    /// The highest shard that a packet has left by.
    highest: u16,
}

impl WitnessedSocket {
    /// Joins them.
    pub fn new(socket: Box<dyn ProbeSocket>, witness: Box<dyn Witness>) -> Self {
        Self { socket, witness, heard: DatagramBatch::default(), highest: 0 }
    }

    /// The shard whose packet a record quotes.
    fn shard(&self, datagram: &Datagram<'_>) -> Option<u16> {
        let number = match quote::read(datagram.bytes).ok()?.content {
            Content::Echo(echo) => echo.id,
            Content::Udp { source, .. } => source,
            Content::Other => return None,
        };
        let family = datagram.incoming.family;
        (0..=self.highest).find(|&shard| self.socket.number(family, shard) == Some(number))
    }
}

impl ProbeSocket for WitnessedSocket {
    fn send(&mut self, batch: &mut TransmitBatch, first: usize) -> Sent {
        let shards = batch.items()[first..].iter().map(|item| item.probe.shard());
        self.highest = shards.max().unwrap_or_default().max(self.highest);
        self.socket.send(batch, first)
    }

    fn poll_send_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.socket.poll_send_ready(cx)
    }

    fn poll_recv(&mut self, cx: &mut Context<'_>, batch: &mut DatagramBatch) -> Poll<()> {
        let answered = self.socket.poll_recv(cx, batch);
        self.heard.clear();
        let heard = self.witness.poll_recv(cx, &mut self.heard);
        for datagram in self.heard.iter() {
            if let Some(shard) = self.shard(&datagram) {
                batch.push(Incoming { shard, ..datagram.incoming.clone() }, datagram.bytes);
            }
        }
        if answered.is_ready() || heard.is_ready() { Poll::Ready(()) } else { Poll::Pending }
    }

    fn max_shards(&self) -> u16 {
        self.socket.max_shards()
    }

    fn number(&self, family: Family, shard: u16) -> Option<u16> {
        self.socket.number(family, shard)
    }
}
