//! What a message that came in belongs to, and what it means for its probe.
//!
//! A message counts as an answer only if it names a probe under way (by shard and sequence number), comes from the
//! probe's target, and carries the probe's token. An ICMP error must be about a packet to the probe's target; where it
//! quotes enough of the packet, the token is checked as well.

use netdiag_model::event::{Answer, Arrival, Damage, Reply, Transit};
use netdiag_model::extension::Extension;
use netdiag_model::{Address, Event, Family, Icmp, Mono, ProbeId, Rtt, TargetId};
use netdiag_wire::{icmp, ip};

use super::{Audience, Method, Prober, UDP_PORTS, UdpPorts, protocol};
use crate::extension;
use crate::inflight::State;
use crate::port::{Datagram, Via};
use crate::strategy::Strategy;
use crate::token::{Proof, TOKEN_LEN};

/// How many probes of a flow are looked at for one that an error may be about.
const FLOW_REACH: u16 = 4096;

/// What a quote that came with an error is a quote of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoted {
    /// This probe.
    Probe(ProbeId),
    /// One of several probes to this target that are under way.
    OneOfSeveral(TargetId),
    /// None of this run's.
    Nobodys,
}

impl From<Option<ProbeId>> for Quoted {
    fn from(found: Option<ProbeId>) -> Self {
        found.map_or(Self::Nobodys, Self::Probe)
    }
}

/// Octets before the token in the data of a UDP probe: shard and sequence number.
pub(super) const UDP_KEY_LEN: usize = 4;
/// The UDP header (RFC 768), in octets.
const UDP_HEADER_LEN: usize = 8;

impl<S: Strategy> Prober<S> {
    /// Takes in a message, an error or the stamp of a departure.
    pub fn handle_datagram(&mut self, now: Mono, datagram: &Datagram<'_>) {
        match &datagram.incoming.via {
            Via::Departure { probe } => {
                if let Some(entry) = self.inflight.get_mut(*probe) {
                    entry.sent.stamp = datagram.incoming.at.stamp;
                }
            }
            Via::Direct { .. } => self.handle_direct(now, datagram),
            Via::Witnessed { .. } => self.handle_witnessed(now, datagram),
            Via::ErrorQueue { icmp, offender, port, .. } => match self.find_quoted(datagram, *port) {
                Quoted::Probe(probe) => {
                    self.handle_icmp_error(now, probe, (*icmp, *offender), datagram);
                }
                Quoted::OneOfSeveral(target) => {
                    let (from, icmp) = (*offender, *icmp);
                    self.emit(now, Event::Unattributed { target, from, icmp });
                }
                Quoted::Nobodys => self.handle_foreign(now),
            },
        }
    }

    fn handle_direct(&mut self, now: Mono, datagram: &Datagram<'_>) {
        let incoming = datagram.incoming;
        if matches!(self.config.method, Method::Udp { .. }) {
            // A service that sends back what it got (RFC 862) is as good as a port-unreachable.
            let Some(probe) = self.find_by_udp_data(datagram.bytes, incoming.from) else {
                return self.handle_foreign(now);
            };
            return self.handle_answer(now, (probe, Answer::Datagram), datagram, None);
        }
        match icmp::parse(protocol(incoming.family), datagram.bytes) {
            Ok(icmp::Message::EchoReply(echo)) => self.handle_echo_reply(now, &echo, datagram),
            Ok(icmp::Message::Error(error)) => self.handle_raw_error(now, &error, datagram),
            // Raw sockets see what others sent and got.
            Ok(icmp::Message::EchoRequest(_) | icmp::Message::Other { .. }) | Err(_) => {}
        }
    }

