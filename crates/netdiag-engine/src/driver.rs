//! The loop that connects a prober to ports. It receives before it transmits, so that stamps are honest and windows
//! close on time, and it sleeps until something is due or comes in.

pub mod dial;

use std::ops::ControlFlow;
use std::task::{Context, Poll};
use std::time::Duration;

use netdiag_model::{Address, Event, Moment, Mono, Reading};
use tokio::sync::mpsc;

use crate::port::{Clock, Connector, DatagramBatch, Outcome, ProbeSocket, Stop, TransmitBatch};
use crate::prober::{Audience, Prober, Shortage};
use crate::strategy::Strategy;
use crate::watch::HostWatch;

/// How many packets are handed to the port at once.
const BATCH: usize = 64;
/// How many turns of receiving and sending are taken before others have theirs.
const TURNS: usize = 16;
/// How long to wait when the device's queue is full: no event tells when it has room again.
const NO_BUFFERS_PAUSE: Duration = Duration::from_millis(1);

/// What someone outside the run wants of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// End the run now.
    Quit,
    /// Show where the run stands (SIGQUIT).
    Interim,
}

/// Whom to probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recruit {
    /// The address.
    pub address: Address,
    /// Who may answer for it.
    pub audience: Audience,
}

/// The tool's side of a run: it names the targets and takes what happens, in order.
pub trait Sink {
    /// The next target as soon as one is known; `None` when there are no more. The n-th one handed out, those
    /// that were added before the run counted, is [`netdiag_model::TargetId`] n. It is asked only when the run
    /// can use one.
    fn poll_target(&mut self, _cx: &mut Context<'_>, _now: Reading) -> Poll<Option<Recruit>> {
        Poll::Ready(None)
    }

    /// Something happened. [`ControlFlow::Break`] ends the run.
    fn event(&mut self, now: Reading, event: &Event) -> ControlFlow<()>;

    /// Someone wants to know where the run stands.
    fn interim(&mut self, now: Reading);

    /// Whatever else the sink waits for, such as names of addresses: looked at on every turn, and `cx` is woken by it.
    fn poll_others(&mut self, _cx: &mut Context<'_>) {}

    /// When the sink has something of its own to do, such as to draw.
    fn poll_timeout(&self) -> Option<Mono> {
        None
    }

    /// That time has come.
    fn handle_timeout(&mut self, _now: Reading) {}

    /// The run has nothing more to do for the moment: what has gathered may be shown.
    fn idle(&mut self) {}
}

/// What probes go out by.
pub enum Outlet {
    /// Packets.
    Socket(Box<dyn ProbeSocket>),
    /// TCP attempts.
    Connector(Box<dyn Connector>),
}

/// Everything outside that one run needs.
pub struct Ports<'a> {
    /// Where probes go.
    pub outlet: Outlet,
    /// What time it is.
    pub clock: &'a mut dyn Clock,
    /// Changes of this host that the run should know of.
    pub watch: Option<&'a mut HostWatch>,
    /// What someone outside wants. A closed channel is fine.
    pub commands: &'a mut mpsc::UnboundedReceiver<Command>,
}

/// Runs `prober` until it is finished, `sink` breaks off, or a command ends it. Gives back what probes went out by, for a
/// run that goes on from here ([`Prober::go_on`]).
pub async fn run<S: Strategy>(prober: &mut Prober<S>, ports: Ports<'_>, sink: &mut dyn Sink) -> Outlet {
    let mut driver = Driver {
        prober,
        ports,
        sink,
        incoming: DatagramBatch::default(),
        outcomes: Vec::new(),
        outgoing: TransmitBatch::default(),
        cursor: 0,
        block: None,
        has_all_targets: false,
    };
    std::future::poll_fn(|cx| driver.poll(cx)).await;
    driver.ports.outlet
}

/// Why nothing can be sent at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    /// Until the port says that it is ready.
    Full,
    /// Until this time.
    NoBuffers(Mono),
}

struct Driver<'a, 'b, S> {
    prober: &'a mut Prober<S>,
    ports: Ports<'b>,
    sink: &'a mut dyn Sink,
    incoming: DatagramBatch,
    outcomes: Vec<Outcome>,
    outgoing: TransmitBatch,
    cursor: usize,
    block: Option<Block>,
    has_all_targets: bool,
}

