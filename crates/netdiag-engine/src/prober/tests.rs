//! The prober on its own, fed with datagrams made by hand: what counts as an answer to what, the order of events, and
//! when it wants to be woken.

mod wakeups;

use std::hash::{BuildHasherDefault, DefaultHasher};

use super::*;
use crate::port::{DatagramBatch, Incoming, Via};
use crate::strategy::{Count, Echo, Ending, Pace};
use netdiag_model::event::{Arrival, Damage};
use netdiag_model::{Icmp, Stamp, Wall};

const TARGET: &str = "192.0.2.1";

fn address(text: &str) -> Address {
    text.parse::<std::net::IpAddr>().expect("an address").into()
}

fn reading(nanos: u64) -> Reading {
    Reading { mono: Mono::from_nanos(nanos), wall: Wall::from_nanos(nanos as i64) }
}

/// Milliseconds, in nanoseconds.
const fn ms(millis: u64) -> u64 {
    millis * 1_000_000
}

fn prober(method: Method, size: usize, count: u32) -> Prober<Echo> {
    let config = Config {
        method,
        timeout: Some(Duration::from_secs(1)),
        rate: Rate::Max,
        payload: Payload::counting(size),
        secret: Secret::new(BuildHasherDefault::<DefaultHasher>::default()),
        max_shards: 2,
        flows: Flows::Any,
    };
    let pace = Pace::Steady { interval: Duration::from_millis(100) };
    Prober::new(config, Echo::new(pace, Count::Limit(count), Ending::Settled))
}

/// A probe on its way, as bytes.
#[derive(Debug, Clone)]
struct Flying {
    probe: ProbeId,
    bytes: Vec<u8>,
    port: u16,
}

impl Flying {
    /// The echo reply to it.
    fn reply(&self) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        bytes[0] = 0;
        seal(&mut bytes);
        bytes
    }
}

/// The ICMP checksum, as a port or the kernel writes it (RFC 1071).
fn seal(bytes: &mut [u8]) {
    bytes[2..4].fill(0);
    let words = bytes.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0)));
    let mut sum: u32 = words.sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    bytes[2..4].copy_from_slice(&(!(sum as u16)).to_be_bytes());
}

/// Sends what may go at `now`.
fn send(prober: &mut Prober<Echo>, now: u64) -> Vec<Flying> {
    let mut batch = TransmitBatch::default();
    prober.poll_transmit(reading(now), &mut batch, 64);
    let flying: Vec<Flying> = batch
        .items()
        .iter()
        .map(|item| Flying { probe: item.probe, bytes: batch.bytes(item).to_vec(), port: item.port })
        .collect();
    for item in &flying {
        prober.handle_sent(item.probe, Moment::user(reading(now)));
    }
    flying
}

/// A prober with one target and its first probe under way.
fn one(method: Method, size: usize) -> (Prober<Echo>, Flying) {
    let mut prober = prober(method, size, 1);
    prober.add_target(Mono::ZERO, address(TARGET), Audience::One);
    prober.end_targets();
    let flying = send(&mut prober, 0).remove(0);
    events(&mut prober);
    (prober, flying)
}

fn incoming(from: &str, via: Via, now: u64) -> Incoming {
    let (from, family) = (address(from), address(from).family());
    let at = Moment::user(reading(now));
    Incoming { shard: 0, family, from, via, ttl: Some(64), tos: None, len: 0, at }
}

fn direct(from: &str, now: u64) -> Incoming {
    incoming(from, Via::Direct { port: 0 }, now)
}

fn error(kind: u8, code: u8, port: u16) -> Incoming {
    let icmp = Icmp { family: Family::V4, kind, code, info: 0 };
    incoming(
        TARGET,
        Via::ErrorQueue { icmp, offender: Some(address("192.0.2.254")), port, extensions: None },
        ms(10),
    )
}

fn feed(prober: &mut Prober<Echo>, incoming: Incoming, bytes: &[u8]) {
    let mut batch = DatagramBatch::default();
    let len = if incoming.len == 0 { bytes.len() } else { incoming.len };
    batch.push(Incoming { len, ..incoming }, bytes);
    for datagram in batch.iter() {
        prober.handle_datagram(datagram.incoming.at.read.mono, &datagram);
    }
}

