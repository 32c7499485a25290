//! More probes under way than one socket has sequence numbers for, and slots that are reused only when it is safe.

use std::collections::HashMap;
use std::time::Duration;

use netdiag_engine::strategy::{Count, Pace};
use netdiag_model::event::Arrival;
use netdiag_model::{Event, Mono};

use crate::harness::{Scenario, per_second};
use crate::truth::{assert_times, assert_true};

fn fast(network: &str, count: u32) -> Scenario {
    let scenario = Scenario::toml(network).to("10.1.0.1").to("10.1.0.2").to("10.1.0.3").count(count);
    Scenario {
        rate: per_second(100_000.0),
        pace: Pace::Steady { interval: Duration::ZERO },
        timeout: Some(Duration::from_secs(5)),
        ..scenario
    }
}

fn farm(here: &str, target: &str, delay: &str) -> String {
    format!(
        "[here]\naddresses = [\"192.0.2.10/24\"]\n{here}\n[host.farm]\nserves = [\"10.1.0.0/16\"]\n{target}\n\
         [[link]]\nends = [\"here\", \"farm\"]\ndelay = \"{delay}\"\n"
    )
}

#[test]
fn two_hundred_thousand_outstanding_are_all_matched_rightly() {
    let network = farm("", "reply = { jitter = \"500ms\" }", "1.1s");
    let run = fast(&network, 70_000).run();
    assert_true(&run);
    assert_times(&run);
    assert_eq!((run.arrivals(Arrival::InTime), run.mishaps.forged), (210_000, 0));
    let first_answer = run.events.iter().position(|(_, event)| matches!(event, Event::Reply(_)));
    assert!(first_answer.expect("an answer") >= 200_000, "all of these were under way at once");
    let shards = run.replies().map(|reply| reply.subject.probe.shard()).max();
    assert_eq!(shards, Some(3));
}

/// Between two uses of a slot lies the window in which an answer to the first may still come.
fn assert_windows(run: &crate::harness::Run, answered: Duration, unanswered: Duration) -> usize {
    let mut users: HashMap<(u16, u16), Mono> = HashMap::new();
    let mut answers = std::collections::HashSet::new();
    let mut reused = 0;
    for (when, event) in &run.events {
        match event {
            Event::Reply(reply) => {
                answers.insert(reply.subject.probe);
            }
            Event::Sent { subject, .. } => {
                let slot = (subject.probe.shard(), subject.probe.seq());
                if let Some(before) = users.insert(slot, *when) {
                    let last = netdiag_model::ProbeId::new(subject.probe.generation() - 1, slot.0, slot.1);
                    let window = if answers.contains(&last) { answered } else { unanswered };
                    assert!(when.since(before) >= window, "{slot:?} after {:?}", when.since(before));
                    reused += 1;
                }
            }
            _ => {}
        }
    }
    reused
}

#[test]
fn a_slot_is_reused_only_after_its_window() {
    let silent = farm("max_shards = 1", "silent = \"all\"", "1ms");
    let scenario = Scenario { timeout: Some(Duration::from_millis(500)), ..fast(&silent, 50_000) };
    let run = scenario.run();
    assert_true(&run);
    let reused = assert_windows(&run, Duration::from_secs(1), Duration::from_millis(2_500));
    assert_eq!((run.sent(), reused), (150_000, 150_000 - 65_536));
    assert!(run.end > crate::harness::at(5_000), "with one socket it takes three rounds of 65 536");
    assert!(run.polls < 4 * 150_000, "{} wake-ups: it sleeps until a slot is free", run.polls);

    let quick = farm("max_shards = 1", "", "1ms");
    let run = fast(&quick, 50_000).run();
    assert_true(&run);
    assert_times(&run);
    assert!(assert_windows(&run, Duration::from_secs(1), Duration::from_secs(7)) > 80_000);
    assert_eq!(run.arrivals(Arrival::InTime), 150_000);
}

#[test]
fn where_slots_run_out_an_endless_run_still_ends_at_its_deadline() {
    let silent = farm("max_shards = 1", "silent = \"all\"", "1ms");
    let scenario = fast(&silent, 1);
    let run = Scenario { count: Count::Endless, deadline: Some(Duration::from_secs(3)), ..scenario }.run();
    assert_true(&run);
    assert_eq!((run.sent(), run.end), (65_536, crate::harness::at(3_000)));
}
