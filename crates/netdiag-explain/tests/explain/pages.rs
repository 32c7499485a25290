//! Pages as people see them: every drawing, and one page of each kind.

use netdiag_explain::find;
use netdiag_explain::text::{Look, page};

fn pages(terms: &[&str]) -> String {
    let facts = terms.iter().flat_map(|term| find(term));
    facts.map(|fact| page(fact, Look::Plain)).collect::<Vec<_>>().join("\n")
}

#[test]
fn drawings() {
    insta::assert_snapshot!("states", pages(&["states"]));
    insta::assert_snapshot!("handshake", pages(&["handshake"]));
    insta::assert_snapshot!("close", pages(&["close"]));
    insta::assert_snapshot!("simultaneous_open", pages(&["simultaneous-open"]));
    insta::assert_snapshot!("simultaneous_close", pages(&["simultaneous-close"]));
    insta::assert_snapshot!("keepalive", pages(&["keepalive"]));
}

#[test]
fn one_of_each_kind() {
    insta::assert_snapshot!("errno", pages(&["113"]));
    insta::assert_snapshot!("state", pages(&["TIME-WAIT"]));
    insta::assert_snapshot!("flag", pages(&["RST"]));
    insta::assert_snapshot!("flags", pages(&["SYN+FIN", "SYN+ACK"]));
    insta::assert_snapshot!("icmp", pages(&["3/13"]));
    insta::assert_snapshot!("sysctl", pages(&["tcp_tw_recycle"]));
    insta::assert_snapshot!("rcode", pages(&["SERVFAIL"]));
    insta::assert_snapshot!("verdict", pages(&["filtered", "verdict refused"]));
}