impl<S: Strategy> Driver<'_, '_, S> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        for _ in 0..TURNS {
            let has_received = self.receive(cx);
            let now = self.ports.clock.now();
            self.watch(cx, now.mono);
            self.prober.handle_timeout(now);
            let has_recruited = self.recruit(cx, now);
            let has_sent = self.transmit(cx, now);
            if self.drain_events(now).is_break() || self.obey(cx, now).is_break() {
                return Poll::Ready(());
            }
            if self.prober.is_finished(now.mono) {
                return Poll::Ready(());
            }
            self.sink.poll_others(cx);
            if self.sink.poll_timeout().is_some_and(|due| due <= now.mono) {
                self.sink.handle_timeout(now);
            }
            if has_received || has_recruited || has_sent {
                continue;
            }
            self.sink.idle();
            match self.deadline(now.mono) {
                Some(deadline) if self.ports.clock.poll_until(cx, deadline).is_ready() => {}
                _ => return Poll::Pending,
            }
        }
        // There is more to do at once; others, a signal's handler among them, have their turn first.
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Until when there is nothing to do if nothing comes in.
    fn deadline(&self, now: Mono) -> Option<Mono> {
        let probing = match self.block {
            None => self.prober.poll_timeout(now),
            Some(Block::Full) => self.prober.poll_expiry(),
            Some(Block::NoBuffers(until)) => {
                Some(self.prober.poll_expiry().map_or(until, |expiry| expiry.min(until)))
            }
        };
        [probing, self.sink.poll_timeout()].into_iter().flatten().min()
    }

    /// Takes in the targets that the prober has use for; whether there was one, or the last of them.
    fn recruit(&mut self, cx: &mut Context<'_>, now: Reading) -> bool {
        let mut has_recruited = false;
        while !self.has_all_targets && self.prober.wants_target() {
            match self.sink.poll_target(cx, now) {
                Poll::Pending => return has_recruited,
                Poll::Ready(None) => {
                    self.has_all_targets = true;
                    self.prober.end_targets();
                }
                Poll::Ready(Some(Recruit { address, audience })) => {
                    if let Some(watch) = &mut self.ports.watch {
                        watch.add_target(address);
                    }
                    self.prober.add_target(now.mono, address, audience);
                }
            }
            has_recruited = true;
        }
        has_recruited
    }

    /// Feeds the prober all that has come in; whether that was anything.
    fn receive(&mut self, cx: &mut Context<'_>) -> bool {
        match &mut self.ports.outlet {
            Outlet::Socket(socket) => {
                self.incoming.clear();
                if socket.poll_recv(cx, &mut self.incoming).is_pending() {
                    return false;
                }
                let mut last = None;
                for datagram in self.incoming.iter() {
                    let now = datagram.incoming.at.read.mono;
                    self.prober.handle_datagram(now, &datagram);
                    last = Some(now);
                }
                if self.incoming.dropped() > 0 {
                    let now = last.unwrap_or_else(|| self.ports.clock.now().mono);
                    self.prober.handle_overflow(now, self.incoming.dropped());
                }
                true
            }
            Outlet::Connector(connector) => {
                self.outcomes.clear();
                if connector.poll_outcome(cx, &mut self.outcomes).is_pending() {
                    return false;
                }
                for outcome in &self.outcomes {
                    self.prober.handle_outcome(outcome.at.read.mono, outcome);
                }
                true
            }
        }
    }

    fn watch(&mut self, cx: &mut Context<'_>, now: Mono) {
        let Some(watch) = &mut self.ports.watch else { return };
        while let Poll::Ready(notices) = watch.poll_notices(cx) {
            for notice in notices {
                self.prober.handle_notice(now, notice);
            }
        }
    }

    /// Sends what may go now; whether to look again at once.
    fn transmit(&mut self, cx: &mut Context<'_>, now: Reading) -> bool {
        match self.block {
            Some(Block::NoBuffers(until)) if until > now.mono => return false,
            Some(Block::Full) => {
                let Outlet::Socket(socket) = &mut self.ports.outlet else { return false };
                if socket.poll_send_ready(cx).is_pending() {
                    return false;
                }
            }
            _ => {}
        }
        self.block = None;
        match &mut self.ports.outlet {
            // A socket that has just become full is asked at once when it is ready: that leaves the waker with it.
            Outlet::Socket(_) => self.transmit_packets(now) || self.block == Some(Block::Full),
            Outlet::Connector(connector) => {
                let mut has_started = false;
                while let Some(attempt) = self.prober.poll_attempt(now) {
                    let at = connector.start(&attempt);
                    self.prober.handle_sent(attempt.probe, at);
                    has_started = true;
                }
                has_started
            }
        }
    }

    fn transmit_packets(&mut self, now: Reading) -> bool {
        if self.cursor == self.outgoing.len() {
            self.outgoing.clear();
            self.cursor = 0;
            self.prober.poll_transmit(now, &mut self.outgoing, BATCH);
        }
        let mut has_sent = false;
        while self.cursor < self.outgoing.len() && self.block.is_none() {
            let Outlet::Socket(socket) = &mut self.ports.outlet else { return has_sent };
            let sent = socket.send(&mut self.outgoing, self.cursor);
            for item in &self.outgoing.items()[self.cursor..self.cursor + sent.count] {
                self.prober.handle_sent(item.probe, sent.at);
            }
            self.cursor += sent.count;
            has_sent |= sent.count > 0;
            if let Some(stop) = sent.stop {
                self.handle_stop(stop, sent.at);
                has_sent |= matches!(stop, Stop::Failed { .. });
            }
        }
        has_sent
    }

    fn handle_stop(&mut self, stop: Stop, at: Moment) {
        match stop {
            Stop::Failed { errno, mtu } => {
                let probe = self.outgoing.items()[self.cursor].probe;
                self.prober.handle_send_error(probe, errno, mtu, at);
                self.cursor += 1;
            }
            // A run at full speed is meant to find the socket full.
            Stop::Full => {
                self.block = Some(Block::Full);
                if self.prober.is_paced() {
                    self.prober.handle_blocked(at.read.mono, Shortage::SendBuffer);
                }
            }
            Stop::NoBuffers => {
                self.block = Some(Block::NoBuffers(at.read.mono + NO_BUFFERS_PAUSE));
                self.prober.handle_blocked(at.read.mono, Shortage::Queue);
            }
        }
    }

    fn drain_events(&mut self, now: Reading) -> ControlFlow<()> {
        while let Some(event) = self.prober.poll_event() {
            self.sink.event(now, &event)?;
        }
        ControlFlow::Continue(())
    }

    fn obey(&mut self, cx: &mut Context<'_>, now: Reading) -> ControlFlow<()> {
        while let Poll::Ready(Some(command)) = self.ports.commands.poll_recv(cx) {
            match command {
                Command::Quit => return ControlFlow::Break(()),
                Command::Interim => self.sink.interim(now),
            }
        }
        ControlFlow::Continue(())
    }
}
