//! One service, all its addresses: tried in the resolver's order (RFC 6724), each a quarter of a second after the one
//! before or as soon as that one has failed (RFC 8305), and each to its end.
//!
//! An ICMP error that leaves the socket in SYN-SENT is asked about again at once, by a second SYN: two that are answered
//! alike are an answer; else the first attempt goes on to its timeout.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::task::Context;
use std::time::Duration;

use netdiag_engine::dialer::{Agenda, Dialed, Turn};
use netdiag_engine::port::{Attempt, Care, Connection, Connector, Outcome, Sighting, Stream};
use netdiag_model::event::Notice;
use netdiag_model::{Address, Moment, Mono, ProbeId, Reading, TcpState};
use netdiag_tool::Progress;

use crate::case::{Early, Objection};
use crate::evidence::span;
use crate::watch::{Aim, Watch};

/// After how long the next address is tried while the one before has not answered (RFC 8305, section 5).
const STAGGER: Duration = Duration::from_millis(250);
/// How often sockets that wait are looked at.
const TICK: Duration = Duration::from_millis(20);

/// How each address is tried.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner {
    pub(crate) port: u16,
    /// From where: address and port.
    pub(crate) source: (Option<IpAddr>, Option<u16>),
    pub(crate) timeout: Duration,
    /// How long a connection is watched; `None` to leave it as it is.
    pub(crate) dwell: Option<(Duration, Aim)>,
}

/// What came of one address.
#[derive(Debug)]
pub(crate) struct Finish {
    pub(crate) address: Address,
    pub(crate) started: Moment,
    pub(crate) ended: Moment,
    pub(crate) connection: Connection,
    pub(crate) sighting: Sighting,
    pub(crate) sent: Vec<Duration>,
    pub(crate) objections: Vec<Objection>,
    pub(crate) early: Option<Early>,
    pub(crate) state: Option<TcpState>,
    pub(crate) greeting: Vec<u8>,
    /// The connection, where it was left as it is.
    pub(crate) stream: Option<Box<dyn Stream>>,
}

/// The race.
pub(crate) struct Race {
    manner: Manner,
    lanes: Vec<Lane>,
    /// Second SYNs.
    again: VecDeque<Attempt>,
    cancelled: VecDeque<ProbeId>,
    /// When the address before was tried.
    last: Option<Mono>,
    next_tick: Option<Mono>,
    notices: Vec<Notice>,
    progress: Option<(Progress, String)>,
}

/// One address.
#[derive(Debug)]
struct Lane {
    address: Address,
    /// The first attempt, then the second one.
    probes: Vec<ProbeId>,
    started: Option<Moment>,
    sent: Vec<Duration>,
    /// When second SYNs were sent.
    extra: Vec<Duration>,
    objections: Vec<Objection>,
    watch: Option<Watch>,
    finish: Option<Finish>,
    is_asked: bool,
}

impl Lane {
    const fn new(address: Address) -> Self {
        Self {
            address,
            probes: Vec::new(),
            started: None,
            sent: Vec::new(),
            extra: Vec::new(),
            objections: Vec::new(),
            watch: None,
            finish: None,
            is_asked: false,
        }
    }

    /// Whether its verdict is in, as far as the next address is concerned.
    const fn has_failed(&self) -> bool {
        matches!(&self.finish, Some(finish) if !matches!(finish.connection, Connection::Established { .. }))
    }

    const fn is_over(&self) -> bool {
        self.finish.is_some() && self.watch.is_none()
    }

    /// Notes a SYN that the kernel has repeated.
    fn note(&mut self, sighting: &Sighting, now: Mono) {
        let Some(started) = self.started else { return };
        while self.sent.len() <= sighting.retransmits as usize {
            self.sent.push(now.since(started.read.mono));
        }
    }

    fn conclude(&mut self, outcome: Outcome, connection: Connection) {
        let Some(started) = self.started else { return };
        self.note(&outcome.sighting, outcome.at.read.mono);
        self.sent.append(&mut self.extra);
        self.sent.sort_unstable();
        self.finish = Some(Finish {
            address: self.address,
            started,
            ended: outcome.at,
            connection,
            sighting: outcome.sighting,
            sent: std::mem::take(&mut self.sent),
            objections: std::mem::take(&mut self.objections),
            early: None,
            state: None,
            greeting: Vec::new(),
            stream: outcome.stream,
        });
    }
}

