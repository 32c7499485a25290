//! All branches of networks of one kind each, as text, records, DOT and Mermaid.

use std::fmt::Write;

use netdiag_stage::{Scene, only};
use netdiag_trace::Trace;
use serde_json::Value;

use crate::agree::{agreeing, path};
use crate::hold;

/// A network of routers by name (10.0.0.N), in the order given, each with its keys; and of links.
fn network(routers: &[(&str, &str)], links: &[&[&str]]) -> Scene {
    let mut toml = String::from(
        "[here]\naddresses = [\"192.0.2.10/24\"]\nmax_shards = 256\n[host.target]\naddresses = [\"203.0.113.7/24\"]\n",
    );
    for (number, (name, keys)) in routers.iter().enumerate() {
        let _ = write!(toml, "[router.{name}]\naddresses = [\"10.0.0.{}\"]\n{keys}\n", number + 1);
    }
    for ends in links {
        let _ = write!(toml, "[[link]]\nends = {ends:?}\ndelay = \"2ms\"\n");
    }
    Scene::toml(&toml)
}

const DIAMOND: [&[&str]; 2] = [&["here", "a", "b", "d", "target"], &["a", "c", "d"]];

fn diamond(c: &str) -> Scene {
    network(&[("a", ""), ("b", ""), ("c", c), ("d", "")], &DIAMOND)
}

/// A diamond within each half of a diamond.
fn nested() -> Scene {
    network(
        &[
            ("a", ""),
            ("b", ""),
            ("c", ""),
            ("b1", ""),
            ("b2", ""),
            ("c1", ""),
            ("c2", ""),
            ("e", ""),
            ("f", ""),
            ("g", ""),
        ],
        &[
            &["here", "a", "b", "b1", "e", "g", "target"],
            &["b", "b2", "e"],
            &["a", "c", "c1", "f", "g"],
            &["c", "c2", "f"],
        ],
    )
}

/// Two ways of the same cost, one of which is two hops longer.
fn unequal() -> Scene {
    let scene = "[here]\naddresses = [\"192.0.2.10/24\"]\nmax_shards = 256\n[host.target]\naddresses = [\"203.0.113.7/24\"]\n\
        [router.a]\naddresses = [\"10.0.0.1\"]\n[router.b]\naddresses = [\"10.0.0.2\"]\n[router.c]\naddresses = [\"10.0.0.3\"]\n\
        [router.d]\naddresses = [\"10.0.0.4\"]\n[router.e]\naddresses = [\"10.0.0.5\"]\n\
        [[link]]\nends = [\"here\", \"a\"]\n[[link]]\nends = [\"a\", \"b\", \"target\"]\ncost = 2\n\
        [[link]]\nends = [\"a\", \"c\", \"d\", \"e\", \"target\"]\n";
    Scene::toml(scene)
}

fn summary(records: &[Value]) -> (u64, f64) {
    let summary = only(records, "summary");
    (summary["paths"].as_u64().expect("paths"), summary["confidence"].as_f64().expect("confidence"))
}

#[track_caller]
fn assert_found(records: &[Value], paths: u64, percent: f64) {
    let (found, sure) = summary(records);
    assert_eq!(found, paths);
    assert!(sure >= percent, "{sure}");
}

#[test]
fn a_diamond() {
    assert_found(&hold!("mda_diamond", diamond(""), "--mda -n 203.0.113.7"), 2, 95.0);
    assert_found(&hold!("mda_diamond_99", diamond(""), "--mda=99 -n 203.0.113.7"), 2, 99.0);
    insta::assert_snapshot!(
        "mda_diamond_dot",
        diamond("").run::<Trace>("--mda --format dot -n 203.0.113.7").page()
    );
    insta::assert_snapshot!(
        "mda_diamond_mermaid",
        diamond("").run::<Trace>("--mda --format mermaid -n 203.0.113.7").page()
    );
    insta::assert_snapshot!(
        "mda_diamond_wide",
        diamond("").run::<Trace>("--mda --wide -n 203.0.113.7").page()
    );
}

#[test]
fn a_diamond_over_ipv6_and_by_echoes() {
    for args in ["--mda -n 2001:db8:2::7", "--mda -I -n 203.0.113.7", "--mda -I -n 2001:db8:2::7"] {
        let ran = Scene::on("two-equal-paths-by-flow-hash").run::<Trace>(&format!("{args} --json"));
        assert_found(&agreeing(&ran), 2, 95.0);
    }
}

#[test]
fn diamonds_within_a_diamond() {
    assert_found(&hold!("mda_nested", nested(), "--mda -n 203.0.113.7"), 4, 95.0);
    insta::assert_snapshot!(
        "mda_nested_dot",
        nested().run::<Trace>("--mda --format dot -n 203.0.113.7").page()
    );
    insta::assert_snapshot!(
        "mda_nested_mermaid",
        nested().run::<Trace>("--mda --format mermaid -n 203.0.113.7").page()
    );
}