fn events(prober: &mut Prober<Echo>) -> Vec<Event> {
    std::iter::from_fn(|| prober.poll_event()).collect()
}

/// What came, in a word each.
fn words(prober: &mut Prober<Echo>) -> Vec<&'static str> {
    let word = |event: Event| match event {
        Event::Sent { .. } => "sent",
        Event::Reply(reply) => match (reply.arrival, reply.damage) {
            (_, Some(Damage::Checksum)) => "broken",
            (Arrival::InTime, _) => "in time",
            (Arrival::Late, _) => "late",
            (Arrival::Duplicate, _) => "duplicate",
        },
        Event::Stray(_) => "stray",
        Event::Timeout { .. } => "timeout",
        Event::IcmpError { .. } => "error",
        Event::SendError { .. } => "not sent",
        Event::Notice(_) => "notice",
        _ => "?",
    };
    events(prober).into_iter().map(word).collect()
}

#[test]
fn an_answer_must_come_from_the_target_by_its_shard_with_its_token() {
    let (mut prober, flying) = one(Method::Icmp, 56);
    let mut wrong_token = flying.reply();
    wrong_token[15] ^= 1;
    seal(&mut wrong_token);
    feed(&mut prober, direct(TARGET, ms(1)), &wrong_token);
    assert_eq!(words(&mut prober), ["notice"]);
    feed(&mut prober, Incoming { shard: 1, ..direct(TARGET, ms(2)) }, &flying.reply());
    let mut wrong_seq = flying.reply();
    wrong_seq[7] ^= 1;
    seal(&mut wrong_seq);
    feed(&mut prober, direct(TARGET, ms(3)), &wrong_seq);
    feed(&mut prober, direct("2001:db8::1", ms(4)), &flying.reply());
    assert_eq!(
        (words(&mut prober).len(), prober.mishaps().forged),
        (0, 3),
        "an IPv6 socket reads no IPv4 reply"
    );
    feed(&mut prober, direct("192.0.2.2", ms(5)), &flying.reply());
    assert_eq!(words(&mut prober), ["stray"]);
    feed(&mut prober, direct(TARGET, ms(6)), &flying.reply());
    assert_eq!(words(&mut prober), ["in time"]);
}

#[test]
fn what_cannot_be_read_is_nobodys() {
    let (mut prober, flying) = one(Method::Icmp, 56);
    for len in 0..16 {
        feed(&mut prober, direct(TARGET, ms(1)), &flying.reply()[..len]);
    }
    feed(&mut prober, direct(TARGET, ms(1)), &flying.bytes);
    assert!(!words(&mut prober).contains(&"in time"), "not even its own request, heard by a raw socket");
    let mut cut = flying.reply()[..16].to_vec();
    seal(&mut cut);
    feed(&mut prober, direct(TARGET, ms(1)), &cut);
    let Some(Event::Reply(reply)) = prober.poll_event() else { panic!("a reply") };
    assert_eq!(reply.damage, Some(Damage::Truncated), "the token is whole");
}

#[test]
fn a_probe_that_has_not_left_cannot_be_answered() {
    let mut prober = prober(Method::Icmp, 56, 1);
    prober.add_target(Mono::ZERO, address(TARGET), Audience::One);
    prober.end_targets();
    let mut batch = TransmitBatch::default();
    prober.poll_transmit(reading(0), &mut batch, 64);
    let bytes = batch.bytes(&batch.items()[0]).to_vec();
    let early = Flying { probe: batch.items()[0].probe, bytes, port: 0 };
    feed(&mut prober, direct(TARGET, ms(1)), &early.reply());
    assert_eq!((words(&mut prober), prober.mishaps().forged), (vec!["notice"], 1));
}

#[test]
fn a_wrong_checksum_is_shown_and_settles_nothing() {
    let (mut prober, flying) = one(Method::Icmp, 56);
    let mut broken = flying.reply();
    broken[30] ^= 0x10;
    feed(&mut prober, direct(TARGET, ms(1)), &broken);
    feed(&mut prober, direct(TARGET, ms(2)), &flying.reply());
    assert_eq!(words(&mut prober), ["broken", "in time"]);
}

