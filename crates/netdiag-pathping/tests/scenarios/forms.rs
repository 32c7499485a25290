//! JSON Lines and the short forms: each record fits the schema, and the figures fit each other.

use netdiag_pathping::Pathping;
use netdiag_stage::{Scene, Schema, of_type, only};
use serde_json::json;

use crate::pathping;

#[test]
fn records_of_a_link_that_loses() {
    let ran = pathping("a-lossy-link-behind-a-router", "--json -q 40 203.0.113.7");
    ran.valid_records();
    insta::assert_snapshot!(ran.page());
}

#[test]
fn records_of_limits_and_silence() {
    for network in ["a-router-that-rate-limits-its-icmp", "a-silent-hop", "a-loop-between-two-routers"] {
        let records = pathping(network, "--json -n 203.0.113.7").valid_records();
        let summary = only(&records, "summary");
        assert!(summary.get("worst_link").is_none(), "{summary}");
        let hops = of_type(&records, "hop");
        let cause = |at: usize| hops[at]["loss_cause"].as_str().unwrap_or_default();
        match network {
            "a-silent-hop" => {
                assert_eq!(cause(1), "silent");
                assert!(hops[1].get("direct").is_none() && hops[1].get("address").is_none());
                assert!(
                    of_type(&records, "link").iter().any(|link| link["from_ttl"] == 1 && link["to_ttl"] == 3)
                );
            }
            "a-loop-between-two-routers" => {
                assert_eq!((&summary["stop_reason"], &summary["reached"]), (&json!("loop"), &json!(false)));
            }
            _ => {
                assert_eq!((cause(0), cause(2)), ("rate-limited", "none"));
                assert_eq!(summary["finding"]["kind"], "only-limits");
            }
        }
    }
}

#[test]
fn a_change_of_the_path_is_a_notice_for_each_hop_that_becomes_another() {
    let records = pathping("a-path-that-changes", "--json -q 200 203.0.113.7").valid_records();
    let changes = of_type(&records, "notice").into_iter().filter(|notice| notice["code"] == "route-change");
    assert_eq!(changes.count(), 3);
    let hops = of_type(&records, "hop");
    assert_eq!(
        (&hops[1]["address"], &hops[1]["address_before"]),
        (&json!("198.51.100.2"), &json!("198.51.100.1"))
    );
    assert_eq!(hops[3]["direct"]["sent"], 200, "the target is the target, wherever it is");
}

#[test]
fn quiet_is_only_what_it_amounts_to() {
    let text = pathping("a-straight-path", "--quiet -q 20 203.0.113.7");
    assert_eq!(text.out, "No link loses: with 95 % confidence at most 8.8 % there and back.\n");
    let records = pathping("a-straight-path", "--quiet --json -q 20 203.0.113.7").valid_records();
    assert_eq!((records.len(), &records[0]["type"]), (1, &json!("summary")));
}

#[test]
fn the_flow_is_that_of_the_search() {
    // By flow, two ways of equal length: whoever changes flows between search and survey sees the other one half the time.
    for seed in 1..=8 {
        let scene = Scene::on("two-equal-paths-by-flow-hash").seed(seed);
        let records = scene.run::<Pathping>("--json -n -q 10 203.0.113.7").valid_records();
        assert_eq!(of_type(&records, "notice").len(), 0, "{records:#?}");
    }
}

#[test]
fn the_schema_is_particular() {
    let records = pathping("a-straight-path", "--json -q 10 203.0.113.7").valid_records();
    let schema = Schema::of("pathping");
    let hop = of_type(&records, "hop")[0];
    schema.assert_particular(
        hop,
        &[("ttl", json!("1")), ("sent", json!(-1))],
        &["ttl", "sent", "received", "loss_cause"],
    );
    let link = of_type(&records, "link")[0];
    schema.assert_particular(link, &[("loss_percent", json!(0))], &["from_ttl", "to_ttl", "loss_percent"]);
    let summary = only(&records, "summary");
    schema.assert_particular(summary, &[("finding", json!("no-loss"))], &["target", "reached", "finding"]);
}
