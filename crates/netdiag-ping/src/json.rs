//! The records of `netdiag.ping/1`: one JSON object per event, and a summary per target.

use netdiag_model::event::{Arrival, Reply};
use netdiag_tool::json::{
    ClockName, ErrnoRecord, IcmpRecord, JitterRecord, RttRecord, millis, millis_from_nanos, time,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::fold::Report;

/// Any line of the output.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(title = "netdiag.ping/1", extend("$id" = "netdiag.ping/1"))]
pub enum Line {
    /// The first line.
    Start(netdiag_tool::json::Start),
    /// Everything about probes.
    Record(Record),
    /// What happened to the run itself.
    Notice(netdiag_tool::json::Notice),
    /// An error that ended the run.
    Error(netdiag_tool::json::Error),
}

/// Whom and which probe a record is about.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct About {
    /// The target, as typed.
    pub target: String,
    /// Its address.
    pub address: String,
    /// The how-manieth probe it is, from 1.
    pub seq: u64,
}

/// What happened to a probe, or what a target's probes amount to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Record {
    /// An answer from the target.
    Reply(Box<ReplyRecord>),
    /// No answer within the timeout.
    Timeout(About),
    /// An ICMP error about the probe.
    IcmpError {
        /// The probe.
        #[serde(flatten)]
        about: About,
        /// Who sent it.
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<String>,
        /// What it says.
        icmp: IcmpRecord,
        /// The MTU of the link that the packet did not fit.
        #[serde(skip_serializing_if = "Option::is_none")]
        mtu: Option<u32>,
    },
    /// This host did not let the probe out.
    SendError {
        /// The probe.
        #[serde(flatten)]
        about: About,
        /// Why.
        errno: ErrnoRecord,
        /// The MTU that it did not fit.
        #[serde(skip_serializing_if = "Option::is_none")]
        mtu: Option<u32>,
    },
    /// What the probes to a target amount to.
    Summary(Box<Summary>),
    /// What those sent in a part of the run amount to.
    Interval(Box<Interval>),
}

/// An answer.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReplyRecord {
    /// The probe.
    #[serde(flatten)]
    pub about: About,
    /// Length of the answer above IP, in octets.
    pub bytes: usize,
    /// TTL or hop limit it arrived with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl: Option<u8>,
    /// TOS or traffic class it arrived with, unless 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tos: Option<u8>,
    /// Round-trip time in milliseconds.
    pub rtt_ms: f64,
    /// When it arrived.
    pub time: String,
    /// The clock of both ends.
    pub clock: ClockName,
    /// It came after its timeout.
    #[serde(skip_serializing_if = "is_false")]
    pub late: bool,
    /// The probe had been answered before.
    #[serde(skip_serializing_if = "is_false")]
    pub duplicate: bool,
    /// Its data is not what was sent.
    #[serde(skip_serializing_if = "is_false")]
    pub corrupt: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_false(value: &bool) -> bool {
    !value
}

impl ReplyRecord {
    /// The record of an answer.
    pub fn new(about: About, reply: &Reply) -> Self {
        Self {
            about,
            bytes: reply.len,
            ttl: reply.ttl,
            tos: reply.tos.filter(|&tos| tos != 0),
            rtt_ms: millis(reply.rtt),
            time: time(reply.at.read.wall),
            clock: reply.clock.into(),
            late: reply.arrival == Arrival::Late,
            duplicate: reply.arrival == Arrival::Duplicate,
            corrupt: reply.damage.is_some(),
        }
    }
}

/// Runs of unanswered probes.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BurstsRecord {
    /// How many.
    pub count: u64,
    /// The length of the longest.
    pub longest: u64,
}

/// What the probes to a target amount to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Summary {
    /// The target, as typed.
    pub target: String,
    /// Its address.
    pub address: String,
    /// How it was asked: `icmp`, `udp`, `tcp:PORT`.
    pub via: String,
    /// Probes sent.
    pub sent: u64,
    /// Probes answered at least once.
    pub received: u64,
    /// Probes not answered.
    pub lost: u64,
    /// The same in percent of those sent.
    pub loss_percent: f64,
    /// Answers beyond the first.
    pub duplicates: u64,
    /// Answers with wrong data or a wrong checksum.
    pub corrupt: u64,
    /// First answers that came after their timeout.
    pub late: u64,
    /// First answers that came after the answer to a later probe.
    pub reordered: u64,
    /// ICMP errors, and packets too large for this host.
    pub errors: u64,
    /// From the first probe to the end.
    pub elapsed_ms: f64,
    /// Round-trip times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rtt_ms: Option<RttRecord>,
    /// Jitter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jitter_ms: Option<JitterRecord>,
    /// Loss bursts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss_bursts: Option<BurstsRecord>,
    /// After 100 % loss: what that means and does not mean, a sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub meaning: Vec<String>,
    /// After 100 % loss: what to run next.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub advice: Vec<String>,
}

/// What the probes that were sent to a target in a part of the run amount to, whenever their answers came.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Interval {
    /// When the part began.
    pub from: String,
    /// When it ended.
    pub to: String,
    /// The sums.
    #[serde(flatten)]
    pub sums: Summary,
}

/// Whom a summary is about.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The target, as typed.
    pub target: &'a str,
    /// Its address.
    pub address: &'a str,
    /// How it was asked.
    pub via: &'a str,
}

impl Summary {
    /// The summary of a run that took `elapsed`.
    pub fn new(subject: Subject<'_>, report: &Report, elapsed: std::time::Duration) -> Self {
        let (jitter, bursts) = report.ordered();
        let has_several = report.received >= 2;
        Self {
            target: subject.target.to_owned(),
            address: subject.address.to_owned(),
            via: subject.via.to_owned(),
            sent: report.sent,
            received: report.received,
            lost: report.lost(),
            loss_percent: report.loss_percent(),
            duplicates: report.duplicates,
            corrupt: report.corrupt(),
            late: report.late,
            reordered: report.order.reordered(),
            errors: report.errors,
            elapsed_ms: millis_from_nanos(elapsed.as_nanos() as f64),
            rtt_ms: RttRecord::of((&report.spread, &report.percentiles), report.received),
            jitter_ms: JitterRecord::of(&jitter),
            loss_bursts: has_several.then_some(BurstsRecord { count: bursts.count, longest: bursts.longest }),
            meaning: Vec::new(),
            advice: Vec::new(),
        }
    }
}

/// The JSON Schema of the output, as text.
pub fn schema() -> String {
    netdiag_tool::json::schema::<Line>()
}