#[test]
fn a_late_answer_follows_its_timeout_even_where_it_was_read_first() {
    let (mut prober, flying) = one(Method::Icmp, 56);
    prober.handle_timeout(reading(ms(999)));
    assert_eq!(words(&mut prober).len(), 0);
    prober.handle_timeout(reading(ms(1_000)));
    feed(&mut prober, direct(TARGET, ms(1_100)), &flying.reply());
    feed(&mut prober, direct(TARGET, ms(1_101)), &flying.reply());
    assert_eq!(words(&mut prober), ["timeout", "late", "duplicate"]);
    let (mut prober, flying) = one(Method::Icmp, 56);
    feed(&mut prober, direct(TARGET, ms(1_100)), &flying.reply());
    prober.handle_timeout(reading(ms(1_100)));
    assert_eq!(words(&mut prober), ["timeout", "late"], "the timeout is not said twice");
}

#[test]
fn an_answer_may_follow_an_error() {
    let (mut prober, flying) = one(Method::Icmp, 56);
    feed(&mut prober, error(3, 1, 0), &flying.bytes);
    feed(&mut prober, direct(TARGET, ms(20)), &flying.reply());
    prober.handle_timeout(reading(ms(2_000)));
    assert_eq!(words(&mut prober), ["error", "in time"]);
}

#[test]
fn advice_leaves_the_probe_waiting() {
    let (mut prober, flying) = one(Method::Icmp, 56);
    feed(&mut prober, error(5, 1, 0), &flying.bytes);
    prober.handle_timeout(reading(ms(1_000)));
    assert_eq!(words(&mut prober), ["error", "timeout"]);
}

#[test]
fn a_quote_is_held_against_the_token_as_far_as_it_goes() {
    let (mut prober, flying) = one(Method::Icmp, 56);
    let mut forged = flying.bytes.clone();
    forged[12] ^= 1;
    feed(&mut prober, error(3, 1, 0), &forged);
    assert_eq!((words(&mut prober), prober.mishaps().forged), (vec!["notice"], 1));
    let elsewhere = Incoming { from: address("192.0.2.9"), ..error(3, 1, 0) };
    feed(&mut prober, elsewhere, &flying.bytes);
    feed(&mut prober, error(3, 1, 0), &flying.bytes[..7]);
    assert_eq!(
        (words(&mut prober).len(), prober.mishaps().forged),
        (0, 3),
        "another's destination, and no header"
    );
    feed(&mut prober, error(3, 1, 0), &flying.bytes[..8]);
    assert_eq!(words(&mut prober), ["error"], "eight octets are all that RFC 792 asks a router to quote");
}

#[test]
fn a_udp_probe_is_known_by_its_data_and_by_its_port_where_that_is_all() {
    for quoted in [60, 12, 0] {
        let (mut prober, flying) = one(Method::Udp { ports: UdpPorts::Spread }, 56);
        let icmp = Icmp { family: Family::V4, kind: 3, code: 3, info: 0 };
        let via =
            Via::ErrorQueue { icmp, offender: Some(address(TARGET)), port: flying.port, extensions: None };
        feed(&mut prober, incoming(TARGET, via, ms(5)), &flying.bytes[..quoted]);
        assert_eq!(words(&mut prober), ["in time"], "{quoted} octets");
    }
    let (mut prober, flying) = one(Method::Udp { ports: UdpPorts::Spread }, 56);
    feed(&mut prober, error(3, 3, flying.port + 1), &[]);
    assert_eq!(words(&mut prober), ["notice"], "another port");
    feed(&mut prober, error(3, 3, flying.port), &flying.bytes);
    assert_eq!(words(&mut prober), ["error"], "port-unreachable, but not from the target");
    let (mut prober, flying) = one(Method::Udp { ports: UdpPorts::Spread }, 56);
    feed(&mut prober, direct(TARGET, ms(5)), &flying.bytes);
    feed(&mut prober, direct("192.0.2.9", ms(5)), &flying.bytes);
    assert_eq!(words(&mut prober), ["in time", "notice"]);
}

