//! More than one answer, answers that overtake each other, and answers that come too late.

use netdiag_model::Event;
use netdiag_model::event::Arrival;
use netdiag_model::stats::SendOrder;
use netdiag_sim::Happening;

use crate::harness::{Scenario, ms, pair};
use crate::truth::{assert_times, assert_true};

#[test]
fn duplicates_by_the_link_are_counted_and_change_nothing_else() {
    let run = Scenario::file("a-link-that-delivers-twice").to("192.0.2.1").count(400).every(ms(20)).run();
    assert_true(&run);
    assert_times(&run);
    assert_eq!(run.arrivals(Arrival::InTime), 400);
    assert_eq!(run.arrivals(Arrival::Duplicate), run.truth.arrived() - 400);
    assert!(run.arrivals(Arrival::Duplicate) > 100);
    assert!(run.timeouts().is_empty() && run.mishaps.forged == 0);
}

#[test]
fn a_target_that_answers_twice_is_received_once() {
    for target in ["192.0.2.1", "2001:db8::1"] {
        let run = Scenario::file("a-target-that-answers-twice").to(target).count(20).run();
        assert_eq!(run.arrivals(Arrival::InTime), 20);
        // The run ends with the first answer to the last probe; its second is not waited for.
        assert_eq!(run.arrivals(Arrival::Duplicate), 19);
        let second = run.replies().find(|reply| reply.arrival == Arrival::Duplicate).expect("a duplicate");
        assert_eq!(second.rtt.as_nanos(), 5_000_000);
    }
}

#[test]
fn answers_out_of_order_are_matched_to_their_own_probes() {
    let run = Scenario::file("replies-out-of-order").to("192.0.2.1").count(500).every(ms(10)).run();
    assert_true(&run);
    assert_times(&run);
    let mut order = SendOrder::default();
    run.replies().for_each(|reply| order.apply(reply.subject.seq, reply.rtt));
    let mut highest = 0;
    let overtaken = run.replies().filter(|reply| {
        let is_behind = reply.subject.seq < highest;
        highest = highest.max(reply.subject.seq);
        is_behind
    });
    assert_eq!(order.reordered() as usize, overtaken.count());
    let held = run.truth.count(|what| matches!(what, Happening::HeldBack { .. }));
    assert!(order.reordered() as usize <= held && order.reordered() > 50, "{} of {held}", order.reordered());
}

#[test]
fn an_answer_after_its_timeout_is_late_and_not_lost_for_good() {
    let network = pair("", "", "", "delay = \"150ms\"");
    let run = Scenario::toml(&network).to("192.0.2.1").count(20).timeout(ms(200)).run();
    // The last ones are settled by their timeouts, and the run is over before their answers come.
    let late = run.arrivals(Arrival::Late);
    assert_eq!((run.timeouts().len(), late), (20, 19));
    assert!(run.replies().all(|reply| reply.arrival == Arrival::Late && reply.rtt.as_nanos() == 300_000_000));
    for (seq, timeout) in run.timeouts().into_iter().enumerate() {
        assert_eq!(timeout, seq as u64 + 1, "timeouts come in the order of sending");
    }
    for (at, event) in &run.events {
        if let Event::Timeout { subject } = event {
            assert_eq!(*at, crate::harness::at((subject.seq - 1) * 100 + 200), "exactly when it is due");
        }
    }
}

#[test]
fn an_answer_exactly_at_its_timeout_is_in_time() {
    let network = pair("", "", "", "delay = \"100ms\"");
    let run = Scenario::toml(&network).to("192.0.2.1").count(5).timeout(ms(200)).run();
    assert_true(&run);
    assert_eq!((run.arrivals(Arrival::InTime), run.timeouts().len()), (5, 0));
}
