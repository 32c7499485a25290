//! How runs end: settled, by count, by deadline, or because someone said so at an arbitrary moment.

use std::time::Duration;

use netdiag_engine::strategy::{Count, Ending, Pace};
use netdiag_model::event::Arrival;
use netdiag_model::{Event, Mono};
use proptest::prelude::*;

use crate::harness::{Run, Scenario, at, ms, pair, per_second};
use crate::truth::{assert_times, assert_true};

const CLASSIC: Ending = Ending::Classic { linger: Duration::from_secs(10) };

/// As ping(8) runs: no timeout of its own for each probe.
fn classic(network: &str, count: u32) -> Scenario {
    let scenario = Scenario::toml(network).to("192.0.2.1").count(count).every(ms(1_000));
    Scenario { timeout: None, ending: CLASSIC, ..scenario }
}

#[test]
fn a_classic_run_ends_with_its_last_answer() {
    let run = classic(&pair("", "", "", "delay = \"15ms\""), 4).run();
    assert_true(&run);
    assert_eq!((run.end, run.replies().count()), (at(3_030), 4));
}

#[test]
fn a_classic_run_waits_an_interval_for_the_last_answer_and_ten_seconds_for_the_first() {
    let lossy = pair("", "", "", "delay = \"15ms\"")
        + "[[event]]\nat = \"2.5s\"\nlink = \"here-target\"\nstate = \"unplugged\"\n";
    let run = classic(&lossy, 4).run();
    assert_eq!((run.end, run.replies().count()), (at(4_000), 3));
    let slow = lossy.replace("15ms", "600ms").replace("2.5s", "4.5s");
    let run = classic(&slow, 5).run();
    assert_eq!(run.end, at(4_000 + 2_400), "twice the largest round-trip time");
    let silent = pair("", "", "silent = \"all\"", "");
    assert_eq!(classic(&silent, 4).run().end, at(13_000));
}

#[test]
fn a_classic_run_with_a_deadline_goes_on_until_so_many_were_answered() {
    let lossy = pair("seed = 3", "", "", "loss = 0.3");
    let run = Scenario { deadline: Some(Duration::from_secs(60)), ..classic(&lossy, 10) }.run();
    assert_true(&run);
    assert_eq!(run.arrivals(Arrival::InTime), 10);
    assert!(run.sent() > 10 && run.end < at(60_000));
    let never = pair("", "", "silent = \"all\"", "");
    let run = Scenario { deadline: Some(ms(7_500)), ..classic(&never, 3) }.run();
    assert_eq!((run.sent(), run.end), (8, at(7_500)));
}

#[test]
fn a_deadline_in_the_middle_of_a_burst_ends_it_at_once() {
    let network = pair("", "", "", "delay = \"40ms\"");
    let scenario = Scenario::toml(&network).to("192.0.2.1");
    let scenario = Scenario {
        rate: per_second(10_000.0),
        pace: Pace::Steady { interval: Duration::ZERO },
        count: Count::Limit(100_000),
        deadline: Some(ms(500)),
        ..scenario
    };
    let run = scenario.run();
    assert_true(&run);
    assert_times(&run);
    assert_eq!(run.end, at(500));
    assert_eq!(run.sent(), 5_000, "one each 0.1 ms, none at the deadline itself");
    assert_eq!(run.replies().count(), run.truth.arrived());
    assert!(run.events.iter().all(|(when, _)| *when <= at(500)));
}

#[test]
fn a_flood_is_as_fast_as_the_answers_and_never_stands_still() {
    let network = pair("seed = 2", "", "", "delay = \"1ms\"\nloss = 0.05");
    let scenario = Scenario::toml(&network).to("192.0.2.1");
    let flood = Scenario {
        pace: Pace::Flood,
        count: Count::Endless,
        ending: CLASSIC,
        timeout: None,
        deadline: Some(Duration::from_secs(10)),
        ..scenario
    };
    let run = flood.run();
    assert_true(&run);
    assert_times(&run);
    // An answer takes 2 ms, a lost one costs 10 ms; one in ten is lost.
    let expected = 10_000.0 / (0.9 * 2.0 + 0.1 * 10.0);
    assert!((run.sent() as f64 - expected).abs() < expected * 0.1, "{} of {expected}", run.sent());
}

#[test]
fn an_adaptive_run_sends_about_once_per_round_trip() {
    let network = pair("", "", "", "delay = \"25ms\"");
    let scenario = Scenario::toml(&network).to("192.0.2.1");
    let adaptive = Scenario {
        pace: Pace::Adaptive { floor: ms(2) },
        count: Count::Endless,
        ending: CLASSIC,
        timeout: None,
        deadline: Some(Duration::from_secs(10)),
        ..scenario
    };
    let run = adaptive.run();
    assert_true(&run);
    assert!((150..=201).contains(&run.sent()), "{}", run.sent());
}

/// All that a summary adds up, consistent whenever it is taken.
fn assert_sums(run: &Run) {
    assert_true(run);
    assert_eq!(run.sent(), run.truth.sent());
    assert_eq!(run.replies().count() + run.errors().len(), run.truth.arrived());
    let first = run.arrivals(Arrival::InTime) + run.arrivals(Arrival::Late);
    assert!(first <= run.sent());
    let settled = run.timeouts().len() + run.arrivals(Arrival::InTime);
    assert!(settled <= run.sent());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn an_interrupt_at_any_moment_leaves_the_sums_consistent(nanos in 0_u64..3_000_000_000, interval in 1_u64..300) {
        let network = pair("seed = 17", "", "", "delay = \"60ms\"\njitter = \"40ms\"\nloss = 0.1\nduplicate = 0.1");
        let scenario = Scenario::toml(&network).to("192.0.2.1").every(ms(interval)).timeout(ms(130));
        let quit_at = Some(Mono::from_nanos(nanos));
        let run = Scenario { quit_at, count: Count::Endless, ..scenario }.run();
        assert_sums(&run);
        prop_assert_eq!(run.end, Mono::from_nanos(nanos));
        prop_assert_eq!(run.sent() as u64, nanos / (interval * 1_000_000) + 1);
    }

    #[test]
    fn a_run_that_is_let_end_settles_everything(seed in 0_u32..1000, count in 1_u32..40, interval in 0_u64..50) {
        let network = pair(
            &format!("seed = {seed}"),
            "stamp_loss = 0.2",
            "",
            "delay = \"60ms\"\njitter = \"40ms\"\nloss = 0.1\nduplicate = 0.1\nreorder = 0.1",
        );
        let scenario = Scenario::toml(&network).to("192.0.2.1").count(count).timeout(ms(130));
        let run = Scenario { rate: per_second(500.0), ..scenario.every(ms(interval)) }.run();
        assert_sums(&run);
        assert_times(&run);
        prop_assert_eq!(run.sent(), count as usize);
        prop_assert_eq!(run.timeouts().len() + run.arrivals(Arrival::InTime), count as usize);
        let last_settling = run.events.iter().rfind(|(_, event)| matches!(event, Event::Timeout { .. } | Event::Reply(_)));
        prop_assert_eq!(run.end, last_settling.expect("something").0);
    }
}