    fn handle_echo_reply(&mut self, now: Mono, echo: &icmp::Echo<'_>, datagram: &Datagram<'_>) {
        let incoming = datagram.incoming;
        let is_whole = incoming.len == datagram.bytes.len();
        let Some((probe, entry)) = self.inflight.find(incoming.shard, echo.seq) else {
            return self.handle_foreign(now);
        };
        let (mark, state, id) = (entry.mark(probe), entry.state, entry.target);
        let target = &self.targets[id.index()];
        if state == State::Prepared || target.address.family() != incoming.family {
            return self.handle_foreign(now);
        }
        let is_broken =
            incoming.family == Family::V4 && is_whole && !icmp::is_checksum_right_v4(datagram.bytes);
        let len = incoming.len.saturating_sub(icmp::HEADER_LEN);
        let damage = match self.config.payload.verify(&mark, echo.data, len) {
            // Be it the token itself that was damaged: nothing of this is counted.
            _ if is_broken => Some(Damage::Checksum),
            Proof::Foreign => return self.handle_foreign(now),
            Proof::Genuine(damage) => damage,
        };
        if target.audience == Audience::Group || target.address.matches(&incoming.from) {
            self.handle_answer(now, (probe, echo_reply(incoming.family)), datagram, damage);
        } else {
            self.handle_stray(now, probe, datagram, damage);
        }
    }

    /// The answer of the target itself.
    fn handle_answer(
        &mut self,
        now: Mono,
        (probe, answer): (ProbeId, Answer),
        datagram: &Datagram<'_>,
        damage: Option<Damage>,
    ) {
        let timeout = self.config.timeout;
        let Some(entry) = self.inflight.get_mut(probe) else { return };
        let (rtt, _) = Rtt::measure(&entry.sent, &datagram.incoming.at);
        let is_in_time = timeout.is_none_or(|timeout| std::time::Duration::from(rtt) <= timeout);
        let before = entry.state;
        let arrival = match before {
            State::Answered => Arrival::Duplicate,
            State::Prepared | State::Waiting | State::Refused if is_in_time => Arrival::InTime,
            _ => Arrival::Late,
        };
        let subject = entry.subject(probe);
        let is_settled =
            damage != Some(Damage::Checksum) && matches!(before, State::Prepared | State::Waiting);
        if damage != Some(Damage::Checksum) {
            entry.state = State::Answered;
            if arrival == Arrival::Late && before == State::Waiting {
                // It came before the timer said so; the order of events stays: timed out, then late.
                self.emit(now, Event::Timeout { subject });
            }
        }
        let reply = self.reply((probe, answer), datagram, arrival, damage);
        if let Some(reply) = reply {
            self.emit(now, Event::Reply(reply));
        }
        if is_settled {
            self.strategy.handle_settled(&subject);
        }
    }

    fn handle_stray(&mut self, now: Mono, probe: ProbeId, datagram: &Datagram<'_>, damage: Option<Damage>) {
        let answer = echo_reply(datagram.incoming.family);
        if let Some(reply) = self.reply((probe, answer), datagram, Arrival::InTime, damage) {
            self.emit(now, Event::Stray(reply));
        }
    }

    fn reply(
        &mut self,
        (probe, answer): (ProbeId, Answer),
        datagram: &Datagram<'_>,
        arrival: Arrival,
        damage: Option<Damage>,
    ) -> Option<Reply> {
        let len = match self.config.method {
            // An ICMP error tells nothing of the data's length: it stands for the probe that it answers.
            Method::Udp { .. } => UDP_HEADER_LEN + UDP_KEY_LEN + self.config.payload.len(),
            Method::Icmp | Method::Tcp { .. } => datagram.incoming.len,
        };
        let incoming = datagram.incoming;
        let entry = self.inflight.get_mut(probe)?;
        let (rtt, clock) = Rtt::measure(&entry.sent, &incoming.at);
        let from = match &incoming.via {
            Via::ErrorQueue { offender: Some(offender), .. } => *offender,
            _ => incoming.from,
        };
        Some(Reply {
            subject: entry.subject(probe),
            answer,
            from,
            len,
            ttl: incoming.ttl,
            tos: incoming.tos,
            rtt,
            clock,
            at: incoming.at,
            arrival,
            damage,
        })
    }

