//! The summaries once more, from the attempts alone and by plain formulas.

use netdiag_stage::of_type;
use netdiag_stage::plain::{assert_jitter, assert_times};
use serde_json::Value;

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
    assert_times(summary, &times, times.len());
    assert_jitter(summary, &times);
}
