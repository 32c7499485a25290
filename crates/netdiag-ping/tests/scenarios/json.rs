//! JSON Lines: each line fits the schema, and what timeouts and late answers look like.

use netdiag_stage::{Schema, at, of_type};
use serde_json::Value;

use crate::ping;
use crate::plain::assert_summary;

#[test]
fn the_schema_takes_not_just_anything() {
    let reply = &ping("a-straight-path", "-c 1 --json 203.0.113.7").records()[0];
    let wrong = [("seq", "1".into()), ("clock", "sundial".into()), ("type", "answer".into())];
    Schema::of("ping").assert_particular(reply, &wrong, &["rtt_ms"]);
}

#[test]
fn a_reply_says_all_that_is_known_of_it() {
    let records = ping("a-straight-path", "-c 2 -Q 0xb8 --json 203.0.113.7").records();
    let expected: Value = serde_json::from_str(
        r#"{"type":"reply","target":"203.0.113.7","address":"203.0.113.7","seq":2,"bytes":64,"ttl":60,"tos":184,
            "rtt_ms":30.0,"time":"2026-01-01T00:00:01.030000Z","clock":"kernel"}"#,
    )
    .expect("JSON");
    assert_eq!(records[1], expected);
    let by_name = ping("names-that-take-their-time", "-c 1 -4 --json target.example.net").records();
    assert_eq!(
        (&by_name[0]["target"], &by_name[0]["address"]),
        (&"target.example.net".into(), &"192.0.2.1".into())
    );
}

#[test]
fn an_answer_after_its_timeout_is_a_timeout_and_then_late() {
    let records = ping("the-clock-is-stepped", "-c 5 -W 0.015 --json 192.0.2.1").valid_records();
    assert_summary(&records);
    assert_eq!((&records[0]["type"], &records[0]["seq"]), (&"timeout".into(), &1.into()));
    assert_eq!((&records[1]["type"], &records[1]["seq"]), (&"reply".into(), &1.into()));
    assert_eq!((&records[1]["late"], &records[1]["rtt_ms"]), (&true.into(), &20.0.into()));
    let summary = records.last().expect("a summary");
    // The last one is settled by its timeout; its answer is not waited for.
    assert_eq!((&summary["late"], &summary["received"], &summary["lost"]), (&4.into(), &4.into(), &1.into()));
}

#[test]
fn without_an_option_a_probe_times_out_after_two_seconds() {
    let ran = ping("an-mtu-black-hole", "-c 3 -M do -s 1450 --json 203.0.113.7");
    assert_eq!(of_type(&ran.records(), "timeout").len(), 3);
    assert_eq!(ran.end, at(4_000));
    assert_eq!(ran.code(), 1);
}

#[test]
fn a_timeout_of_zero_waits_for_as_long_as_the_run() {
    let ran = ping("the-clock-is-stepped", "-c 3 -W 0 --json 192.0.2.1");
    assert_eq!(of_type(&ran.records(), "timeout").len(), 0);
    assert_eq!(of_type(&ran.records(), "reply").len(), 3);
}

#[test]
fn errors_carry_their_sender_their_meaning_and_their_mtu() {
    let records = ping("an-mtu-step", "-c 2 -M do -s 1450 --json 203.0.113.7").records();
    let expected: Value = serde_json::from_str(
        r#"{"type":"icmp_error","target":"203.0.113.7","address":"203.0.113.7","seq":1,"from":"198.51.100.2",
            "icmp":{"type":3,"code":4,"name":"fragmentation-needed"},"mtu":1400}"#,
    )
    .expect("JSON");
    assert_eq!(records[0], expected);
    let errno = &records[1]["errno"];
    assert_eq!((&records[1]["type"], &errno["code"]), (&"send_error".into(), &90.into()));
    assert_eq!((&errno["name"], &records[1]["mtu"]), (&"EMSGSIZE".into(), &1400.into()));
}

#[test]
fn quietly_only_the_summary_is_said() {
    let ran = ping("the-uplink-comes-and-goes", "-c 40 -q --json 203.0.113.7");
    let records = ran.records();
    assert_eq!(records.len(), 1);
    assert_eq!(records[0]["type"], "summary");
    assert!(ran.err.is_empty(), "{}", ran.err);
}

#[test]
fn notices_are_records_and_standard_error_stays_empty() {
    for (name, args, codes) in [
        ("the-clock-is-stepped", "-c 25 --json 192.0.2.1", vec!["clock-step"; 2]),
        ("someone-forges-replies", "-c 4 --json 203.0.113.7", vec!["forged"; 2]),
        ("a-kernel-without-stamps", "-c 2 --json 192.0.2.1", vec!["fallback"]),
        ("a-target-that-answers-from-elsewhere", "-c 2 --json 192.0.2.1", vec!["different-address"; 2]),
        ("trouble-with-sending", "-c 8 --json 192.0.2.1", vec!["send-blocked"]),
        ("a-process-that-sleeps", "-c 600 -i 0.005 --json 192.0.2.1", vec!["receive-overflow"; 2]),
    ] {
        let ran = ping(name, args);
        let records = ran.records();
        let found: Vec<&str> =
            of_type(&records, "notice").iter().filter_map(|notice| notice["code"].as_str()).collect();
        assert_eq!(found, codes, "{name}");
        assert!(ran.err.is_empty(), "{}", ran.err);
    }
}

/// What one sample cannot have is absent, and so is all of it where nothing came.
#[test]
fn what_cannot_be_known_is_absent() {
    let records = ping("a-straight-path", "-c 1 --json 203.0.113.7").records();
    let rtt = records.last().expect("a summary")["rtt_ms"].clone();
    let keys: Vec<&str> = rtt.as_object().expect("times").keys().map(String::as_str).collect();
    assert_eq!(keys, ["avg", "max", "min"]);
    assert_summary(&records);
    let silent = ping("an-mtu-black-hole", "-c 2 -M do -s 1450 --json 203.0.113.7").records();
    let summary = silent.last().expect("a summary");
    assert!(["rtt_ms", "jitter_ms", "loss_bursts"].iter().all(|key| summary.get(key).is_none()), "{summary}");
    assert!(summary["meaning"].is_array() && summary["advice"].is_array());
}

#[test]
fn a_syn_is_not_repeated_after_the_probes_timeout() {
    let ran = ping("a-straight-path", "-c 3 -W 1.5 --via tcp:25 --json 203.0.113.7");
    assert_eq!(of_type(&ran.records(), "timeout").len(), 3);
    let syns =
        ran.truth.entries().iter().filter(|entry| matches!(entry.what, netdiag_sim::Happening::Sent { .. }));
    // Each SYN and its repetition after a second; the third after two seconds is not waited for.
    assert_eq!(syns.count(), 6);
}