    /// An ICMP error that is about `probe`, from the error queue.
    fn handle_icmp_error(
        &mut self,
        now: Mono,
        probe: ProbeId,
        (icmp, offender): (Icmp, Option<Address>),
        datagram: &Datagram<'_>,
    ) {
        let Some(entry) = self.inflight.get_mut(probe) else { return };
        let target = self.targets[entry.target.index()].address;
        let is_target = offender.is_some_and(|offender| target.matches(&offender));
        if matches!(self.config.method, Method::Udp { .. }) && icmp.is_port_unreachable() && is_target {
            return self.handle_answer(now, (probe, Answer::Icmp(icmp)), datagram, None);
        }
        let (rtt, clock) = Rtt::measure(&entry.sent, &datagram.incoming.at);
        let arrival = match entry.state {
            State::Prepared | State::Waiting => Arrival::InTime,
            State::TimedOut => Arrival::Late,
            State::Refused | State::Answered => Arrival::Duplicate,
        };
        let extensions = extensions(datagram);
        let transit = Transit { rtt, clock, ttl: datagram.incoming.ttl, arrival, extensions };
        let is_settled = !icmp.is_advice() && matches!(entry.state, State::Prepared | State::Waiting);
        if is_settled || (!icmp.is_advice() && entry.state == State::TimedOut) {
            entry.state = State::Refused;
        }
        let subject = entry.subject(probe);
        let at = datagram.incoming.at;
        self.emit(now, Event::IcmpError { subject, from: offender, icmp, at, transit });
        if is_settled {
            self.strategy.handle_settled(&subject);
        }
    }

    /// An ICMP message that a raw socket reads directly. Errors come by the error queue there too, but for advice
    /// (redirect, source quench), which the kernel keeps from it.
    fn handle_raw_error(&mut self, now: Mono, error: &icmp::ErrorMessage<'_>, datagram: &Datagram<'_>) {
        let incoming = datagram.incoming;
        let icmp = Icmp { family: incoming.family, kind: error.kind, code: error.code, info: error.rest };
        let Ok(header) = ip::parse(error.quote) else { return };
        if !icmp.is_advice() {
            return;
        }
        let quoted = header.payload_of(error.quote);
        if let Some(probe) = self.find_by_echo(incoming.shard, quoted, header.destination.into()) {
            self.handle_icmp_error(now, probe, (icmp, Some(incoming.from)), datagram);
        }
    }

    /// The probe that an error from the error queue quotes.
    fn find_quoted(&mut self, datagram: &Datagram<'_>, port: u16) -> Quoted {
        let (incoming, bytes) = (datagram.incoming, quoted_bytes(datagram));
        let has_token = bytes.len() >= UDP_KEY_LEN + TOKEN_LEN.min(self.config.payload.len());
        match self.config.method {
            Method::Icmp => self.find_by_echo(incoming.shard, bytes, incoming.from).into(),
            Method::Udp { .. } if has_token => self.find_by_udp_data(bytes, incoming.from).into(),
            Method::Udp { ports: UdpPorts::Spread } => {
                self.find_by_udp_port(incoming.shard, port, incoming.from).into()
            }
            Method::Udp { ports: UdpPorts::One(to) } if to == port => {
                self.find_by_flow(incoming.shard, incoming.from)
            }
            Method::Udp { .. } | Method::Tcp { .. } => Quoted::Nobodys,
        }
    }

    /// By target and flow alone: that is enough where one probe of it is under way, and only then.
    pub(super) fn find_by_flow(&mut self, shard: u16, to: Address) -> Quoted {
        let targets = &self.targets;
        let inflight = &mut self.inflight;
        let mut found = Quoted::Nobodys;
        for seq in inflight.latest(shard, FLOW_REACH) {
            let Some((probe, entry)) = inflight.find(shard, seq) else { continue };
            if entry.state != State::Waiting || !targets[entry.target.index()].address.matches(&to) {
                continue;
            }
            if matches!(found, Quoted::Probe(_)) {
                return Quoted::OneOfSeveral(entry.target);
            }
            found = Quoted::Probe(probe);
        }
        found
    }

