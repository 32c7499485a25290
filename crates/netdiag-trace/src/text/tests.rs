//! Sentences that no simulated network leads to.

use std::collections::BTreeMap;

use netdiag_model::event::{Arrival, Event, Quote, Subject, Transit};
use netdiag_model::path::{Circle, PathNews};
use netdiag_model::{Aim, Clock, Flow, Moment, Mono, ProbeId, Reading, TargetId, Wall};
use netdiag_tool::Tool;

use super::*;

fn address(last: u8) -> Address {
    Address::new([192, 0, 2, last].into())
}

fn subject(ttl: u8) -> Subject {
    let aim = Aim { ttl: Some(ttl), flow: Flow(0), len: None };
    Subject { probe: ProbeId::new(1, 0, ttl.into()), target: TargetId(0), seq: ttl.into(), aim }
}

fn error(ttl: u8, from: u8, (kind, code): (u8, u8)) -> Event {
    let (rtt, clock) = (Rtt::from_nanos(5_000_000), Clock::Kernel);
    let transit = Transit { rtt, clock, ttl: None, arrival: Arrival::InTime, extensions: Box::default() };
    let at = Moment::user(Reading { mono: Mono::ZERO, wall: Wall::from_nanos(0) });
    let icmp = Icmp { family: Family::V4, kind, code, info: 0 };
    Event::IcmpError { subject: subject(ttl), from: Some(address(from)), icmp, at, transit }
}

fn quoted(ttl: u8, from: u8, quote: Quote) -> Event {
    Event::Quoted { subject: subject(ttl), from: address(from), quote }
}

/// What is said in the end of a path to 192.0.2.200, by UDP from 192.0.2.1.
fn said(events: &[Event], end: PathEnd) -> String {
    let mut trail = Trail::new(address(200));
    let news =
        [PathNews::Ended(end), PathNews::Complete].map(|news| Event::Path { target: TargetId(0), news });
    for event in events.iter().chain(&news) {
        trail.apply(event);
    }
    let matches = crate::Trace::command().get_matches_from(["netdiag-trace", "-U", "192.0.2.200"]);
    let plan = crate::Trace::plan(&matches, netdiag_tool::Caller::User).expect("a plan");
    let departed =
        Departed { tos: 0, destination: address(200).ip, sources: vec![address(1).ip], port: Some(33_434) };
    let (labels, interfaces) = (Labels::numeric(), BTreeMap::new());
    let context = Context {
        labels: &labels,
        interfaces: &interfaces,
        plan: &plan,
        paint: Paint::Plain,
        departed: &departed,
    };
    ending(&trail, &context, Duration::from_secs(1))
}

#[test]
fn a_target_that_refuses_is_reached() {
    let icmp = Icmp { family: Family::V4, kind: 3, code: 13, info: 0 };
    for (ttl, hops) in [(1, "1 hop"), (2, "2 hops")] {
        let end = PathEnd::Unreachable { ttl, from: Some(address(200)), icmp };
        assert_eq!(
            said(&[error(ttl, 200, (3, 13))], end),
            format!("Reached 192.0.2.200 after {hops}, and it refuses: a firewall forbids it (ICMP 3/13).\n")
        );
    }
}

#[test]
fn who_refuses_is_not_always_known() {
    let icmp = Icmp { family: Family::V4, kind: 3, code: 1, info: 0 };
    assert_eq!(
        said(&[], PathEnd::Unreachable { ttl: 3, from: None, icmp }),
        "Not reached: somebody at hop 3 says no: the last hop cannot reach the target (ICMP 3/1).\n"
    );
}

#[test]
fn a_circle_of_one_is_a_router_that_sends_to_itself() {
    let hops: Vec<Event> = (2..=5).map(|ttl| error(ttl, 7, (11, 0))).collect();
    assert_eq!(
        said(&hops, PathEnd::Loop(Circle { first: 2, again: 3 })),
        "Not reached: a routing loop at hops 2 to 2; 192.0.2.7 sends packets back to itself.\n"
    );
}

#[test]
fn each_translation_has_its_sentence_once() {
    let quote = Quote {
        ttl: 1,
        tos: 0,
        source: [198, 51, 100, 9].into(),
        destination: [10, 0, 0, 8].into(),
        ports: Some((40_000, 53)),
        is_checksum_wrong: false,
    };
    let hops = [2, 3].map(|ttl| [error(ttl, ttl, (11, 0)), quoted(ttl, ttl, quote)]);
    let text = said(&hops.concat(), PathEnd::MaxTtl);
    assert_eq!(
        text.lines().skip(1).collect::<Vec<&str>>(),
        [
            "Hop 2 (192.0.2.2) sees probes come from 198.51.100.9: their source address is translated before it (NAT).",
            "Hop 2 (192.0.2.2) sees probes go to 10.0.0.8: their destination is translated before it (NAT).",
            "Hop 2 (192.0.2.2) sees probes go to port 53: it is translated before it (NAT).",
        ]
    );
}

#[test]
fn times_have_three_digits_and_more_below_ten() {
    let texts = [0.0205, 9.9996, 10.0, 99.999, 100.0, 1_234.56].map(three_digits);
    assert_eq!(texts, ["0.021", "10.000", "10.00", "100.00", "100.0", "1234.6"]);
    assert_eq!([20, 1_500].map(|millis| duration(Duration::from_millis(millis))), ["20 ms", "1.5 s"]);
}

#[test]
fn longer_times_are_warmer() {
    let colour = |millis: u64| Paint::Colour.time(Rtt::from_nanos(millis * 1_000_000));
    assert!(colour(49).starts_with("\x1b[32m") && colour(50).starts_with("\x1b[33m"));
    assert!(colour(150).starts_with("\x1b[31m"));
}
