//! The summary once more, from the other records alone and by plain formulas.

use netdiag_stage::of_type;
use netdiag_stage::plain::{assert_jitter, assert_loss, assert_times};
use serde_json::Value;

/// A `reply` record.
#[derive(Debug, Clone)]
struct Sample {
    seq: u64,
    /// The round-trip time in milliseconds.
    time: f64,
    kind: Kind,
    is_corrupt: bool,
}

/// How a reply counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    First,
    FirstAndLate,
    Duplicate,
    /// A wrong checksum: no answer.
    Broken,
}

impl Sample {
    const fn is_first(&self) -> bool {
        matches!(self.kind, Kind::First | Kind::FirstAndLate)
    }
}

fn is_type(record: &Value, name: &str) -> bool {
    record["type"] == name
}

fn seq(record: &Value) -> u64 {
    record["seq"].as_u64().expect("a sequence number")
}

fn samples(records: &[Value]) -> Vec<Sample> {
    let replies = of_type(records, "reply").into_iter();
    let flag = |record: &Value, name: &str| record.get(name).is_some_and(|flag| flag == true);
    // What is wrong with a corrupt answer the record does not say; a wrong checksum leaves its probe to time out.
    let is_lost = |lost: u64| records.iter().any(|record| is_type(record, "timeout") && seq(record) == lost);
    let kind = |record: &Value| match (flag(record, "duplicate"), flag(record, "late")) {
        (true, _) => Kind::Duplicate,
        (false, true) => Kind::FirstAndLate,
        (false, false) if flag(record, "corrupt") && is_lost(seq(record)) => Kind::Broken,
        (false, false) => Kind::First,
    };
    replies
        .map(|record| Sample {
            seq: seq(record),
            time: record["rtt_ms"].as_f64().expect("a time"),
            kind: kind(record),
            is_corrupt: flag(record, "corrupt"),
        })
        .collect()
}

/// Holds the summary of `records` against its other records.
#[track_caller]
pub(crate) fn assert_summary(records: &[Value]) {
    let summary = records.last().expect("records");
    assert!(is_type(summary, "summary"), "{summary}");
    let samples = samples(records);
    let first: Vec<Sample> = samples.iter().filter(|sample| sample.is_first()).cloned().collect();
    let sent = records.iter().filter_map(|record| record.get("seq")?.as_u64()).max().unwrap_or(0);
    let received = first.len() as u64;
    let count = |is_such: fn(&Sample) -> bool| samples.iter().filter(|sample| is_such(sample)).count() as u64;
    let mut highest = 0;
    let reordered = first.iter().filter(|sample| {
        let is_behind = sample.seq < highest;
        highest = highest.max(sample.seq);
        is_behind
    });
    for (key, expected) in [
        ("sent", sent),
        ("received", received),
        ("lost", sent - received),
        ("duplicates", count(|sample| sample.kind == Kind::Duplicate)),
        ("late", count(|sample| sample.kind == Kind::FirstAndLate)),
        ("corrupt", count(|sample| sample.is_corrupt)),
        ("reordered", reordered.count() as u64),
        ("errors", errors(records)),
    ] {
        assert_eq!(summary[key], expected, "{key}: {summary}");
    }
    assert_loss(summary);
    let timed = samples.iter().filter(|sample| sample.kind != Kind::Broken).map(|sample| sample.time);
    assert_times(summary, &timed.collect::<Vec<f64>>(), first.len());
    assert_order(summary, first, sent);
}

fn errors(records: &[Value]) -> u64 {
    let is_error = |record: &&Value| {
        is_type(record, "icmp_error") && record["icmp"]["type"] != 5
            || is_type(record, "send_error") && record["errno"]["name"] == "EMSGSIZE"
    };
    records.iter().filter(is_error).count() as u64
}

/// Jitter and loss bursts, in the order of sending.
#[track_caller]
fn assert_order(summary: &Value, mut first: Vec<Sample>, sent: u64) {
    first.sort_by_key(|sample| sample.seq);
    assert_jitter(summary, &first.iter().map(|sample| sample.time).collect::<Vec<f64>>());
    if first.len() < 2 {
        return assert!(summary.get("loss_bursts").is_none(), "{summary}");
    }
    let answered: std::collections::BTreeSet<u64> = first.iter().map(|sample| sample.seq).collect();
    let lost: Vec<u64> = (1..=sent).filter(|seq| !answered.contains(seq)).collect();
    let runs: Vec<usize> = lost.chunk_by(|a, b| a + 1 == *b).map(<[u64]>::len).collect();
    assert_eq!(summary["loss_bursts"]["count"], runs.len(), "{summary}");
    assert_eq!(summary["loss_bursts"]["longest"], runs.iter().max().copied().unwrap_or(0), "{summary}");
}
