//! The prober: a value that decides what to send and understands what comes back. It has no clock, no socket, no
//! randomness and no `.await`; whoever drives it feeds it and asks it.
//!
//! The cycle of a driver, and when answers may change:
//! 1. feed all that came in: [`Prober::handle_datagram`], [`Prober::handle_outcome`], then [`Prober::handle_timeout`];
//! 2. [`Prober::poll_transmit`] (or [`Prober::poll_attempt`]) until it gives nothing, telling each result back with
//!    `handle_sent`, `handle_send_error` before the next datagram is fed;
//! 3. drain [`Prober::poll_event`]; 4. wait until [`Prober::poll_timeout`] or until something comes in.
//!
//! Every `handle_*` may change what every `poll_*` answers; a `poll_*` changes nothing but what it hands out.

mod matching;
mod mishaps;
mod outcomes;
mod quotes;
mod sequel;

pub use mishaps::{Mishaps, Shortage};

use std::collections::VecDeque;
use std::time::Duration;

use netdiag_model::event::{Notice, NoticeCode};
use netdiag_model::{Address, Errno, Event, Family, Moment, Mono, ProbeId, Reading, TargetId};
use netdiag_wire::icmp;

use crate::inflight::{Entry, InFlight, State, Windows};
use crate::pacer::{Pacer, Rate};
use crate::port::{Attempt, TransmitBatch};
use crate::strategy::{Ask, Next, Strategy};
use crate::token::{Payload, Secret};

/// How a target is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// ICMP echo.
    Icmp,
    /// UDP to a port that is hoped to be closed: the target's port-unreachable is the answer.
    Udp {
        /// To which ports.
        ports: UdpPorts,
    },
    /// TCP connect to this port: SYN-ACK or RST is the answer.
    Tcp {
        /// The port.
        port: u16,
    },
}

/// Where UDP probes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UdpPorts {
    /// To [`UDP_PORTS`] ports in turn, so that an answer that quotes nothing of the data can be told apart.
    Spread,
    /// To this port, so that all probes of a socket are one flow.
    One(u16),
}

impl UdpPorts {
    const fn port(self, probe: ProbeId) -> u16 {
        match self {
            Self::Spread => UDP_BASE_PORT + probe.seq() % UDP_PORTS,
            Self::One(port) => port,
        }
    }
}

/// Which socket a probe leaves by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flows {
    /// Any: one more is taken when sequence numbers run out.
    Any,
    /// That of its flow.
    Kept {
        /// Source port of the first flow of TCP attempts; the others follow.
        tcp_port: u16,
    },
}

/// The first of the [`UDP_PORTS`] destination ports of UDP probes: traceroute's (RFC 1393 era, and still unused).
pub const UDP_BASE_PORT: u16 = 33_434;
/// Over how many ports UDP probes are spread, so that an answer that quotes nothing of the data can be told apart.
pub const UDP_PORTS: u16 = 32;

/// A fixed plan for all probes of a run.
#[derive(Debug)]
pub struct Config {
    /// How targets are asked.
    pub method: Method,
    /// How long to wait for an answer; `None` to wait for as long as the run lasts.
    pub timeout: Option<Duration>,
    /// The global rate.
    pub rate: Rate,
    /// The data of the probes.
    pub payload: Payload,
    /// What tokens are made from.
    pub secret: Secret,
    /// How many shards the port has.
    pub max_shards: u16,
    /// Which socket a probe leaves by.
    pub flows: Flows,
}

/// Who may answer for a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The address itself.
    One,
    /// Anyone: the address is a multicast or broadcast one.
    Group,
}

/// How long a slot is kept for a duplicate of its answer.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(1);
/// How long after its timeout a late answer is waited for before the slot may be reused.
const LATE_WINDOW: Duration = Duration::from_secs(2);
/// How long an unanswered probe keeps its slot when the run has no timeout.
const PATIENCE: Duration = Duration::from_secs(60);
/// A change of the wall clock's offset that is reported; single round-trip times guard against smaller ones.
const REPORTED_STEP: u64 = 1_000_000;

struct Target {
    address: Address,
    asked: u64,
    audience: Audience,
}

/// The prober.
pub struct Prober<S> {
    config: Config,
    strategy: S,
    targets: Vec<Target>,
    pacer: Pacer,
    inflight: InFlight,
    timeouts: VecDeque<(Mono, ProbeId)>,
    events: VecDeque<Event>,
    /// What has been asked for and waits for the pacer or a slot.
    asked: Option<Ask>,
    next: Next,
    ends_at: Option<Mono>,
    slot_free_at: Option<Mono>,
    offset: Option<i64>,
    mishaps: Mishaps,
}

