//! TCP attempts at this host: SYNs, their repetition, and what ends them (RFC 9293; errnos as Linux gives them).
//!
//! The first five SYNs go out a second apart, then the gap doubles (Linux since 6.5, `tcp_syn_linear_timeouts`). Any
//! ICMP error about a SYN ends the attempt, as on Linux.

use std::collections::HashMap;
use std::net::IpAddr;
use std::task::Waker;
use std::time::Duration;

use netdiag_engine::port::{Attempt, Care, Connection, Outcome, Sighting, SocketOptions};
use netdiag_model::{Address, Errno, Family, Icmp, Moment, Mono, ProbeId, Rtt, TcpState};
use netdiag_wire::ip::protocol;

use super::World;
use super::facts::FIRST_INTERFACE;
use super::kernel::free_port;
use super::queue::Event;
use super::stream::SilentStream;
use crate::network::NodeId;
use crate::packet::{Body, Packet, Trace};
use crate::truth::{Happening, Origin};

/// Flags of the TCP header.
pub(super) const SYN: u8 = 0x02;
pub(super) const RST: u8 = 0x04;
pub(super) const ACK: u8 = 0x10;

/// The kernel's own patience with a SYN (`tcp_syn_retries` 6).
const KERNEL_TIMEOUT: Duration = Duration::from_secs(131);

/// The attempts of a connector.
#[derive(Debug)]
pub(crate) struct Attempts {
    options: SocketOptions,
    pub(crate) timeout: Duration,
    running: HashMap<ProbeId, Running>,
    pub(crate) ended: Vec<Outcome>,
    pub(crate) waker: Option<Waker>,
}

#[derive(Debug)]
struct Running {
    attempt: Attempt,
    port: u16,
    source: IpAddr,
    sent: Mono,
    syns: u32,
}

impl Running {
    /// What the kernel would tell while it waits.
    fn sighting(&self) -> Sighting {
        let retransmits = self.syns.saturating_sub(1);
        let local = (self.syns > 0).then_some((Address::new(self.source), self.port));
        Sighting {
            state: if self.syns > 0 { TcpState::SynSent } else { TcpState::Closed },
            timeouts: retransmits,
            retransmits,
            segments_out: self.syns,
            segments_in: 0,
            local,
        }
    }
}

impl Attempts {
    pub(crate) fn new(options: SocketOptions) -> Self {
        Self { options, timeout: KERNEL_TIMEOUT, running: HashMap::new(), ended: Vec::new(), waker: None }
    }
}

/// A TCP header without options.
pub(super) fn segment([from, to]: [u16; 2], flags: u8) -> Vec<u8> {
    let mut bytes = vec![0; 20];
    bytes[..2].copy_from_slice(&from.to_be_bytes());
    bytes[2..4].copy_from_slice(&to.to_be_bytes());
    bytes[12..16].copy_from_slice(&[0x50, flags, 0xfa, 0xf0]);
    bytes
}

