//! The statistics once more, from the records alone and by the plain formulas of the contract: no one-pass recurrence, no
//! window, no histogram.

use serde_json::Value;

/// A `reply` record.
#[derive(Debug, Clone)]
struct Sample {
    seq: u64,
    nanos: u64,
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
    let replies = records.iter().filter(|record| is_type(record, "reply"));
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
            nanos: (record["rtt_ms"].as_f64().expect("a time") * 1e6).round() as u64,
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
    assert_summed(summary, (sent, received));
    let timed: Vec<Sample> = samples.iter().filter(|sample| sample.kind != Kind::Broken).cloned().collect();
    assert_times(summary, &timed, received);
    assert_order(summary, first, sent);
}

/// Holds the share that was lost against what was sent and received.
#[track_caller]
pub(crate) fn assert_summed(sums: &Value, (sent, received): (u64, u64)) {
    let loss = if sent == 0 { 0.0 } else { (sent - received) as f64 / sent as f64 * 100.0 };
    assert_near(&sums["loss_percent"], loss, "loss_percent");
}

fn errors(records: &[Value]) -> u64 {
    let is_error = |record: &&Value| {
        is_type(record, "icmp_error") && record["icmp"]["type"] != 5
            || is_type(record, "send_error") && record["errno"]["name"] == "EMSGSIZE"
    };
    records.iter().filter(is_error).count() as u64
}

/// Spread and percentiles over all replies.
fn assert_times(summary: &Value, samples: &[Sample], received: u64) {
    let Some(rtt) = summary.get("rtt_ms") else { return assert!(samples.is_empty(), "{summary}") };
    let mut sorted: Vec<f64> = samples.iter().map(|sample| sample.nanos as f64).collect();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let mean = sorted.iter().sum::<f64>() / n;
    assert_near(&rtt["min"], sorted[0] / 1e6, "min");
    assert_near(&rtt["max"], sorted[sorted.len() - 1] / 1e6, "max");
    assert_near(&rtt["avg"], mean / 1e6, "avg");
    if received < 2 {
        assert_eq!(
            rtt.as_object().expect("an object").len(),
            3,
            "what one sample cannot have is absent: {rtt}"
        );
        return;
    }
    let variance = sorted.iter().map(|nanos| (nanos - mean).powi(2)).sum::<f64>() / n;
    assert_near(&rtt["mdev"], variance.sqrt() / 1e6, "mdev");
    for (key, percent) in [("p50", 50.0), ("p90", 90.0), ("p95", 95.0), ("p99", 99.0)] {
        let rank = (percent * n / 100.0_f64).ceil() as usize;
        assert_near(&rtt[key], sorted[rank - 1] / 1e6, key);
    }
}

/// Jitter and loss bursts, in the order of sending.
fn assert_order(summary: &Value, mut first: Vec<Sample>, sent: u64) {
    first.sort_by_key(|sample| sample.seq);
    if first.len() < 2 {
        assert!(summary.get("jitter_ms").is_none() && summary.get("loss_bursts").is_none(), "{summary}");
        return;
    }
    let differences: Vec<f64> =
        first.windows(2).map(|pair| pair[0].nanos.abs_diff(pair[1].nanos) as f64).collect();
    let jitter = &summary["jitter_ms"];
    assert_near(
        &jitter["mean"],
        differences.iter().sum::<f64>() / differences.len() as f64 / 1e6,
        "jitter mean",
    );
    assert_near(&jitter["max"], differences.iter().copied().fold(0.0, f64::max) / 1e6, "jitter max");
    let smoothed = differences.iter().fold(0.0, |jitter, difference| jitter + (difference - jitter) / 16.0);
    assert_near(&jitter["rfc3550"], smoothed / 1e6, "jitter rfc3550");
    let answered: std::collections::BTreeSet<u64> = first.iter().map(|sample| sample.seq).collect();
    let lost: Vec<u64> = (1..=sent).filter(|seq| !answered.contains(seq)).collect();
    let runs: Vec<usize> = lost.chunk_by(|a, b| a + 1 == *b).map(<[u64]>::len).collect();
    assert_eq!(summary["loss_bursts"]["count"], runs.len(), "{summary}");
    assert_eq!(summary["loss_bursts"]["longest"], runs.iter().max().copied().unwrap_or(0), "{summary}");
}

/// Equal to the nanosecond, in milliseconds or percent.
#[track_caller]
fn assert_near(found: &Value, expected: f64, what: &str) {
    let found = found.as_f64().unwrap_or_else(|| panic!("no {what}"));
    assert!((found - expected).abs() < 1.1e-6, "{what}: {found} for {expected}");
}