impl<S: Strategy> Prober<S> {
    /// A prober without targets.
    pub fn new(config: Config, strategy: S) -> Self {
        let unanswered = config.timeout.map_or(PATIENCE, |timeout| timeout + LATE_WINDOW);
        let windows = Windows { answered: DUPLICATE_WINDOW, unanswered };
        Self {
            pacer: Pacer::new(config.rate),
            inflight: InFlight::new(config.max_shards, windows),
            config,
            strategy,
            targets: Vec::new(),
            timeouts: VecDeque::new(),
            events: VecDeque::new(),
            asked: None,
            next: Next::Event,
            ends_at: None,
            slot_free_at: None,
            offset: None,
            mishaps: Mishaps::default(),
        }
    }

    /// Adds a target; probing it may begin at once.
    pub fn add_target(&mut self, now: Mono, address: Address, audience: Audience) -> TargetId {
        let id = TargetId(self.targets.len() as u32);
        self.targets.push(Target { address, asked: 0, audience });
        self.strategy.handle_target(now, id, address);
        id
    }

    /// Whether one more target could be of use now.
    pub fn wants_target(&self) -> bool {
        self.strategy.wants_target()
    }

    /// No more targets will come: the run may end once those it has are done.
    pub fn end_targets(&mut self) {
        self.strategy.handle_targets_end();
    }

    /// Whether probes have their times, rather than going as fast as the kernel takes them.
    pub fn is_paced(&self) -> bool {
        self.config.rate != Rate::Max
    }

    /// What has gone wrong with the run itself so far.
    pub const fn mishaps(&self) -> &Mishaps {
        &self.mishaps
    }

    /// Adds the packets that may go at `now` to `batch`, until it holds `limit`.
    pub fn poll_transmit(&mut self, now: Reading, batch: &mut TransmitBatch, limit: usize) {
        while batch.len() < limit {
            let Some((probe, entry, _)) = self.take_probe(now) else { return };
            let target = &self.targets[entry.target.index()];
            let (to, payload) = (target.address, &self.config.payload);
            let mark = entry.mark(probe);
            let transmit = match self.config.method {
                Method::Icmp => {
                    let (protocol, seq) = (protocol(to.family()), probe.seq());
                    batch.push(probe, to, |out| {
                        icmp::emit_echo_request(protocol, &icmp::Echo { id: 0, seq, data: &[] }, out);
                        payload.encode(&mark, out);
                    })
                }
                Method::Udp { ports } => {
                    let transmit = batch.push(probe, to, |out| {
                        out.extend_from_slice(&probe.shard().to_be_bytes());
                        out.extend_from_slice(&probe.seq().to_be_bytes());
                        payload.encode(&mark, out);
                    });
                    transmit.port = ports.port(probe);
                    transmit
                }
                Method::Tcp { .. } => return,
            };
            transmit.ttl = entry.aim.ttl;
        }
    }

    /// The attempt that may start at `now`, if the method is TCP.
    pub fn poll_attempt(&mut self, now: Reading) -> Option<Attempt> {
        let Method::Tcp { port } = self.config.method else { return None };
        let (probe, entry, patience) = self.take_probe(now)?;
        let to = self.targets[entry.target.index()].address;
        let source_port = match self.config.flows {
            Flows::Any => None,
            Flows::Kept { tcp_port } => Some(tcp_port.saturating_add(entry.aim.flow.0)),
        };
        Some(Attempt {
            ttl: entry.aim.ttl,
            source_port,
            is_port_shared: source_port.is_some(),
            timeout: patience,
            ..Attempt::new(probe, to, port)
        })
    }

    /// Takes the next probe that is asked for, if the pacer and the table have room for it.
    fn take_probe(&mut self, now: Reading) -> Option<(ProbeId, Entry, Option<Duration>)> {
        self.ends_at = self.strategy.poll_end(now.mono);
        if self.is_finished(now.mono) {
            return None;
        }
        if self.asked.is_none() {
            self.next = self.strategy.poll_next(now.mono);
            // What it has found out comes before the probes that it asks for by that.
            self.events.extend(std::iter::from_fn(|| self.strategy.poll_news()));
            let Next::Probe(ask) = self.next else {
                self.pacer.rest(now.mono);
                // It may have found out just now that there is nothing more to ask.
                self.ends_at = self.strategy.poll_end(now.mono);
                return None;
            };
            self.pacer.resume(now.mono);
            self.asked = Some(ask);
        }
        let Ask { target: id, aim, patience } = self.asked?;
        if self.pacer.due(now.mono) > now.mono {
            return None;
        }
        let seq = self.targets[id.index()].asked + 1;
        let sent = Moment::user(now);
        let entry = Entry { target: id, seq, token: 0, sent, state: State::Prepared, aim };
        let inserted = match self.config.flows {
            Flows::Any => self.inflight.insert(now.mono, entry),
            Flows::Kept { .. } => self.inflight.insert_into(now.mono, aim.flow.0, entry),
        };
        match inserted {
            Err(free_at) => {
                self.slot_free_at = Some(free_at);
                None
            }
            Ok(probe) => {
                self.slot_free_at = None;
                self.asked = None;
                self.pacer.issue(now.mono);
                self.targets[id.index()].asked = seq;
                let entry = self.inflight.get_mut(probe)?;
                entry.token = self.config.secret.token(probe);
                Some((probe, *entry, patience))
            }
        }
    }

