//! Paths of all kinds, as text: what is shown of hops and links, where the path ends, and the sentence at the end.

use netdiag_pathping::Pathping;
use netdiag_stage::Scene;

use crate::pathping;

#[test]
fn a_straight_path() {
    insta::assert_snapshot!(pathping("a-straight-path", "203.0.113.7").page());
}

#[test]
fn a_straight_path_in_detail() {
    insta::assert_snapshot!(pathping("a-straight-path", "-v -q 10 --first-ttl 3 2001:db8:2::7").page());
}

#[test]
fn routers_that_limit() {
    let page = pathping("a-router-that-rate-limits-its-icmp", "-p 0.05 203.0.113.7").page();
    insta::assert_snapshot!(page);
}

#[test]
fn a_silent_hop() {
    insta::assert_snapshot!(pathping("a-silent-hop", "203.0.113.7").page());
}

#[test]
fn a_lossy_link_at_the_end() {
    insta::assert_snapshot!(pathping("a-lossy-link-behind-a-router", "203.0.113.7").page());
}

#[test]
fn a_loop() {
    insta::assert_snapshot!(pathping("a-loop-between-two-routers", "-q 20 203.0.113.7").page());
}

#[test]
fn a_gap() {
    insta::assert_snapshot!(pathping("a-firewall-that-says-no", "-q 20 --gap-limit 3 203.0.113.8").page());
}

#[test]
fn a_refusal() {
    let page = pathping("a-firewall-that-says-no", "-q 20 -p 2 --protocol udp --port 53 203.0.113.7").page();
    insta::assert_snapshot!(page);
}

#[test]
fn the_target_is_this_host() {
    insta::assert_snapshot!(pathping("a-straight-path", "-q 20 192.0.2.10").page());
}

#[test]
fn a_path_that_changes_in_mid_run() {
    insta::assert_snapshot!(pathping("a-path-that-changes", "-q 200 203.0.113.7").page());
}

/// `here`, three routers, `target`, with these lines in each of their tables.
fn chain(here: &str, first: &str, third: &str) -> String {
    format!(
        "[here]\naddresses = [\"192.0.2.10/24\"]\n{here}\n[router.r1]\naddresses = [\"192.0.2.1/24\"]\n{first}\n\
         [router.r2]\naddresses = [\"198.51.100.2\"]\n[router.r3]\naddresses = [\"198.51.100.3\"]\n{third}\n\
         [host.target]\naddresses = [\"203.0.113.7/24\"]\n[[link]]\nends = [\"here\", \"r1\", \"r2\", \"r3\", \"target\"]\n\
         delay = \"2ms\"\n"
    )
}

#[test]
fn the_first_hop_is_silent_and_another_answers_no_echoes() {
    let scene = Scene::toml(&chain("", "silent = \"all\"", "silent = \"echo\""));
    insta::assert_snapshot!(scene.run::<Pathping>("-q 40 203.0.113.7").page());
}

#[test]
fn where_icmp_is_closed_it_asks_by_udp_and_says_so() {
    let limit = "icmp_limit = [{ every = \"1s\", burst = 6, per = \"destination\" }]";
    let scene = Scene::toml(&chain("icmp = \"closed\"", limit, ""));
    insta::assert_snapshot!(scene.run::<Pathping>("-q 40 203.0.113.7").page());
}

#[test]
fn nobody_answers() {
    let silent = "silent = \"all\"";
    let network = chain("", silent, silent).replace("198.51.100.2\"]", "198.51.100.2\"]\nsilent = \"all\"");
    let network = network.replace("203.0.113.7/24\"]", "203.0.113.7/24\"]\nsilent = \"all\"");
    insta::assert_snapshot!(Scene::toml(&network).run::<Pathping>("203.0.113.7").page());
}

#[test]
fn no_probe_leaves_this_host() {
    let network = chain("routes = [{ to = \"203.0.113.0/24\" }]", "", "");
    let ran = Scene::toml(&network).run::<Pathping>("203.0.113.7");
    assert_eq!(ran.code(), 2);
    insta::assert_snapshot!(ran.page());
}
