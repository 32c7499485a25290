//! The strategy on its own, against a network that is a table: how many probes, when, and how it ends.

use std::collections::BTreeMap;

use netdiag_model::event::{Answer, Arrival, Reply, Transit};
use netdiag_model::path::{PathEnd, PathNews};
use netdiag_model::{Clock, Family, Icmp, Moment, ProbeId, Reading, Rtt, Wall};

use super::*;

const RTT: Duration = Duration::from_millis(10);
const TIMEOUT: Duration = Duration::from_secs(2);

fn address(last: u8) -> Address {
    std::net::IpAddr::from([192, 0, 2, last]).into()
}

const TARGET: u8 = 200;

/// What is done with a probe of a TTL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    /// This router says that its TTL has run out.
    Expire(u8),
    /// The target answers.
    Answer,
    /// This router says that it cannot get there.
    Refuse(u8),
    /// Nothing.
    Nothing,
}

fn limits() -> Limits {
    Limits {
        first_ttl: 1,
        max_ttl: 30,
        queries: 3,
        gap: 5,
        in_flight: 64,
        timeout: TIMEOUT,
        discipline: Discipline::Abreast { hops: 4 },
        flow: Flow(0),
        flows: 64,
        size: [60, 80],
        overhead: Overhead { v4: 28, v6: 48 },
        branches: AllBranches::Ignored,
        path_mtu: PathMtu::Ignored,
    }
}

/// What a walk amounts to.
#[derive(Debug)]
struct Walk {
    end: PathEnd,
    took: Duration,
    /// How often each TTL was asked.
    asked: BTreeMap<u8, u32>,
    most_under_way: usize,
}

/// Walks the path on which a probe of each TTL meets what `does` says.
fn walk(limits: Limits, does: impl Fn(u8) -> Does) -> Walk {
    let mut paths = Paths::new(limits);
    paths.handle_target(Mono::ZERO, TargetId(0), address(TARGET));
    paths.handle_targets_end();
    let mut walk =
        Walk { end: PathEnd::MaxTtl, took: Duration::ZERO, asked: BTreeMap::new(), most_under_way: 0 };
    // What is to come: when, and about which probe.
    let mut coming: BTreeMap<(Mono, u64), Subject> = BTreeMap::new();
    let (mut now, mut count) = (Mono::ZERO, 0);
    loop {
        let wake = loop {
            match paths.poll_next(now) {
                Next::Probe(ask) => {
                    count += 1;
                    let subject = Subject {
                        probe: ProbeId::new(1, 0, count as u16),
                        target: ask.target,
                        seq: count,
                        aim: ask.aim,
                    };
                    let ttl = ask.aim.ttl.expect("a TTL");
                    *walk.asked.entry(ttl).or_default() += 1;
                    let patience = ask.patience.unwrap_or(limits.timeout);
                    let after = if does(ttl) == Does::Nothing { patience } else { RTT };
                    coming.insert((now + after, count), subject);
                    walk.most_under_way = walk.most_under_way.max(coming.len());
                }
                Next::At(at) => break Some(at),
                Next::Event => break None,
            }
        };
        while let Some(Event::Path { news: PathNews::Ended(end), .. }) = paths.poll_news() {
            walk.end = end;
        }
        if paths.poll_end(now).is_some_and(|end| end <= now) {
            walk.took = now.since(Mono::ZERO);
            return walk;
        }
        let next = coming.first_key_value().map(|(&(at, _), _)| at);
        now = [wake, next].into_iter().flatten().min().expect("something to wait for");
        while let Some(entry) = coming.first_entry().filter(|entry| entry.key().0 <= now) {
            let subject = entry.remove();
            paths.handle_event(now, &event(&subject, does(subject.aim.ttl.expect("a TTL")), now));
            paths.handle_settled(&subject);
        }
    }
}

