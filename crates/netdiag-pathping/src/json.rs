//! The records of `netdiag.pathping/1`: a hop per TTL, a link between each two that answer, and a summary.

use std::time::Duration;

use netdiag_engine::prober::Method;
use netdiag_model::path::PathEnd;
use netdiag_model::stats::Interval;
use netdiag_model::stats::attribution::{Finding, HopLoss, LinkLoss, Outcomes, Stretch, Suspect};
use netdiag_tool::json::{IcmpRecord, RttRecord, line, millis_from_nanos};
use schemars::JsonSchema;
use serde::Serialize;

use crate::discovery::Discovered;
use crate::fold::{SurveyedHop, Times};
use crate::page::Page;
use crate::report::Report;

/// Any line of the output.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(title = "netdiag.pathping/1", extend("$id" = "netdiag.pathping/1"))]
pub enum Line {
    /// The first line.
    Start(netdiag_tool::json::Start),
    /// Everything about the path.
    Record(Record),
    /// What happened to the run itself.
    Notice(netdiag_tool::json::Notice),
    /// An error that ended the run.
    Error(netdiag_tool::json::Error),
}

/// What is known of the path.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Record {
    /// A hop.
    Hop(Box<HopRecord>),
    /// The way from one hop that answers to the next.
    Link(LinkRecord),
    /// What it amounts to.
    Summary(Box<Summary>),
}

/// A hop.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HopRecord {
    /// The TTL that it is reached with.
    pub ttl: u8,
    /// Who answers; absent for a hop that is silent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Probes towards the target whose TTL ends here, as far as their fate is known.
    pub sent: u64,
    /// Those that were answered.
    pub received: u64,
    /// Percent of these probes that the node itself did not answer; what the path lost is taken out.
    pub loss_percent: f64,
    /// Why it answers less than it was asked: `none` (it does not), `rate-limited`, `path`, `silent`, `unknown`.
    pub loss_cause: &'static str,
    /// Echoes to the hop itself; absent where its address is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direct: Option<DirectRecord>,
    /// Round-trip times of the probes whose TTL ends here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rtt_ms: Option<RttRecord>,
    /// The address that answered before the path changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_before: Option<String>,
}

/// Echoes to a hop itself.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DirectRecord {
    /// Echoes whose fate is known.
    pub sent: u64,
    /// Those that were answered.
    pub received: u64,
    /// Percent of them that the node itself did not answer; what the path lost is taken out.
    pub loss_percent: f64,
    /// Round-trip times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rtt_ms: Option<RttRecord>,
}

/// A share with its 95 % interval, in percent.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct IntervalRecord {
    /// The most likely value.
    pub estimate: f64,
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
}

impl From<Interval> for IntervalRecord {
    fn from(Interval { estimate, low, high }: Interval) -> Self {
        Self { estimate: rounded(estimate), low: rounded(low), high: rounded(high) }
    }
}

/// The way from one hop that answers to the next.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LinkRecord {
    /// The TTL of the nearer hop; 0 for this host.
    pub from_ttl: u8,
    /// The TTL of the farther hop.
    pub to_ttl: u8,
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Loss there and back.
    pub loss_percent: IntervalRecord,
    /// In percent, how sure it is that it loses more than any network does.
    pub certainty_percent: f64,
}

/// A stretch of the path.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct StretchRecord {
    /// The TTL of the nearer hop; 0 for this host.
    pub from_ttl: u8,
    /// The TTL of the farther hop.
    pub to_ttl: u8,
}

impl From<Stretch> for StretchRecord {
    fn from(Stretch { from_ttl, to_ttl }: Stretch) -> Self {
        Self { from_ttl, to_ttl }
    }
}

/// What the loss amounts to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FindingRecord {
    /// `no-loss`, `only-limits` (no link loses, but hops limit their answers), `loses`, `too-few` (answers to tell).
    pub kind: &'static str,
    /// The same as a sentence.
    pub text: String,
    /// With `no-loss` and `only-limits`: at most so much is lost, in percent, with 95 % confidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most_percent: Option<f64>,
    /// With `loses`: how much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss_percent: Option<IntervalRecord>,
    /// With `loses`: what may be losing: `link`, or `link-or-end` where the hop at the end may as well not answer all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspect: Option<&'static str>,
}

/// Who says that the target cannot be reached, and what.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct UnreachableRecord {
    /// Who.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What.
    pub icmp: IcmpRecord,
}

/// What it amounts to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Summary {
    /// The target, as typed.
    pub target: String,
    /// Its address.
    pub address: String,
    /// What was sent: `icmp` or `udp`.
    pub protocol: &'static str,
    /// The port that it went to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Whether the target answered when the path was searched.
    pub reached: bool,
    /// How the path ends: `reached`, `unreachable`, `loop`, `gap-limit`, `max-ttl`, `interrupted` where the search was cut
    /// short, or `not-sent` where this host let no probe out.
    pub stop_reason: &'static str,
    /// The TTL at which the target answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hops: Option<u8>,
    /// Rounds that were begun.
    pub rounds: u32,
    /// Probes that left this host after the search.
    pub sent: u64,
    /// Loss of all probes to the target, there and back, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss_percent: Option<f64>,
    /// The link, or stretch, that loses, where one is found to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worst_link: Option<StretchRecord>,
    /// What the loss amounts to.
    pub finding: FindingRecord,
    /// How long it took, with the search.
    pub elapsed_ms: f64,
    /// Who said that the target cannot be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreachable: Option<UnreachableRecord>,
}

