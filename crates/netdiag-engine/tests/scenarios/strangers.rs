//! Who else answers: another address of the target, members of a group, and those who forge answers.

use netdiag_engine::port::SocketOptions;
use netdiag_engine::prober::Audience;
use netdiag_model::Event;
use netdiag_model::event::{Arrival, NoticeCode};

use crate::harness::{Scenario, ip, ms};
use crate::truth::{assert_times, assert_true};

#[test]
fn an_answer_from_another_address_is_shown_and_not_counted() {
    let run = Scenario::file("a-target-that-answers-from-elsewhere").to("192.0.2.1").run();
    assert_true(&run);
    assert_eq!(run.replies().count(), 0);
    let strays = run.events.iter().filter_map(|(_, event)| match event {
        Event::Stray(reply) => Some(reply.from.ip),
        _ => None,
    });
    let strays: Vec<_> = strays.collect();
    assert_eq!(strays, [ip("192.0.2.2"); 10]);
    let v6 = Scenario::file("a-target-that-answers-from-elsewhere").to("2001:db8::1").run();
    assert_eq!(v6.arrivals(Arrival::InTime), 10);
}

#[test]
fn everyone_may_answer_for_a_group() {
    for (group, is_broadcast_allowed) in [("192.0.2.255", true), ("ff02::1", false)] {
        let options = SocketOptions { is_broadcast_allowed, ..SocketOptions::default() };
        let scenario = Scenario::file("a-group-that-answers").to(group).count(10);
        let run = Scenario { options, audience: Audience::Group, ..scenario }.run();
        assert_eq!(run.arrivals(Arrival::InTime), 10);
        // The run ends with the first answer to the last probe.
        assert_eq!(run.arrivals(Arrival::Duplicate), 9 * 2 + 1, "{group}");
        let mut from: Vec<_> = run.replies().map(|reply| reply.from.ip).collect();
        from.sort_unstable();
        from.dedup();
        assert_eq!(from.len(), 3);
        assert_eq!(run.mishaps.forged, 0);
    }
}

#[test]
fn forged_answers_and_errors_are_never_counted() {
    for target in ["203.0.113.7", "2001:db8:2::7"] {
        let run = Scenario::file("someone-forges-replies").to(target).count(60).run();
        assert_true(&run);
        assert_times(&run);
        assert_eq!((run.arrivals(Arrival::InTime), run.replies().count()), (60, 60));
        assert!(run.errors().is_empty());
        assert_eq!(run.codes(), [NoticeCode::Forged]);
        assert!(run.mishaps.forged >= 20, "{}", run.mishaps.forged);
    }
}

/// On the path and with everything but the token: identifier and sequence number are those of the last probe.
#[test]
fn of_ten_thousand_forged_answers_a_second_none_is_counted() {
    for (knows, kind) in [
        ("sequence", "echo-reply"),
        ("identifier", "echo-reply"),
        ("sequence", "time-exceeded"),
        ("sequence", "unreachable"),
    ] {
        let network = crate::harness::pair("", "", "", "delay = \"40ms\"\nloss = 0.1")
            + &format!(
                "[[forger]]\nat = \"target\"\nas = \"192.0.2.1\"\nrate = 10_000.0\nknows = \"{knows}\"\nkind = \"{kind}\"\n"
            );
        let run = Scenario::toml(&network).to("192.0.2.1").count(100).every(ms(20)).timeout(ms(500)).run();
        assert_true(&run);
        assert_times(&run);
        assert_eq!(run.replies().count(), run.truth.arrived(), "{knows} {kind}");
        assert!(run.errors().is_empty());
        assert_eq!(run.codes(), [NoticeCode::Forged], "said once");
        assert!(run.mishaps.forged > 10_000, "{}", run.mishaps.forged);
    }
}
