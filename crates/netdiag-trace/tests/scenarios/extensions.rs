//! What routers say beside their answers: labels, interfaces, what nobody knows; and how long the way back was.

use netdiag_stage::{Scene, of_type};
use serde_json::{Value, json};

use crate::hold;

fn tunnel() -> Scene {
    Scene::on("a-tunnel-that-shows-its-labels")
}

fn first_reply(records: &[Value], ttl: u64) -> Value {
    let hop = of_type(records, "hop").into_iter().find(|hop| hop["ttl"] == ttl).expect("a hop");
    hop["replies"][0].clone()
}

#[test]
fn labels_interfaces_and_unknown_objects() {
    for (name, args) in [
        ("extensions", "-n 203.0.113.7"),
        ("extensions_in_full", "-n -e 203.0.113.7"),
        ("extensions_verbose", "-n -v 2001:db8:2::7"),
        ("extensions_udp_v6", "-n -U -e 2001:db8:2::7"),
    ] {
        let records = hold!(name, tunnel(), args);
        let stack = json!([
            { "label": 16001, "tc": 5, "bottom": false, "ttl": 1 },
            { "label": 24007, "tc": 0, "bottom": true, "ttl": 254 },
        ]);
        assert_eq!(first_reply(&records, 2)["mpls"], stack, "{args}");
        assert_eq!(first_reply(&records, 3)["mpls"][0]["label"], 24007, "as before RFC 4884: {args}");
        let last = first_reply(&records, 5);
        let incoming = json!({ "role": "incoming", "index": 7, "address": "198.51.100.6", "name": "xe-0/0/7", "mtu": 9000 });
        assert_eq!(last["interface"], incoming);
        assert_eq!(last["interfaces"][1]["role"], "next-hop");
        assert_eq!(last["extensions"], json!([{ "class": 200, "type": 3, "data": "deadbeef" }]));
    }
}

#[test]
fn an_extension_under_a_wrong_checksum_is_none() {
    let records = hold!("extensions_wide", tunnel(), "-n --wide 203.0.113.7");
    let reply = first_reply(&records, 4);
    assert!(reply.get("mpls").is_none() && reply.get("extensions").is_none(), "{reply}");
    assert_eq!(reply["address"], "198.51.100.4", "the answer counts all the same");
}

#[test]
fn a_name_of_an_interface_cannot_reach_the_terminal() {
    let row = crate::row::Row::of(1).router(1, "interfaces = [{ name = \"\\u001b[2Jeth0\" }]");
    let ran = row.scene().run::<netdiag_trace::Trace>("-n 203.0.113.7");
    assert!(!ran.out.contains('\x1b') && ran.out.contains("eth0"), "{}", ran.out);
}

#[test]
fn the_way_back_is_told_by_the_ttl_of_answers() {
    let scene = || Scene::on("the-way-back-is-longer");
    let records = hold!("way_back", scene(), "-n -v 203.0.113.7");
    let reply = first_reply(&records, 2);
    assert_eq!(
        (&reply["reply_ttl"], &reply["back_hops"], &reply["asymmetry"]),
        (&61.into(), &4.into(), &2.into())
    );
    assert_eq!(first_reply(&records, 1)["asymmetry"], 0);
    hold!("way_back_wide", scene(), "-n --wide 203.0.113.7");
}