/// All records.
pub(crate) fn records(
    report: &Report<'_>,
    found: &Discovered,
    page: &Page<'_>,
    elapsed: Duration,
) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (link, hop, loss) in report.rows().filter(|_| !page.plan.look.is_quiet) {
        if let Some(link) = link {
            bytes.extend(line(&Record::Link(link_record(link, report, page))));
        }
        bytes.extend(line(&Record::Hop(Box::new(hop_record(hop, loss, page)))));
    }
    bytes.extend(line(&Record::Summary(Box::new(summary(report, found, page, elapsed)))));
    bytes
}

fn hop_record(hop: &SurveyedHop, loss: &HopLoss, page: &Page<'_>) -> HopRecord {
    let direct = &hop.outcomes.direct;
    HopRecord {
        ttl: hop.ttl,
        address: hop.address.map(|address| page.shown(address)),
        name: hop.address.and_then(|address| page.labels.name(address.ip)).map(str::to_owned),
        sent: hop.outcomes.through.sent(),
        received: hop.outcomes.through.received(),
        loss_percent: rounded(loss.node_percent.through),
        loss_cause: loss.cause.as_str(),
        direct: (direct.sent() > 0).then(|| DirectRecord {
            sent: direct.sent(),
            received: direct.received(),
            loss_percent: rounded(loss.node_percent.direct),
            rtt_ms: rtt_record(&hop.times.direct, direct),
        }),
        rtt_ms: rtt_record(&hop.times.through, &hop.outcomes.through),
        address_before: hop.change.map(|change| page.shown(change.before)),
    }
}

fn rtt_record(times: &Times, outcomes: &Outcomes) -> Option<RttRecord> {
    RttRecord::of((&times.spread, &times.percentiles), outcomes.received())
}

fn link_record(link: &LinkLoss, report: &Report<'_>, page: &Page<'_>) -> LinkRecord {
    let Stretch { from_ttl, to_ttl } = link.stretch;
    let who = |ttl: u8| report.address(ttl).map(|address| page.shown(address));
    LinkRecord {
        from_ttl,
        to_ttl,
        from: who(from_ttl),
        to: who(to_ttl),
        loss_percent: link.loss_percent.into(),
        certainty_percent: rounded(link.certainty.max(0.0) * 100.0),
    }
}

fn summary(report: &Report<'_>, found: &Discovered, page: &Page<'_>, elapsed: Duration) -> Summary {
    let (protocol, port) = match page.method {
        Method::Udp { .. } => ("udp", Some(page.plan.port)),
        Method::Icmp | Method::Tcp { .. } => ("icmp", None),
    };
    let trail = &found.trail;
    let (hops, unreachable) = match trail.end() {
        Some(PathEnd::Reached { ttl }) => (Some(ttl), None),
        Some(PathEnd::Unreachable { ttl, from, icmp }) => (
            trail.is_reached().then_some(ttl),
            Some(UnreachableRecord { from: from.map(|from| page.shown(from)), icmp: icmp.into() }),
        ),
        _ => (None, None),
    };
    let attribution = &report.attribution;
    Summary {
        target: found.name.clone(),
        address: page.shown(found.address),
        protocol,
        port,
        reached: trail.is_reached(),
        stop_reason: trail.end().map_or("interrupted", |end| end.as_str()),
        hops,
        rounds: report.fold.rounds(),
        sent: report.fold.sent,
        loss_percent: attribution.end_to_end_percent.map(|loss| rounded(loss.estimate)),
        worst_link: attribution.worst_link().map(Into::into),
        finding: finding_record(report, page),
        elapsed_ms: millis_from_nanos(elapsed.as_nanos() as f64),
        unreachable,
    }
}

fn finding_record(report: &Report<'_>, page: &Page<'_>) -> FindingRecord {
    let text = report.sentence(page);
    let plain =
        FindingRecord { kind: "too-few", text, at_most_percent: None, loss_percent: None, suspect: None };
    match report.attribution.finding {
        Finding::TooFew => plain,
        Finding::NoLoss { at_most_percent } => {
            FindingRecord { kind: "no-loss", at_most_percent: Some(rounded(at_most_percent)), ..plain }
        }
        Finding::OnlyLimits { at_most_percent } => {
            FindingRecord { kind: "only-limits", at_most_percent: Some(rounded(at_most_percent)), ..plain }
        }
        Finding::Loses { loss_percent, suspect, .. } => {
            let suspect = match suspect {
                Suspect::Link => "link",
                Suspect::LinkOrEnd => "link-or-end",
            };
            FindingRecord {
                kind: "loses",
                loss_percent: Some(loss_percent.into()),
                suspect: Some(suspect),
                ..plain
            }
        }
    }
}

/// Percentages are known to fewer digits than a float has.
fn rounded(percent: f64) -> f64 {
    (percent * 1e4).round() / 1e4
}

/// The JSON Schema of the lines, as text.
pub fn schema() -> String {
    netdiag_tool::json::schema::<Line>()
}