impl Race {
    /// Tries `addresses`. The words of `progress` come before what is shown of sockets that wait.
    pub(crate) fn new(addresses: &[Address], manner: Manner, progress: Option<(Progress, String)>) -> Self {
        Self {
            manner,
            lanes: addresses.iter().copied().map(Lane::new).collect(),
            again: VecDeque::new(),
            cancelled: VecDeque::new(),
            last: None,
            next_tick: None,
            notices: Vec::new(),
            progress,
        }
    }

    /// What came of the addresses, in their order; of those that were not tried any more, nothing.
    pub(crate) fn finish(self) -> (Vec<Finish>, Vec<Notice>) {
        if let Some((mut progress, _)) = self.progress {
            progress.clear();
        }
        (self.lanes.into_iter().filter_map(|lane| lane.finish).collect(), self.notices)
    }

    fn attempt(&self, address: Address) -> Attempt {
        Attempt {
            source: self.manner.source.0,
            source_port: self.manner.source.1,
            timeout: Some(self.manner.timeout),
            care: Care::Close,
            ..Attempt::new(ProbeId::new(0, 0, 0), address, self.manner.port)
        }
    }

    /// The index of the next address to try, and when.
    fn next(&self, now: Mono) -> Option<(usize, Mono)> {
        let next = self.lanes.iter().position(|lane| !lane.is_asked)?;
        let has_failed = self.lanes[..next].iter().all(Lane::has_failed);
        let at = self.last.filter(|_| !has_failed).map_or(now, |last| last + STAGGER);
        Some((next, at))
    }

    /// An ICMP error that was not final.
    fn object(&mut self, index: usize, dialed: &Dialed) {
        let Connection::Objection { errno, icmp } = dialed.outcome.connection else { return };
        let lane = &mut self.lanes[index];
        let Some(started) = lane.started else { return };
        let after = dialed.outcome.at.read.mono.since(started.read.mono);
        lane.objections.push(Objection { after, errno, icmp });
        let is_first = lane.probes == [dialed.outcome.probe];
        let address = lane.address;
        if is_first && self.manner.source.1.is_none() {
            let again = self.attempt(address);
            self.again.push_back(again);
        }
    }

    /// Whether another SYN, the second or a repetition, was answered as the first one.
    fn is_confirmed(&self, index: usize, connection: &Connection) -> bool {
        let (Connection::Objection { icmp, .. } | Connection::Failed { icmp, .. }) = connection else {
            return false;
        };
        let first = self.lanes[index].objections.first().and_then(|objection| objection.icmp);
        match (first, icmp) {
            (Some((first, from)), Some((icmp, again))) => {
                (first.kind, first.code, from) == (icmp.kind, icmp.code, *again)
            }
            _ => false,
        }
    }

    /// The attempt has come to its end.
    fn end(&mut self, index: usize, now: Mono, dialed: Dialed) {
        let Dialed { mut outcome, .. } = dialed;
        let connection = match outcome.connection {
            Connection::Objection { errno, icmp } => {
                Connection::Failed { errno, icmp, is_synchronous: false }
            }
            other => other,
        };
        let dwell = self.manner.dwell;
        let lane = &mut self.lanes[index];
        let others: Vec<ProbeId> = lane.probes.drain(..).collect();
        self.cancelled.extend(others);
        if let (Some((span, aim)), Some(stream)) = (dwell, outcome.stream.take_if(|_| dwell.is_some())) {
            lane.watch = Some(Watch::new(stream, (now, now + span), aim));
        }
        lane.conclude(outcome, connection);
    }

    fn show(&mut self, now: Mono) {
        let Some((progress, words)) = &mut self.progress else { return };
        let waiting = self.lanes.iter().filter(|lane| lane.finish.is_none() && lane.started.is_some());
        let Some(lane) = waiting.max_by_key(|lane| lane.sent.len()) else { return };
        let Some(started) = lane.started else { return };
        let (count, waited) = (lane.sent.len(), span(now.since(started.read.mono)));
        let plural = if count == 1 { "" } else { "s" };
        let text =
            format!("{words}SYN-SENT to {}: {count} SYN{plural}, nothing back for {waited}", lane.address);
        progress.draw(0, &text);
    }
}

