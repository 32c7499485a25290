//! Receiving: messages, errors and departures of all sockets of a set, in the order in which they are to be handled.
//!
//! Of each socket the messages are taken first and handed over last: whatever stands on the error queue by then, the
//! departures that belong to them included, is handed over before them.

use std::os::fd::AsFd;
use std::task::{Context, Poll};

use netdiag_engine::port::{DatagramBatch, Incoming, SocketOptions, Via};
use netdiag_model::{Family, Moment, Reading};
use netdiag_sys::epoll::{Epoll, Events, Interest};
use netdiag_sys::error_queue::Origin;
use netdiag_sys::mmsg::{BATCH, Queue, ReceiveBatch, Received};
use netdiag_sys::socket::Kind;
use netdiag_wire::{icmp, ip};

use super::lane::{Attention, Lane};
use super::{ProbeSockets, extensions};
use crate::notes::Notes;
use crate::{clock, convert, kernel};

/// How many records one call hands over before it lets others have their turn.
const ENOUGH: usize = 1024;

/// Octets beside the payload: an IPv4 header with options and that of ICMP, or what advice about the way quotes.
const HEADERS: usize = 128;
/// Octets that are kept of what an ICMP error quotes: the header and the first of the payload.
const QUOTE: usize = 256;
/// The same where extensions follow it: the longest error that IPv6 allows (RFC 4443 section 2.4), and IPv4's with it.
const EXTENDED_QUOTE: usize = 1280;

/// How many messages are asked for where none is expected.
const FEW: usize = 8;

/// An error for an earlier packet that gets in the way of receiving is taken by the call that it fails.
const TRIES: usize = 64;

impl ProbeSockets {
    pub(super) fn poll_batch(&mut self, cx: &mut Context<'_>, batch: &mut DatagramBatch) -> Poll<()> {
        for datagram in self.pending.iter() {
            batch.push(datagram.incoming.clone(), datagram.bytes);
        }
        self.pending.clear();
        let (lanes, reader, events) = (&mut self.lanes, &mut self.reader, &mut self.events);
        let mut take = |epoll: &Epoll| {
            look(epoll, events, lanes);
            read_unwatched(epoll, lanes, (reader, batch));
            (!batch.is_empty() || batch.dropped() > 0).then_some(())
        };
        // The runtime does not know yet of what has come in since it last looked.
        if self.readable.get().and_then(&mut take).is_some() {
            return Poll::Ready(());
        }
        let polled = self.readable.poll_with(cx, |epoll| take(epoll));
        if polled.is_pending() && !self.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            self.waker = Some(cx.waker().clone());
        }
        polled
    }
}

/// Takes the sockets that the epoll set tells of out of it.
fn look(epoll: &Epoll, events: &mut Events, lanes: &mut [Lane]) {
    if !lanes.iter().any(|lane| lane.attention == Attention::Watched) || epoll.ready(events).is_err() {
        return;
    }
    for token in events.tokens() {
        if let Some(lane) = lanes.get_mut(token as usize)
            && epoll.remove(lane.socket.as_fd()).is_ok()
        {
            lane.attention = Attention::Read;
        }
    }
}

/// Reads the sockets that are not watched. Those that have nothing are watched from then on.
fn read_unwatched(epoll: &Epoll, lanes: &mut [Lane], (reader, batch): (&mut Reader, &mut DatagramBatch)) {
    for (number, lane) in lanes.iter_mut().enumerate() {
        if lane.attention != Attention::Read || batch.len() >= ENOUGH {
            continue;
        }
        let before = batch.len();
        reader.read(lane, batch);
        if batch.len() == before {
            batch.add_dropped(lane.newly_dropped());
            if epoll.add(lane.socket.as_fd(), number as u64, Interest::Read).is_ok() {
                lane.attention = Attention::Watched;
            }
        }
    }
}

/// What a look at the error queue brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Drained {
    /// How many ICMP errors, other programs' included.
    pub(super) errors: usize,
    /// The MTU that a packet of this host did not fit.
    pub(super) mtu: Option<u32>,
}

/// The memory for receiving.
#[derive(Debug)]
pub(super) struct Reader {
    messages: ReceiveBatch,
    errors: ReceiveBatch,
}

impl Reader {
    pub(super) fn new(options: &SocketOptions) -> Self {
        let quote = if options.has_extensions { EXTENDED_QUOTE } else { QUOTE };
        Self { messages: ReceiveBatch::new(options.payload_len + HEADERS), errors: ReceiveBatch::new(quote) }
    }

    /// Reads a socket until it is empty, enough has come in, or all has that was awaited: the kernel is not asked for
    /// more than there can be, and what came unasked for is found by the next look.
    fn read(&mut self, lane: &mut Lane, batch: &mut DatagramBatch) {
        while batch.len() < ENOUGH {
            let asked = expected(lane.awaited);
            let got = self.receive(lane, asked);
            let read = clock::now();
            let mut drained = Drained::default();
            while self.read_errors(lane, (batch, &mut drained)) && lane.departures.awaited() > 0 {}
            for index in 0..got {
                push_message(lane, &self.messages.get(index), read, batch);
            }
            if got < asked || lane.awaited == 0 {
                break;
            }
        }
    }