fn event(subject: &Subject, does: Does, now: Mono) -> Event {
    let at = Moment::user(Reading { mono: now, wall: Wall::from_nanos(0) });
    let rtt = Rtt::from_nanos(RTT.as_nanos() as u64);
    let transit =
        Transit { rtt, clock: Clock::User, ttl: None, arrival: Arrival::InTime, extensions: Box::default() };
    let error = |from: u8, kind, code| Event::IcmpError {
        subject: *subject,
        from: Some(address(from)),
        icmp: Icmp { family: Family::V4, kind, code, info: 0 },
        at,
        transit: transit.clone(),
    };
    match does {
        Does::Nothing => Event::Timeout { subject: *subject },
        Does::Expire(router) => error(router, 11, 0),
        Does::Refuse(router) => error(router, 3, 13),
        Does::Answer => Event::Reply(Reply {
            subject: *subject,
            answer: Answer::Datagram,
            from: address(TARGET),
            len: 8,
            ttl: None,
            tos: None,
            rtt,
            clock: Clock::User,
            at,
            arrival: Arrival::InTime,
            damage: None,
        }),
    }
}

/// A path of `hops` hops, the target the last of them, on which those that are `silent` do not answer.
fn path(hops: u8, silent: &[u8]) -> impl Fn(u8) -> Does {
    let silent = silent.to_vec();
    move |ttl| match ttl {
        ttl if ttl >= hops => Does::Answer,
        ttl if silent.contains(&ttl) => Does::Nothing,
        ttl => Does::Expire(ttl),
    }
}

#[test]
fn a_path_that_answers_takes_a_few_round_trips() {
    let walk = walk(limits(), path(9, &[]));
    assert_eq!(walk.end, PathEnd::Reached { ttl: 9 });
    assert!((1..=9).all(|ttl| walk.asked[&ttl] == 3), "{walk:?}");
    assert!(walk.took <= 6 * RTT, "{walk:?}");
}

#[test]
fn a_near_target_is_not_asked_more_often_than_linux_answers_at_once() {
    for hops in 1..=4 {
        let walk = walk(limits(), path(hops, &[]));
        let at_target: u32 = walk.asked.range(hops..).map(|(_, count)| count).sum();
        assert!(at_target <= 6, "{walk:?}");
    }
}

#[test]
fn silent_hops_cost_one_timeout_in_all() {
    let walk = walk(limits(), path(9, &[3, 4, 6]));
    assert_eq!(walk.end, PathEnd::Reached { ttl: 9 });
    assert!(walk.took <= TIMEOUT.mul_f64(1.15), "{walk:?}");
}

#[test]
fn a_path_that_breaks_off_ends_at_the_gap_limit() {
    let walk = walk(limits(), |ttl| if ttl <= 5 { Does::Expire(ttl) } else { Does::Nothing });
    assert_eq!(walk.end, PathEnd::GapLimit);
    assert!(walk.took <= TIMEOUT.mul_f64(1.2), "{walk:?}");
    assert_eq!(walk.asked.keys().copied().max(), Some(10));
    assert!((6..=10).all(|ttl| walk.asked[&ttl] == 3), "{walk:?}");
}

#[test]
fn the_last_ttl_is_the_end_where_the_target_is_farther() {
    let walk = walk(Limits { max_ttl: 4, ..limits() }, path(9, &[]));
    assert_eq!((walk.end, walk.asked.len()), (PathEnd::MaxTtl, 4));
}

#[test]
fn whoever_says_that_it_is_unreachable_ends_the_path() {
    let walk = walk(limits(), |ttl| if ttl < 4 { Does::Expire(ttl) } else { Does::Refuse(4) });
    let PathEnd::Unreachable { ttl: 4, from: Some(from), icmp } = walk.end else { panic!("{walk:?}") };
    assert_eq!((from, icmp.code), (address(4), 13));
}

