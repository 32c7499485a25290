//! Answers that are not what they should be.

use std::time::Duration;

use netdiag_engine::port::SocketOptions;
use netdiag_sim::Happening;
use netdiag_wire::icmp::is_checksum_right_v4;

use crate::harness::{By, exchange, ping, sim, volley};

#[test]
fn a_wrong_byte_comes_under_a_right_checksum() {
    for target in ["192.0.2.1", "2001:db8::1"] {
        let log =
            ping(&sim("a-target-that-changes-the-data"), &volley(target, 200, Duration::from_millis(10)));
        let replies = log.replies();
        let wrong: Vec<_> = replies.iter().filter(|got| got.bytes[8 + 21] == !21).collect();
        assert_eq!(replies.len(), 200);
        assert!((70..130).contains(&wrong.len()), "half of them: {}", wrong.len());
        assert!(target.contains(':') || replies.iter().all(|got| is_checksum_right_v4(&got.bytes)));
        let others = replies
            .iter()
            .all(|got| got.bytes[8..].iter().enumerate().all(|(at, byte)| at == 21 || *byte == at as u8));
        assert!(others, "no other byte is touched");
    }
}

#[test]
fn replies_may_be_shorter_or_longer_than_requests() {
    let sim = sim("targets-that-cut-and-pad");
    let cut = ping(&sim, &volley("192.0.2.1", 1, Duration::ZERO));
    assert_eq!((cut.replies()[0].incoming.len, cut.replies()[0].bytes.len()), (24, 24));
    let sim = crate::harness::sim("targets-that-cut-and-pad");
    let padded = ping(&sim, &volley("192.0.2.2", 1, Duration::ZERO));
    assert_eq!(padded.replies()[0].bytes[8 + 56..], [0; 64]);
    assert!(is_checksum_right_v4(&padded.replies()[0].bytes));
    assert_eq!(padded.replies()[0].incoming.ttl, Some(64), "a switch counts no TTL down");
}

#[test]
fn an_answer_from_elsewhere_names_elsewhere() {
    let log = ping(&sim("a-target-that-answers-from-elsewhere"), &volley("192.0.2.1", 1, Duration::ZERO));
    assert_eq!(log.replies()[0].incoming.from.to_string(), "192.0.2.2");
    let v6 = ping(&sim("a-target-that-answers-from-elsewhere"), &volley("2001:db8::1", 1, Duration::ZERO));
    assert_eq!(v6.replies()[0].incoming.from.to_string(), "2001:db8::1");
}

#[test]
fn wrong_checksums_reach_raw_sockets_only() {
    let shots = volley("192.0.2.1", 300, Duration::from_millis(10));
    let datagram = sim("a-target-with-wrong-checksums");
    let log = ping(&datagram, &shots);
    let discarded = datagram.truth().count(|what| *what == Happening::Discarded);
    assert_eq!(log.replies().len() + discarded, 300);
    assert!((70..130).contains(&discarded), "every third: {discarded}");
    assert!(log.replies().iter().all(|got| is_checksum_right_v4(&got.bytes)));

    let options = SocketOptions { identifier: Some(7), ..SocketOptions::default() };
    let raw = exchange(&sim("a-raw-socket-hears-everything"), By::Icmp, &options, &shots);
    let (own, foreign): (Vec<_>, Vec<_>) =
        raw.replies().into_iter().partition(|got| got.bytes[4..6] == [0, 7]);
    let wrong = own.iter().filter(|got| !is_checksum_right_v4(&got.bytes)).count();
    assert_eq!(own.len(), 300);
    assert!((70..130).contains(&wrong), "{wrong}");
    assert_eq!(foreign.len(), 8, "one a second while the exchange lasts");
}

#[test]
fn flipped_bits_are_dropped_unless_the_checksum_was_mended() {
    let sim = sim("a-link-that-flips-bits");
    let log = exchange(
        &sim,
        By::Icmp,
        &SocketOptions::default(),
        &volley("203.0.113.7", 1000, Duration::from_millis(5)),
    );
    let truth = sim.truth();
    let flips =
        |name: &str| truth.count(|what| matches!(what, Happening::Corrupted { link } if &**link == name));
    let damaged = log.replies().iter().filter(|got| got.bytes[8..] != (0..56).collect::<Vec<u8>>()).count();
    assert!(flips("here-r1") > 150 && flips("r1-target") > 150);
    assert!((100..=flips("r1-target")).contains(&damaged), "{damaged}");
    assert!(log.replies().len() < 900);
    assert!(log.replies().iter().all(|got| is_checksum_right_v4(&got.bytes)));
}
