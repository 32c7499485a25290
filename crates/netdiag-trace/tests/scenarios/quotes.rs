//! Routers that quote only eight octets: UDP probes cannot be told apart by them, so that probes go one at a time.

use netdiag_stage::{Scene, of_type, only};
use netdiag_trace::Trace;

use crate::agree::{agreeing, notices, path, row};
use crate::hold;
use crate::row::{Row, TARGET, TARGET_V6};

fn short(ttls: &[usize]) -> Row {
    ttls.iter().fold(Row::of(5), |row, &ttl| row.router(ttl, "quote = 8\n"))
}

#[test]
fn one_at_a_time_the_hops_are_right_and_that_is_said_once() {
    for ttls in [&[1][..], &[3], &[2, 4], &[1, 2, 3, 4, 5]] {
        for target in [TARGET, TARGET_V6] {
            let ran = short(ttls).scene().run::<Trace>(&format!("-U -n --json {target}"));
            let records = agreeing(&ran);
            assert_eq!(path(&records), row(5, target), "{ttls:?}");
            assert_eq!(notices(&records), ["one-at-a-time"], "{ttls:?}");
            assert!(of_type(&records, "hop").iter().all(|hop| hop["sent"] == 3 && hop["received"] == 3));
        }
    }
    hold!("one_at_a_time", short(&[3]).scene(), "-U -n 203.0.113.7");
    hold!("one_at_a_time_of_several", short(&[3]).scene(), "-U -n --quiet 203.0.113.7 10.0.2.1");
}

#[test]
fn icmp_has_its_number_within_the_eight_octets() {
    let ran = short(&[1, 2, 3, 4, 5]).scene().run::<Trace>("-I -n --json 203.0.113.7");
    let records = agreeing(&ran);
    assert_eq!((notices(&records), path(&records)), (vec![], row(5, TARGET)));
}

#[test]
fn tcp_goes_one_by_one_anyhow() {
    let ran = short(&[1, 2, 3, 4, 5]).scene().run::<Trace>("-T -n --json 203.0.113.7");
    let records = agreeing(&ran);
    assert_eq!((notices(&records), path(&records)), (vec![], row(5, TARGET)));
}

#[test]
fn zeros_before_extensions_are_no_quote() {
    // The last router of the tunnel quotes eight octets and pads them, to tell of its interface.
    for target in ["203.0.113.7", "2001:db8:2::7"] {
        let ran = Scene::on("a-tunnel-that-shows-its-labels").run::<Trace>(&format!("-U -n --json {target}"));
        let records = agreeing(&ran);
        assert_eq!(notices(&records), ["one-at-a-time"]);
        let path = path(&records);
        assert!(path.len() == 6 && path.iter().all(|who| who.len() == 1), "{path:?}");
    }
}

#[test]
fn silent_hops_beside_short_quotes_are_silent() {
    let ran = short(&[2]).router(3, "silent = \"errors\"").scene().run::<Trace>("-U -n --json 203.0.113.7");
    let records = agreeing(&ran);
    let mut expected = row(5, TARGET);
    expected[2].clear();
    assert_eq!(path(&records), expected);
}

#[test]
fn a_slow_answer_is_not_credited_to_the_next_probe() {
    // Answers of the second hop take longer than all others together.
    let row = short(&[1, 2, 3, 4, 5]).and(
        "[[event]]\nat = \"0s\"\nlink = \"r1-r2\"\nchange = { delay = \"400ms\" }\n\
         [[event]]\nat = \"600ms\"\nlink = \"r1-r2\"\nchange = { delay = \"1ms\" }\n",
    );
    let records = agreeing(&row.scene().run::<Trace>("-U -n --json 203.0.113.7"));
    for (found, expected) in path(&records).iter().zip(row_of(5)) {
        assert!(found.is_empty() || *found == expected, "{found:?} for {expected:?}");
    }
}

fn row_of(routers: u8) -> Vec<Vec<String>> {
    row(routers, TARGET)
}

#[test]
fn all_branches_are_found_one_at_a_time_as_well() {
    let toml = "[here]\naddresses = [\"192.0.2.10/24\"]\n[router.split]\naddresses = [\"192.0.2.1/24\"]\n\
                [router.upper]\naddresses = [\"10.0.1.1\"]\n[router.lower]\naddresses = [\"10.0.2.1\"]\nquote = 8\n\
                [host.target]\naddresses = [\"203.0.113.7/24\"]\n[[link]]\nends = [\"here\", \"split\"]\ndelay = \"5ms\"\n\
                [[link]]\nends = [\"split\", \"upper\", \"target\"]\ndelay = \"5ms\"\n\
                [[link]]\nends = [\"split\", \"lower\", \"target\"]\ndelay = \"5ms\"\n";
    for seed in 0..8 {
        let ran = Scene::toml(toml).seed(seed).run::<Trace>("--mda -n --json 203.0.113.7");
        let records = agreeing(&ran);
        assert_eq!(only(&records, "summary")["paths"], 2, "seed {seed}");
        let mut second = path(&records)[1].clone();
        second.sort();
        assert_eq!(second, ["10.0.1.1", "10.0.2.1"], "seed {seed}");
    }
}