impl World {
    /// Starts an attempt.
    pub(crate) fn start(&mut self, set: u16, attempt: &Attempt) -> Moment {
        let at = Moment::user(self.reading());
        let own = &self.kernel.connectors[usize::from(set)];
        let (wish, timeout) = (attempt.source.or(own.options.source), own.timeout);
        let wish = wish.filter(|source| source.is_ipv4() == attempt.to.ip.is_ipv4());
        let timeout = attempt.timeout.unwrap_or(timeout);
        let is_free = |port| !self.kernel.tcp_ports.contains_key(&port);
        let port = match attempt.source_port {
            Some(port) => Some(port).filter(|&port| is_free(port)),
            None => free_port(&mut self.kernel.dice, is_free),
        };
        let source = wish.or_else(|| self.source_for(attempt.to));
        let unspecified = IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED);
        let running = Running {
            attempt: *attempt,
            port: port.unwrap_or_default(),
            source: source.unwrap_or(unspecified),
            sent: self.now,
            syns: 0,
        };
        self.kernel.connectors[usize::from(set)].running.insert(attempt.probe, running);
        let (Some(port), Some(_)) = (port, source) else {
            let errno = match (port, attempt.source_port) {
                (None, Some(_)) => Errno::EADDRINUSE,
                (None, None) => Errno::EADDRNOTAVAIL,
                (Some(_), _) => Errno::ENETUNREACH,
            };
            self.end_synchronously(set, attempt.probe, errno);
            return at;
        };
        self.kernel.tcp_ports.insert(port, (set, attempt.probe));
        let which = (attempt.probe, self.now);
        self.queue.push(self.now + timeout, Event::GiveUp(set, which));
        self.syn(set, which, 0);
        at
    }

    /// Sends a SYN of an attempt, `before` having been sent.
    pub(super) fn syn(&mut self, set: u16, (probe, began): (ProbeId, Mono), before: u32) {
        let own = &mut self.kernel.connectors[usize::from(set)];
        let interface = own.options.interface.clone();
        let (ttl, tos) = (own.options.ttl, own.options.tos.unwrap_or(0));
        let Some(running) = own.running.get_mut(&probe) else { return };
        if running.syns != before || running.sent != began {
            return;
        }
        running.syns += 1;
        let (to, ports) = (running.attempt.to, [running.port, running.attempt.port]);
        let (source, ttl) = (running.source, running.attempt.ttl.or(ttl).unwrap_or(64));
        let body = Body::Plain { protocol: protocol::TCP, bytes: segment(ports, SYN) };
        let mut packet = self.packet(NodeId::HERE, (source, to.ip), body);
        packet.goal = self.routes.goal(NodeId::HERE, to.ip);
        packet.trace = Some(Trace { origin: Origin::Connector(set), probe });
        (packet.ttl, packet.tos, packet.is_fragmentable) = (ttl, tos, false);
        packet.seal();
        let packet = Box::new(packet);
        let exit = match self.kernel.trouble {
            Some(crate::network::Trouble::Failed(errno)) => Err(errno),
            _ => self.way_out(interface.as_deref(), &packet),
        };
        match exit {
            // A SYN that is repeated and cannot leave is no news to the process.
            Err(errno) if before == 0 => return self.end_synchronously(set, probe, errno),
            Err(_) => {}
            Ok(exit) => {
                self.note(packet.trace, || Happening::Sent { to: to.ip });
                match exit {
                    Some(way) => self.transmit(way, packet),
                    None => self.emit(NodeId::HERE, packet),
                }
            }
        }
        let gap = Duration::from_secs(1 << before.saturating_sub(4).min(16));
        self.queue.push(self.now + gap, Event::Syn(set, (probe, began), before + 1));
    }

    /// An attempt has had its time.
    pub(super) fn give_up(&mut self, set: u16, (probe, began): (ProbeId, Mono)) {
        let running = self.kernel.connectors[usize::from(set)].running.get(&probe);
        if running.is_some_and(|running| running.sent == began) {
            self.end(set, probe, |_| Connection::Silent);
        }
    }

    /// What is known of an attempt that is under way.
    pub(crate) fn look(&self, set: u16, probe: ProbeId) -> Option<Sighting> {
        Some(self.kernel.connectors[usize::from(set)].running.get(&probe)?.sighting())
    }

    /// Ends an attempt without an outcome.
    pub(crate) fn cancel(&mut self, set: u16, probe: ProbeId) {
        if let Some(running) = self.kernel.connectors[usize::from(set)].running.remove(&probe) {
            self.kernel.tcp_ports.remove(&running.port);
        }
    }

    /// A segment for one of this host's attempts.
    pub(super) fn tcp_answer(&mut self, packet: &Packet, bytes: &[u8]) {
        let Some(&[.., to_high, to_low]) = bytes.get(..4) else { return };
        let Some((set, probe)) = self.attempt(u16::from_be_bytes([to_high, to_low]), packet.source) else {
            return;
        };
        let flags = bytes.get(13).copied().unwrap_or_default();
        let now = self.now;
        let least = self.kernel.connectors[usize::from(set)].running.get(&probe);
        if least.and_then(|running| running.attempt.min_ttl).is_some_and(|least| packet.ttl < least) {
            return;
        }
        if flags & RST == 0 && flags & (SYN | ACK) != SYN | ACK {
            return;
        }
        self.note(packet.trace, || Happening::Arrived { from: packet.source });
        self.end(set, probe, |running| {
            if flags & RST != 0 {
                return Connection::Failed { errno: Errno::ECONNREFUSED, icmp: None, is_synchronous: false };
            }
            let rtt = Rtt::from_nanos(now.since(running.sent).as_nanos() as u64);
            Connection::Established { handshake: (running.syns == 1).then_some(rtt) }
        });
    }

    /// An ICMP error about a SYN from the local port `port`.
    pub(super) fn tcp_error(&mut self, port: u16, (packet, icmp): (&Packet, Icmp)) {
        let Body::Error(error) = &packet.body else { return };
        let Some((set, probe)) = self.attempt(port, error.quote.destination) else { return };
        let Some(errno) = errno(icmp) else { return };
        self.note(packet.trace, || Happening::Arrived { from: packet.source });
        let offender = Some(Address::scoped(packet.source, FIRST_INTERFACE));
        self.end(set, probe, |_| Connection::Failed {
            errno,
            icmp: Some((icmp, offender)),
            is_synchronous: false,
        });
    }

    /// The attempt from a local port to a peer.
    fn attempt(&self, port: u16, peer: IpAddr) -> Option<(u16, ProbeId)> {
        let (set, probe) = *self.kernel.tcp_ports.get(&port)?;
        let running = self.kernel.connectors[usize::from(set)].running.get(&probe)?;
        (running.attempt.to.ip == peer).then_some((set, probe))
    }

    fn end_synchronously(&mut self, set: u16, probe: ProbeId, errno: Errno) {
        self.end(set, probe, |_| Connection::Failed { errno, icmp: None, is_synchronous: true });
    }

    fn end(&mut self, set: u16, probe: ProbeId, how: impl FnOnce(&Running) -> Connection) {
        let at = Moment::user(self.reading());
        let own = &mut self.kernel.connectors[usize::from(set)];
        let Some(running) = own.running.remove(&probe) else { return };
        self.kernel.tcp_ports.remove(&running.port);
        let connection = how(&running);
        let mut sighting = running.sighting();
        let mut stream = None;
        match connection {
            Connection::Established { .. } => {
                sighting = Sighting { state: TcpState::Established, timeouts: 0, segments_in: 1, ..sighting };
                sighting.segments_out += 1;
                if running.attempt.care == Care::Close {
                    stream = Some(SilentStream::boxed(sighting));
                }
            }
            Connection::Failed { icmp, is_synchronous, .. } => {
                let segments_in = u32::from(icmp.is_none() && !is_synchronous);
                sighting = Sighting { state: TcpState::Closed, segments_in, ..sighting };
            }
            Connection::Objection { .. } | Connection::Silent => {}
        }
        own.ended.push(Outcome { probe, at, connection, sighting, stream });
        if let Some(waker) = own.waker.take() {
            waker.wake();
        }
        self.has_news = true;
    }
}

/// The errno of an ICMP error (`icmp_err_convert` in net/ipv4/icmp.c, `icmpv6_err_convert`); `None` for one that does not
/// end an attempt.
fn errno(icmp: Icmp) -> Option<Errno> {
    Some(match (icmp.family, icmp.kind, icmp.code) {
        (Family::V4, 3, 0 | 6 | 9 | 11) | (Family::V6, 1, 0) => Errno::ENETUNREACH,
        (Family::V4, 3, 3) | (Family::V6, 1, 4) => Errno::ECONNREFUSED,
        (Family::V4, 3, 2) => Errno::ENOPROTOOPT,
        (Family::V4, 3, 4) | (Family::V6, 2, _) | (Family::V4, 4 | 5, _) => return None,
        (Family::V4, 3, 7) => Errno::EHOSTDOWN,
        (Family::V6, 1, 1 | 5 | 6) => Errno::EACCES,
        (Family::V4, 12, _) | (Family::V6, 4, _) => Errno::EPROTO,
        _ => Errno::EHOSTUNREACH,
    })
}
