//! A datagram, and what comes of it: repeated each second as a SYN would be, until something comes back.

use std::future::poll_fn;
use std::task::{Context, Poll};
use std::time::Duration;

use netdiag_engine::driver::Command;
use netdiag_engine::port::{
    Clock, Connection, DatagramBatch, Fragmentation, Incoming, ProbeSocket, Sighting, SocketOptions, Stop,
    TransmitBatch, Via,
};
use netdiag_model::knowledge::icmp::facts;
use netdiag_model::{Address, Errno, Icmp, Moment, Mono, ProbeId};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::plan::Plan;
use crate::race::Finish;

/// Between repetitions.
const AGAIN: Duration = Duration::from_secs(1);

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A datagram came back from the address and port that were asked.
    Datagram(Vec<u8>),
    /// An ICMP error about it.
    Icmp {
        icmp: Icmp,
        from: Option<Address>,
        /// The TTL that the message arrived with.
        ttl: Option<u8>,
    },
    /// This host did not let it out.
    Refused(Errno),
    /// Nothing.
    Silence,
}

/// An exchange that has ended.
#[derive(Debug, Clone)]
pub(crate) struct Exchanged {
    pub(crate) started: Moment,
    pub(crate) ended: Moment,
    pub(crate) sent: Vec<Duration>,
    pub(crate) answer: Answer,
    /// Whether the run is to end, and so it was not waited for longer.
    pub(crate) is_cut: bool,
}

/// Whom, and what.
#[derive(Debug, Clone)]
pub(crate) struct Question<'a> {
    pub(crate) to: Address,
    pub(crate) port: u16,
    pub(crate) payload: &'a [u8],
    pub(crate) timeout: Duration,
}

/// The timeout, or less where the run ends before.
pub(crate) fn until(timeout: Duration, deadline: Option<Mono>, now: Mono) -> Duration {
    deadline.map_or(timeout, |deadline| timeout.min(deadline.since(now)))
}

/// The options of the socket for it: datagrams of any size may leave.
pub(crate) fn options(plan: &Plan) -> SocketOptions {
    SocketOptions {
        source: plan.source,
        fragmentation: Some(Fragmentation::Anywhere),
        ..plan.sockets.clone()
    }
}

/// Asks.
pub(crate) async fn ask(
    socket: &mut dyn ProbeSocket,
    clock: &mut dyn Clock,
    commands: &mut UnboundedReceiver<Command>,
    question: &Question<'_>,
) -> Exchanged {
    let started = Moment::user(clock.now());
    let mut asking = Asking {
        question,
        started,
        next: started.read.mono,
        sent: Vec::new(),
        outgoing: TransmitBatch::default(),
        incoming: DatagramBatch::default(),
    };
    poll_fn(|cx| {
        while let Poll::Ready(Some(command)) = commands.poll_recv(cx) {
            if command == Command::Quit {
                let now = Moment::user(clock.now());
                return Poll::Ready(Exchanged { is_cut: true, ..asking.end(Answer::Silence, now) });
            }
        }
        asking.poll(cx, socket, clock)
    })
    .await
}

struct Asking<'a> {
    question: &'a Question<'a>,
    started: Moment,
    next: Mono,
    sent: Vec<Duration>,
    outgoing: TransmitBatch,
    incoming: DatagramBatch,
}

impl Asking<'_> {
    fn poll(
        &mut self,
        cx: &mut Context<'_>,
        socket: &mut dyn ProbeSocket,
        clock: &mut dyn Clock,
    ) -> Poll<Exchanged> {
        let end = self.started.read.mono + self.question.timeout;
        loop {
            self.incoming.clear();
            while socket.poll_recv(cx, &mut self.incoming).is_ready() {
                if let Some((answer, at)) = self.answer() {
                    return Poll::Ready(self.end(answer, at));
                }
                self.incoming.clear();
            }
            let now = Moment::user(clock.now());
            if end <= now.read.mono {
                return Poll::Ready(self.end(Answer::Silence, now));
            }
            if self.next <= now.read.mono {
                if let Some(errno) = self.send(socket, now) {
                    return Poll::Ready(self.end(Answer::Refused(errno), now));
                }
                continue;
            }
            if clock.poll_until(cx, self.next.min(end)).is_pending() {
                return Poll::Pending;
            }
        }
    }

    fn end(&mut self, answer: Answer, ended: Moment) -> Exchanged {
        let sent = std::mem::take(&mut self.sent);
        Exchanged { started: self.started, ended, sent, answer, is_cut: false }
    }

    /// Sends it once more; why not, if this host does not let it out.
    fn send(&mut self, socket: &mut dyn ProbeSocket, now: Moment) -> Option<Errno> {
        let Question { to, port, payload, .. } = *self.question;
        self.next = now.read.mono + AGAIN;
        self.outgoing.clear();
        let probe = ProbeId::new(0, 0, self.sent.len() as u16);
        self.outgoing.push(probe, to, |out| out.extend_from_slice(payload)).port = port;
        if let Some(Stop::Failed { errno, .. }) = socket.send(&mut self.outgoing, 0).stop {
            return Some(errno);
        }
        // Where there was no room, there is by the next time.
        self.sent.push(now.read.mono.since(self.started.read.mono));
        None
    }

    /// What came, if it belongs to the question.
    fn answer(&self) -> Option<(Answer, Moment)> {
        let is_asked = |incoming: &Incoming, port: u16| {
            port == self.question.port && self.question.to.matches(&incoming.from)
        };
        self.incoming.iter().find_map(|datagram| {
            let incoming = datagram.incoming;
            match incoming.via {
                Via::Direct { port } if is_asked(incoming, port) => {
                    Some((Answer::Datagram(datagram.bytes.to_vec()), incoming.at))
                }
                Via::ErrorQueue { icmp, offender, port, .. }
                    if is_asked(incoming, port) && !icmp.is_advice() =>
                {
                    Some((Answer::Icmp { icmp, from: offender, ttl: incoming.ttl }, incoming.at))
                }
                _ => None,
            }
        })
    }
}

impl Exchanged {
    /// The exchange in the form of an attempt.
    pub(crate) fn into_finish(self, address: Address) -> Finish {
        let Self { started, ended, sent, answer, is_cut: _ } = self;
        let mut greeting = Vec::new();
        let connection = match answer {
            Answer::Datagram(bytes) => {
                greeting = bytes;
                Connection::Established { handshake: None }
            }
            Answer::Icmp { icmp, from, .. } => {
                Connection::Failed { errno: errno(icmp), icmp: Some((icmp, from)), is_synchronous: false }
            }
            Answer::Refused(errno) => Connection::Failed { errno, icmp: None, is_synchronous: true },
            Answer::Silence => Connection::Silent,
        };
        Finish {
            address,
            started,
            ended,
            connection,
            sighting: Sighting::NONE,
            sent,
            objections: Vec::new(),
            early: None,
            state: None,
            greeting,
            stream: None,
        }
    }
}

/// What Linux makes of an ICMP message.
fn errno(icmp: Icmp) -> Errno {
    let form = facts::of(icmp).and_then(|facts| {
        facts
            .forms
            .iter()
            .find(|form| (form.family, form.kind, form.code) == (icmp.family, icmp.kind, Some(icmp.code)))
    });
    form.and_then(|form| form.errno).unwrap_or(Errno::EHOSTUNREACH)
}
