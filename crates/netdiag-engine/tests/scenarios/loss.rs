//! Loss: at random, in bursts, by a full queue, on a path that changes, and over a whole day.

use std::time::{Duration, Instant};

use netdiag_model::event::Arrival;
use netdiag_model::stats::SendOrder;
use netdiag_sim::{Cause, Direction, Happening};

use crate::harness::{Run, Scenario, at, ms};
use crate::truth::{assert_times, assert_true};

fn lost(run: &Run) -> usize {
    run.truth.lost(Direction::Forward) + run.truth.lost(Direction::Back)
}

#[test]
fn random_loss_both_ways_and_of_both_families_is_counted_exactly() {
    let run = Scenario::file("a-lossy-link-behind-a-router")
        .to("203.0.113.7")
        .to("2001:db8:2::7")
        .count(500)
        .every(ms(20))
        .run();
    assert_true(&run);
    assert_times(&run);
    assert_eq!((run.sent(), run.timeouts().len()), (1_000, lost(&run)));
    assert_eq!(run.arrivals(Arrival::InTime), 1_000 - lost(&run));
    assert!((80..170).contains(&lost(&run)), "{}", lost(&run));
    assert!(run.codes().is_empty());
}

#[test]
fn bursts_of_loss_are_as_long_as_they_were() {
    let run = Scenario::file("bursts-of-loss").to("192.0.2.1").count(2_000).every(ms(10)).run();
    assert_true(&run);
    let mut order = SendOrder::default();
    run.replies().for_each(|reply| order.apply(reply.subject.seq, reply.rtt));
    let (_, bursts) = order.finish(2_000);
    let mut missing: Vec<u64> = run.truth.entries().iter().filter_map(lost_seq).collect();
    missing.sort_unstable();
    let runs = missing.chunk_by(|a, b| a + 1 == *b);
    assert_eq!(bursts.count as usize, runs.clone().count());
    assert_eq!(bursts.longest as usize, runs.map(<[u64]>::len).max().expect("a burst"));
    assert!(bursts.longest >= 4, "{bursts:?}");
}

/// The sequence number of a probe that was lost in a burst; runs here are too short for it to wrap.
fn lost_seq(entry: &netdiag_sim::Entry) -> Option<u64> {
    let is_lost = matches!(entry.what, Happening::Lost { cause: Cause::Burst, .. });
    is_lost.then_some(u64::from(entry.probe.seq()))
}

#[test]
fn what_a_full_queue_drops_is_lost_and_what_waits_in_it_is_slow() {
    let scenario = Scenario::file("a-narrow-link").to("203.0.113.7").count(30);
    let run = Scenario { size: 1_000, preload: 30, ..scenario }.run();
    assert_true(&run);
    assert_times(&run);
    let full = |what: &Happening| matches!(what, Happening::Lost { cause: Cause::Queue, .. });
    assert_eq!(run.timeouts().len(), run.truth.count(full));
    assert_eq!(run.replies().count(), 11);
    let longest = run.replies().map(|reply| reply.rtt.as_nanos()).max();
    assert_eq!(longest, Some(22_000_000 + 11 * 8_224_000));
}

#[test]
fn a_path_that_changes_shows_when_it_changes() {
    let run = Scenario::file("a-path-that-changes").to("203.0.113.7").count(400).run();
    assert_true(&run);
    assert_times(&run);
    let timeouts = run.timeouts();
    assert!(timeouts.iter().all(|seq| (101..=301).contains(seq)), "{timeouts:?}");
    let before = run.replies().find(|reply| reply.subject.seq == 1).expect("a reply");
    let after = run.replies().find(|reply| reply.subject.seq == 400).expect("a reply");
    assert!(after.rtt > before.rtt, "the long way");
}

#[test]
fn a_day_of_pinging_is_counted_to_the_last_probe() {
    let start = Instant::now();
    let run = Scenario::file("a-day-with-a-little-loss")
        .to("203.0.113.7")
        .count(86_400)
        .every(Duration::from_secs(1))
        .run();
    println!("a day took {:?}", start.elapsed());
    assert_true(&run);
    assert_times(&run);
    assert_eq!((run.sent(), run.timeouts().len()), (86_400, lost(&run)));
    assert_eq!(run.replies().count(), 86_400 - lost(&run));
    assert!(run.end > at(86_399_000), "no drift: the last probe was due after 86 399 s");
    let last = run.events.iter().rfind(|(_, event)| matches!(event, netdiag_model::Event::Sent { .. }));
    assert_eq!(last.expect("a probe").0, at(86_399_000));
    assert!(run.polls < 5 * 86_400, "{} wake-ups", run.polls);
}
