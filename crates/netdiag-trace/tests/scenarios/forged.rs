//! What is not an answer: forged messages, somebody else's quotes, quotes and packets with flipped bits, answers that come
//! twice. Nothing of it counts, and that it comes is said once.

use netdiag_stage::{Scene, of_type, only};
use netdiag_trace::Trace;

use crate::agree::{agreeing, notices, path, row};
use crate::hold;
use crate::row::{Row, TARGET};

/// Somebody at the last router who forges.
fn forger(keys: &str) -> Row {
    Row::of(3).and(&format!(
        "[host.mallory]\naddresses = [\"198.51.100.66/24\"]\n[[link]]\nends = [\"r1\", \"mallory\"]\n\
         [[forger]]\nat = \"mallory\"\nrate = 200.0\n{keys}\n"
    ))
}

#[test]
fn forged_messages_change_nothing_and_are_said_once() {
    for (name, keys) in [
        ("forged_replies", "as = \"203.0.113.7\"\nknows = \"sequence\""),
        (
            "forged_errors",
            "as = \"198.51.100.99\"\nabout = \"203.0.113.7\"\nkind = \"time-exceeded\"\nknows = \"sequence\"",
        ),
        (
            "forged_refusals",
            "as = \"10.0.1.1\"\nabout = \"203.0.113.7\"\nkind = \"unreachable\"\nknows = \"sequence\"",
        ),
    ] {
        let records = hold!(name, forger(keys).scene(), "-n -q 20 203.0.113.7");
        assert_eq!(path(&records), row(3, TARGET), "{name}");
        assert_eq!(notices(&records), ["forged"; 2], "once as it begins, once with the sum: {name}");
        assert_eq!(only(&records, "summary")["stop_reason"], "reached");
    }
}

#[test]
fn what_is_about_somebody_elses_packet_reaches_nobody() {
    for knows in ["nothing", "identifier"] {
        let keys = format!(
            "as = \"10.0.1.1\"\nabout = \"198.51.100.200\"\nkind = \"time-exceeded\"\nknows = \"{knows}\""
        );
        let records = agreeing(&forger(&keys).scene().run::<Trace>("-n -q 20 --json 203.0.113.7"));
        assert_eq!(path(&records), row(3, TARGET));
        assert!(of_type(&records, "hop").iter().all(|hop| hop["received"] == 20), "{knows}");
    }
}

#[test]
fn packets_with_flipped_bits_are_no_answers() {
    for args in ["-I", "-U"] {
        for fix in ["", "fix_checksum = true"] {
            for seed in 0..10 {
                let scene =
                    Row::of(3).link(&format!("delay = \"2ms\"\ncorrupt = 0.1\n{fix}")).scene().seed(seed);
                let ran = scene.run::<Trace>(&format!("{args} -n -q 6 --json 203.0.113.7"));
                let path = path(&agreeing(&ran));
                for (found, expected) in path.iter().zip(row(3, TARGET)) {
                    assert!(found.is_empty() || *found == expected, "{args} {fix} seed {seed}: {path:?}");
                }
            }
        }
    }
}

#[test]
fn an_answer_that_comes_twice_counts_once() {
    for args in ["-I", "-U", "-T"] {
        let scene = Row::of(3).link("delay = \"2ms\"\nduplicate = 0.3").scene();
        let ran = scene.run::<Trace>(&format!("{args} -n -q 6 --json 203.0.113.7"));
        let records = agreeing(&ran);
        assert_eq!(path(&records), row(3, TARGET), "{args}");
        assert!(of_type(&records, "hop").iter().all(|hop| hop["received"] == 6), "{args}");
        assert!(notices(&records).is_empty());
    }
}

#[test]
fn answers_that_overtake_each_other_stay_with_their_hops() {
    for args in ["-I", "-U"] {
        for seed in 0..10 {
            let scene =
                Row::of(5).link("delay = \"2ms\"\njitter = \"30ms\"\norder = \"free\"").scene().seed(seed);
            let records = agreeing(&scene.run::<Trace>(&format!("{args} -n --json 203.0.113.7")));
            assert_eq!(path(&records), row(5, TARGET), "{args} seed {seed}");
        }
    }
}

#[test]
fn wrong_checksums_of_a_target_are_no_answers_of_it() {
    let records = hold!("wrong_checksums", Scene::on("a-raw-socket-hears-everything"), "-n -q 6 192.0.2.1");
    assert_eq!(only(&records, "summary")["reached"], true);
}
