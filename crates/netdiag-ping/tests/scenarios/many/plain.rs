//! The summaries of many targets once more, each from the records of its target alone.

use std::collections::BTreeMap;

use netdiag_stage::plain::assert_loss;
use serde_json::Value;

use crate::plain::assert_summary;

fn key(record: &Value) -> (String, String) {
    let text = |key: &str| record[key].as_str().expect("a text").to_owned();
    (text("target"), text("address"))
}

fn number(record: &Value, key: &str) -> u64 {
    record[key].as_u64().unwrap_or_else(|| panic!("no {key}: {record}"))
}

/// Holds each summary against the records of its target, and the intervals against the summary. How many there are.
#[track_caller]
pub(crate) fn assert_summaries(records: &[Value]) -> usize {
    let mut targets: BTreeMap<(String, String), (Vec<Value>, Vec<Value>)> = BTreeMap::new();
    for record in records.iter().filter(|record| record["type"] != "notice") {
        let (others, intervals) = targets.entry(key(record)).or_default();
        if record["type"] == "interval" { intervals } else { others }.push(record.clone());
    }
    for (others, intervals) in targets.values() {
        assert_summary(others);
        assert_intervals(intervals, others.last().expect("a summary"));
    }
    targets.len()
}

/// The intervals add up to the summary, and each of them is summed up by the plain formulas.
#[track_caller]
fn assert_intervals(intervals: &[Value], summary: &Value) {
    for interval in intervals {
        let (sent, received) = (number(interval, "sent"), number(interval, "received"));
        assert!(sent > 0 && received <= sent && number(interval, "lost") == sent - received, "{interval}");
        assert_loss(interval);
    }
    if !intervals.is_empty() {
        let sum = |key: &str| intervals.iter().map(|interval| number(interval, key)).sum::<u64>();
        assert_eq!(sum("sent"), number(summary, "sent"), "{summary}");
        // What comes after its interval has been told counts in the summary alone.
        assert!(sum("received") <= number(summary, "received"), "{summary}");
        assert!(sum("received") >= number(summary, "received") - number(summary, "late"), "{summary}");
    }
}
