//! The records of `netdiag.connect/1`: one JSON object per look-up, attempt and closer look, and a summary per target.

use std::collections::BTreeMap;

use netdiag_model::{Rtt, Verdict};
use netdiag_tool::json::{ErrnoRecord, IcmpRecord, millis, millis_from_nanos};
use schemars::JsonSchema;
use serde::Serialize;

use crate::case::Case;
use crate::evidence::{Finding, Interfaces, shown};
use crate::fold::Report;
use crate::judge;
use crate::locate::Path;
use crate::tls::TlsRecord;
use netdiag_model::knowledge::cause;

/// Any line of the output.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(title = "netdiag.connect/1", extend("$id" = "netdiag.connect/1"))]
pub enum Line {
    /// The first line.
    Start(netdiag_tool::json::Start),
    /// Everything about attempts.
    Record(Record),
    /// What happened to the run itself.
    Notice(netdiag_tool::json::Notice),
    /// An error that ended the run.
    Error(netdiag_tool::json::Error),
}

/// What happened, or what it amounts to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Record {
    /// A name was looked up.
    Resolve(ResolveRecord),
    /// An attempt ended.
    Attempt(Box<AttemptRecord>),
    /// How far on the path SYNs come.
    Locate(LocateRecord),
    /// A TLS handshake.
    Tls(Box<TlsLine>),
    /// An idle connection.
    Keepalive(KeepaliveRecord),
    /// A question to the service, on a connection that stays open.
    Heartbeat(HeartbeatRecord),
    /// What the attempts at a target amount to.
    Summary(Box<SummaryRecord>),
}

/// A name was looked up.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ResolveRecord {
    /// The name.
    pub target: String,
    /// Its addresses, in the order in which a program would try them (RFC 6724).
    pub addresses: Vec<String>,
    /// How long it took.
    pub elapsed_ms: f64,
    /// Who was asked: `getaddrinfo`, which follows this system's own set-up.
    pub source: &'static str,
}

/// An attempt ended.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AttemptRecord {
    /// The host, as typed.
    pub target: String,
    /// The address.
    pub address: String,
    /// The port.
    pub port: u16,
    /// `tcp` or `udp`.
    pub protocol: &'static str,
    /// The how-manieth try it is, from 1.
    pub seq: u64,
    /// When it began.
    pub time: String,
    /// What it amounts to.
    pub verdict: &'static str,
    /// Who has to act.
    pub side: &'static str,
    /// How far it came.
    pub phase: &'static str,
    /// From the start to the verdict's evidence.
    pub elapsed_ms: f64,
    /// SYN to SYN-ACK, by the kernel's own measure; absent when a SYN was repeated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handshake_rtt_ms: Option<f64>,
    /// How many SYNs (or datagrams) were sent.
    pub syn_sent: u32,
    /// How many of them were repetitions.
    pub syn_retransmits: u32,
    /// The error that it ended with. Never the verdict alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errno: Option<ErrnoRecord>,
    /// The ICMP message that it ended with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icmp: Option<IcmpRecord>,
    /// Who said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The TTL or hop limit of the answer, where it was looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_ttl: Option<u8>,
    /// The state of the socket at the end (RFC 9293).
    pub state: &'static str,
    /// What happened, in one sentence.
    pub summary: String,
    /// What the service said by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub banner: Option<String>,
    /// What the verdict stands on.
    pub evidence: Vec<String>,
    /// What it could be where this end cannot know.
    pub possible: Vec<String>,
    /// What to run next.
    pub advice: Vec<String>,
}

impl AttemptRecord {
    /// The record of a case.
    pub fn new((target, seq): (&str, u64), case: &Case, interfaces: &Interfaces) -> Self {
        let finding = Finding::of(case, interfaces);
        let facts = cause::of(finding.cause);
        let icmp = case.icmp();
        let is_udp = case.transport == crate::endpoint::Transport::Udp;
        let syn_sent = if is_udp { case.sent.len() as u32 } else { case.syns() };
        Self {
            target: target.to_owned(),
            address: shown(&case.address, interfaces),
            port: case.port,
            protocol: if is_udp { "udp" } else { "tcp" },
            seq,
            time: netdiag_tool::json::time(case.started.read.wall),
            verdict: facts.verdict.as_str(),
            side: facts.side.as_str(),
            phase: judge::phase(case).as_str(),
            elapsed_ms: millis_from_nanos(case.elapsed().as_nanos() as f64),
            handshake_rtt_ms: case.handshake().map(millis),
            syn_sent,
            syn_retransmits: syn_sent.saturating_sub(1),
            errno: case.errno().map(Into::into),
            icmp: icmp.map(|(icmp, _)| icmp.into()),
            from: from(case, facts.verdict).map(|from| shown(&from, interfaces)),
            reply_ttl: case.whose.map(|whose| whose.ttl),
            state: judge::state(case).as_str(),
            summary: finding.sentence,
            banner: (!case.greeting.is_empty()).then(|| String::from_utf8_lossy(&case.greeting).into_owned()),
            evidence: finding
                .evidence
                .into_iter()
                .map(|piece| format!("{}: {}", piece.label, piece.text))
                .collect(),
            possible: finding.possible,
            advice: finding.next.into_iter().map(|(run, why)| format!("{run}: {why}")).collect(),
        }
    }
}

/// Who said so: the sender of the ICMP message, or the target itself where it answered.
fn from(case: &Case, verdict: Verdict) -> Option<netdiag_model::Address> {
    match case.icmp() {
        Some((_, from)) => from,
        None => matches!(verdict, Verdict::Refused | Verdict::ClosedEarly).then_some(case.address),
    }
}

