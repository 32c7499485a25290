//! Events made by hand, and what is counted.

use netdiag_model::event::{Answer, Reply, Subject, Transit};
use netdiag_model::{Aim, Clock, Errno, Family, Flow, Moment, Mono, Reading, Wall};

use super::*;
use crate::route::RouteHop;

fn address(last: u8) -> Address {
    std::net::IpAddr::from([192, 0, 2, last]).into()
}

/// Hops 1 and 2, the second silent, and the target as hop 3.
fn fold() -> Fold {
    let hop = |ttl, address| RouteHop { ttl, address, best: None };
    let hops = vec![hop(1, Some(address(1))), hop(2, None), hop(3, Some(address(3)))];
    Fold::new(&Route { hops, end: End::Target, flow: Flow(0) })
}

fn at() -> Moment {
    Moment::user(Reading { mono: Mono::ZERO, wall: Wall::from_nanos(0) })
}

const RTT: Rtt = Rtt::from_nanos(5_000_000);

/// A probe to the path's target with a TTL, or to another target itself.
fn probe(number: u16, target: u32, ttl: Option<u8>) -> Subject {
    let aim = Aim { ttl, ..Aim::default() };
    Subject { probe: ProbeId::new(0, 0, number), target: TargetId(target), seq: 1, aim }
}

fn sent(subject: Subject) -> Event {
    Event::Sent { subject, at: at() }
}

fn error(subject: Subject, from: u8, (kind, code): (u8, u8), arrival: Arrival) -> Event {
    let transit = Transit { rtt: RTT, clock: Clock::User, ttl: None, arrival, extensions: Box::default() };
    let icmp = Icmp { family: Family::V4, kind, code, info: 0 };
    Event::IcmpError { subject, from: Some(address(from)), icmp, at: at(), transit }
}

fn reply(subject: Subject, from: u8, arrival: Arrival) -> Event {
    Event::Reply(Reply {
        subject,
        answer: Answer::Icmp(Icmp { family: Family::V4, kind: 0, code: 0, info: 0 }),
        from: address(from),
        len: 32,
        ttl: None,
        tos: None,
        rtt: RTT,
        clock: Clock::User,
        at: at(),
        arrival,
        damage: None,
    })
}

const EXCEEDED: (u8, u8) = (11, 0);
const PROHIBITED: (u8, u8) = (3, 13);

fn counts(outcomes: &Outcomes) -> (u64, u64) {
    (outcomes.sent(), outcomes.received())
}

#[test]
fn probes_are_counted_by_hop_and_way() {
    let mut fold = fold();
    let probes = [
        probe(1, 0, Some(1)),
        probe(2, 0, Some(2)),
        probe(3, 0, Some(3)),
        probe(4, 1, None),
        probe(5, 2, None),
    ];
    for subject in probes {
        fold.apply(&sent(subject));
    }
    fold.apply(&error(probes[0], 1, EXCEEDED, Arrival::InTime));
    fold.apply(&Event::Timeout { subject: probes[1] });
    fold.apply(&reply(probes[2], 3, Arrival::InTime));
    fold.apply(&reply(probes[3], 1, Arrival::InTime));
    fold.apply(&Event::Timeout { subject: probes[4] });
    let through: Vec<_> = fold.hops.iter().map(|hop| counts(&hop.outcomes.through)).collect();
    let direct: Vec<_> = fold.hops.iter().map(|hop| counts(&hop.outcomes.direct)).collect();
    assert_eq!(through, [(1, 1), (1, 0), (1, 1)]);
    assert_eq!(direct, [(1, 1), (0, 0), (1, 0)], "the silent hop has no target of its own");
    assert_eq!((fold.rounds(), fold.sent, fold.settled()), (1, 5, 5));
    assert_eq!(fold.hops[0].times.through.spread.mean(), Some(RTT));
}

