//! What a path looks like: names, numbers, more of each hop, the table, only the end, colour, several targets.

use netdiag_stage::{Scene, only};
use netdiag_trace::Trace;

use crate::row::Row;
use crate::{hold, trace};

const NAMES: &str = "[reverse.\"10.0.1.1\"]\nname = \"gateway.example.net\"\n\
[reverse.\"10.0.2.1\"]\nname = \"evil\\u001b[31m.example.net\"\ndelay = \"20ms\"\n\
[reverse.\"203.0.113.7\"]\nname = \"target.example.net\"\n[name.\"target.example.net\"]\naddresses = [\"203.0.113.7\"]\n";

#[test]
fn looks() {
    for (name, args) in [
        ("named", "target.example.net"),
        ("numeric", "-n target.example.net"),
        ("named_verbose", "-v target.example.net"),
        ("named_wide", "--wide target.example.net"),
        ("named_quiet", "--quiet target.example.net"),
        ("one_query", "-q 1 -n 203.0.113.7"),
        ("from_the_second_hop", "-f 2 -n 203.0.113.7"),
        ("packets_of_a_size", "-n 203.0.113.7 500"),
    ] {
        hold!(name, Row::of(2).and(NAMES).scene(), args);
    }
}

#[test]
fn colour_says_nothing_that_the_text_does_not() {
    let coloured = trace("a-silent-hop", "--color always -n 203.0.113.7");
    insta::assert_snapshot!("coloured", coloured.out.replace('\x1b', "␛"));
    let mut plain = coloured.out.clone();
    for code in ["\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[0m"] {
        plain = plain.replace(code, "");
    }
    assert_eq!(plain, trace("a-silent-hop", "-n 203.0.113.7").out);
    let on_a_terminal = Scene::on("a-silent-hop").screen(80).run::<Trace>("-n 203.0.113.7");
    assert_eq!(on_a_terminal.out, coloured.out, "a terminal gets colour by itself");
}

#[test]
fn several_targets_stand_one_after_the_other() {
    let scene = || Scene::on("a-straight-path");
    hold!("several_targets", scene(), "-n 203.0.113.7 2001:db8:2::7 192.0.2.1");
    hold!("several_targets_wide", scene(), "-n --wide 203.0.113.7 192.0.2.1");
    hold!("several_targets_quiet", scene(), "-n --quiet 203.0.113.7 2001:db8:2::7 192.0.2.1");
}

#[test]
fn this_host_is_one_hop_away() {
    for (name, target) in
        [("loopback", "127.0.0.1"), ("own_address", "192.0.2.10"), ("own_v6", "2001:db8:1::10")]
    {
        let records = hold!(name, Scene::on("a-straight-path"), &format!("-n {target}"));
        assert_eq!(only(&records, "summary")["hops"], 1);
    }
}

#[test]
fn quietly_only_the_summary_is_recorded() {
    let records = trace("a-straight-path", "--quiet --json 203.0.113.7").valid_records();
    assert_eq!(records.len(), 1);
    assert_eq!(records[0]["type"], "summary");
}

#[test]
fn a_record_says_all_that_is_known() {
    let records = trace("a-straight-path", "-q 1 --json 203.0.113.7").valid_records();
    let expected = r#"{"type":"hop","target":"203.0.113.7","address":"203.0.113.7","ttl":4,"sent":1,"received":1,
        "replies":[{"address":"203.0.113.1","rtt_ms":26.0,"clock":"kernel","flow":0,
        "icmp":{"type":11,"code":0,"name":"ttl-exceeded"},"reply_ttl":252,"back_hops":4,"asymmetry":0}]}"#;
    let expected: serde_json::Value = serde_json::from_str(expected).expect("JSON");
    assert_eq!(records[3], expected);
    let wrong = [("ttl", "4".into()), ("type", "stop".into()), ("received", (-1).into())];
    netdiag_stage::Schema::of("trace").assert_particular(&records[3], &wrong, &["sent", "replies"]);
}