    fn receive(&mut self, lane: &Lane, asked: usize) -> usize {
        for _ in 0..TRIES {
            match self.messages.receive(lane.socket.as_fd(), Queue::Receive, asked) {
                Ok(got) => return got,
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return 0,
                // The error itself stands on the error queue.
                Err(_) => {}
            }
        }
        0
    }

    /// Reads a socket's error queue until it is empty.
    pub(super) fn drain_errors(&mut self, lane: &mut Lane, batch: &mut DatagramBatch) -> Drained {
        let mut drained = Drained::default();
        while self.read_errors(lane, (batch, &mut drained)) {}
        drained
    }

    /// Looks at a socket's error queue once; whether it may hold more.
    fn read_errors(&mut self, lane: &mut Lane, (batch, drained): (&mut DatagramBatch, &mut Drained)) -> bool {
        let asked = expected(lane.departures.awaited());
        let got = self.errors.receive(lane.socket.as_fd(), Queue::Error, asked).unwrap_or(0);
        if got == 0 {
            return false;
        }
        let read = clock::now();
        for index in 0..got {
            push_error(lane, &self.errors.get(index), read, (batch, drained));
        }
        got == asked
    }
}

/// How many messages to ask for where so many are awaited.
fn expected(awaited: usize) -> usize {
    if awaited == 0 { FEW } else { awaited.min(BATCH) }
}

/// Hands over a message to the socket. Other programs' messages, which a raw socket hears, are left out.
fn push_message(lane: &mut Lane, received: &Received<'_>, read: Reading, batch: &mut DatagramBatch) {
    let notes = Notes::of(received);
    let Some((from, port)) = received.name.map(convert::address) else { return };
    let (mut bytes, mut len) = (received.bytes, received.len);
    let (mut ttl, mut tos) = (notes.ttl, notes.tos);
    if lane.kind == Kind::IcmpRaw && lane.family == Family::V4 {
        let Ok(header) = ip::parse(bytes) else { return };
        (ttl, tos) = (Some(header.ttl), Some(header.tos));
        bytes = bytes.get(header.payload..).unwrap_or_default();
        len = len.saturating_sub(header.payload);
    }
    let Some(shard) = lane.shard_of(owner(bytes)) else { return lane.heard_others() };
    lane.awaited = lane.awaited.saturating_sub(1);
    let at = Moment { read, stamp: notes.stamp };
    let via = Via::Direct { port: if lane.kind == Kind::Udp { port } else { 0 } };
    batch.push(Incoming { shard, family: lane.family, from, via, ttl, tos, len, at }, bytes);
}

/// Hands over an entry of the error queue: an ICMP error, or a departure. What a packet that did not leave left there
/// is only noted: the send itself told of it.
fn push_error(
    lane: &mut Lane,
    received: &Received<'_>,
    read: Reading,
    (batch, drained): (&mut DatagramBatch, &mut Drained),
) {
    let notes = Notes::of(received);
    let Some(error) = notes.error else { return };
    let at = Moment { read, stamp: notes.stamp };
    match error.origin {
        Origin::Stamp => {
            if let Some(probe) = lane.departures.take(error.data) {
                let from = convert::unspecified(lane.family);
                let via = Via::Departure { probe };
                let (shard, family) = (probe.shard(), lane.family);
                batch.push(Incoming { shard, family, from, via, ttl: None, tos: None, len: 0, at }, &[]);
            }
        }
        Origin::Local => drained.mtu = drained.mtu.or((error.info > 0).then_some(error.info)),
        Origin::Icmp | Origin::Icmpv6 => {
            drained.errors += 1;
            let Some((from, port)) = received.name.map(convert::address) else { return };
            let Some(shard) = lane.shard_of(identifier(received.bytes)) else { return };
            let family = lane.family;
            let icmp = kernel::icmp(family, &error);
            let offender = error.offender.map(|offender| convert::address(offender).0);
            let port = if lane.kind == Kind::Udp { port } else { 0 };
            let extensions = extensions::offset(lane, &error, received.bytes);
            let via = Via::ErrorQueue { icmp, offender, port, extensions };
            let (ttl, tos, len) = (notes.ttl, notes.tos, received.len);
            batch.push(Incoming { shard, family, from, via, ttl, tos, len, at }, received.bytes);
        }
        Origin::Unknown(_) => {}
    }
}

/// The identifier of the echo that a message is, or is about: raw IPv4 sockets also hear advice, which quotes one.
fn owner(message: &[u8]) -> Option<u16> {
    match icmp::parse(icmp::Protocol::Icmp, message) {
        Ok(icmp::Message::Error(error)) => {
            let header = ip::parse(error.quote).ok()?;
            identifier(header.payload_of(error.quote))
        }
        _ => identifier(message),
    }
}

/// The identifier of an echo message.
fn identifier(message: &[u8]) -> Option<u16> {
    message.get(4..6).map(|octets| u16::from_be_bytes([octets[0], octets[1]]))
}
