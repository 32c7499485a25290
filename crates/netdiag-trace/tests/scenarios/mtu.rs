//! `--mtu`: what fits, where it becomes smaller, and who says so.

use std::time::Duration;

use netdiag_model::Mono;
use netdiag_stage::{Scene, only};
use netdiag_trace::Trace;
use serde_json::{Value, json};

use crate::agree::agreeing;
use crate::hold;
use crate::row::Row;

/// Packets of at most so many octets from a router of the row on.
fn narrow(row: Row, at: &str, mtu: u16) -> Row {
    row.and(&format!("[[event]]\nat = \"0s\"\nlink = \"{at}\"\nchange = {{ mtu = {mtu} }}\n"))
}

fn stages(records: &[Value]) -> Vec<(u64, u64, &str)> {
    let summary = only(records, "summary");
    let stages = summary["mtu_stages"].as_array().expect("stages").iter();
    let stage =
        |stage: &'_ Value| (stage["ttl"].as_u64().expect("a TTL"), stage["mtu"].as_u64().expect("an MTU"));
    let stages: Vec<_> = stages
        .map(|found| (stage(found).0, stage(found).1, found["source"].as_str().expect("a source")))
        .collect();
    let least = stages.iter().map(|(_, mtu, _)| *mtu).min();
    assert_eq!(summary["path_mtu"].as_u64(), least);
    stages
}

const WAYS: [&str; 4] =
    ["-I -n 203.0.113.7", "-U -n 203.0.113.7", "-I -n 2001:db8:ff::7", "-U -n 2001:db8:ff::7"];

#[track_caller]
fn found(row: &Row, args: &str, most: Duration) -> Vec<Value> {
    let ran = row.scene().run::<Trace>(&format!("--mtu --json {args}"));
    assert_eq!(ran.code(), 0);
    assert!(ran.end.since(Mono::ZERO) <= most, "{args}: {:?}", ran.end);
    agreeing(&ran)
}

#[test]
fn a_path_without_a_step_has_the_mtu_of_the_first_link() {
    for args in WAYS {
        let records = found(&Row::of(3), args, Duration::from_millis(300));
        assert_eq!(stages(&records), [(0, 1500, "own")], "{args}");
    }
    hold!("mtu_none", Row::of(3).scene(), "--mtu -n 203.0.113.7");
    let jumbo = Row::of(2).link("delay = \"1ms\"\nmtu = 9000");
    assert_eq!(stages(&found(&jumbo, WAYS[0], Duration::from_millis(300))), [(0, 9000, "own")]);
}

#[test]
fn a_step_is_told_by_the_router_before_it() {
    for args in WAYS {
        let row = narrow(Row::of(3), "r2-r3", 1400);
        let records = found(&row, args, Duration::from_millis(400));
        assert_eq!(stages(&records), [(0, 1500, "own"), (2, 1400, "told")], "{args}");
    }
    hold!("mtu_step", narrow(Row::of(3), "r2-r3", 1400).scene(), "--mtu -n 203.0.113.7");
}

#[test]
fn two_steps_are_both_told() {
    for args in WAYS {
        let row = narrow(narrow(Row::of(4), "r1-r2", 1450), "r3-r4", 1300);
        let records = found(&row, args, Duration::from_millis(600));
        assert_eq!(stages(&records), [(0, 1500, "own"), (1, 1450, "told"), (3, 1300, "told")], "{args}");
    }
    hold!(
        "mtu_two_steps",
        narrow(narrow(Row::of(4), "r1-r2", 1450), "r3-r4", 1300).scene(),
        "--mtu -n 203.0.113.7"
    );
}

#[test]
fn a_black_hole_is_found_to_the_octet_and_named() {
    for (args, seconds) in WAYS.into_iter().zip([10, 30, 10, 30]) {
        let row = narrow(Row::of(3).router(2, "too_big = \"drop\""), "r2-r3", 1357);
        let records = found(&row, args, Duration::from_secs(seconds));
        assert_eq!(stages(&records), [(0, 1500, "own"), (2, 1357, "silence")], "{args}");
    }
    hold!("mtu_black_hole", Scene::on("an-mtu-black-hole"), "--mtu -n 203.0.113.7");
}

#[test]
fn where_a_router_hides_the_size_it_is_tried_out_at_once() {
    let row = || narrow(Row::of(3).router(2, "too_big = \"hide-mtu\""), "r2-r3", 1400);
    hold!("mtu_hidden", row().scene(), "--mtu -n 203.0.113.7");
    for args in WAYS {
        let records = found(&row(), args, Duration::from_secs(4));
        assert_eq!(stages(&records), [(0, 1500, "own"), (2, 1400, "told")], "{args}");
    }
}

#[test]
fn a_step_before_a_black_hole() {
    let row = narrow(narrow(Row::of(4).router(3, "too_big = \"drop\""), "r1-r2", 1450), "r3-r4", 1300);
    let records = found(&row, WAYS[0], Duration::from_secs(10));
    assert_eq!(stages(&records), [(0, 1500, "own"), (1, 1450, "told"), (3, 1300, "silence")]);
}

#[test]
fn this_hosts_own_link_may_be_the_narrow_one() {
    let row = narrow(Row::of(2), "here-r1", 1280);
    assert_eq!(stages(&found(&row, WAYS[2], Duration::from_millis(300))), [(0, 1280, "own")]);
}

#[test]
fn a_path_that_ends_in_silence_is_measured_as_far_as_it_answers() {
    let row = narrow(Row::of(4).target("silent = \"all\""), "r2-r3", 1400);
    let ran = row.scene().run::<Trace>("--mtu -n --json 203.0.113.7");
    let records = agreeing(&ran);
    assert_eq!(stages(&records), [(0, 1500, "own"), (2, 1400, "told")]);
    assert_eq!(ran.code(), 1);
    let nobody = Row::of(1).router(1, "silent = \"all\"").target("silent = \"all\"");
    let records = hold!("mtu_of_nobody", nobody.scene(), "--mtu -n 203.0.113.7");
    assert!(only(&records, "summary").get("path_mtu").is_none());
}

#[test]
fn hops_are_counted_as_without_it() {
    let hops = |args: &str| {
        let records = agreeing(&Row::of(3).scene().run::<Trace>(&format!("{args} -n --json 203.0.113.7")));
        netdiag_stage::of_type(&records, "hop").into_iter().cloned().collect::<Vec<Value>>()
    };
    assert_eq!(json!(hops("--mtu")), json!(hops("")));
}
