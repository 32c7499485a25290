//! Damage: wrong checksums, changed, cut and padded data.

use netdiag_model::event::{Arrival, Damage, NoticeCode};
use netdiag_sim::Happening;

use crate::harness::{Scenario, ms};
use crate::truth::{assert_times, assert_true};

#[test]
fn changed_data_under_a_right_checksum_is_an_answer_with_damage() {
    for target in ["192.0.2.1", "2001:db8::1"] {
        let run = Scenario::file("a-target-that-changes-the-data").to(target).count(100).run();
        assert_true(&run);
        assert_times(&run);
        assert_eq!(run.arrivals(Arrival::InTime), 100);
        let damaged: Vec<&Damage> = run.replies().filter_map(|reply| reply.damage.as_ref()).collect();
        assert!((35..65).contains(&damaged.len()), "{}", damaged.len());
        for damage in damaged {
            let Damage::Data { offset, expected, found, data } = damage else { panic!("{damage:?}") };
            assert_eq!((*offset, *expected, *found, data.len()), (21, 21, !21, 56));
        }
    }
}

#[test]
fn an_answer_with_a_wrong_checksum_is_lost_to_a_datagram_socket() {
    let run = Scenario::file("a-target-with-wrong-checksums").to("192.0.2.1").count(90).run();
    assert_true(&run);
    let discarded = run.truth.count(|what| matches!(what, Happening::Discarded));
    assert_eq!(run.timeouts().len(), discarded);
    assert_eq!(run.replies().count(), 90 - discarded);
    assert!(run.replies().all(|reply| reply.damage.is_none()));
    assert!((15..45).contains(&discarded), "{discarded}");
}

#[test]
fn a_raw_socket_sees_wrong_checksums_and_counts_them_not_as_answers() {
    let run = Scenario::file("a-raw-socket-hears-everything").to("192.0.2.1").count(90).run();
    let broken = run.replies().filter(|reply| reply.damage == Some(Damage::Checksum)).count();
    assert!((15..45).contains(&broken), "{broken}");
    assert_eq!(run.timeouts().len(), broken, "each of their probes is lost");
    assert_eq!(run.arrivals(Arrival::InTime), 90, "the broken ones are shown as they came");
    assert_eq!(run.codes(), [NoticeCode::Forged], "once, whatever number came");
    assert!(run.mishaps.forged >= 8, "{}", run.mishaps.forged);
}

#[test]
fn flipped_bits_are_dropped_by_the_kernel_or_found_in_the_data() {
    let run = Scenario::file("a-link-that-flips-bits").to("203.0.113.7").count(1_000).every(ms(20)).run();
    assert_true(&run);
    let damaged = run.replies().filter(|reply| matches!(reply.damage, Some(Damage::Data { .. }))).count();
    assert!((80..220).contains(&damaged), "{damaged}");
    assert!(run.mishaps.forged > 0, "where it hit the token or the sequence number");
    assert_eq!(run.replies().count() + run.timeouts().len(), 1_000, "nothing is counted twice");
    for reply in run.replies() {
        let is_corrupted =
            run.truth.of(reply.subject.probe).any(|entry| matches!(entry.what, Happening::Corrupted { .. }));
        assert!(reply.damage.is_none() || is_corrupted, "{reply:?}");
    }
}

#[test]
fn cut_answers_are_truncated_and_padded_ones_are_whole() {
    let cut = Scenario::file("targets-that-cut-and-pad").to("192.0.2.1").run();
    assert_true(&cut);
    assert!(cut.replies().all(|reply| (reply.len, &reply.damage) == (24, &Some(Damage::Truncated))));
    assert_eq!(cut.arrivals(Arrival::InTime), 10);
    let padded = Scenario::file("targets-that-cut-and-pad").to("192.0.2.2").run();
    assert_true(&padded);
    assert!(padded.replies().all(|reply| (reply.len, &reply.damage) == (128, &None)));
    assert_eq!(padded.arrivals(Arrival::InTime), 10);
}

#[test]
fn probes_too_short_for_a_token_are_matched_by_what_they_have() {
    for size in [0, 1, 7, 8] {
        let scenario = Scenario::file("a-lossy-link-behind-a-router").to("203.0.113.7").count(50);
        let run = Scenario { size, ..scenario }.run();
        assert_true(&run);
        assert_times(&run);
        assert!(run.replies().all(|reply| reply.len == size + 8 && reply.damage.is_none()));
    }
}