    /// A packet (or attempt) left this process at `at`.
    pub fn handle_sent(&mut self, probe: ProbeId, at: Moment) {
        let Some(entry) = self.inflight.get_mut(probe) else { return };
        entry.sent = at;
        entry.state = State::Waiting;
        let subject = entry.subject(probe);
        if let Some(timeout) = self.config.timeout {
            self.timeouts.push_back((at.read.mono + timeout, probe));
        }
        self.emit(at.read.mono, Event::Sent { subject, at });
    }

    /// This host did not let a packet out.
    pub fn handle_send_error(&mut self, probe: ProbeId, errno: Errno, mtu: Option<u32>, at: Moment) {
        let Some(entry) = self.inflight.get_mut(probe) else { return };
        entry.state = State::Refused;
        let subject = entry.subject(probe);
        self.emit(at.read.mono, Event::SendError { subject, errno, mtu, at });
        self.strategy.handle_settled(&subject);
    }

    /// Time has come to `now`: probes whose timeout has passed are given up, a step of the wall clock is noticed.
    pub fn handle_timeout(&mut self, now: Reading) {
        self.watch_wall_clock(now);
        while let Some(&(deadline, probe)) = self.timeouts.front() {
            let Some(entry) = self.inflight.get_mut(probe) else {
                self.timeouts.pop_front();
                continue;
            };
            if entry.state != State::Waiting {
                self.timeouts.pop_front();
            } else if deadline <= now.mono {
                entry.state = State::TimedOut;
                let subject = entry.subject(probe);
                self.timeouts.pop_front();
                self.emit(now.mono, Event::Timeout { subject });
                self.strategy.handle_settled(&subject);
            } else {
                break;
            }
        }
    }

    fn watch_wall_clock(&mut self, now: Reading) {
        let before = self.offset.replace(now.offset()).unwrap_or(now.offset());
        let step = now.offset().wrapping_sub(before);
        if step.unsigned_abs() > REPORTED_STEP {
            let seconds = step as f64 / 1e9;
            let message = format!(
                "the wall clock was stepped by {seconds:+.3} s to {}; no round-trip time is changed by it",
                now.wall
            );
            self.handle_notice(now.mono, Notice { code: NoticeCode::ClockStep, message });
        }
    }

    /// Something happened to the run itself.
    pub fn handle_notice(&mut self, now: Mono, notice: Notice) {
        self.emit(now, Event::Notice(notice));
    }

    /// When to call [`Prober::handle_timeout`] and [`Prober::poll_transmit`] next, if nothing comes in before.
    pub fn poll_timeout(&self, now: Mono) -> Option<Mono> {
        let transmit = match (self.asked, self.next) {
            (Some(_), _) => Some(self.slot_free_at.unwrap_or(now).max(self.pacer.due(now))),
            (None, Next::At(at)) => Some(at),
            (None, Next::Probe(_) | Next::Event) => None,
        };
        [transmit, self.poll_expiry()].into_iter().flatten().min()
    }

    /// The same while the port takes nothing to send: when a probe times out or the run ends.
    pub fn poll_expiry(&self) -> Option<Mono> {
        let timeout = self.timeouts.front().map(|&(deadline, _)| deadline);
        [timeout, self.ends_at].into_iter().flatten().min()
    }

    /// The next event, in the order in which things happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front().or_else(|| self.strategy.poll_news())
    }

    /// Whether the run is over, by what was known at the last `poll_transmit` or `poll_attempt`.
    pub fn is_finished(&self, now: Mono) -> bool {
        self.ends_at.is_some_and(|end| end <= now)
    }

    fn emit(&mut self, now: Mono, event: Event) {
        // What the strategy has found out by now comes before what happens next.
        self.events.extend(std::iter::from_fn(|| self.strategy.poll_news()));
        self.strategy.handle_event(now, &event);
        self.events.push_back(event);
    }
}

const fn protocol(family: Family) -> icmp::Protocol {
    match family {
        Family::V4 => icmp::Protocol::Icmp,
        Family::V6 => icmp::Protocol::Icmpv6,
    }
}

#[cfg(test)]
mod tests;
