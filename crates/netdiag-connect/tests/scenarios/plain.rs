//! The statistics once more, from the records alone and by plain formulas: no one-pass recurrence and no histogram.

use serde_json::Value;

use crate::json::of_type;

const VERDICTS: [&str; 9] = [
    "open",
    "refused",
    "filtered",
    "unreachable",
    "rejected",
    "blocked-locally",
    "closed-early",
    "inconclusive",
    "local-error",
];

/// Holds every summary against the attempts that it sums up.
#[track_caller]
pub(crate) fn assert_summary(records: &[Value]) {
    let summaries = of_type(records, "summary");
    assert!(!summaries.is_empty() && records.last().is_some_and(|last| last["type"] == "summary"));
    for summary in summaries {
        let is_of = |attempt: &&&Value| {
            attempt["target"] == summary["target"]
                && summary.get("address").is_none_or(|address| *address == attempt["address"])
                && summary.get("protocol").is_none_or(|protocol| *protocol == attempt["protocol"])
                && summary.get("port").is_none_or(|port| *port == attempt["port"])
        };
        let attempts: Vec<&Value> = of_type(records, "attempt").iter().filter(is_of).copied().collect();
        assert_sums(summary, &attempts);
    }
}

#[track_caller]
fn assert_sums(summary: &Value, attempts: &[&Value]) {
    assert_eq!(summary["sent"], attempts.len(), "{summary}");
    for verdict in VERDICTS {
        let count = attempts.iter().filter(|attempt| attempt["verdict"] == verdict).count();
        assert_eq!(summary[verdict.replace('-', "_")], count, "{verdict}: {summary}");
    }
    let open =
        || attempts.iter().filter(|attempt| attempt["verdict"] == "open" && attempt["protocol"] == "tcp");
    let lost: u64 = open().filter_map(|attempt| attempt["syn_retransmits"].as_u64()).sum();
    assert_eq!(summary["syn_lost"], lost, "{summary}");
    let times: Vec<f64> = open().filter_map(|attempt| attempt["handshake_rtt_ms"].as_f64()).collect();
    assert_times(summary, &times);
    assert_jitter(summary, &times);
}

#[track_caller]
fn assert_times(summary: &Value, times: &[f64]) {
    let Some(rtt) = summary.get("rtt_ms") else { return assert!(times.is_empty(), "{summary}") };
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let mean = sorted.iter().sum::<f64>() / n;
    assert_near(&rtt["min"], sorted[0], "min");
    assert_near(&rtt["max"], sorted[sorted.len() - 1], "max");
    assert_near(&rtt["avg"], mean, "avg");
    if sorted.len() < 2 {
        assert_eq!(rtt.as_object().map(serde_json::Map::len), Some(3), "one sample has no more: {rtt}");
        return;
    }
    let variance = sorted.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / n;
    assert_near(&rtt["mdev"], variance.sqrt(), "mdev");
    for (key, percent) in [("p50", 50.0), ("p90", 90.0), ("p95", 95.0), ("p99", 99.0)] {
        let rank = (percent * n / 100.0_f64).ceil() as usize;
        assert_near(&rtt[key], sorted[rank - 1], key);
    }
}

/// In the order of the attempts.
#[track_caller]
fn assert_jitter(summary: &Value, times: &[f64]) {
    let differences: Vec<f64> = times.windows(2).map(|pair| (pair[0] - pair[1]).abs()).collect();
    let Some(jitter) = summary.get("jitter_ms") else { return assert!(differences.is_empty(), "{summary}") };
    assert_near(&jitter["mean"], differences.iter().sum::<f64>() / differences.len() as f64, "jitter mean");
    assert_near(&jitter["max"], differences.iter().copied().fold(0.0, f64::max), "jitter max");
    let smoothed = differences.iter().fold(0.0, |jitter, difference| jitter + (difference - jitter) / 16.0);
    assert_near(&jitter["rfc3550"], smoothed, "jitter rfc3550");
}

/// Equal to the nanosecond, or nearly, in milliseconds.
#[track_caller]
fn assert_near(found: &Value, expected: f64, what: &str) {
    let found = found.as_f64().unwrap_or_else(|| panic!("no {what}"));
    assert!((found - expected).abs() < 2.1e-6, "{what}: {found} for {expected}");
}
