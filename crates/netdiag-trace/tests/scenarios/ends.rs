//! How paths end: every sentence, every mark, and the exit code.

use netdiag_stage::{Scene, only};
use netdiag_trace::Trace;
use serde_json::Value;

use crate::row::Row;
use crate::{hold, trace};

fn summary(records: &[Value]) -> &Value {
    only(records, "summary")
}

/// A row whose second router answers for a target behind it like this.
fn refusing(answer: &str) -> Scene {
    Row::of(3).router(2, &format!("filters = [{{ to = \"203.0.113.0/24\", answer = \"{answer}\" }}, {{ to = \"2001:db8:ff::/64\", answer = \"{answer}\" }}]")).scene()
}

#[test]
fn a_router_that_refuses_is_named_with_its_reason() {
    for (answer, code) in
        [("no-route", 0), ("host-unreachable", 1), ("port-unreachable", 3), ("prohibited", 13)]
    {
        let records = hold!(format!("refused_{answer}"), refusing(answer), "-n 203.0.113.7");
        let summary = summary(&records);
        assert_eq!((&summary["stop_reason"], &summary["reached"]), (&"unreachable".into(), &false.into()));
        assert_eq!(summary["unreachable"]["icmp"]["code"], code);
        assert_eq!(summary["unreachable"]["from"], "10.0.2.1");
    }
    hold!("refused_v6", refusing("prohibited"), "-n 2001:db8:ff::7");
    hold!("refused_udp", refusing("prohibited"), "-n -U 203.0.113.7");
    hold!("refused_tcp", refusing("prohibited"), "-n -T 203.0.113.7");
    hold!("refused_wide", refusing("prohibited"), "-n --wide 203.0.113.7");
}

#[test]
fn a_firewall_that_drops_is_silence_and_no_verdict() {
    let records = hold!("dropped", refusing("drop"), "-n 203.0.113.7");
    assert_eq!(summary(&records)["stop_reason"], "gap-limit");
}

#[test]
fn a_closed_port_is_an_answer() {
    let scene = || Scene::on("a-straight-path");
    let records = hold!("closed_udp_port", scene(), "-n -U 203.0.113.7");
    assert_eq!(summary(&records)["reached"], true);
}

#[test]
fn circles_are_drawn_once() {
    let records = hold!("loop_of_two", Scene::on("a-loop-between-two-routers"), "-n 203.0.113.7");
    let summary = summary(&records);
    assert_eq!((&summary["loop"]["first_ttl"], &summary["loop"]["hops"]), (&1.into(), &2.into()));
    let three = || {
        Scene::toml(
            "[here]\naddresses = [\"192.0.2.10/24\"]\n[router.a]\naddresses = [\"192.0.2.1/24\"]\n\
             [router.b]\naddresses = [\"10.0.0.2\"]\n[router.c]\naddresses = [\"10.0.0.3\"]\n\
             routes = [{ to = \"203.0.113.0/24\", via = [\"d\"] }]\n[router.d]\naddresses = [\"10.0.0.4\"]\n\
             routes = [{ to = \"203.0.113.0/24\", via = [\"b\"] }]\n[host.target]\naddresses = [\"203.0.113.7/24\"]\n\
             [[link]]\nends = [\"here\", \"a\", \"b\", \"c\", \"target\"]\n[[link]]\nends = [\"c\", \"d\", \"b\"]\n",
        )
    };
    for (name, args) in [("loop_of_three", "-n 203.0.113.7"), ("loop_of_three_by_tcp", "-n -T 203.0.113.7")] {
        let records = hold!(name, three(), args);
        assert_eq!(only(&records, "summary")["loop"]["hops"], 3);
        assert_eq!(only(&records, "summary")["loop"]["first_ttl"], 2);
    }
}

#[test]
fn silence_is_no_proof() {
    let behind = || Row::of(3).target("silent = \"all\"\ntcp = { others = \"filtered\" }").scene();
    for (name, args) in [
        ("gap_limit", "-n 203.0.113.7"),
        ("gap_limit_of_two", "-n --gap-limit 2 203.0.113.7"),
        ("gap_limit_udp", "-n -U 2001:db8:ff::7"),
        ("gap_limit_tcp", "-n -T 203.0.113.7"),
    ] {
        let records = hold!(name, behind(), args);
        assert_eq!(summary(&records)["stop_reason"], "gap-limit");
    }
    let nobody =
        Row::of(2).router(1, "silent = \"all\"").router(2, "silent = \"all\"").target("silent = \"all\"");
    hold!("nobody_answers", nobody.scene(), "-n 203.0.113.7");
}

#[test]
fn a_first_hop_that_never_answers_hides_nobody() {
    for (name, args) in [("silent_first", "-n 203.0.113.7"), ("silent_first_tcp", "-n -T 203.0.113.7")] {
        let records = hold!(name, Row::of(3).router(1, "silent = \"errors\"").scene(), args);
        assert_eq!(summary(&records)["hops"], 4);
    }
}

#[test]
fn a_farther_target_is_not_reached_within_the_last_ttl() {
    for (name, args) in [("max_ttl", "-n -m 3 203.0.113.7"), ("max_ttl_of_one", "-n -m 1 203.0.113.7")] {
        let records = hold!(name, Scene::on("a-straight-path"), args);
        assert_eq!(summary(&records)["stop_reason"], "max-ttl");
    }
    let far = || Row::of(40).link("delay = \"1ms\"").scene();
    assert_eq!(far().run::<Trace>("-n 203.0.113.7").code(), 1);
    assert_eq!(far().run::<Trace>("-n -m 64 203.0.113.7").code(), 0);
}

#[test]
fn a_host_that_lets_nothing_out_says_why_and_could_not_run() {
    for (name, target) in [
        ("not_sent_prohibited", "198.51.100.65"),
        ("not_sent_no_route", "198.51.100.200"),
        ("not_sent_host", "198.51.100.1"),
    ] {
        let records = hold!(name, Scene::on("routes-that-forbid"), &format!("-n {target}"));
        assert_eq!(summary(&records)["stop_reason"], "not-sent");
        assert_eq!(trace("routes-that-forbid", &format!("-n {target}")).code(), 2);
    }
    let one_of_two = trace("routes-that-forbid", "-n 198.51.100.65 192.0.2.7");
    assert_eq!(one_of_two.code(), 1, "{}", one_of_two.out);
}

#[test]
fn an_answer_from_elsewhere_is_said_and_not_counted() {
    let records = hold!("elsewhere", Scene::on("a-target-that-answers-from-elsewhere"), "-n 192.0.2.1");
    assert_eq!(crate::agree::notices(&records), ["different-address"]);
    assert_eq!(summary(&records)["reached"], false);
}
