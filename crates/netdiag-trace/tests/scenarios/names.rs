//! Names that come late or never, and who announces an address: nothing of it delays a probe, failures are quiet.

use netdiag_stage::{Ran, Scene, at, of_type, only};
use netdiag_trace::Trace;

use crate::agree::agreeing;
use crate::row::Row;
use crate::{hold, trace};

fn named(delay: &str) -> Row {
    let names = (1..=3).map(|ttl| {
        format!("[reverse.\"10.0.{ttl}.1\"]\nname = \"r{ttl}.example.net\"\ndelay = \"{delay}\"\n")
    });
    Row::of(3).and(&names.collect::<String>())
}

/// When the last probe left.
fn last_departure(ran: &Ran) -> netdiag_model::Mono {
    let sent =
        ran.truth.entries().iter().filter(|entry| matches!(entry.what, netdiag_sim::Happening::Sent { .. }));
    sent.map(|entry| entry.at).max().expect("probes")
}

#[test]
fn late_names_are_shown_and_delay_no_probe() {
    hold!("late_names", named("800ms").scene(), "203.0.113.7");
    let late = named("800ms").scene().run::<Trace>("--json 203.0.113.7");
    let without = named("800ms").scene().run::<Trace>("-n --json 203.0.113.7");
    assert_eq!(last_departure(&late), last_departure(&without));
    let elapsed = |ran: &Ran| only(&agreeing(ran), "summary")["elapsed_ms"].clone();
    assert_eq!(elapsed(&late), elapsed(&without), "the path took as long as it took");
    let records = agreeing(&late);
    assert_eq!(of_type(&records, "hop")[2]["replies"][0]["name"], "r3.example.net");
}

#[test]
fn names_that_never_come_are_waited_for_a_moment_only() {
    let ran = named("1h").scene().run::<Trace>("203.0.113.7");
    let without = named("1h").scene().run::<Trace>("-n 203.0.113.7");
    assert_eq!(ran.out, without.out);
    assert!(ran.end <= without.end + std::time::Duration::from_millis(1_500), "{:?}", ran.end);
}

#[test]
fn origins_by_dns() {
    for (name, args) in [
        ("asn", "--asn 203.0.113.7"),
        ("asn_wide", "-n -A --wide 203.0.113.7"),
        ("asn_v6", "-n --asn 2001:db8:7::7"),
    ] {
        hold!(name, Scene::on("a-path-through-three-systems"), args);
    }
    let ran = trace("a-path-through-three-systems", "-n --asn --json 203.0.113.7");
    let records = agreeing(&ran);
    let reply = |ttl: usize| of_type(&records, "hop")[ttl - 1]["replies"][0].clone();
    assert_eq!((&reply(2)["asn"], &reply(2)["asns"]), (&64500.into(), &serde_json::json!([64500, 64501])));
    assert_eq!((&reply(4)["asn"], &reply(4)["as_name"]), (&64502.into(), &"EXAMPLE".into()));
    assert!(reply(3).get("asn").is_none() && reply(1).get("asn").is_none(), "failures are quiet");
    assert!(ran.err.is_empty() && crate::agree::notices(&records).is_empty());
}

#[test]
fn origins_are_not_looked_up_unless_asked_for() {
    let records = agreeing(&trace("a-path-through-three-systems", "--json 203.0.113.7"));
    assert!(of_type(&records, "hop").iter().all(|hop| hop["replies"][0].get("asn").is_none()));
}

#[test]
fn origins_from_a_file() {
    let records =
        hold!("asn_db", Scene::on("a-path-through-three-systems"), "-n --asn-db as.tsv 203.0.113.7");
    assert_eq!(of_type(&records, "hop")[0]["replies"][0]["asn"], 64512, "a table may know private nets");
    let ran = trace("a-path-through-three-systems", "-n --asn-db as.tsv 203.0.113.7");
    assert!(ran.end < at(100), "a table is read at once");
}

#[test]
fn a_file_that_is_not_there_is_an_error_before_any_probe() {
    let ran = trace("a-path-through-three-systems", "--asn-db none.tsv 203.0.113.7");
    assert_eq!(ran.truth.sent(), 0);
    let error = ran.exit.expect_err("no file");
    assert_eq!(
        (error.message.as_str(), error.hint.as_deref()),
        ("none.tsv: No such file or directory", Some("name a file that is there"))
    );
}

#[test]
fn a_target_by_name_takes_its_first_address() {
    let ran = trace("names-that-take-their-time", "-n target.example.net");
    assert!(ran.out.starts_with("trace to target.example.net (2001:db8::1), "), "{}", ran.out);
    let v4 = trace("names-that-take-their-time", "-n -4 target.example.net");
    assert!(v4.out.starts_with("trace to target.example.net (192.0.2.1), "), "{}", v4.out);
}
