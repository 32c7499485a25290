//! Names with several addresses: all are tried, and what a program would have ended up with is said.

use netdiag_connect::Connect;
use netdiag_stage::{Scene, at, of_type};

use crate::connect;
use crate::plain::assert_summary;

const RACE: &str = "www.example.net:443";

fn verdicts(name: &str, args: &str) -> (Vec<String>, u8) {
    let ran = connect(name, &format!("--json {args}"));
    let records = ran.valid_records();
    assert_summary(&records);
    let attempts = of_type(&records, "attempt");
    let shown = |key: &str, of: &serde_json::Value| of[key].as_str().unwrap_or_default().to_owned();
    let all = attempts.iter().map(|of| format!("{} {}", shown("address", of), shown("verdict", of)));
    (all.collect(), ran.code())
}

#[test]
fn ipv6_rejected_and_ipv4_open() {
    insta::assert_snapshot!(connect("one-family-is-rejected-on-the-way", RACE).page());
    let (all, code) = verdicts("one-family-is-rejected-on-the-way", RACE);
    assert_eq!((all, code), (vec!["2001:db8:2::7 rejected".to_owned(), "203.0.113.7 open".to_owned()], 0));
}

#[test]
fn one_family_alone() {
    let (all, code) = verdicts("one-family-is-rejected-on-the-way", &format!("-6 {RACE}"));
    assert_eq!((all, code), (vec!["2001:db8:2::7 rejected".to_owned()], 6));
    let (all, code) = verdicts("one-family-is-rejected-on-the-way", &format!("-4 {RACE}"));
    assert_eq!((all, code), (vec!["203.0.113.7 open".to_owned()], 0));
}

#[test]
fn one_of_four_is_dead() {
    let ran = connect("one-address-of-four-is-dead", RACE);
    insta::assert_snapshot!(ran.page());
    assert_eq!(ran.code(), 0);
    let (all, _) = verdicts("one-address-of-four-is-dead", RACE);
    let open = all.iter().filter(|line| line.ends_with("open")).count();
    let silent = all.iter().filter(|line| *line == "203.0.113.1 filtered").count();
    assert_eq!((all.len(), open, silent), (4, 3, 1), "{all:?}");
}

/// What a service does is one story, whichever address it is told of.
#[test]
fn a_dead_address_is_no_flapping_service() {
    let ran = connect("one-family-is-rejected-on-the-way", &format!("-c 4 --json {RACE}"));
    let records = ran.valid_records();
    assert_summary(&records);
    let summary = &records[records.len() - 1];
    assert_eq!((summary.get("last_change"), summary.get("longest_down_ms")), (None, None), "{summary}");
}

#[test]
fn quietly_a_line_each() {
    insta::assert_snapshot!(connect("one-family-is-rejected-on-the-way", &format!("-q {RACE}")).page());
}

#[test]
fn no_address_is_no_verdict() {
    for (name, args) in [
        ("names-that-take-their-time", "gone.example.net:80"),
        ("names-that-take-their-time", "broken.example.net:80"),
        ("names-that-take-their-time", "-6 www.example.net:80"),
    ] {
        let error = connect(name, args).exit.expect_err("no address");
        assert!(!error.message.is_empty(), "{error:?}");
    }
}

/// Whatever is outstanding: the look-up as well.
#[test]
fn the_deadline_holds_for_the_look_up() {
    let ran = connect("names-that-take-their-time", "-w 1 www.example.net:80");
    assert_eq!(ran.end, at(1_000));
    let error = ran.exit.expect_err("nothing could be asked");
    assert!(error.to_string().contains("www.example.net: not resolved within the deadline"), "{error}");
}

#[test]
fn a_proxy_that_programs_would_obey_is_mentioned() {
    let scene = |value: &str| Scene::on("a-straight-path").proxy("https_proxy", value);
    let ran = scene("http://proxy.example:3128").run::<Connect>("203.0.113.7:443");
    assert!(ran.err.contains("https_proxy=http://proxy.example:3128 is set"), "{}", ran.err);
    let ran = scene("http://ann:secret@proxy.example:3128").run::<Connect>("203.0.113.7:443");
    assert!(ran.err.contains("https_proxy=http://***@proxy.example:3128 is set"), "{}", ran.err);
    let scene = scene("http://proxy.example:3128").proxy("no_proxy", "203.0.113.7");
    assert_eq!(scene.run::<Connect>("203.0.113.7:443").err, "");
}