    /// By the quoted echo header, and by the token where the quote is long enough for it.
    fn find_by_echo(&mut self, shard: u16, quoted: &[u8], to: Address) -> Option<ProbeId> {
        let protocol = protocol(to.family());
        let Ok(icmp::Message::EchoRequest(echo)) = icmp::parse(protocol, quoted) else { return None };
        let (probe, entry) = self.inflight.find(shard, echo.seq)?;
        let room = TOKEN_LEN.min(self.config.payload.len()).min(echo.data.len());
        let is_ours = echo.data[..room] == entry.token.to_be_bytes()[..room];
        (is_ours && self.targets[entry.target.index()].address.matches(&to)).then_some(probe)
    }

    /// By shard, sequence number and token in the data of a UDP probe.
    fn find_by_udp_data(&mut self, data: &[u8], to: Address) -> Option<ProbeId> {
        let &[s0, s1, q0, q1, ref rest @ ..] = data else { return None };
        let (probe, entry) =
            self.inflight.find(u16::from_be_bytes([s0, s1]), u16::from_be_bytes([q0, q1]))?;
        let room = TOKEN_LEN.min(self.config.payload.len());
        let is_ours = rest.get(..room) == Some(&entry.token.to_be_bytes()[..room]);
        (is_ours && self.targets[entry.target.index()].address.matches(&to)).then_some(probe)
    }

    /// By target and destination port alone, for routers that quote nothing of the data: the latest probe that waits.
    fn find_by_udp_port(&mut self, shard: u16, port: u16, to: Address) -> Option<ProbeId> {
        let targets = &self.targets;
        let inflight = &mut self.inflight;
        inflight.latest(shard, UDP_PORTS).find_map(|seq| {
            let (probe, entry) = inflight.find(shard, seq)?;
            let is_it = entry.state == State::Waiting
                && UdpPorts::Spread.port(probe) == port
                && targets[entry.target.index()].address.matches(&to);
            is_it.then_some(probe)
        })
    }
}

/// What is quoted of a packet. Before extensions stand 128 octets (RFC 4884), with zeros where the router has kept less:
/// what has a token ends before it then.
fn quoted_bytes<'a>(datagram: &Datagram<'a>) -> &'a [u8] {
    let Via::ErrorQueue { icmp, extensions: Some(at), port, .. } = datagram.incoming.via else {
        return datagram.bytes;
    };
    let bytes = datagram.bytes.get(..at).unwrap_or(datagram.bytes);
    // An ICMP header is quoted in any case; of UDP only what follows its header comes here.
    let is_icmp = port == 0 && icmp::parse(protocol(icmp.family), bytes).is_ok();
    let head = if is_icmp { icmp::HEADER_LEN } else { 0 };
    let key = if is_icmp { TOKEN_LEN } else { UDP_KEY_LEN + TOKEN_LEN };
    let is_padding = bytes.iter().skip(head).take(key).all(|&octet| octet == 0);
    if is_padding { &bytes[..head.min(bytes.len())] } else { bytes }
}

/// What an error carries beside its quote.
fn extensions(datagram: &Datagram<'_>) -> Box<[Extension]> {
    match datagram.incoming.via {
        Via::ErrorQueue { extensions: Some(at), .. } => {
            extension::read(datagram.bytes.get(at..).unwrap_or_default())
        }
        _ => Box::default(),
    }
}

const fn echo_reply(family: Family) -> Answer {
    let kind = protocol(family).echo_reply();
    Answer::Icmp(Icmp { family, kind, code: 0, info: 0 })
}
