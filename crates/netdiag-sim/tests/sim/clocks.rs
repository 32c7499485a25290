//! Time: stamps, steps of the wall clock, and days that pass in a moment.

use std::future::poll_fn;
use std::time::{Duration, Instant};

use netdiag_engine::port::{Clock, OpenError, SocketOptions, Sockets, Via};
use netdiag_model::{Clock as Source, Moment, Rtt, Stamp};
use netdiag_sim::{Direction, Sim};

use crate::harness::{By, Got, Log, at, exchange, network, ping, sim, volley};

/// Departure and reply of each probe.
fn pairs(log: &Log) -> Vec<(Moment, Moment)> {
    let departure = |got: &&Got| matches!(got.incoming.via, Via::Departure { .. });
    let departures = log.got.iter().filter(departure);
    departures.zip(log.replies()).map(|(left, came)| (left.incoming.at, came.incoming.at)).collect()
}

#[test]
fn kernel_stamps_are_closer_than_the_processes_own() {
    let log = ping(&sim("the-clock-is-stepped"), &volley("192.0.2.1", 3, Duration::from_secs(1)));
    for (sent, (left, came)) in log.sent.iter().zip(pairs(&log)) {
        let kernel = Rtt::between(left.stamp.expect("stamp"), came.stamp.expect("stamp"));
        assert_eq!(kernel, Some(Rtt::from_nanos(20_000_000)));
        assert_eq!(came.read.mono.since(sent.at.read.mono), Duration::from_micros(20_013));
        assert_eq!(left.read.mono.since(sent.at.read.mono), Duration::from_micros(4));
    }
}

#[test]
fn a_stepped_wall_clock_shows_in_the_stamps_and_in_the_offset() {
    let log = ping(&sim("the-clock-is-stepped"), &volley("192.0.2.1", 25, Duration::from_secs(1)));
    let hour = 3_600_000_000_000_i64;
    for (seq, (left, came)) in pairs(&log).into_iter().enumerate() {
        let (Some(Stamp::Kernel(a)), Some(Stamp::Kernel(b))) = (left.stamp, came.stamp) else {
            panic!("stamps")
        };
        let step = match seq {
            10 => -hour,
            20 => hour,
            _ => 0,
        };
        assert_eq!(b.as_nanos() - a.as_nanos(), 20_000_000 + step, "probe {seq}");
        assert_eq!(came.read.offset() - left.read.offset(), step);
        let sent = Moment { stamp: left.stamp, ..log.sent[seq].at };
        let (rtt, clock) = Rtt::measure(&sent, &came);
        let expected = if step == 0 { (20_000_000, Source::Kernel) } else { (20_013_000, Source::User) };
        assert_eq!((rtt.as_nanos(), clock), expected);
    }
    let clock = sim("the-clock-is-stepped").clock();
    assert_eq!(clock.now().wall.to_string(), "2026-01-01T00:00:00.000000Z");
}

#[test]
fn stamps_may_be_missing_for_some_or_for_all() {
    let log = ping(&sim("some-stamps-are-missing"), &volley("192.0.2.1", 500, Duration::from_millis(10)));
    let departures = log.got.len() - log.replies().len();
    let stamped = log.replies().iter().filter(|got| got.incoming.at.stamp.is_some()).count();
    assert_eq!(log.replies().len(), 500);
    assert!((425..475).contains(&departures) && (425..475).contains(&stamped), "{departures} {stamped}");

    let none = sim("a-kernel-without-stamps");
    assert!(matches!(none.sockets().open_icmp(&SocketOptions::default()), Err(OpenError::NotPermitted)));
    let log =
        exchange(&none, By::Udp, &SocketOptions::default(), &volley("192.0.2.1", 2, Duration::from_secs(1)));
    assert_eq!(log.got.len(), 2, "no departures");
    assert!(log.got.iter().all(|got| got.error().is_some() && got.incoming.at.stamp.is_none()));
}

#[test]
fn a_day_of_pinging_takes_moments() {
    let sim = sim("a-day-with-a-little-loss");
    let start = Instant::now();
    let log = ping(&sim, &volley("203.0.113.7", 86_400, Duration::from_secs(1)));
    let took = start.elapsed();
    let truth = sim.truth();
    let lost = truth.lost(Direction::Forward) + truth.lost(Direction::Back);
    assert_eq!(log.replies().len(), 86_400 - lost);
    assert!((120..230).contains(&lost), "{lost}");
    println!("a day took {took:?}");
}

#[test]
fn several_clocks_wake_in_the_order_of_their_deadlines() {
    let sim = sim("a-straight-path");
    let mut clocks: Vec<_> = [300, 100, 200].map(|millis| (millis, sim.clock())).into();
    let mut order = Vec::new();
    sim.run(poll_fn(|cx| {
        clocks.retain_mut(|(millis, clock)| {
            let is_ready = clock.poll_until(cx, at(*millis)).is_ready();
            if is_ready {
                order.push((*millis, sim.now()));
            }
            !is_ready
        });
        if clocks.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    }));
    assert_eq!(order, [(100, at(100)), (200, at(200)), (300, at(300))]);
}

#[test]
#[should_panic(expected = "nothing can ever happen")]
fn a_wait_for_nothing_is_told() {
    let sim = Sim::new(&network("a-straight-path"));
    sim.run(std::future::pending::<()>());
}
