//! Sending: runs of packets of one socket, up to 64 with one system call, and what to make of a refusal.

use std::ops::Range;
use std::os::fd::AsFd;
use std::task::{Context, Poll};

use netdiag_engine::port::{DatagramBatch, Sent, Stop, Transmit, TransmitBatch, Via};
use netdiag_model::{Errno, Moment, Mono};
use netdiag_sys::control::Order;
use netdiag_sys::epoll::{Epoll, Interest};
use netdiag_sys::mmsg::{BATCH, SendBatch};
use netdiag_sys::socket::Kind;

use super::ProbeSockets;
use super::lane::Lane;
use super::receive::{Drained, Reader};
use crate::readiness::Readiness;
use crate::{clock, convert, kernel};

/// How often a packet is tried while ICMP errors for earlier ones get in its way.
const TRIES: u32 = 64;

impl ProbeSockets {
    pub(super) fn send_batch(&mut self, batch: &mut TransmitBatch, first: usize) -> Sent {
        let read = clock::now();
        let mut next = first;
        let mut stop = None;
        let mut has_awoken = false;
        while next < batch.len() && stop.is_none() {
            let item = &batch.items()[next];
            let (family, shard) = (item.to.family(), item.probe.shard());
            match self.lane(family, shard) {
                Ok(number) => {
                    has_awoken |= self.lanes[number].awake();
                    let run = next..self.run_end(batch, next);
                    let sent = self.send_run((number, read.mono), batch, run);
                    next += sent.0;
                    stop = sent.1;
                    if stop == Some(Stop::Full) {
                        self.watch_room(number);
                    }
                }
                Err(errno) => stop = Some(Stop::Failed { errno, mtu: None }),
            }
        }
        // What came in while sending, and sockets that nobody looked at so far.
        if (has_awoken || !self.pending.is_empty())
            && let Some(waker) = self.waker.take()
        {
            waker.wake();
        }
        Sent { count: next - first, at: Moment::user(read), stop }
    }

    /// Where the packets end that can leave together with the one at `start`.
    fn run_end(&self, batch: &TransmitBatch, start: usize) -> usize {
        let items = &batch.items()[start..];
        let (family, shard) = (items[0].to.family(), items[0].probe.shard());
        let is_raw = self.is_raw();
        let len = items
            .iter()
            .take(BATCH)
            .take_while(|item| item.to.family() == family && (is_raw || item.probe.shard() == shard))
            .count();
        start + len
    }

    /// Sends a run of packets by one socket: how many left, and why it stopped before the end.
    fn send_run(
        &mut self,
        (number, now): (usize, Mono),
        batch: &mut TransmitBatch,
        run: Range<usize>,
    ) -> (usize, Option<Stop>) {
        let lane = &mut self.lanes[number];
        for index in run.clone() {
            lane.seal(batch, index);
        }
        let mut sent = 0;
        while run.start + sent < run.end {
            let rest = run.start + sent..run.end;
            let mut attempt = Attempt {
                lane,
                now,
                outgoing: &mut self.outgoing,
                reader: &mut self.reader,
                pending: &mut self.pending,
            };
            match attempt.send(batch, rest) {
                Ok(count) => sent += count,
                Err(stop) => return (sent, Some(stop)),
            }
        }
        (sent, None)
    }

    /// Notes that a socket's send buffer is full.
    fn watch_room(&mut self, number: usize) {
        if self.full.contains(&number) {
            return;
        }
        if self.writable.is_none() {
            self.writable = Epoll::new().ok().map(Readiness::new);
        }
        if let Some(epoll) = self.writable.as_ref().and_then(Readiness::get)
            && epoll.add(self.lanes[number].socket.as_fd(), number as u64, Interest::Write).is_ok()
        {
            self.full.push(number);
        }
    }

    pub(super) fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let (lanes, full, events) = (&self.lanes, &mut self.full, &mut self.events);
        let Some(writable) = self.writable.as_mut().filter(|_| !full.is_empty()) else {
            return Poll::Ready(());
        };
        writable.poll_with(cx, |epoll| {
            epoll.ready(events).ok()?;
            for token in events.tokens() {
                // It can only fail when it is not there, which is what is wanted.
                let _ = epoll.remove(lanes[token as usize].socket.as_fd());
                full.retain(|&number| number as u64 != token);
            }
            (!events.is_empty()).then_some(())
        })
    }
}

