//! JSON Lines: each line fits the schema, and a record says all that is known.

use netdiag_stage::{Schema, only};

use crate::connect;

#[test]
fn the_schema_takes_not_just_anything() {
    let attempt = &connect("a-straight-path", "--json 203.0.113.7:443").records()[0];
    let wrong = [("port", "443".into()), ("evidence", "none".into()), ("type", "answer".into())];
    let needed = ["verdict", "side", "state", "evidence", "possible", "advice"];
    Schema::of("connect").assert_particular(attempt, &wrong, &needed);
}

#[test]
fn an_attempt_says_all_that_is_known_of_it() {
    let records = connect("a-firewall-that-says-no", "--json 203.0.113.7:24").records();
    insta::assert_snapshot!(serde_json::to_string_pretty(&records[0]).expect("JSON"));
}

#[test]
fn what_is_not_known_is_absent() {
    let silent = &connect("a-straight-path", "--json 203.0.113.7:25").records()[0];
    for key in ["handshake_rtt_ms", "errno", "icmp", "from", "reply_ttl", "banner"] {
        assert!(silent.get(key).is_none(), "{silent}");
    }
    assert_eq!((&silent["syn_sent"], &silent["syn_retransmits"]), (&4.into(), &3.into()));
    assert_eq!(silent["possible"].as_array().map(Vec::len), Some(3));
    let refused = &connect("a-straight-path", "--json --who 203.0.113.7:22").records()[0];
    assert_eq!((&refused["reply_ttl"], &refused["errno"]["name"]), (&60.into(), &"ECONNREFUSED".into()));
}

#[test]
fn quietly_only_the_summary_is_written() {
    for args in
        ["-q --json 203.0.113.7:443", "-q --json -c 3 203.0.113.7:443", "-q --json 203.0.113.7:80,443"]
    {
        let ran = connect("a-straight-path", args);
        let records = ran.valid_records();
        let types: Vec<&str> = records.iter().filter_map(|record| record["type"].as_str()).collect();
        assert_eq!((types, ran.err.as_str()), (vec!["summary"], ""), "{args}");
    }
}

#[test]
fn a_path_is_a_record() {
    let records = connect("a-straight-path", "--json --locate 203.0.113.7:25").valid_records();
    let path = only(&records, "locate");
    assert_eq!((&path["silent_from_ttl"], path.get("answered_by")), (&5.into(), None));
    assert_eq!(path["last_answering"]["address"], "203.0.113.1");
    let records = connect("a-firewall-that-says-no", "--json --locate 203.0.113.7:24").records();
    let path = only(&records, "locate");
    assert_eq!((path.get("silent_from_ttl"), &path["answered_by"]["icmp"]["code"]), (None, &13.into()));
}
