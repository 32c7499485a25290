//! A stream in memory with a peer at its other end that answers in the same poll.

use std::collections::VecDeque;
use std::task::{Context, Poll};

use netdiag_engine::port::{Keepalive, Sighting, Stream};
use netdiag_model::Errno;
use rustls::server::ServerConnection;

/// The other end of a stream.
pub(super) trait Peer: std::fmt::Debug {
    /// Octets have come from the client.
    fn hear(&mut self, octets: &[u8]);

    /// What it does next.
    fn say(&mut self) -> Said;
}

/// What a peer does next.
#[derive(Debug, Clone)]
pub(super) enum Said {
    /// It sends these octets.
    Octets(Vec<u8>),
    /// It waits.
    Nothing,
    /// It closes its side.
    End,
    /// The connection breaks.
    Break(Errno),
}

/// A stream to a peer.
#[derive(Debug)]
pub(super) struct Wire {
    peer: Box<dyn Peer>,
    coming: VecDeque<u8>,
    /// How many octets one read gives at most.
    portion: usize,
    /// Whether the next read has to wait first.
    is_waiting: bool,
    /// What writing fails with, if it fails.
    pub(super) refusal: Option<Errno>,
}

impl Wire {
    pub(super) fn new(peer: impl Peer + 'static) -> Self {
        Self {
            peer: Box::new(peer),
            coming: VecDeque::new(),
            portion: usize::MAX,
            is_waiting: false,
            refusal: None,
        }
    }

    /// The same, with reads and writes of a few octets and waits between them.
    pub(super) fn slow(peer: impl Peer + 'static, portion: usize) -> Self {
        Self { portion, is_waiting: true, ..Self::new(peer) }
    }
}

impl Stream for Wire {
    fn poll_read(&mut self, _cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<Result<usize, Errno>> {
        if self.portion < usize::MAX {
            self.is_waiting = !self.is_waiting;
            if self.is_waiting {
                return Poll::Pending;
            }
        }
        if self.coming.is_empty() {
            match self.peer.say() {
                Said::Octets(octets) => self.coming.extend(octets),
                Said::Nothing => return Poll::Pending,
                Said::End => return Poll::Ready(Ok(0)),
                Said::Break(errno) => return Poll::Ready(Err(errno)),
            }
        }
        let count = buffer.len().min(self.coming.len()).min(self.portion);
        for (place, octet) in buffer.iter_mut().zip(self.coming.drain(..count)) {
            *place = octet;
        }
        Poll::Ready(Ok(count))
    }

    fn poll_write(&mut self, _cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize, Errno>> {
        if let Some(errno) = self.refusal {
            return Poll::Ready(Err(errno));
        }
        let count = bytes.len().min(self.portion);
        self.peer.hear(&bytes[..count]);
        Poll::Ready(Ok(count))
    }

    fn look(&self) -> Sighting {
        Sighting::NONE
    }

    fn set_keepalive(&mut self, _keepalive: Keepalive) -> Result<(), Errno> {
        Ok(())
    }
}

/// A TLS server.
#[derive(Debug)]
pub(super) struct Server {
    connection: ServerConnection,
    has_failed: bool,
}

impl Server {
    pub(super) fn new(config: rustls::ServerConfig) -> Self {
        Self { connection: ServerConnection::new(config.into()).unwrap(), has_failed: false }
    }
}

impl Peer for Server {
    fn hear(&mut self, mut octets: &[u8]) {
        while !octets.is_empty() && !self.has_failed {
            let taken = self.connection.read_tls(&mut octets).unwrap();
            self.has_failed |= taken == 0 || self.connection.process_new_packets().is_err();
        }
    }

    fn say(&mut self) -> Said {
        let mut words = Vec::new();
        while self.connection.wants_write() {
            self.connection.write_tls(&mut words).unwrap();
        }
        match (words.is_empty(), self.has_failed) {
            (false, _) => Said::Octets(words),
            (true, true) => Said::End,
            (true, false) => Said::Nothing,
        }
    }
}

/// A peer that does one thing after another, whatever it hears; then it waits.
#[derive(Debug)]
pub(super) struct Script(pub(super) VecDeque<Said>);

impl Script {
    pub(super) fn new(steps: impl IntoIterator<Item = Said>) -> Self {
        Self(steps.into_iter().collect())
    }
}

impl Peer for Script {
    fn hear(&mut self, _octets: &[u8]) {}

    fn say(&mut self) -> Said {
        self.0.pop_front().unwrap_or(Said::Nothing)
    }
}
