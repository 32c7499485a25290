//! Flows: all probes of a run take one path, whatever a router takes for a flow; and where one shares packets out one by
//! one, that is said.

use std::fmt::Write;

use netdiag_stage::{Scene, only};
use netdiag_trace::Trace;

use crate::agree::{agreeing, path};
use crate::hold;

/// Four ways from a router that shares flows out with these keys, and four more behind each.
fn fan(keys: &str) -> Scene {
    let mut toml = format!(
        "[here]\naddresses = [\"192.0.2.10/24\", \"2001:db8::10/64\"]\n[router.split]\naddresses = [\"192.0.2.1/24\", \"2001:db8::1/64\"]\n{keys}\n\
         [router.join]\naddresses = [\"10.0.9.1\", \"2001:db8:9::1\"]\n[host.target]\naddresses = [\"203.0.113.7/24\", \"2001:db8:ff::7/64\"]\n\
         [[link]]\nends = [\"here\", \"split\"]\n[[link]]\nends = [\"join\", \"target\"]\n"
    );
    for way in 1..=4 {
        let _ = write!(
            toml,
            "[router.w{way}]\naddresses = [\"10.0.{way}.1\", \"2001:db8:{way}::1\"]\n[[link]]\nends = [\"split\", \"w{way}\", \"join\"]\ndelay = \"{way}ms\"\n"
        );
    }
    Scene::toml(&toml)
}

#[test]
fn all_probes_take_one_path_whatever_is_taken_for_a_flow() {
    for flow in ["addresses", "identifier", "checksum", "identifier-and-checksum"] {
        for args in ["-I", "-I -6", "-U", "-U -6", "-T", "-T -6"] {
            let target = if args.ends_with("-6") { "2001:db8:ff::7" } else { "203.0.113.7" };
            let scene = fan(&format!("icmp_flow = \"{flow}\""));
            let ran = scene.run::<Trace>(&format!("{args} -q 5 --json -n {target}"));
            let path = path(&agreeing(&ran));
            assert_eq!(path.len(), 4);
            assert!(path.iter().all(|who| who.len() == 1), "{flow} {args}: {path:?}");
        }
    }
}

#[test]
fn another_flow_may_take_another_path_and_the_same_takes_the_same() {
    for args in ["-I", "-U", "-T"] {
        let second = |flow: u16| {
            let scene = fan("icmp_flow = \"identifier-and-checksum\"");
            let ran = scene.run::<Trace>(&format!("{args} --flow {flow} --json -n 203.0.113.7"));
            path(&agreeing(&ran))[1][0].clone()
        };
        let ways: std::collections::BTreeSet<String> = (0..24).map(second).collect();
        assert_eq!(ways.len(), 4, "{args}: {ways:?}");
        assert_eq!(second(7), second(7));
    }
}

#[test]
fn packets_that_are_shared_out_one_by_one_are_noticed() {
    let records = hold!("packet_by_packet", fan("balance = \"random\""), "-n -q 6 203.0.113.7");
    assert!(path(&records)[1].len() > 1);
    let text = fan("balance = \"random\"").run::<Trace>("-n -q 6 203.0.113.7").out;
    assert!(text.contains("packets are shared out one by one before it (--mda tells)"), "{text}");
    assert_eq!(only(&records, "summary")["reached"], true);
}