/// All that one send needs.
struct Attempt<'a> {
    lane: &'a mut Lane,
    now: Mono,
    outgoing: &'a mut SendBatch,
    reader: &'a mut Reader,
    pending: &'a mut DatagramBatch,
}

impl Attempt<'_> {
    /// Sends from the start of `run` on; at least one packet has left when there is no error.
    fn send(&mut self, batch: &TransmitBatch, run: Range<usize>) -> Result<usize, Stop> {
        let items = &batch.items()[run];
        let mut tries = 0;
        loop {
            self.lane.prepare(self.now);
            let mut outgoing = self.outgoing.start(kernel::family(self.lane.family));
            for (offset, item) in items.iter().enumerate() {
                let name = kernel::socket_name(&item.to, item.port, self.lane.flow);
                let number = self.lane.departures.number(offset).map(Order::StampId);
                let orders = [item.ttl.map(Order::Ttl), item.tos.map(Order::Tos), number];
                outgoing.push(name, batch.bytes(item), orders.into_iter().flatten());
            }
            let error = match outgoing.send(self.lane.socket.as_fd(), 0) {
                Ok(count) => {
                    self.lane.sent(&items[..count]);
                    if count < items.len() {
                        self.lane.departures.stopped_short(&self.lane.socket, self.now);
                    }
                    return Ok(count);
                }
                Err(error) => convert::errno(&error),
            };
            tries += 1;
            self.refused(error, tries)?;
            if items.first().is_some_and(|item| self.has_answer_to(item)) {
                // A firewall of this host has rejected this very packet, at the end of the batch before: that send told
                // only of those that left.
                return Err(Stop::Failed { errno: Errno::EPERM, mtu: None });
            }
        }
    }

    /// Whether an ICMP error about a packet that is still to be sent has come in already.
    fn has_answer_to(&self, item: &Transmit) -> bool {
        let (shard, seq) = (item.probe.shard(), item.probe.seq());
        self.pending.iter().any(|datagram| {
            let is_error = matches!(datagram.incoming.via, Via::ErrorQueue { .. });
            let is_echo = self.lane.kind != Kind::Udp
                && datagram.incoming.shard == shard
                && datagram.bytes.get(6..8) == Some(&seq.to_be_bytes());
            is_error && is_echo && datagram.incoming.from.matches(&item.to)
        })
    }

    /// What to make of a refusal: `Ok` is to try again.
    fn refused(&mut self, errno: Errno, tries: u32) -> Result<(), Stop> {
        self.lane.departures.failed(&self.lane.socket, errno, self.now);
        match errno {
            Errno::EINTR => return Ok(()),
            Errno::EAGAIN => return Err(Stop::Full),
            Errno::ENOBUFS | Errno::ENOMEM => return Err(Stop::NoBuffers),
            _ => {}
        }
        let Drained { errors, mtu } = self.reader.drain_errors(self.lane, self.pending);
        if mtu.is_some() && errno == Errno::EMSGSIZE {
            return Err(Stop::Failed { errno, mtu });
        }
        // An ICMP error for an earlier packet: it has been taken from the socket, and this packet is not to blame. Even
        // where the error queue had no room for it, the socket has told it once and will not again.
        match is_icmp_error(errno) && (errors > 0 || tries == 1) {
            true if tries < TRIES => Ok(()),
            true => Err(Stop::NoBuffers),
            false => Err(Stop::Failed { errno, mtu: None }),
        }
    }
}

/// Whether the kernel may make this errno of an ICMP message (`icmp_err_convert`, `icmpv6_err_convert`).
const fn is_icmp_error(errno: Errno) -> bool {
    const ENONET: Errno = Errno(64);
    matches!(
        errno,
        Errno::ENETUNREACH
            | Errno::EHOSTUNREACH
            | Errno::EHOSTDOWN
            | Errno::ECONNREFUSED
            | Errno::ENOPROTOOPT
            | Errno::EOPNOTSUPP
            | Errno::EMSGSIZE
            | Errno::EPROTO
            | Errno::EACCES
            | ENONET
    )
}
