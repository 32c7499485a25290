use super::*;
use crate::address::Family;
use crate::event::{Subject, Transit};
use crate::id::{Aim, TargetId};
use crate::time::{Moment, Mono, Reading, Wall};

fn address(last: u8) -> Address {
    Address::new([192, 0, 2, last].into())
}

fn moment() -> Moment {
    Moment::user(Reading { mono: Mono::ZERO, wall: Wall::from_nanos(0) })
}

fn subject(ttl: u8, seq: u16) -> Subject {
    let aim = Aim { ttl: Some(ttl), flow: Flow(0), len: None };
    Subject { probe: ProbeId::new(1, 0, seq), target: TargetId(0), seq: seq.into(), aim }
}

fn expired(ttl: u8, seq: u16, from: u8, arrival: Arrival) -> Event {
    Event::IcmpError {
        subject: subject(ttl, seq),
        from: Some(address(from)),
        icmp: Icmp { family: Family::V4, kind: 11, code: 0, info: 0 },
        at: moment(),
        transit: Transit {
            rtt: Rtt::from_nanos(5),
            clock: Clock::Kernel,
            ttl: Some(64),
            arrival,
            extensions: Box::default(),
        },
    }
}

fn trail(events: &[Event]) -> Trail {
    let mut trail = Trail::new(address(200));
    for event in events {
        trail.apply(event);
    }
    trail
}

#[test]
fn each_probe_counts_once_however_often_it_is_answered() {
    let trail = trail(&[
        Event::Sent { subject: subject(1, 1), at: moment() },
        expired(1, 1, 7, Arrival::InTime),
        expired(1, 1, 7, Arrival::Duplicate),
        Event::Sent { subject: subject(1, 2), at: moment() },
        Event::Timeout { subject: subject(1, 2) },
        expired(1, 2, 7, Arrival::Late),
    ]);
    let hop = trail.at(1).expect("a hop");
    assert_eq!((hop.sent, hop.settled, hop.replies.len()), (2, 2, 2));
    assert!(hop.replies[1].is_late && !hop.replies[0].is_late);
    assert_eq!(hop.addresses(), [address(7)]);
}

#[test]
fn what_was_asked_behind_the_end_is_left_out() {
    let mut trail = trail(&[expired(1, 1, 1, Arrival::InTime), expired(4, 4, 4, Arrival::InTime)]);
    assert_eq!(trail.last_ttl(), 4);
    let end = PathEnd::Reached { ttl: 2 };
    trail.apply(&Event::Path { target: TargetId(0), news: PathNews::Ended(end) });
    assert_eq!((trail.last_ttl(), trail.hops().count()), (2, 1));
    assert!(trail.is_reached());
}

#[test]
fn who_refuses_again_behind_the_end_is_left_out_too() {
    let refused = |ttl, seq| {
        let Event::IcmpError { subject, from, at, transit, .. } = expired(ttl, seq, 3, Arrival::InTime)
        else {
            unreachable!("it is one")
        };
        let icmp = Icmp { family: Family::V4, kind: 3, code: 13, info: 0 };
        Event::IcmpError { subject, from, icmp, at, transit }
    };
    let mut trail = trail(&[expired(3, 3, 3, Arrival::InTime), refused(4, 4), refused(5, 5), refused(6, 6)]);
    let icmp = Icmp { family: Family::V4, kind: 3, code: 13, info: 0 };
    let end = PathEnd::Unreachable { ttl: 4, from: Some(address(3)), icmp };
    trail.apply(&Event::Path { target: TargetId(0), news: PathNews::Ended(end) });
    assert_eq!((trail.last_ttl(), trail.graph().links().len()), (4, 1));
}

#[test]
fn a_hop_that_answers_from_elsewhere_for_good_has_changed() {
    let changed = trail(&[
        expired(1, 1, 7, Arrival::InTime),
        expired(1, 2, 7, Arrival::InTime),
        expired(1, 3, 8, Arrival::InTime),
    ]);
    assert_eq!(changed.at(1).and_then(|hop| hop.change(Flow(0))), Some((address(7), address(8))));
    let to_and_fro = trail(&[
        expired(1, 1, 7, Arrival::InTime),
        expired(1, 2, 8, Arrival::InTime),
        expired(1, 3, 7, Arrival::InTime),
    ]);
    assert_eq!(to_and_fro.at(1).and_then(|hop| hop.change(Flow(0))), None);
    let both = Some(vec![address(7), address(8)]);
    assert_eq!(to_and_fro.at(1).and_then(|hop| hop.alternation(Flow(0))), both);
    assert_eq!(changed.at(1).and_then(|hop| hop.alternation(Flow(0))), None);
}

#[test]
fn what_the_same_router_refuses_farther_on_is_no_longer_branch() {
    let refused = |ttl: u8| match expired(ttl, ttl.into(), 1, Arrival::InTime) {
        Event::IcmpError { subject, from, at, transit, .. } => {
            let icmp = Icmp { family: Family::V4, kind: 3, code: 13, info: 0 };
            Event::IcmpError { subject, from, icmp, at, transit }
        }
        other => other,
    };
    let icmp = Icmp { family: Family::V4, kind: 3, code: 13, info: 0 };
    let end = PathEnd::Unreachable { ttl: 2, from: Some(address(1)), icmp };
    let ended = Event::Path { target: TargetId(0), news: PathNews::Ended(end) };
    let trail = trail(&[expired(1, 1, 1, Arrival::InTime), refused(2), refused(3), refused(4), ended]);
    assert_eq!(trail.last_ttl(), 2);
}

#[test]
fn going_one_at_a_time_begins_again() {
    let mut trail = trail(&[expired(1, 1, 7, Arrival::InTime)]);
    trail.apply(&Event::Path { target: TargetId(0), news: PathNews::OneAtATime { flow: Flow(1) } });
    assert!(trail.is_one_at_a_time() && trail.at(1).is_none());
    trail.apply(&expired(1, 2, 7, Arrival::InTime));
    assert!(trail.at(1).is_none(), "an answer to what was asked before counts no more");
}
