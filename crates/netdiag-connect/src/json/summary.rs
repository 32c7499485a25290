//! The summary of a target: counts by verdict, and the statistics of its handshakes.

use std::collections::BTreeMap;

use netdiag_model::Verdict;
use netdiag_tool::json::{JitterRecord, RttRecord, millis_from_nanos};
use schemars::JsonSchema;
use serde::Serialize;

use crate::fold::Report;

/// What the attempts at a target amount to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SummaryRecord {
    /// The host, as typed.
    pub target: String,
    /// The address, where several services were asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// `tcp` or `udp`, where several services were asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<&'static str>,
    /// The port, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Attempts.
    pub sent: u64,
    /// Of these, open.
    pub open: u64,
    /// Refused.
    pub refused: u64,
    /// Filtered.
    pub filtered: u64,
    /// Unreachable.
    pub unreachable: u64,
    /// Rejected.
    pub rejected: u64,
    /// Blocked locally.
    pub blocked_locally: u64,
    /// Closed early.
    pub closed_early: u64,
    /// Inconclusive.
    pub inconclusive: u64,
    /// Local errors.
    pub local_error: u64,
    /// The ports of each verdict, where several were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ports: Option<BTreeMap<&'static str, Vec<u16>>>,
    /// SYNs that were lost before one was answered.
    pub syn_lost: u64,
    /// Handshake times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rtt_ms: Option<RttRecord>,
    /// Jitter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jitter_ms: Option<JitterRecord>,
    /// The longest time open in a row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest_up_ms: Option<f64>,
    /// The longest time not open in a row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest_down_ms: Option<f64>,
    /// When it changed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_change: Option<String>,
    /// The address that a program would have ended up with that tries them in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chosen: Option<String>,
    /// Where a name has several addresses: which one programs end up with, and what is broken, in sentences.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub finding: Vec<String>,
    /// From the first attempt to the end.
    pub elapsed_ms: f64,
}

impl SummaryRecord {
    /// The summary of a report.
    pub fn new(target: &str, port: Option<u16>, report: &Report) -> Self {
        let count = |verdict| report.count(verdict);
        let span = |span: std::time::Duration| millis_from_nanos(span.as_nanos() as f64);
        let streaks = &report.streaks;
        let has_several = streaks.tries > 1;
        Self {
            target: target.to_owned(),
            address: None,
            protocol: None,
            port,
            sent: report.sent,
            open: count(Verdict::Open),
            refused: count(Verdict::Refused),
            filtered: count(Verdict::Filtered),
            unreachable: count(Verdict::Unreachable),
            rejected: count(Verdict::Rejected),
            blocked_locally: count(Verdict::BlockedLocally),
            closed_early: count(Verdict::ClosedEarly),
            inconclusive: count(Verdict::Inconclusive),
            local_error: count(Verdict::LocalError),
            ports: None,
            syn_lost: report.lost_syns,
            rtt_ms: RttRecord::of((&report.spread, &report.percentiles), report.spread.count()),
            jitter_ms: JitterRecord::of(&report.jitter()),
            longest_up_ms: streaks.longest_up.filter(|_| has_several).map(span),
            longest_down_ms: streaks.longest_down.filter(|_| has_several).map(span),
            last_change: streaks.last_change.map(|at| netdiag_tool::json::time(at.wall)),
            chosen: None,
            finding: Vec::new(),
            elapsed_ms: span(report.elapsed()),
        }
    }
}
