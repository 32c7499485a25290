//! Runs that are cut short, and looks at them meanwhile.

use netdiag_stage::{Ran, Scene, at, only};
use netdiag_trace::Trace;

use crate::agree::agreeing;
use crate::row::Row;

fn interrupted(args: &str, millis: u64) -> Ran {
    Row::of(4).scene().quit(at(millis)).run::<Trace>(args)
}

#[test]
fn an_interrupt_shows_what_is_known_by_then() {
    insta::assert_snapshot!("interrupted", interrupted("-n 203.0.113.7", 35).page());
    insta::assert_snapshot!("interrupted_wide", interrupted("-n --wide 203.0.113.7", 35).page());
    insta::assert_snapshot!("interrupted_quiet", interrupted("-n --quiet 203.0.113.7", 35).page());
    let ran = interrupted("-n --json 203.0.113.7", 35);
    let records = agreeing(&ran);
    let summary = only(&records, "summary");
    assert_eq!((&summary["stop_reason"], &summary["reached"]), (&"interrupted".into(), &false.into()));
    assert_eq!((&summary["elapsed_ms"], ran.code(), ran.end), (&35.0.into(), 1, at(35)));
}

#[test]
fn an_interrupt_after_the_target_has_answered_is_a_yes() {
    let ran = interrupted("-n --json 203.0.113.7", 55);
    let records = agreeing(&ran);
    assert_eq!(only(&records, "summary")["reached"], true);
    assert_eq!(ran.code(), 0);
}

#[test]
fn a_deadline_ends_the_run_to_the_moment() {
    let ran = Row::of(4).scene().run::<Trace>("-n --deadline 0.035 203.0.113.7");
    assert_eq!((ran.end, ran.code()), (at(35), 1));
    let same = interrupted("-n 203.0.113.7", 35);
    assert_eq!(ran.out, same.out);
    let enough = Row::of(4).scene().run::<Trace>("-n --deadline 5 203.0.113.7");
    assert_eq!(enough.code(), 0);
    assert!(enough.end < at(1_000));
}

#[test]
fn an_interrupt_of_many_shows_each() {
    let ran = Scene::on("a-silent-hop").quit(at(500)).run::<Trace>("-n 203.0.113.7 192.0.2.1 2001:db8:2::7");
    insta::assert_snapshot!("interrupted_many", ran.page());
}

#[test]
fn a_request_tells_how_far_it_is_on_standard_error() {
    let ran = Scene::on("a-silent-hop").interim(at(500)).run::<Trace>("-n --quiet 203.0.113.7 192.0.2.1");
    assert_eq!(ran.err, "1 of 2 paths are known\n");
}

#[test]
fn an_interrupt_does_not_wait_for_names() {
    let slow = "[reverse.\"10.0.1.1\"]\nname = \"slow.example.net\"\ndelay = \"30s\"\n";
    let ran = Row::of(1).and(slow).scene().quit(at(700)).run::<Trace>("203.0.113.7");
    assert_eq!((ran.end, ran.code()), (at(700), 0));
    assert!(ran.out.contains("Reached 203.0.113.7 after 2 hops"), "{}", ran.out);
}

#[test]
fn an_interrupt_of_all_paths_says_how_sure_it_is_by_then() {
    let ran = Scene::on("two-equal-paths-by-flow-hash").quit(at(50)).run::<Trace>("--mda -n 203.0.113.7");
    insta::assert_snapshot!("interrupted_mda", ran.page());
}
