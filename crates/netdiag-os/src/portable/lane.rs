//! One of surge-ping's sockets, and what is under way on it.
//!
//! Its calls are futures that own what they work on, since a future that is dropped forgets who waits. No task is
//! spawned: what is under way ends with the lane.

use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use netdiag_engine::port::{DatagramBatch, Incoming, Stop, Via};
use netdiag_model::{Address, Errno, Family, Moment, ProbeId, Reading, Stamp};
use surge_ping::{AsyncSocket, is_linux_icmp_socket};

use super::message::{self, Format};
use crate::{convert, echo};

/// How many packets are kept while the socket takes none.
const ROOM: usize = 256;

/// How many messages one call takes before it lets others have their turn.
const ENOUGH: usize = 256;

/// Room for the longest IP packet: a message is never cut.
const LONGEST: usize = 65_536;

/// A receive under way. It gives its buffer back.
type Arriving = Pin<Box<dyn Future<Output = (io::Result<(usize, SocketAddr)>, Vec<u8>)>>>;

/// A send under way.
type Leaving = Pin<Box<dyn Future<Output = io::Result<usize>>>>;

/// A socket of one family.
pub(super) struct Lane {
    socket: AsyncSocket,
    format: Format,
    arriving: Arriving,
    /// Packets that wait for room. The runtime learns that a new socket has room at its next turn, so the first packet
    /// waits as well; the moment at which it left is told as its departure. Whoever sends has been told by then that it
    /// left: where the system refuses it after all, nothing answers.
    queue: VecDeque<(ProbeId, Leaving)>,
}

impl Lane {
    pub(super) fn new(socket: AsyncSocket, family: Family, identifier: u16) -> Self {
        let is_sealed_by_kernel = is_linux_icmp_socket!(socket.get_type());
        let format = Format { family, identifier: (!is_sealed_by_kernel).then_some(identifier) };
        let arriving = arrive(socket.clone(), vec![0; LONGEST]);
        Self { socket, format, arriving, queue: VecDeque::new() }
    }

    pub(super) const fn family(&self) -> Family {
        self.format.family
    }

    /// The identifier of its echoes, where the kernel does not give it out.
    pub(super) const fn identifier(&self) -> Option<u16> {
        self.format.identifier
    }

    /// Whether a packet waits for room.
    pub(super) fn has_queue(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Whether one more packet may be sent.
    pub(super) fn has_room(&self) -> bool {
        self.queue.len() < ROOM
    }

    /// Sends a packet, or keeps it until there is room.
    pub(super) fn send(&mut self, probe: ProbeId, to: &Address, mut packet: Vec<u8>) -> Result<(), Stop> {
        if !self.has_room() {
            return Err(Stop::Full);
        }
        if let Some(identifier) = self.format.identifier {
            echo::seal(&mut packet, self.format.family, identifier);
        }
        let mut leaving = leave(self.socket.clone(), packet, convert::socket_addr(to, 0, 0));
        if self.queue.is_empty() {
            // Whoever waits is woken by the caller; the queue is polled again then.
            match leaving.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(Ok(_)) => return Ok(()),
                Poll::Ready(Err(error)) => return Err(refused(&error)),
                Poll::Pending => {}
            }
        }
        self.queue.push_back((probe, leaving));
        Ok(())
    }

    /// Sends what waits, as far as there is room, and appends the departures.
    pub(super) fn poll_queue(
        &mut self,
        cx: &mut Context<'_>,
        now: fn() -> Reading,
        departed: &mut DatagramBatch,
    ) {
        while let Some((probe, leaving)) = self.queue.front_mut() {
            let at = stamped(now());
            let Poll::Ready(result) = leaving.as_mut().poll(cx) else { return };
            if result.is_ok() {
                let family = self.format.family;
                let (from, via) = (convert::unspecified(family), Via::Departure { probe: *probe });
                let shard = probe.shard();
                departed.push(Incoming { shard, family, from, via, ttl: None, tos: None, len: 0, at }, &[]);
            }
            self.queue.pop_front();
        }
    }

    /// Appends what has come in for this socket.
    pub(super) fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        now: fn() -> Reading,
        batch: &mut DatagramBatch,
    ) {
        for _ in 0..ENOUGH {
            let Poll::Ready((result, buffer)) = self.arriving.as_mut().poll(cx) else { return };
            let at = stamped(now());
            // An error tells of an earlier packet, and not of which: what comes after it is read.
            if let Ok((len, from)) = result {
                message::read(self.format, convert::address(from).0, &buffer[..len], at, batch);
            }
            self.arriving = arrive(self.socket.clone(), buffer);
        }
        cx.waker().wake_by_ref();
    }
}

/// A moment whose reading is its stamp, so that a departure can be held against it.
const fn stamped(read: Reading) -> Moment {
    Moment { read, stamp: Some(Stamp::User(read.mono)) }
}

fn arrive(socket: AsyncSocket, mut buffer: Vec<u8>) -> Arriving {
    Box::pin(async move { (socket.recv_from(&mut buffer).await, buffer) })
}

/// Without the runtime's limit on what a task may do in one turn: it would look like a socket without room.
fn leave(socket: AsyncSocket, mut packet: Vec<u8>, to: SocketAddr) -> Leaving {
    Box::pin(tokio::task::unconstrained(async move { socket.send_to(&mut packet, &to).await }))
}

/// What to make of a refused send.
fn refused(error: &io::Error) -> Stop {
    match convert::errno(error) {
        Errno::ENOBUFS | Errno::ENOMEM => Stop::NoBuffers,
        errno => Stop::Failed { errno, mtu: None },
    }
}