#[test]
fn a_departure_refines_the_time_and_an_unknown_one_is_ignored() {
    let (mut prober, flying) = one(Method::Icmp, 56);
    let stamp = |nanos: u64| Some(Stamp::Kernel(Wall::from_nanos(nanos as i64)));
    let departure = |probe, nanos| {
        let at = Moment { stamp: stamp(nanos), ..Moment::user(reading(nanos)) };
        Incoming { at, ..incoming("0.0.0.0", Via::Departure { probe }, nanos) }
    };
    feed(&mut prober, departure(ProbeId::new(9, 1, 9), 1), &[]);
    feed(&mut prober, departure(flying.probe, 4_000), &[]);
    let at = Moment { stamp: stamp(1_004_000), ..Moment::user(reading(1_013_000)) };
    feed(&mut prober, Incoming { at, ..direct(TARGET, 0) }, &flying.reply());
    let Some(Event::Reply(reply)) = prober.poll_event() else { panic!("a reply") };
    assert_eq!((reply.rtt.as_nanos(), reply.clock), (1_000_000, netdiag_model::Clock::Kernel));
}

/// The kernel's stamps are on the wall clock; one from before a step and one from after it give no time.
#[test]
fn stamps_from_before_and_after_a_step_are_not_subtracted() {
    const HOUR: i64 = 3_600_000_000_000;
    for by in [HOUR, -HOUR, 30_000_000, -30_000_000, 0] {
        let (mut prober, flying) = one(Method::Icmp, 56);
        let (left, came) = (ms(0) + 4_000, ms(20) + 4_000);
        let stamp = |nanos: u64, by: i64| Some(Stamp::Kernel(Wall::from_nanos(nanos as i64 + by)));
        let departed = Moment { stamp: stamp(left, 0), ..Moment::user(reading(left)) };
        let via = Via::Departure { probe: flying.probe };
        feed(&mut prober, Incoming { at: departed, ..incoming("0.0.0.0", via, left) }, &[]);
        let read = Reading { wall: Wall::from_nanos((came + 9_000) as i64 + by), ..reading(came + 9_000) };
        let at = Moment { read, stamp: stamp(came, by) };
        feed(&mut prober, Incoming { at, ..direct(TARGET, 0) }, &flying.reply());
        let Some(Event::Reply(reply)) = prober.poll_event() else { panic!("a reply") };
        let expected = match by {
            0 => (ms(20), netdiag_model::Clock::Kernel),
            _ => (ms(20) + 13_000, netdiag_model::Clock::User),
        };
        assert_eq!((reply.rtt.as_nanos(), reply.clock), expected, "a step of {by} ns");
    }
}

#[test]
fn a_step_of_the_wall_clock_is_told_once_and_drift_is_not() {
    let (mut prober, _) = one(Method::Icmp, 56);
    let stepped =
        |nanos: u64, by: i64| Reading { wall: Wall::from_nanos(nanos as i64 + by), ..reading(nanos) };
    prober.handle_timeout(stepped(ms(1), 0));
    prober.handle_timeout(stepped(ms(2), 900_000));
    assert_eq!(words(&mut prober).len(), 0, "under a millisecond");
    prober.handle_timeout(stepped(ms(3), -3_600_000_000_000));
    prober.handle_timeout(stepped(ms(4), -3_600_000_000_000));
    assert_eq!(words(&mut prober), ["notice"]);
}

#[test]
fn a_refused_probe_is_settled_and_its_number_not_used_again() {
    let mut prober = prober(Method::Icmp, 56, 2);
    prober.add_target(Mono::ZERO, address(TARGET), Audience::One);
    prober.end_targets();
    let mut batch = TransmitBatch::default();
    prober.poll_transmit(reading(0), &mut batch, 64);
    let refused = batch.items()[0].probe;
    prober.handle_send_error(refused, Errno::EPERM, None, Moment::user(reading(0)));
    let next = send(&mut prober, ms(100)).remove(0);
    assert_eq!((refused.seq(), next.probe.seq()), (1, 2));
    assert_eq!(words(&mut prober), ["not sent", "sent"]);
    feed(&mut prober, direct(TARGET, ms(101)), &next.reply());
    send(&mut prober, ms(101));
    assert!(prober.is_finished(Mono::from_nanos(ms(101))));
}
