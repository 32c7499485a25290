//! Records against schemas and plain formulas: what is right passes, and what is wrong does not.

use std::panic::{RefUnwindSafe, UnwindSafe, catch_unwind};

use netdiag_stage::plain::{assert_jitter, assert_loss, assert_times};
use netdiag_stage::{Schema, of_type, only};
use serde_json::{Value, json};

fn is_refused(check: impl FnOnce() + UnwindSafe + RefUnwindSafe) -> bool {
    catch_unwind(check).is_err()
}

fn timeout(seq: u32) -> Value {
    json!({"type": "timeout", "target": "a", "address": "192.0.2.1", "seq": seq})
}

#[test]
fn records_are_found_by_their_type() {
    let records = [timeout(1), json!({"type": "summary"}), timeout(2)];
    let found: Vec<&Value> = of_type(&records, "timeout");
    assert_eq!(found, [&records[0], &records[2]]);
    assert_eq!(only(&records, "summary"), &records[1]);
    assert!(is_refused(|| drop(only(&[timeout(1), timeout(2)], "timeout").clone())));
    assert!(is_refused(|| drop(only(&[], "timeout").clone())));
}

#[test]
fn a_schema_is_the_published_one() {
    let schema = Schema::of("ping");
    schema.assert_valid(&[timeout(1)]);
    schema.assert_particular(&timeout(1), &[("seq", "1".into()), ("type", "answer".into())], &["address"]);
    assert!(!schema.takes(&json!({"type": "timeout"})));
    assert!(is_refused(|| Schema::of("ping").assert_valid(&[timeout(1), json!({"type": "timeout"})])));
    assert!(is_refused(|| Schema::of("ping").assert_particular(&timeout(1), &[("seq", 2.into())], &[])));
    assert!(is_refused(|| Schema::of("ping").assert_particular(&timeout(1), &[], &["colour"])));
    assert!(is_refused(|| drop(Schema::of("no-such-tool"))));
}

/// Worked by hand: 1, 4, 2 and 5 ms.
fn sums() -> Value {
    json!({
        "sent": 5, "received": 4, "loss_percent": 20.0,
        "rtt_ms": {"min": 1.0, "avg": 3.0, "max": 5.0, "mdev": 1.581_139, "p50": 2.0, "p90": 5.0, "p95": 5.0, "p99": 5.0},
        "jitter_ms": {"mean": 2.666_667, "max": 3.0, "rfc3550": 0.469_482},
    })
}

const TIMES: [f64; 4] = [1.0, 4.0, 2.0, 5.0];

#[test]
fn sums_are_held_against_plain_formulas() {
    assert_loss(&sums());
    assert_times(&sums(), &TIMES, 4);
    assert_jitter(&sums(), &TIMES);
    assert_loss(&json!({"sent": 0, "received": 0, "loss_percent": 0.0}));
    for (pointer, wrong) in [("/loss_percent", json!(20.01)), ("/received", json!(3))] {
        let mut other = sums();
        *other.pointer_mut(pointer).expect("a field") = wrong;
        assert!(is_refused(move || assert_loss(&other)), "{pointer}");
    }
    for key in ["min", "avg", "max", "mdev", "p50", "p90", "p95", "p99"] {
        let mut other = sums();
        other["rtt_ms"][key] = 2.5.into();
        assert!(is_refused(move || assert_times(&other, &TIMES, 4)), "{key}");
    }
    for key in ["mean", "max", "rfc3550"] {
        let mut other = sums();
        other["jitter_ms"][key] = 2.5.into();
        assert!(is_refused(move || assert_jitter(&other, &TIMES)), "{key}");
    }
}

#[test]
fn what_cannot_be_known_must_be_absent() {
    let one = json!({"rtt_ms": {"min": 1.0, "avg": 1.0, "max": 1.0}});
    assert_times(&one, &[1.0], 1);
    assert_jitter(&one, &[1.0]);
    assert_times(&json!({}), &[], 0);
    assert!(is_refused(|| assert_times(&sums(), &TIMES, 1)));
    assert!(is_refused(|| assert_times(&sums(), &[], 0)));
    assert!(is_refused(|| assert_jitter(&sums(), &[1.0])));
    assert!(is_refused(|| assert_times(&json!({}), &TIMES, 4)));
    assert!(is_refused(|| assert_jitter(&json!({}), &TIMES)));
}
