//! A path that changes while it is asked for, and routers that limit their answers.

use netdiag_stage::{Scene, of_type, only};
use netdiag_trace::Trace;

use crate::agree::{agreeing, path};
use crate::hold;

/// After so many milliseconds the short way costs more than the long one.
fn changing(millis: u64) -> Scene {
    Scene::toml(&format!(
        "[here]\naddresses = [\"192.0.2.10/24\"]\n[router.r1]\naddresses = [\"192.0.2.1/24\"]\n\
         [router.short]\naddresses = [\"10.0.0.1\"]\n[router.other]\naddresses = [\"10.0.0.2\"]\n\
         [router.edge]\naddresses = [\"10.0.0.4\"]\n[host.target]\naddresses = [\"203.0.113.7/24\"]\n\
         [[link]]\nends = [\"here\", \"r1\"]\ndelay = \"5ms\"\n[[link]]\nname = \"short\"\nends = [\"r1\", \"short\"]\n\
         [[link]]\nends = [\"short\", \"edge\", \"target\"]\n[[link]]\nends = [\"r1\", \"other\", \"edge\"]\ncost = 2\n\
         [[event]]\nat = \"{millis}ms\"\nlink = \"short\"\nchange = {{ cost = 100 }}\n"
    ))
}

#[test]
fn a_route_that_changes_in_mid_run_is_said() {
    let records = hold!("changed", changing(20), "-n 203.0.113.7");
    assert_eq!(path(&records)[1], ["10.0.0.1", "10.0.0.2"]);
    assert_eq!(only(&records, "summary")["reached"], true);
    hold!("changed_wide", changing(20), "-n --wide 203.0.113.7");
}

#[test]
fn a_path_that_grows_longer_in_mid_run_is_said_and_reached() {
    let ran = changing(24).run::<Trace>("-n -q 5 --json 203.0.113.7");
    let records = agreeing(&ran);
    assert_eq!(only(&records, "summary")["reached"], true);
}

#[test]
fn a_path_that_stays_says_nothing_of_change() {
    let ran = changing(10_000).run::<Trace>("-n 203.0.113.7");
    assert!(!ran.out.contains("changed"), "{}", ran.out);
}

#[test]
fn three_probes_are_within_what_routers_answer() {
    for args in ["-I", "-U", "-T", "-I -6", "-U -6"] {
        let target = if args.ends_with("-6") { "2001:db8:2::7" } else { "203.0.113.7" };
        let ran = Scene::on("a-router-that-rate-limits-its-icmp")
            .run::<Trace>(&format!("{args} -n --json {target}"));
        let records = agreeing(&ran);
        assert!(of_type(&records, "hop").iter().all(|hop| hop["received"] == 3), "{args}");
    }
}

#[test]
fn more_than_a_router_answers_is_silence_of_that_router_alone() {
    let records = hold!("limited", Scene::on("a-router-that-rate-limits-its-icmp"), "-n -q 10 203.0.113.7");
    let received: Vec<u64> =
        of_type(&records, "hop").iter().filter_map(|hop| hop["received"].as_u64()).collect();
    assert!(received[0] < 10 && received[1..] == [10, 10, 10], "{received:?}");
}

#[test]
fn a_link_that_fails_in_mid_run_ends_the_path_in_silence() {
    let row =
        crate::row::Row::of(4).and("[[event]]\nat = \"18ms\"\nlink = \"r2-r3\"\nstate = \"unplugged\"\n");
    let records = hold!("unplugged", row.scene(), "-n 203.0.113.7");
    assert_eq!(only(&records, "summary")["stop_reason"], "gap-limit");
}
