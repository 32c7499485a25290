//! ICMP, UDP and TCP find the same path, over IPv4 and IPv6; and what happens where ICMP is closed to the user.

use netdiag_stage::{Scene, only};
use netdiag_trace::Trace;

use crate::agree::{agreeing, notices, path, row};
use crate::row::{Row, TARGET, TARGET_V6};
use crate::{hold, trace};

#[test]
fn every_protocol_finds_the_same_path_in_both_families() {
    for target in [TARGET, TARGET_V6] {
        for (letter, name) in [("-I", "icmp"), ("-U", "udp"), ("-T", "tcp")] {
            let ran = Row::of(6).scene().run::<Trace>(&format!("{letter} -n --json {target}"));
            let records = agreeing(&ran);
            assert_eq!(path(&records), row(6, target), "{letter}");
            let summary = only(&records, "summary");
            assert_eq!((&summary["protocol"], &summary["hops"]), (&name.into(), &7.into()));
            let port = summary.get("port").and_then(serde_json::Value::as_u64);
            assert_eq!(
                port,
                [("icmp", None), ("udp", Some(33_434)), ("tcp", Some(80))]
                    .iter()
                    .find(|(of, _)| *of == name)
                    .and_then(|(_, port)| *port)
            );
        }
    }
}

#[test]
fn what_the_target_says_is_told_by_protocol() {
    for (name, args, answer) in [
        ("udp_closed", "-U -n 203.0.113.7", None),
        ("udp_open", "-U -n -p 7 203.0.113.7", Some("udp")),
        ("tcp_open", "-T -n 203.0.113.7", Some("syn-ack")),
        ("tcp_closed", "-T -n -p 81 203.0.113.7", Some("rst")),
        ("tcp_open_v6", "-T -n 2001:db8:2::7", Some("syn-ack")),
    ] {
        let records = hold!(name, Scene::on("a-straight-path"), args);
        let hops = netdiag_stage::of_type(&records, "hop");
        let last = &hops.last().expect("hops")["replies"][0];
        assert_eq!(last.get("answer").and_then(serde_json::Value::as_str), answer, "{last}");
    }
}

#[test]
fn where_icmp_is_closed_it_asks_by_udp_and_says_so() {
    let closed = || Row::of(2).here("icmp = \"closed\"").scene();
    let records = hold!("icmp_closed", closed(), "-n 203.0.113.7");
    assert_eq!(notices(&records), ["fallback"]);
    assert_eq!(only(&records, "summary")["protocol"], "udp");
    assert_eq!(path(&records), row(2, TARGET));
    assert_eq!(notices(&closed().run::<Trace>("-T --json -n 203.0.113.7").valid_records()), [""; 0]);
}

#[test]
fn who_insists_on_icmp_is_told_the_ways_out() {
    let error = trace("a-kernel-without-stamps", "-I 192.0.2.1").exit.expect_err("closed");
    insta::assert_snapshot!("icmp_closed_for_good", format!("{error:#?}"));
}

#[test]
fn what_cannot_be_opened_says_why() {
    for (args, message) in
        [("-i eth9 203.0.113.7", "eth9"), ("-s 198.51.100.99 203.0.113.7", "198.51.100.99")]
    {
        let error = trace("a-straight-path", args).exit.expect_err("an error");
        assert!(error.message.contains(message), "{error}");
    }
}

#[test]
fn a_filter_of_one_protocol_is_passed_by_another() {
    let wall = || {
        Row::of(3).router(2, "filters = [{ protocol = \"icmp\", answer = \"drop\" }, { protocol = \"udp\", answer = \"prohibited\" }]").scene()
    };
    assert_eq!(wall().run::<Trace>("-I -n 203.0.113.7").code(), 1);
    assert_eq!(wall().run::<Trace>("-U -n 203.0.113.7").code(), 1);
    assert_eq!(wall().run::<Trace>("-T -n 203.0.113.7").code(), 0);
}

#[test]
fn one_hop_is_its_own_size_of_packet() {
    let ran = Row::of(1).scene().run::<Trace>("-n -U 2001:db8:ff::7 1400");
    assert!(
        ran.out.starts_with("trace to 2001:db8:ff::7, at most 30 hops, 1400 octets by UDP"),
        "{}",
        ran.out
    );
    let large = Row::of(1).scene().run::<Trace>("-n 203.0.113.7 3000");
    assert_eq!(large.code(), 0, "in fragments: {}", large.page());
}
