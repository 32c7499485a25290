//! A driver in miniature: sends packets at given times, and keeps all that the ports deliver.

use std::future::poll_fn;
use std::net::IpAddr;
use std::path::PathBuf;
use std::task::Poll;
use std::time::Duration;

use netdiag_engine::port::{
    Clock, DatagramBatch, Incoming, ProbeSocket, Sent, SocketOptions, Sockets, Stop, TransmitBatch, Via,
};
use netdiag_model::{Address, Family, Icmp, Mono, ProbeId};
use netdiag_sim::{Network, Sim};
use netdiag_wire::icmp::{self, Echo, Protocol};

/// The file of a network.
pub(crate) fn path(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/networks")).join(format!("{name}.toml"))
}

pub(crate) fn network(name: &str) -> Network {
    Network::from_file(path(name)).expect("a network")
}

pub(crate) fn sim(name: &str) -> Sim {
    Sim::new(&network(name))
}

pub(crate) fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

pub(crate) fn at(millis: u64) -> Mono {
    Mono::from_nanos(millis * 1_000_000)
}

pub(crate) fn id(seq: u64) -> ProbeId {
    ProbeId::new((seq >> 16) as u32, 0, seq as u16)
}

/// What to send, to whom, when.
#[derive(Debug, Clone)]
pub(crate) struct Shot {
    /// From the start of the exchange.
    pub(crate) at: Mono,
    pub(crate) to: IpAddr,
    pub(crate) ttl: Option<u8>,
    /// Octets after the ICMP or UDP header.
    pub(crate) len: usize,
    /// For UDP.
    pub(crate) port: u16,
    pub(crate) shard: u16,
}

/// `count` shots at `to`, one every `every`.
pub(crate) fn volley(to: &str, count: u64, every: Duration) -> Vec<Shot> {
    let shot = |n: u64| Shot {
        at: Mono::ZERO + every * n as u32,
        to: ip(to),
        ttl: None,
        len: 56,
        port: 33_434,
        shard: 0,
    };
    (0..count).map(shot).collect()
}

/// One shot per TTL from 1 to `last`, a tenth of a second apart.
pub(crate) fn ladder(to: &str, last: u8) -> Vec<Shot> {
    let shots = volley(to, u64::from(last), Duration::from_millis(100));
    (1..).zip(shots).map(|(ttl, shot)| Shot { ttl: Some(ttl), ..shot }).collect()
}

/// A record that came in, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Got {
    pub(crate) at: Mono,
    pub(crate) incoming: Incoming,
    pub(crate) bytes: Vec<u8>,
}

impl Got {
    /// The sequence number of an echo, direct or quoted.
    pub(crate) fn seq(&self) -> u16 {
        u16::from_be_bytes([self.bytes[6], self.bytes[7]])
    }

    pub(crate) fn error(&self) -> Option<(Icmp, IpAddr)> {
        match &self.incoming.via {
            Via::ErrorQueue { icmp, offender, .. } => Some((*icmp, offender.expect("an offender").ip)),
            _ => None,
        }
    }
}

/// All that happened in an exchange.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Log {
    pub(crate) sent: Vec<Sent>,
    pub(crate) got: Vec<Got>,
    pub(crate) dropped: u64,
}

impl Log {
    /// Messages to the socket.
    pub(crate) fn replies(&self) -> Vec<&Got> {
        self.got.iter().filter(|got| matches!(got.incoming.via, Via::Direct { .. })).collect()
    }

    /// ICMP errors: name and sender.
    pub(crate) fn errors(&self) -> Vec<(&'static str, String)> {
        let errors = self.got.iter().filter_map(Got::error);
        errors.map(|(icmp, from)| (icmp.name().unwrap_or("?"), from.to_string())).collect()
    }

    pub(crate) fn stops(&self) -> Vec<Stop> {
        self.sent.iter().filter_map(|sent| sent.stop).collect()
    }
}

/// What carries the shots.
#[derive(Debug, Clone, Copy)]
pub(crate) enum By {
    Icmp,
    Udp,
}

/// Sends echo requests with default options and listens until five seconds after the last one.
pub(crate) fn ping(sim: &Sim, shots: &[Shot]) -> Log {
    exchange(sim, By::Icmp, &SocketOptions::default(), shots)
}

/// Sends shots and listens until five seconds after the last one.
pub(crate) fn exchange(sim: &Sim, by: By, options: &SocketOptions, shots: &[Shot]) -> Log {
    let mut socket = open(sim, by, options);
    let mut clock = sim.clock();
    sim.run(drive(&mut *socket, &mut clock, (by, shots)))
}

pub(crate) fn open(sim: &Sim, by: By, options: &SocketOptions) -> Box<dyn ProbeSocket> {
    match by {
        By::Icmp => sim.sockets().open_icmp(options),
        By::Udp => sim.sockets().open_udp(options),
    }
    .expect("a socket")
}

/// Receive before transmit, then wait: as the engine's driver does it.
pub(crate) async fn drive(
    socket: &mut dyn ProbeSocket,
    clock: &mut dyn Clock,
    (by, shots): (By, &[Shot]),
) -> Log {
    let mut log = Log::default();
    let mut batch = DatagramBatch::default();
    let mut next = 0;
    let start = clock.now().mono;
    let due = |shot: &Shot| start + shot.at.since(Mono::ZERO);
    let end = shots.last().map_or(start, due) + Duration::from_secs(5);
    poll_fn(|cx| {
        loop {
            while socket.poll_recv(cx, &mut batch).is_ready() {
                let now = clock.now().mono;
                log.got.extend(batch.iter().map(|datagram| Got {
                    at: now,
                    incoming: datagram.incoming.clone(),
                    bytes: datagram.bytes.to_vec(),
                }));
                log.dropped += batch.dropped();
                batch.clear();
            }
            while let Some(shot) = shots.get(next).filter(|shot| due(shot) <= clock.now().mono) {
                log.sent.push(fire(socket, by, (next as u64, shot)));
                next += 1;
            }
            let until = shots.get(next).map_or(end, due);
            if clock.poll_until(cx, until).is_pending() {
                return Poll::Pending;
            }
            if next == shots.len() {
                return Poll::Ready(());
            }
        }
    })
    .await;
    log
}

fn fire(socket: &mut dyn ProbeSocket, by: By, (seq, shot): (u64, &Shot)) -> Sent {
    let mut batch = TransmitBatch::default();
    let to = Address::scoped(shot.to, 2);
    let probe = ProbeId::new(id(seq).generation(), shot.shard, id(seq).seq());
    let data: Vec<u8> = (0..shot.len).map(|at| at as u8).collect();
    let item = batch.push(probe, to, |out| match by {
        By::Icmp => {
            let protocol = if to.family() == Family::V4 { Protocol::Icmp } else { Protocol::Icmpv6 };
            icmp::emit_echo_request(protocol, &Echo { id: 0, seq: seq as u16, data: &data }, out);
        }
        By::Udp => out.extend_from_slice(&data),
    });
    (item.ttl, item.port) = (shot.ttl, if matches!(by, By::Udp) { shot.port } else { 0 });
    socket.send(&mut batch, 0)
}
