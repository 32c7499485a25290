//! Events of the script: links that come and go, sends that fail, a process that sleeps.

use std::future::poll_fn;
use std::time::Duration;

use netdiag_engine::port::{HostChange, HostFacts, SocketOptions, Stop};
use netdiag_model::Errno;
use netdiag_sim::{Cause, Happening};

use crate::harness::{By, Shot, at, id, ladder, open, ping, sim, volley};

#[test]
fn an_uplink_that_is_switched_off_refuses_and_one_without_a_cable_swallows() {
    let sim = sim("the-uplink-comes-and-goes");
    let mut facts = sim.facts();
    let log = ping(&sim, &volley("203.0.113.7", 35, Duration::from_secs(1)));
    let stops: Vec<usize> =
        log.sent.iter().enumerate().filter(|(_, sent)| sent.stop.is_some()).map(|(n, _)| n).collect();
    assert_eq!(stops, [10, 11, 12, 13, 14]);
    assert_eq!(log.stops()[0], Stop::Failed { errno: Errno::ENETUNREACH, mtu: None });
    let lost = sim.truth().count(|what| matches!(what, Happening::Lost { cause: Cause::Down, .. }));
    assert_eq!((lost, log.replies().len()), (5, 20));
    assert_eq!(log.errors(), vec![("net-unreachable", "192.0.2.1".to_owned()); 5], "from 30 s on");
    let mut changes = Vec::new();
    sim.run(poll_fn(|cx| facts.poll_change(cx, &mut changes)));
    let down = HostChange::InterfaceDown { name: "wlan0".to_owned(), index: 2 };
    let up = HostChange::InterfaceUp { name: "wlan0".to_owned(), index: 2 };
    assert_eq!(changes, [down.clone(), HostChange::Routes, up.clone(), HostChange::Routes, down, up]);
}

#[test]
fn a_change_wakes_who_waits_for_it() {
    let sim = sim("the-uplink-comes-and-goes");
    let (mut facts, mut changes) = (sim.facts(), Vec::new());
    sim.run(poll_fn(|cx| facts.poll_change(cx, &mut changes)));
    assert_eq!((sim.now(), changes.len()), (at(10_000), 2));
    assert!(!facts.interfaces().expect("interfaces")[1].is_up);
}

#[test]
fn sends_fail_while_their_trouble_lasts() {
    let log = ping(&sim("trouble-with-sending"), &volley("192.0.2.1", 18, Duration::from_millis(500)));
    let failed = |errno| Stop::Failed { errno, mtu: None };
    let expected = [failed(Errno::EPERM), Stop::NoBuffers, Stop::Full, failed(Errno::ENETDOWN)];
    assert_eq!(log.stops(), expected.map(|stop| [stop; 2]).concat());
    assert_eq!(log.replies().len(), 10);
}

#[test]
fn a_socket_that_was_full_says_when_it_is_not() {
    let sim = sim("trouble-with-sending");
    let mut socket = open(&sim, By::Icmp, &SocketOptions::default());
    let mut clock = sim.clock();
    sim.run(poll_fn(|cx| netdiag_engine::port::Clock::poll_until(&mut clock, cx, at(5_200))));
    sim.run(poll_fn(|cx| socket.poll_send_ready(cx)));
    assert_eq!(sim.now(), at(6_000));
}

#[test]
fn a_process_that_sleeps_finds_what_its_socket_could_hold() {
    let sim = sim("a-process-that-sleeps");
    let log = ping(&sim, &volley("192.0.2.1", 100, Duration::from_millis(10)));
    let woken: Vec<_> = log.got.iter().filter(|got| got.at == at(3_000)).collect();
    assert_eq!(woken.len(), 10, "all at once");
    // Ten were under way when it fell asleep (0.9 s to 0.99 s), and all of them fit.
    assert_eq!((log.replies().len(), log.dropped), (100, 0));

    let sim = crate::harness::sim("a-process-that-sleeps");
    let log = ping(&sim, &volley("192.0.2.1", 200, Duration::from_millis(5)));
    let overflowed = sim.truth().count(|what| *what == Happening::Overflowed);
    assert_eq!((log.dropped, overflowed), (10, 10));
    assert_eq!(log.replies().len(), 190);
}

#[test]
fn a_path_changes_when_its_time_has_come() {
    let sim = sim("a-path-that-changes");
    let hops = |from: u64| {
        let from = from - sim.now().as_nanos() / 1_000_000;
        let shots: Vec<Shot> = ladder("203.0.113.7", 5)
            .into_iter()
            .map(|shot| Shot { at: at(from) + shot.at.since(at(0)), ..shot })
            .collect();
        let log = ping(&sim, &shots);
        (log.errors().into_iter().map(|(_, hop)| hop).collect::<Vec<_>>(), log.replies().len())
    };
    let short = ["192.0.2.1", "198.51.100.1", "203.0.113.1"].map(str::to_owned);
    assert_eq!(hops(0), (short.to_vec(), 2));
    assert_eq!(hops(10_000), (short[..1].to_vec(), 0), "the short link loses all");
    assert_eq!(hops(20_000), (short[..2].to_vec(), 2), "the edge is silent");
    let long = ["192.0.2.1", "198.51.100.2", "198.51.100.3", "203.0.113.1"].map(str::to_owned);
    assert_eq!(hops(30_000), (long.to_vec(), 1));
    assert!(sim.truth().of(id(1)).count() > 1);
}
