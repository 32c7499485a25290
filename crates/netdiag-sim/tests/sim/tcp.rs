//! TCP attempts: open, closed, filtered, refused on the way.

use std::future::poll_fn;
use std::time::Duration;

use netdiag_engine::port::{Attempt, Connection, Outcome, SocketOptions, Sockets};
use netdiag_model::{Address, Errno, Rtt};
use netdiag_sim::Sim;

use crate::harness::{id, ip, sim};

fn connect(sim: &Sim, to: &str, (port, ttl): (u16, Option<u8>)) -> Outcome {
    let mut connector = sim.sockets().open_connector(&SocketOptions::default()).expect("a connector");
    connector.set_timeout(Duration::from_millis(3500));
    connector.start(&Attempt { ttl, ..Attempt::new(id(0), Address::new(ip(to)), port) });
    let mut outcomes = Vec::new();
    sim.run(poll_fn(|cx| connector.poll_outcome(cx, &mut outcomes)));
    outcomes.remove(0)
}

fn failure(outcome: &Outcome) -> (Errno, Option<String>, bool) {
    match outcome.connection {
        Connection::Failed { errno, icmp, is_synchronous } => {
            (errno, icmp.and_then(|(_, from)| from).map(|from| from.to_string()), is_synchronous)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_open_port_accepts_a_closed_one_resets_a_filtered_one_is_silent() {
    for target in ["203.0.113.7", "2001:db8:2::7"] {
        let sim = sim("a-straight-path");
        let open = connect(&sim, target, (443, None));
        assert_eq!(open.connection, Connection::Established { handshake: Some(Rtt::from_nanos(30_000_000)) });
        assert_eq!(failure(&connect(&sim, target, (81, None))), (Errno::ECONNREFUSED, None, false));
        let before = sim.now();
        let filtered = connect(&sim, target, (25, None));
        assert_eq!(filtered.connection, Connection::Silent);
        assert_eq!(
            (filtered.sighting.retransmits, sim.now().since(before)),
            (3, Duration::from_millis(3500))
        );
    }
}

/// Each dialer numbers its probes from 0, and all share the connector.
#[test]
fn what_was_due_for_an_attempt_that_is_over_is_not_due_for_its_successor() {
    let sim = sim("a-straight-path");
    let mut connector = sim.sockets().open_connector(&SocketOptions::default()).expect("a connector");
    let silent = |millis| Attempt {
        timeout: Some(Duration::from_millis(millis)),
        ..Attempt::new(id(0), Address::new(ip("203.0.113.7")), 25)
    };
    let mut outcomes = Vec::new();
    connector.start(&silent(500));
    connector.start(&Attempt::new(id(1), Address::new(ip("203.0.113.7")), 443));
    sim.run(poll_fn(|cx| connector.poll_outcome(cx, &mut outcomes)));
    connector.cancel(id(0));
    connector.start(&silent(900));
    sim.run(poll_fn(|cx| connector.poll_outcome(cx, &mut outcomes)));
    assert_eq!(sim.now(), netdiag_model::Mono::from_nanos(930_000_000));
    assert_eq!((outcomes[1].connection, outcomes[1].sighting.retransmits), (Connection::Silent, 0));
}

#[test]
fn a_ttl_that_runs_out_ends_the_attempt_and_names_the_router() {
    let outcome = connect(&sim("a-straight-path"), "203.0.113.7", (443, Some(3)));
    assert_eq!(failure(&outcome), (Errno::EHOSTUNREACH, Some("198.51.100.3".to_owned()), false));
    let outcome = connect(&sim("a-nat-at-the-second-hop"), "203.0.113.7", (80, Some(3)));
    assert_eq!(failure(&outcome), (Errno::EHOSTUNREACH, Some("198.51.100.2".to_owned()), false));
    let outcome = connect(&sim("a-nat-at-the-second-hop"), "203.0.113.7", (80, None));
    assert!(matches!(outcome.connection, Connection::Established { .. }));
}

#[test]
fn a_firewall_resets_or_refuses_in_its_own_name() {
    let sim = sim("a-firewall-that-says-no");
    let reset = connect(&sim, "203.0.113.7", (23, None));
    assert_eq!(failure(&reset), (Errno::ECONNREFUSED, None, false));
    let v4 = connect(&sim, "203.0.113.7", (24, None));
    assert_eq!(failure(&v4), (Errno::EHOSTUNREACH, Some("192.0.2.1".to_owned()), false));
    let v6 = connect(&sim, "2001:db8:2::7", (24, None));
    assert_eq!(failure(&v6), (Errno::EACCES, Some("2001:db8:1::1".to_owned()), false));
}

#[test]
fn without_a_route_connect_fails_at_once() {
    let sim = sim("a-kernel-without-stamps");
    assert_eq!(failure(&connect(&sim, "2001:db8::1", (80, None))), (Errno::ENETUNREACH, None, true));
    assert_eq!(sim.now().as_nanos(), 0);
}

#[test]
fn an_answer_from_too_far_away_is_not_taken() {
    let sim = sim("a-straight-path");
    let mut connector = sim.sockets().open_connector(&SocketOptions::default()).expect("a connector");
    let attempt = |least| Attempt {
        min_ttl: Some(least),
        timeout: Some(Duration::from_millis(500)),
        ..Attempt::new(id(u64::from(least)), Address::new(ip("203.0.113.7")), 81)
    };
    let nearest = 64 - 4;
    for (least, is_taken) in [(nearest, true), (nearest + 1, false)] {
        connector.start(&attempt(least));
        let mut outcomes = Vec::new();
        sim.run(poll_fn(|cx| connector.poll_outcome(cx, &mut outcomes)));
        assert_eq!(outcomes[0].connection != Connection::Silent, is_taken, "{least}: {outcomes:?}");
    }
}