#[test]
fn branches_of_unequal_length() {
    let records = hold!("mda_unequal", unequal(), "--mda -n 203.0.113.7");
    assert_found(&records, 2, 95.0);
    insta::assert_snapshot!(
        "mda_unequal_dot",
        unequal().run::<Trace>("--mda --format dot -n 203.0.113.7").page()
    );
}

#[test]
fn packets_that_are_dealt_out_are_said_to_be() {
    for (name, balance) in [("mda_in_turn", "packet"), ("mda_at_random", "random")] {
        let scene = || {
            network(&[("a", &format!("balance = \"{balance}\"")), ("b", ""), ("c", ""), ("d", "")], &DIAMOND)
        };
        let records = hold!(name, scene(), "--mda -n 203.0.113.7");
        assert_found(&records, 2, 95.0);
        assert_eq!(netdiag_stage::of_type(&records, "hop")[0]["balance"], "packet");
    }
    let by_flow = agreeing(&diamond("").run::<Trace>("--mda -n --json 203.0.113.7"));
    assert_eq!(netdiag_stage::of_type(&by_flow, "hop")[0]["balance"], "flow");
}

#[test]
fn a_silent_router_in_one_branch_is_a_branch() {
    let records = hold!("mda_silent_branch", diamond("silent = \"all\""), "--mda -n 203.0.113.7");
    assert_found(&records, 2, 95.0);
    insta::assert_snapshot!(
        "mda_silent_branch_dot",
        diamond("silent = \"all\"").run::<Trace>("--mda --format dot -n 203.0.113.7").page()
    );
}

#[test]
fn a_silent_branch_is_found_whatever_the_first_flow_meets() {
    for seed in 0..10 {
        let ran = diamond("silent = \"all\"").seed(seed).run::<Trace>("--mda -n --json 203.0.113.7");
        let records = agreeing(&ran);
        assert_eq!(summary(&records).0, 2, "seed {seed}");
        assert!(ran.end < netdiag_stage::at(25_000), "seed {seed}: {:?}", ran.end);
    }
}

#[test]
fn a_silent_router_that_all_pass_is_one_place() {
    let scene = || network(&[("a", ""), ("b", ""), ("c", ""), ("d", "silent = \"all\"")], &DIAMOND);
    assert_found(&hold!("mda_silent_join", scene(), "--mda -n 203.0.113.7"), 2, 95.0);
}

const LINUX: &str = "icmp_limit = [{ every = \"1s\", burst = 6, per = \"destination\" }]";

#[test]
fn routers_that_limit_their_answers_are_heard_out() {
    let scene = || network(&[("a", LINUX), ("b", LINUX), ("c", LINUX), ("d", LINUX)], &DIAMOND);
    for seed in 0..5 {
        let ran = scene().seed(seed).run::<Trace>("--mda -n --json 203.0.113.7");
        assert_found(&agreeing(&ran), 2, 95.0);
    }
}

#[test]
fn loss_takes_no_branch_away_and_adds_none() {
    let toml = "[here]\naddresses = [\"192.0.2.10/24\"]\nmax_shards = 256\n[host.target]\naddresses = [\"203.0.113.7/24\"]\n\
        [router.a]\naddresses = [\"10.0.0.1\"]\n[router.b]\naddresses = [\"10.0.0.2\"]\n[router.c]\naddresses = [\"10.0.0.3\"]\n\
        [router.d]\naddresses = [\"10.0.0.4\"]\n[[link]]\nends = [\"here\", \"a\"]\nloss = 0.05\n\
        [[link]]\nends = [\"a\", \"b\", \"d\", \"target\"]\n[[link]]\nends = [\"a\", \"c\", \"d\"]\n";
    for seed in 0..20 {
        let ran = Scene::toml(toml).seed(seed).run::<Trace>("--mda -n --json 203.0.113.7");
        let records = agreeing(&ran);
        assert_eq!(summary(&records).0, 2, "seed {seed}");
        assert_eq!(path(&records).len(), 4, "seed {seed}");
    }
}

#[test]
fn a_path_without_branches_is_one() {
    assert_found(&hold!("mda_straight", Scene::on("a-straight-path"), "--mda -n 203.0.113.7"), 1, 95.0);
    insta::assert_snapshot!(
        "straight_dot",
        Scene::on("a-silent-hop").run::<Trace>("--format dot -n 203.0.113.7").page()
    );
}

#[test]
fn a_path_that_ends_before_the_target_is_drawn_as_far_as_it_goes() {
    let scene = || {
        network(
            &[("a", ""), ("b", ""), ("c", ""), ("d", "filters = [{ answer = \"prohibited\" }]")],
            &DIAMOND,
        )
    };
    hold!("mda_refused", scene(), "--mda -n 203.0.113.7");
    let silent =
        || network(&[("a", ""), ("b", ""), ("c", ""), ("d", "filters = [{ answer = \"drop\" }]")], &DIAMOND);
    hold!("mda_dropped", silent(), "--mda -n 203.0.113.7");
}
