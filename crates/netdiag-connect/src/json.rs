//! The records of `netdiag.connect/1`: one JSON object per look-up, attempt and closer look, and a summary per target.

mod closer;
mod summary;

pub use closer::{HeartbeatRecord, KeepaliveRecord, TlsLine};
pub use summary::SummaryRecord;

use netdiag_model::{Phase, Verdict};
use netdiag_tool::json::{ErrnoRecord, IcmpRecord, millis, millis_from_nanos};
use schemars::JsonSchema;
use serde::Serialize;

use crate::case::Case;
use crate::evidence::{Finding, Interfaces, shown};
use crate::judge;
use crate::locate::Path;
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
        let syn_sent = match judge::phase(case) {
            Phase::Route => 0,
            _ => (case.sent.len() as u32).max(if is_udp { 0 } else { case.syns() }),
        };
        Self {
            target: target.to_owned(),
            address: shown(&case.address, interfaces),
            port: case.port,
            protocol: case.transport.as_str(),
            seq,
            time: netdiag_tool::json::time(case.started.read.wall),
            verdict: facts.verdict.as_str(),
            side: facts.side.as_str(),
            phase: judge::phase(case).as_str(),
            elapsed_ms: millis_from_nanos(case.elapsed().as_nanos() as f64),
            handshake_rtt_ms: case.handshake().map(millis),
            syn_sent,
            syn_retransmits: if is_udp { syn_sent.saturating_sub(1) } else { case.sighting.retransmits },
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
            let from = hop.answer?;
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

/// The JSON Schema of the output, as text.
pub fn schema() -> String {
    netdiag_tool::json::schema::<Line>()
}