impl Agenda for Race {
    fn poll_next(&mut self, _cx: &mut Context<'_>, now: Reading) -> Turn {
        while let Some(attempt) = self.again.pop_front() {
            // The first SYN may have been answered meanwhile.
            if self.lanes.iter().any(|lane| lane.address == attempt.to && lane.finish.is_none()) {
                return Turn::Dial(attempt);
            }
        }
        match self.next(now.mono) {
            Some((index, at)) if at <= now.mono => {
                self.lanes[index].is_asked = true;
                Turn::Dial(self.attempt(self.lanes[index].address))
            }
            Some((_, at)) => Turn::At(at),
            None if self.lanes.iter().all(Lane::is_over) => Turn::Over,
            None => Turn::Event,
        }
    }

    fn poll_others(&mut self, cx: &mut Context<'_>, now: Reading) {
        for lane in &mut self.lanes {
            let Some(watch) = &mut lane.watch else { continue };
            if watch.poll(cx, now.mono).is_pending() {
                continue;
            }
            if let Some(finish) = &mut lane.finish {
                (finish.early, finish.state) = (watch.early, Some(watch.state()));
                finish.greeting = std::mem::take(&mut watch.greeting);
            }
            lane.watch = None;
        }
    }

    fn handle_started(&mut self, probe: ProbeId, attempt: &Attempt, at: Moment) {
        let Some(lane) = self.lanes.iter_mut().find(|lane| lane.address == attempt.to) else { return };
        if lane.started.is_none() {
            lane.started = Some(at);
            lane.sent.push(Duration::ZERO);
            self.last = Some(at.read.mono);
            self.next_tick.get_or_insert(at.read.mono + TICK);
        }
        if !lane.probes.is_empty() {
            // A second SYN, beside the first one's repetitions.
            lane.extra.extend(lane.started.map(|started| at.read.mono.since(started.read.mono)));
        }
        lane.probes.push(probe);
    }

    fn handle_dialed(&mut self, now: Reading, dialed: Dialed) -> ControlFlow<()> {
        let Some(index) = self.lanes.iter().position(|lane| lane.address == dialed.attempt.to) else {
            return ControlFlow::Continue(());
        };
        if self.lanes[index].finish.is_some() {
            return ControlFlow::Continue(());
        }
        let is_second = self.lanes[index].probes.first() != Some(&dialed.outcome.probe);
        let connection = dialed.outcome.connection;
        if matches!(connection, Connection::Objection { .. }) {
            self.object(index, &dialed);
            if self.lanes[index].objections.len() > 1 && self.is_confirmed(index, &connection) {
                self.end(index, now.mono, dialed);
            }
            return ControlFlow::Continue(());
        }
        let says_nothing = match connection {
            Connection::Silent | Connection::Failed { is_synchronous: true, .. } => true,
            Connection::Failed { icmp: Some(_), .. } => !self.is_confirmed(index, &connection),
            _ => false,
        };
        if is_second && says_nothing {
            // The first one goes on.
            self.lanes[index].probes.retain(|probe| *probe != dialed.outcome.probe);
        } else {
            self.end(index, now.mono, dialed);
        }
        ControlFlow::Continue(())
    }

    fn handle_notice(&mut self, notice: Notice) {
        self.notices.push(notice);
    }

    fn poll_cancel(&mut self) -> Option<ProbeId> {
        self.cancelled.pop_front()
    }

    /// Of the addresses whose end was not waited for, what is known by now.
    fn handle_cut(&mut self, now: Reading, connector: &dyn Connector) {
        for lane in self.lanes.iter_mut().filter(|lane| lane.finish.is_none()) {
            let Some(&probe) = lane.probes.first() else { continue };
            let Some(sighting) = connector.look(probe) else { continue };
            let (at, connection) = (Moment::user(now), Connection::Silent);
            lane.conclude(Outcome { probe, at, connection, sighting, stream: None }, connection);
        }
    }

    fn poll_timeout(&self) -> Option<Mono> {
        let watches = self.lanes.iter().filter_map(|lane| lane.watch.as_ref()).map(Watch::until);
        watches.chain(self.next_tick).min()
    }

    fn handle_timeout(&mut self, now: Reading, connector: &dyn Connector) {
        if self.next_tick.is_none_or(|tick| tick > now.mono) {
            return;
        }
        for lane in self.lanes.iter_mut().filter(|lane| lane.finish.is_none()) {
            if let Some(sighting) = lane.probes.first().and_then(|probe| connector.look(*probe)) {
                lane.note(&sighting, now.mono);
            }
        }
        let is_waiting = self.lanes.iter().any(|lane| lane.finish.is_none());
        self.next_tick = is_waiting.then(|| now.mono + TICK);
        self.show(now.mono);
    }
}

#[cfg(test)]
mod tests;
