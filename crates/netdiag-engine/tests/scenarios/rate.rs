//! One global rate, exact over any number of targets; and one target's interval, without drift.

use std::time::Duration;

use netdiag_engine::strategy::{Count, Pace};
use netdiag_model::{Event, Mono};
use std::net::{IpAddr, Ipv4Addr};

use crate::harness::{Run, Scenario, at, ms, per_second};
use crate::truth::assert_true;

/// `targets` hosts of the farm, probed without end at `rate` for `window`.
fn sweep(targets: u32, rate: f64, window: Duration) -> Run {
    let first = u32::from(Ipv4Addr::new(10, 1, 0, 0));
    let hosts = (0..targets).map(|host| IpAddr::V4(Ipv4Addr::from(first + host)));
    let scenario = Scenario::file("a-farm-of-65536-hosts");
    let run = Scenario {
        targets: hosts.collect(),
        rate: per_second(rate),
        pace: Pace::Steady { interval: Duration::ZERO },
        count: Count::Endless,
        deadline: Some(window),
        ..scenario
    };
    run.run()
}

#[test]
fn the_rate_is_exact_from_one_to_a_hundred_thousand_over_any_number_of_targets() {
    for targets in [1, 7, 1_000] {
        for (rate, window) in [(1.0, 300.0), (7.5, 100.0), (100.0, 30.0), (3_333.0, 3.0), (100_000.0, 0.25)] {
            let run = sweep(targets, rate, Duration::from_secs_f64(window));
            let (got, wanted) = (run.sent() as f64, rate * window);
            assert!((got - wanted).abs() <= wanted * 0.02, "{got} of {wanted} to {targets} at {rate}/s");
            assert!(run.polls < 4 * run.sent() as u64 + 10, "{} wake-ups for {got}", run.polls);
        }
    }
}

#[test]
fn every_tenth_of_the_window_has_its_share() {
    let run = sweep(7, 20_000.0, Duration::from_secs(1));
    assert_true(&run);
    let mut tenths = [0_u32; 10];
    for (when, event) in &run.events {
        if let Event::Sent { .. } = event {
            tenths[(when.as_nanos() / 100_000_000).min(9) as usize] += 1;
        }
    }
    assert!(tenths.iter().all(|tenth| (1_990..=2_010).contains(tenth)), "{tenths:?}");
}

#[test]
fn targets_take_turns() {
    let run = sweep(7, 1_000.0, Duration::from_secs(1));
    let targets = run.events.iter().filter_map(|(_, event)| match event {
        Event::Sent { subject, .. } => Some(subject.target.index()),
        _ => None,
    });
    for (at, target) in targets.enumerate() {
        assert_eq!(target, at % 7);
    }
}

#[test]
fn a_rate_below_the_interval_of_the_targets_wins() {
    let scenario =
        Scenario::file("a-farm-of-65536-hosts").to("10.1.2.3").to("10.1.2.4").count(20).every(ms(1));
    let run = Scenario { rate: per_second(10.0), ..scenario }.run();
    assert_true(&run);
    let last = run.events.iter().rfind(|(_, event)| matches!(event, Event::Sent { .. })).expect("a probe");
    assert_eq!(last.0, at(3_900));
}

#[test]
fn an_interval_neither_drifts_nor_depends_on_the_answers() {
    let run =
        Scenario::file("a-lossy-link-behind-a-router").to("203.0.113.7").count(1_000).every(ms(37)).run();
    let sent = run.events.iter().filter_map(|(when, event)| match event {
        Event::Sent { .. } => Some(*when),
        _ => None,
    });
    for (n, when) in (0..).zip(sent) {
        assert_eq!(when, Mono::ZERO + ms(37 * n));
    }
}

#[test]
fn a_long_interval_is_slept_through() {
    let run =
        Scenario::file("a-straight-path").to("203.0.113.7").count(100).every(Duration::from_secs(10)).run();
    assert_true(&run);
    assert!(
        run.polls <= 100 * 4,
        "{} wake-ups for 100 probes: the stamp, the answer, the next probe",
        run.polls
    );
}
