//! Several tries at one service: statistics, streaks, and waiting for a verdict.

use netdiag_stage::{Ran, at, of_type};

use crate::connect;
use crate::plain::assert_summary;

fn records(name: &str, args: &str) -> (Ran, Vec<serde_json::Value>) {
    let ran = connect(name, &format!("--json {args}"));
    let records = ran.valid_records();
    assert_summary(&records);
    (ran, records)
}

#[test]
fn five_tries() {
    insta::assert_snapshot!(connect("a-straight-path", "-c 5 203.0.113.7:443").page());
}

#[test]
fn lost_syns_are_no_slow_server() {
    let args = "-c 20 -i 0.1 203.0.113.7:22";
    insta::assert_snapshot!(connect("a-lossy-link-to-a-service", args).page());
    let (_, records) = records("a-lossy-link-to-a-service", args);
    let attempts = of_type(&records, "attempt");
    let repeated: Vec<_> = attempts
        .iter()
        .filter(|attempt| attempt["syn_retransmits"] != 0 && attempt["verdict"] == "open")
        .collect();
    assert!(!repeated.is_empty() && repeated.iter().all(|attempt| attempt.get("handshake_rtt_ms").is_none()));
}

#[test]
fn over_ipv6_as_well() {
    records("a-lossy-link-to-a-service", "-c 40 -i 0.05 [2001:db8:2::7]:22");
}

#[test]
fn a_service_that_comes_and_goes() {
    let args = "-c 12 203.0.113.7:5432";
    let ran = connect("a-service-that-comes-and-goes", args);
    insta::assert_snapshot!(ran.page());
    assert_eq!(ran.code(), 0);
    let (_, records) = records("a-service-that-comes-and-goes", args);
    let summary = &records[records.len() - 1];
    // Up from the try at 3 s to that at 7 s, down at 0 to 2 s.
    assert_eq!((&summary["longest_up_ms"], &summary["longest_down_ms"]), (&4000.0.into(), &2000.0.into()));
    assert_eq!(summary["last_change"], "2026-01-01T00:00:10.000000Z");
}

#[test]
fn waiting_for_a_service() {
    let ran = connect("a-service-that-comes-and-goes", "--until open -w 60 db.example.net:5432");
    insta::assert_snapshot!(ran.page());
    assert_eq!(ran.code(), 0);
}

#[test]
fn waiting_for_it_to_go() {
    let ran = connect("a-service-that-comes-and-goes", "--until unreachable -w 60 203.0.113.7:5432");
    assert_eq!((ran.code(), ran.err.as_str()), (5, ""), "{}", ran.out);
}

#[test]
fn waiting_through_a_change_says_so() {
    let ran = connect("a-service-that-comes-and-goes", "--until refused -w 9 203.0.113.7:5432");
    insta::assert_snapshot!(ran.page());
}

#[test]
fn waiting_in_vain() {
    let ran = connect("a-straight-path", "--until open -w 10 203.0.113.7:22");
    assert_eq!((ran.code(), ran.end), (3, at(10_000)));
    assert!(ran.out.contains("10 tries") && ran.err.contains("waiting until it is open"), "{}", ran.page());
    let (ran, records) = records("a-straight-path", "--until open -w 10 203.0.113.7:22");
    assert_eq!((ran.code(), of_type(&records, "attempt").len(), ran.err.as_str()), (3, 10, ""));
}

#[test]
fn as_often_as_asked_and_no_longer() {
    let ran = connect("a-straight-path", "--until open -c 3 203.0.113.7:22");
    assert_eq!(ran.code(), 3);
    assert!(ran.out.contains("3 tries"), "{}", ran.out);
}

#[test]
fn verbosely_each_try_is_told_whole() {
    insta::assert_snapshot!(connect("a-straight-path", "-v -c 2 203.0.113.7:443").page());
}

#[test]
fn quietly_the_summary() {
    insta::assert_snapshot!(connect("a-straight-path", "-q -c 3 203.0.113.7:443").page());
}

#[test]
fn by_datagram() {
    records("a-straight-path", "-c 3 udp://203.0.113.7:7");
    insta::assert_snapshot!(connect("a-straight-path", "-c 3 udp://203.0.113.7:7").page());
}