/// A hop that answered.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HopRecord {
    /// Its TTL.
    pub ttl: u8,
    /// Its address.
    pub address: String,
    /// What it said, where that was an ICMP message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icmp: Option<IcmpRecord>,
}

/// How far on the path SYNs to a port come.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LocateRecord {
    /// The host, as typed.
    pub target: String,
    /// The address.
    pub address: String,
    /// The port.
    pub port: u16,
    /// The last hop that answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_answering: Option<HopRecord>,
    /// From which TTL on nothing answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silent_from_ttl: Option<u8>,
    /// Who answered with more than that the TTL ran out: the target, or somebody who refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<HopRecord>,
    /// All hops that answered.
    pub hops: Vec<HopRecord>,
}

impl LocateRecord {
    /// The record of a path.
    pub fn new(
        target: &str,
        (address, port): (&netdiag_model::Address, u16),
        (path, interfaces): (&Path, &Interfaces),
    ) -> Self {
        let record = |hop: &crate::locate::Hop| {
            let (from, _) = hop.answer?;
            let icmp = hop.icmp.map(Into::into);
            Some(HopRecord { ttl: hop.ttl, address: shown(&from, interfaces), icmp })
        };
        Self {
            target: target.to_owned(),
            address: shown(address, interfaces),
            port,
            last_answering: path.last_answering().and_then(record),
            silent_from_ttl: path.silent_from(),
            answered_by: path.answered_by().and_then(record),
            hops: path.hops.iter().filter_map(record).collect(),
        }
    }
}

/// An idle connection, and how a peer that vanishes was noticed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct KeepaliveRecord {
    /// The host, as typed.
    pub target: String,
    /// The address.
    pub address: String,
    /// The port.
    pub port: u16,
    /// How long the connection was idle.
    pub idle_ms: f64,
    /// After how long the end was noticed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noticed_after_ms: Option<f64>,
    /// How.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    /// After how long these settings notice a peer that vanishes.
    pub expected_ms: f64,
    /// After how long the system's defaults do.
    pub system_default_ms: f64,
    /// The sysctl lines and calls that a program needs.
    pub settings: Vec<String>,
}

/// One question on a connection that stays open.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HeartbeatRecord {
    /// The host, as typed.
    pub target: String,
    /// The address.
    pub address: String,
    /// The port.
    pub port: u16,
    /// The how-manieth it is, from 1.
    pub seq: u64,
    /// How long the answer took, where it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rtt_ms: Option<f64>,
    /// What went wrong, where something did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// A TLS handshake with its target.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TlsLine {
    /// The host, as typed.
    pub target: String,
    /// The address.
    pub address: String,
    /// The port.
    pub port: u16,
    /// What the handshake showed.
    #[serde(flatten)]
    pub record: Option<TlsRecord>,
    /// Why there was no handshake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// Handshake times in milliseconds. What one sample cannot have is absent.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RttRecord {
    /// The smallest.
    pub min: f64,
    /// The mean.
    pub avg: f64,
    /// The largest.
    pub max: f64,
    /// The population standard deviation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mdev: Option<f64>,
    /// Median, nearest rank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50: Option<f64>,
    /// 90th percentile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p90: Option<f64>,
    /// 95th percentile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p95: Option<f64>,
    /// 99th percentile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99: Option<f64>,
}

/// Jitter in milliseconds over consecutive handshakes.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct JitterRecord {
    /// The mean difference.
    pub mean: f64,
    /// The largest difference.
    pub max: f64,
    /// Smoothed as in RFC 3550, the final value.
    pub rfc3550: f64,
}

/// What the attempts at a target amount to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SummaryRecord {
    /// The host, as typed.
    pub target: String,
    /// The address, where several services were asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
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
    /// From the first attempt to the end.
    pub elapsed_ms: f64,
}

impl SummaryRecord {
    /// The summary of a report.
    pub fn new(target: &str, port: Option<u16>, report: &Report) -> Self {
        let count = |verdict| report.count(verdict);
        let span = |span: std::time::Duration| millis_from_nanos(span.as_nanos() as f64);
        let (jitter, streaks) = (report.jitter(), &report.streaks);
        let has_several = streaks.tries > 1;
        Self {
            target: target.to_owned(),
            address: None,
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
            rtt_ms: rtt(report),
            jitter_ms: jitter.mean().map(|mean| JitterRecord {
                mean: millis_from_nanos(mean),
                max: millis_from_nanos(jitter.max as f64),
                rfc3550: millis_from_nanos(jitter.rfc3550),
            }),
            longest_up_ms: streaks.longest_up.filter(|_| has_several).map(span),
            longest_down_ms: streaks.longest_down.filter(|_| has_several).map(span),
            last_change: streaks.last_change.map(|at| netdiag_tool::json::time(at.wall)),
            chosen: None,
            elapsed_ms: span(report.elapsed()),
        }
    }
}

fn rtt(report: &Report) -> Option<RttRecord> {
    let spread = &report.spread;
    let has_several = spread.count() >= 2;
    let percentiles = report.percentiles.at([50.0, 90.0, 95.0, 99.0]).filter(|_| has_several);
    let at = |index: usize| percentiles.map(|percentiles: [Rtt; 4]| millis(percentiles[index]));
    Some(RttRecord {
        min: millis(spread.min()?),
        avg: millis(spread.mean()?),
        max: millis(spread.max()?),
        mdev: spread.mdev().filter(|_| has_several).map(millis),
        p50: at(0),
        p90: at(1),
        p95: at(2),
        p99: at(3),
    })
}

/// The JSON Schema of the output, as text.
pub fn schema() -> String {
    // Of what is written, not of what would be read: a field that is left out when it says nothing is not required.
    let settings = schemars::generate::SchemaSettings::default().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<Line>();
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