#[test]
fn a_late_answer_counts_a_duplicate_does_not_and_strangers_never_do() {
    let mut fold = fold();
    let subject = probe(1, 0, Some(1));
    fold.apply(&sent(subject));
    fold.apply(&Event::Timeout { subject });
    assert_eq!(counts(&fold.hops[0].outcomes.through), (1, 0));
    fold.apply(&error(subject, 1, EXCEEDED, Arrival::Late));
    fold.apply(&error(subject, 1, EXCEEDED, Arrival::Duplicate));
    assert_eq!(counts(&fold.hops[0].outcomes.through), (1, 1));
    assert_eq!(fold.hops[0].times.through.spread.count(), 1);
    // A probe of the search before.
    fold.apply(&error(probe(9, 0, Some(1)), 1, EXCEEDED, Arrival::Late));
    assert_eq!(counts(&fold.hops[0].outcomes.through), (1, 1));
}

#[test]
fn a_probe_that_did_not_leave_counts_for_nothing() {
    let mut fold = fold();
    let subject = probe(1, 0, Some(1));
    fold.apply(&Event::SendError { subject, errno: Errno::ENETDOWN, mtu: None, at: at() });
    assert_eq!(counts(&fold.hops[0].outcomes.through), (0, 0));
    assert_eq!((fold.sent, fold.not_sent, fold.rounds()), (0, 1, 1));
}

#[test]
fn whoever_does_not_let_a_probe_get_there_does_not_answer_for_the_hop() {
    let mut fold = fold();
    let (through, direct, own) = (probe(1, 0, Some(3)), probe(2, 2, None), probe(3, 2, None));
    for subject in [through, direct, own] {
        fold.apply(&sent(subject));
    }
    fold.apply(&error(through, 1, PROHIBITED, Arrival::InTime));
    fold.apply(&error(direct, 1, PROHIBITED, Arrival::InTime));
    fold.apply(&error(own, 3, PROHIBITED, Arrival::InTime));
    let target = &fold.hops[2].outcomes;
    assert_eq!((counts(&target.through), counts(&target.direct)), ((1, 0), (2, 1)));
}

#[test]
fn a_change_is_told_once_and_echoes_to_the_router_before_count_no_more() {
    let mut fold = fold();
    for round in 0..3 {
        let (through, direct) = (probe(2 * round, 0, Some(1)), probe(2 * round + 1, 1, None));
        let from = if round == 0 { 1 } else { 7 };
        fold.apply(&sent(through));
        let change = fold.apply(&error(through, from, EXCEEDED, Arrival::InTime));
        let expected = Change { ttl: 1, before: address(1), after: address(7), round: 2 };
        assert_eq!(change, (round == 1).then_some(expected));
        fold.apply(&sent(direct));
        fold.apply(&reply(direct, 1, Arrival::InTime));
    }
    let hop = &fold.hops[0];
    assert_eq!((counts(&hop.outcomes.through), counts(&hop.outcomes.direct)), ((3, 3), (1, 1)));
    assert_eq!(hop.address, Some(address(7)));
}

#[test]
fn a_silent_hop_that_speaks_at_last_is_no_change_and_the_target_always_counts() {
    let mut fold = fold();
    let (silent, last, direct) = (probe(1, 0, Some(2)), probe(2, 0, Some(3)), probe(3, 2, None));
    for subject in [silent, last, direct] {
        fold.apply(&sent(subject));
    }
    assert_eq!(fold.apply(&error(silent, 2, EXCEEDED, Arrival::InTime)), None);
    assert_eq!(fold.hops[1].address, Some(address(2)));
    assert!(fold.apply(&error(last, 8, EXCEEDED, Arrival::InTime)).is_some(), "the path got longer");
    fold.apply(&reply(direct, 3, Arrival::InTime));
    assert_eq!(counts(&fold.hops[2].outcomes.direct), (1, 1));
}

#[test]
fn while_probes_are_under_way_only_what_lies_before_them_is_known() {
    let mut fold = fold();
    for round in 0..4 {
        let subject = probe(round, 0, Some(1));
        fold.apply(&sent(subject));
        if round != 1 {
            fold.apply(&error(subject, 1, EXCEEDED, Arrival::InTime));
        }
    }
    assert_eq!(counts(&fold.known()[0].outcomes.through), (1, 1), "the second may yet be lost");
    fold.apply(&Event::Timeout { subject: probe(1, 0, Some(1)) });
    assert_eq!(counts(&fold.known()[0].outcomes.through), (4, 3));
}