#[test]
fn circles_end_it_too() {
    let walk = walk(limits(), |ttl| Does::Expire(if ttl < 3 { ttl } else { 100 + ttl % 2 }));
    let PathEnd::Loop(circle) = walk.end else { panic!("{walk:?}") };
    assert_eq!((circle.first, circle.again), (3, 5));
    assert!(walk.asked.len() <= 10, "{walk:?}");
}

#[test]
fn whoever_speaks_in_the_name_of_the_target_is_no_circle() {
    let walk = walk(limits(), |ttl| match ttl {
        ..3 => Does::Expire(ttl),
        3..9 => Does::Expire(TARGET),
        _ => Does::Answer,
    });
    assert_eq!(walk.end, PathEnd::Reached { ttl: 9 });
}

#[test]
fn one_by_one_there_is_one_under_way_and_silence_is_short() {
    let limits = Limits { discipline: Discipline::OneByOne, ..limits() };
    let walk = walk(limits, path(9, &[3, 4, 6]));
    assert_eq!((walk.end, walk.most_under_way), (PathEnd::Reached { ttl: 9 }, 1));
    assert!(walk.asked.values().all(|&count| count == 3) && walk.asked.len() == 9);
    assert!(walk.took < TIMEOUT.mul_f64(1.4), "{walk:?}");
}

#[test]
fn no_more_are_under_way_than_allowed() {
    let walk = walk(Limits { in_flight: 2, ..limits() }, path(9, &[2]));
    assert_eq!((walk.end, walk.most_under_way), (PathEnd::Reached { ttl: 9 }, 2));
}

#[test]
fn a_first_ttl_may_lie_behind_the_target() {
    let walk = walk(Limits { first_ttl: 5, ..limits() }, path(3, &[]));
    assert_eq!(walk.end, PathEnd::Reached { ttl: 5 });
}

#[test]
fn where_answers_cannot_be_told_apart_it_begins_again_one_by_one_by_another_flow() {
    let mut paths = Paths::new(limits());
    paths.handle_target(Mono::ZERO, TargetId(0), address(TARGET));
    while let Next::Probe(_) = paths.poll_next(Mono::ZERO) {}
    let icmp = Icmp { family: Family::V4, kind: 11, code: 0, info: 0 };
    paths.handle_event(Mono::ZERO, &Event::Unattributed { target: TargetId(0), from: None, icmp });
    let Next::Probe(first) = paths.poll_next(Mono::ZERO) else { panic!("a probe") };
    assert_eq!((first.aim.ttl, first.aim.flow, first.patience), (Some(1), Flow(1), None));
    assert!(!matches!(paths.poll_next(Mono::ZERO), Next::Probe(_)), "one at a time");
    let news = paths.poll_news();
    assert!(
        matches!(news, Some(Event::Path { news: PathNews::OneAtATime { flow: Flow(1) }, .. })),
        "{news:?}"
    );
}

#[test]
fn what_still_comes_in_for_the_flow_before_counts_no_more() {
    let mut paths = Paths::new(limits());
    paths.handle_target(Mono::ZERO, TargetId(0), address(TARGET));
    let mut first = Vec::new();
    while let Next::Probe(ask) = paths.poll_next(Mono::ZERO) {
        first.push(ask);
    }
    let icmp = Icmp { family: Family::V4, kind: 11, code: 0, info: 0 };
    paths.handle_event(Mono::ZERO, &Event::Unattributed { target: TargetId(0), from: None, icmp });
    assert!(matches!(paths.poll_next(Mono::ZERO), Next::Probe(_)));
    for (seq, ask) in (1..).zip(first) {
        let probe = ProbeId::new(1, 0, seq);
        let subject = Subject { probe, target: TargetId(0), seq: seq.into(), aim: ask.aim };
        paths.handle_event(Mono::ZERO, &event(&subject, Does::Answer, Mono::ZERO));
        paths.handle_settled(&subject);
        assert!(!matches!(paths.poll_next(Mono::ZERO), Next::Probe(_)), "its own probe is still under way");
    }
}
