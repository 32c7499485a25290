//! This host: its interfaces and routes, what its kernel refuses to send, and a process that sleeps.

use netdiag_model::event::Arrival;
use netdiag_model::event::NoticeCode::{self, InterfaceDown, InterfaceUp, RouteChange};
use netdiag_model::{Errno, Event};
use netdiag_sim::Happening;

use crate::harness::{Run, Scenario, at, ms};
use crate::truth::{assert_times, assert_true};

/// Sequence numbers and errnos of probes that this host did not let out.
fn refused(run: &Run) -> Vec<(u64, Errno)> {
    let refused = run.events.iter().filter_map(|(_, event)| match event {
        Event::SendError { subject, errno, .. } => Some((subject.seq, *errno)),
        _ => None,
    });
    refused.collect()
}

#[test]
fn an_uplink_that_comes_and_goes_is_told_and_survived() {
    let run = Scenario::file("the-uplink-comes-and-goes").to("203.0.113.7").count(400).run();
    assert_true(&run);
    assert_times(&run);
    let notices: Vec<_> = run.notices().into_iter().map(|(at, code, _)| (at, code)).collect();
    assert_eq!(
        notices,
        [
            (at(10_000), InterfaceDown),
            (at(10_000), RouteChange),
            (at(15_000), InterfaceUp),
            (at(15_000), RouteChange),
            (at(20_000), InterfaceDown),
            (at(25_000), InterfaceUp),
        ]
    );
    assert!(run.notices()[0].2.contains("interface wlan0 went down"));
    let refused = refused(&run);
    assert!(refused.iter().all(|(seq, errno)| (101..=151).contains(seq) && *errno == Errno::ENETUNREACH));
    assert!(refused.len() >= 49, "{refused:?}");
    assert_eq!(run.sent() + refused.len(), 400, "each probe went out or was refused, and no other");
    let errors = run.errors();
    assert!(errors.iter().all(|(seq, from, _)| *seq >= 300 && from == "192.0.2.1"), "{errors:?}");
    assert!(errors.len() >= 99);
}

#[test]
fn trouble_with_sending_ends_nothing_and_loses_nothing() {
    let run = Scenario::file("trouble-with-sending").to("192.0.2.1").count(100).run();
    assert_true(&run);
    assert_times(&run);
    let refused = refused(&run);
    let of = |errno| refused.iter().filter(|(_, other)| *other == errno).count();
    assert_eq!((of(Errno::EPERM), of(Errno::ENETDOWN)), (10, 10), "{refused:?}");
    assert_eq!(refused.len(), 20);
    assert_eq!((run.sent(), run.arrivals(Arrival::InTime)), (80, 80));
    assert_eq!(run.codes(), [NoticeCode::SendBlocked], "said once for both kinds");
    // Full from 5 s on for a second: nothing goes out in it, and what waited goes out after it.
    let sent_in = |from, to| {
        run.events
            .iter()
            .filter(|(when, event)| {
                matches!(event, Event::Sent { .. }) && *when >= at(from) && *when < at(to)
            })
            .count()
    };
    assert_eq!((sent_in(5_000, 6_000), sent_in(3_000, 4_000)), (0, 0));
    assert!(
        run.polls < 3_000,
        "{} wake-ups: a full queue is asked again every millisecond, not in a circle",
        run.polls
    );
}

#[test]
fn sending_fast_into_a_blocked_socket_counts_every_probe_once() {
    let run = Scenario::file("trouble-with-sending").to("192.0.2.1").count(9_000).every(ms(1)).run();
    assert_true(&run);
    assert_times(&run);
    assert_eq!(run.sent() + refused(&run).len(), 9_000);
    assert_eq!(run.arrivals(Arrival::InTime), run.sent());
    let mut seqs: Vec<u64> = run
        .events
        .iter()
        .filter_map(|(_, event)| match event {
            Event::Sent { subject, .. } | Event::SendError { subject, .. } => Some(subject.seq),
            _ => None,
        })
        .collect();
    let is_ordered = seqs.is_sorted();
    seqs.dedup();
    assert!(is_ordered && seqs.len() == 9_000, "in order, none left out, none twice");
}

#[test]
fn a_process_that_sleeps_owns_up_to_what_its_buffer_lost() {
    let run = Scenario::file("a-process-that-sleeps").to("192.0.2.1").count(2_000).every(ms(2)).run();
    assert_true(&run);
    assert_times(&run);
    let dropped = run.truth.count(|what| matches!(what, Happening::Overflowed));
    assert!(dropped > 0);
    let overflow: Vec<_> =
        run.notices().into_iter().filter(|(_, code, _)| *code == NoticeCode::ReceiveOverflow).collect();
    assert_eq!(overflow.len(), 1);
    assert_eq!(run.mishaps.overflowed, dropped as u64);
    assert_eq!(run.timeouts().len(), dropped);
    // Time is by the kernel's stamps: what lay in the buffer for two seconds was not slow.
    assert!(
        run.replies().all(|reply| reply.rtt.as_nanos() == 100_000_000 && reply.arrival == Arrival::InTime)
    );
    assert_eq!(run.sent(), 2_000);
}
