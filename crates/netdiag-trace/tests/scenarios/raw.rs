//! `--raw`: what routers saw of a probe's IP header, where it was rewritten, and what there is without the right to it.

use netdiag_stage::{Scene, of_type, only};
use serde_json::json;

use crate::agree::{notices, path, row};
use crate::hold;
use crate::row::{Row, TARGET};

#[test]
fn a_rewritten_tos_is_named_with_the_hop_that_sees_it() {
    let scene = || Scene::on("a-router-that-rewrites-tos");
    for (name, args, fields) in [
        ("tos", "--raw -n 203.0.113.7", vec![("dscp", "0", "2")]),
        ("tos_verbose", "--raw -v -n 203.0.113.7", vec![("dscp", "0", "2")]),
        ("tos_of_a_class", "--raw -n -t 0xb9 203.0.113.7", vec![("dscp", "46", "2"), ("ecn", "1", "0")]),
        ("tos_v6", "--raw -n 2001:db8:2::7", vec![("dscp", "0", "2")]),
        ("tos_udp_v6", "--raw -n -U 2001:db8:2::7", vec![("dscp", "0", "2")]),
    ] {
        let records = hold!(name, scene(), args);
        let from = if args.contains(':') { "2001:db8:2::1" } else { "203.0.113.1" };
        let expected: Vec<_> = fields
            .iter()
            .map(|(field, before, after)| json!({ "ttl": 3, "from": from, "field": field, "before": before, "after": after }))
            .collect();
        assert_eq!(only(&records, "summary")["rewrites"], json!(expected), "{args}");
        let third = &of_type(&records, "hop")[2]["replies"][0];
        assert_eq!((&third["quoted_tos"], &third["quoted_ttl"]), (&8.into(), &1.into()));
    }
}

#[test]
fn nothing_of_it_is_known_without_raw() {
    let records = hold!("tos_unseen", Scene::on("a-router-that-rewrites-tos"), "-n 203.0.113.7");
    assert!(only(&records, "summary").get("rewrites").is_none());
    let replies = of_type(&records, "hop").into_iter().filter_map(|hop| hop["replies"][0].as_object());
    assert!(replies.into_iter().all(|reply| !reply.contains_key("quoted_ttl")));
}

#[test]
fn a_translation_that_mends_its_quotes_leaves_no_trace() {
    let records = hold!("nat_mended", Scene::on("a-nat-at-the-second-hop"), "--raw -n 203.0.113.7");
    assert!(only(&records, "summary").get("rewrites").is_none());
}

#[test]
fn a_translation_shows_by_a_checksum_that_is_not_of_what_is_quoted() {
    let nat = "nat = { address = \"198.51.100.1\", inside = [\"r1\"], ports = \"rewrite\", quotes = \"checksum-left\" }";
    for (name, args) in [("nat", "--raw -n 203.0.113.7"), ("nat_udp", "--raw -n -U 203.0.113.7")] {
        let records = hold!(name, Row::of(4).router(2, nat).scene(), args);
        let expected = json!([{ "ttl": 3, "from": "10.0.3.1", "field": "checksum" }]);
        assert_eq!(only(&records, "summary")["rewrites"], expected);
        let hops = of_type(&records, "hop");
        assert_eq!(hops[2]["replies"][0]["nat"], json!({ "checksum": true }));
        assert!(hops[1]["replies"][0].get("nat").is_none());
        assert_eq!(path(&records), row(4, TARGET));
    }
}

#[test]
fn a_hop_that_does_not_count_down_does_not_show() {
    let records =
        hold!("hidden_hops", Row::of(4).router(2, "keeps_ttl = true").scene(), "--raw -v -n 203.0.113.7");
    assert_eq!(path(&records).len(), 4);
}

#[test]
fn without_the_right_that_is_said_once_and_all_else_works() {
    let closed = || Row::of(2).here("icmp = \"closed\"").scene();
    let records = hold!("raw_closed", closed(), "--raw -n -U 203.0.113.7");
    assert_eq!((notices(&records), path(&records)), (vec!["fallback"], row(2, TARGET)));
}
