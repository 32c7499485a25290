//! The records of `netdiag.trace/1`: a hop per TTL, a link per branch, and a summary per target.

mod beside;

use std::time::Duration;

use netdiag_engine::prober::Method;
use netdiag_model::event::Answer;
use netdiag_model::path::{Balance, Hop, HopReply, MtuSource, MtuStage, PathEnd, Place, Trail, way_back};
use netdiag_model::{Address, Clock, Icmp};
use netdiag_tool::json::{ErrnoRecord, IcmpRecord, line, millis, millis_from_nanos};
use netdiag_tool::targets::shown;
use schemars::JsonSchema;
use serde::Serialize;

use crate::fold::rewrites;
use crate::plan::Mtu;
use crate::text::Context;

/// Any line of the output.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(title = "netdiag.trace/1", extend("$id" = "netdiag.trace/1"))]
pub enum Line {
    /// The first line.
    Start(netdiag_tool::json::Start),
    /// Everything about paths.
    Record(Record),
    /// What happened to the run itself.
    Notice(netdiag_tool::json::Notice),
    /// An error that ended the run.
    Error(netdiag_tool::json::Error),
}

/// Whose path a record is about.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct About {
    /// The target, as typed.
    pub target: String,
    /// Its address.
    pub address: String,
}

/// What is known of a path.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Record {
    /// A hop.
    Hop(HopRecord),
    /// A link between two hops, where all paths are wanted.
    Link(LinkRecord),
    /// How the path ends, and what it amounts to.
    Summary(Box<Summary>),
}

/// A hop.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HopRecord {
    /// The path.
    #[serde(flatten)]
    pub about: About,
    /// The TTL that it is reached with.
    pub ttl: u8,
    /// Probes that left this host.
    pub sent: u32,
    /// Probes that were answered.
    pub received: u32,
    /// The answers, in the order in which they came.
    pub replies: Vec<ReplyRecord>,
    /// Why a probe did not leave this host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errno: Option<ErrnoRecord>,
    /// How this hop shares packets out among the next, where all paths are wanted and it does: `flow` or `packet`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub balance: Option<BalanceName>,
}

/// How packets are shared out.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BalanceName {
    /// By flow.
    Flow,
    /// Packet by packet.
    Packet,
}

/// An answer.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReplyRecord {
    /// Who answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Round-trip time in milliseconds.
    pub rtt_ms: f64,
    /// The clock of both ends.
    pub clock: ClockName,
    /// The ICMP message that it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icmp: Option<IcmpRecord>,
    /// What it is where it is none: `syn-ack`, `rst`, `udp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<&'static str>,
    /// The MTU that it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mtu: Option<u32>,
    /// TTL or hop limit that it arrived with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_ttl: Option<u8>,
    /// Hops back, by that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back_hops: Option<u8>,
    /// How many hops the way back is longer than the way there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asymmetry: Option<i16>,
    /// The flow of its probe.
    pub flow: u16,
    /// It came after its timeout.
    #[serde(skip_serializing_if = "is_false")]
    pub late: bool,
    /// The autonomous system that announces the address; the first where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asn: Option<u32>,
    /// All of them, where there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub asns: Vec<u32>,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_name: Option<String>,
    /// The block that it announces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// The MPLS label stack that the probe came in with, the top first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mpls: Vec<LabelRecord>,
    /// The interface that the probe came in by; of several the first that the router tells of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interface: Option<InterfaceRecord>,
    /// All interfaces, where the router tells of several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub interfaces: Vec<InterfaceRecord>,
    /// What else it says, as octets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<ExtensionRecord>,
    /// TTL that the probe arrived with (`--raw`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quoted_ttl: Option<u8>,
    /// TOS or traffic class that the probe arrived with (`--raw`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quoted_tos: Option<u8>,
    /// How the probe that arrived differs from the one that left (`--raw`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nat: Option<NatRecord>,
}

/// An entry of a label stack.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct LabelRecord {
    /// The label.
    pub label: u32,
    /// Traffic class.
    pub tc: u8,
    /// Whether it is the last of the stack.
    pub bottom: bool,
    /// Its TTL.
    pub ttl: u8,
}

/// An interface of a router.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct InterfaceRecord {
    /// What it is to the probe: `incoming`, `sub-ip`, `outgoing`, `next-hop`.
    pub role: &'static str,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its MTU in octets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mtu: Option<u32>,
}

/// An object that is not known here.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExtensionRecord {
    /// Class-Num (RFC 4884).
    pub class: u8,
    /// C-Type.
    pub r#type: u8,
    /// Its data in hexadecimal digits.
    pub data: String,
}

/// What was translated.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct NatRecord {
    /// The source address that the probe arrived with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The destination that it arrived with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
    /// The destination port that it arrived with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Its checksum is not that of what is quoted.
    #[serde(skip_serializing_if = "is_false")]
    pub checksum: bool,
}

/// Where something was rewritten.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RewriteRecord {
    /// The TTL of the first hop that sees it.
    pub ttl: u8,
    /// Who sees it.
    pub from: String,
    /// What: `dscp`, `ecn`, `source`, `destination`, `port`, `checksum`.
    pub field: &'static str,
    /// What it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What it is from there on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// The clock that both ends of a round-trip time were read from.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ClockName {
    /// The network card's own.
    Hardware,
    /// The kernel's, at the device.
    Kernel,
    /// This process's, around the system call.
    User,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_false(value: &bool) -> bool {
    !value
}

/// A link between two hops.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LinkRecord {
    /// The path.
    #[serde(flatten)]
    pub about: About,
    /// The TTL of the nearer hop; 0 for this host.
    pub ttl: u8,
    /// Its address; absent for this host, and for one that is silent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The address of the farther hop; absent for one that is silent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The flows that have shown it.
    pub flows: Vec<u16>,
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

/// A circle.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct LoopRecord {
    /// The TTL of its first hop.
    pub first_ttl: u8,
    /// How many hops it has.
    pub hops: u8,
}

/// From a hop on no larger packet fits.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MtuRecord {
    /// The TTL of the hop whose next link is the narrow one; 0 for this host.
    pub ttl: u8,
    /// Octets, IP header included.
    pub mtu: u32,
    /// How that is known: `own` (this host's link), `told` (a router said so) or `silence` (larger packets vanish: a black
    /// hole).
    pub source: &'static str,
    /// The router that said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// How a path ends, and what it amounts to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Summary {
    /// The path.
    #[serde(flatten)]
    pub about: About,
    /// What was sent: `icmp`, `udp` or `tcp`.
    pub protocol: &'static str,
    /// The port that it went to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Whether the target answered.
    pub reached: bool,
    /// `reached`, `unreachable`, `loop`, `gap-limit`, `max-ttl`, `interrupted`, or `not-sent` where this host let no probe
    /// out.
    pub stop_reason: &'static str,
    /// The TTL at which the target answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hops: Option<u8>,
    /// The largest packet that fits all of the path, in octets, IP header included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_mtu: Option<u32>,
    /// Where it becomes smaller.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mtu_stages: Vec<MtuRecord>,
    /// How many paths were found, where all are wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paths: Option<u64>,
    /// In percent, how sure it is that none is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// How long it took.
    pub elapsed_ms: f64,
    /// Who said that the target cannot be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreachable: Option<UnreachableRecord>,
    /// What was rewritten on the way, where it first shows (`--raw`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rewrites: Vec<RewriteRecord>,
    /// The circle that the path goes in.
    #[serde(rename = "loop", skip_serializing_if = "Option::is_none")]
    pub circle: Option<LoopRecord>,
}

/// Whose path is written.
pub(crate) struct Subject<'a> {
    pub(crate) target: &'a str,
    pub(crate) address: Address,
    pub(crate) method: Method,
}

/// All records of a path.
pub(crate) fn records(
    trail: &Trail,
    subject: &Subject<'_>,
    context: &Context<'_>,
    elapsed: Duration,
) -> Vec<u8> {
    let about =
        || About { target: subject.target.to_owned(), address: shown(&subject.address, context.interfaces) };
    let mut bytes = Vec::new();
    if !context.plan.look.is_quiet {
        for (ttl, hop) in trail.hops() {
            bytes.extend(line(&Record::Hop(hop_record(about(), (ttl, hop), trail, context))));
        }
        if context.plan.mda.is_some() {
            for link in trail.graph().links() {
                let who = |place: Place| place.who.map(|who| shown(&who, context.interfaces));
                let flows = link.flows.iter().map(|flow| flow.0).collect();
                let (from, to) = (who(link.from), who(link.to));
                let record = LinkRecord { about: about(), ttl: link.from.ttl, from, to, flows };
                bytes.extend(line(&Record::Link(record)));
            }
        }
    }
    let summary = summary(about(), (trail, subject.method), context, elapsed);
    bytes.extend(line(&Record::Summary(Box::new(summary))));
    bytes
}

fn hop_record(about: About, (ttl, hop): (u8, &Hop), trail: &Trail, context: &Context<'_>) -> HopRecord {
    let balance =
        trail.graph().places(ttl).into_iter().find_map(|place| match trail.graph().balance(place) {
            Balance::None => None,
            Balance::ByFlow => Some(BalanceName::Flow),
            Balance::ByPacket => Some(BalanceName::Packet),
        });
    HopRecord {
        about,
        ttl,
        sent: hop.sent,
        received: hop.replies.len() as u32,
        replies: hop.replies.iter().map(|reply| reply_record((ttl, hop), reply, context)).collect(),
        errno: hop.refused.first().map(|&errno| errno.into()),
        balance: balance.filter(|_| context.plan.mda.is_some()),
    }
}

fn reply_record((ttl, hop): (u8, &Hop), reply: &HopReply, context: &Context<'_>) -> ReplyRecord {
    let back = reply.ttl.and_then(way_back);
    let origin = reply.from.and_then(|from| context.labels.origin(from.ip));
    let asns: Vec<u32> =
        origin.map(|origin| origin.asns.iter().map(|asn| asn.0).collect()).unwrap_or_default();
    let said = beside::read(&reply.extensions);
    let quote = hop.quote_of(reply.probe);
    ReplyRecord {
        address: reply.from.map(|from| shown(&from, context.interfaces)),
        name: reply.from.and_then(|from| context.labels.name(from.ip)).map(str::to_owned),
        rtt_ms: millis(reply.rtt),
        clock: match reply.clock {
            Clock::Hardware => ClockName::Hardware,
            Clock::Kernel => ClockName::Kernel,
            Clock::User => ClockName::User,
        },
        icmp: reply.icmp().map(Into::into),
        answer: match reply.answer {
            Answer::Icmp(_) => None,
            Answer::Datagram => Some("udp"),
            Answer::SynAck => Some("syn-ack"),
            Answer::Reset => Some("rst"),
        },
        mtu: reply.icmp().as_ref().and_then(Icmp::mtu),
        reply_ttl: reply.ttl,
        back_hops: back.map(|back| back.hops),
        asymmetry: back.map(|back| back.asymmetry(ttl)),
        flow: reply.flow.0,
        late: reply.is_late,
        asn: asns.first().copied(),
        as_name: origin.and_then(|origin| origin.name.clone()),
        prefix: origin.and_then(|origin| origin.prefix).map(|prefix| prefix.to_string()),
        asns: if asns.len() > 1 { asns } else { Vec::new() },
        mpls: said.mpls,
        interface: said.interfaces.first().cloned(),
        interfaces: if said.interfaces.len() > 1 { said.interfaces } else { Vec::new() },
        extensions: said.unknown,
        quoted_ttl: quote.map(|quote| quote.ttl),
        quoted_tos: quote.map(|quote| quote.tos),
        nat: quote.and_then(|quote| beside::nat(quote, context.departed)),
    }
}

fn summary(
    about: About,
    (trail, method): (&Trail, Method),
    context: &Context<'_>,
    elapsed: Duration,
) -> Summary {
    let shown = |address: Address| shown(&address, context.interfaces);
    let (protocol, port) = match method {
        Method::Icmp => ("icmp", None),
        Method::Udp { .. } => ("udp", Some(context.plan.udp_port())),
        Method::Tcp { port } => ("tcp", Some(port)),
    };
    let (mut hops, mut unreachable, mut circle) = (None, None, None);
    match trail.end() {
        Some(PathEnd::Reached { ttl }) => hops = Some(ttl),
        Some(PathEnd::Unreachable { ttl, from, icmp }) => {
            hops = trail.is_reached().then_some(ttl);
            unreachable = Some(UnreachableRecord { from: from.map(shown), icmp: icmp.into() });
        }
        Some(PathEnd::Loop(found)) => circle = Some(LoopRecord { first_ttl: found.first, hops: found.len() }),
        _ => {}
    }
    let stages = trail.mtu_stages();
    let is_found = context.plan.mtu == Mtu::Found;
    Summary {
        about,
        protocol,
        port,
        reached: trail.is_reached(),
        stop_reason: trail.end().map_or("interrupted", |end| end.as_str()),
        hops,
        path_mtu: stages.iter().map(|stage| stage.mtu).min().filter(|_| is_found),
        mtu_stages: stages.iter().map(|stage| mtu_record(stage, &shown)).collect(),
        paths: context.plan.mda.map(|_| trail.graph().paths()),
        confidence: context.plan.mda.map(|_| confidence(trail)),
        elapsed_ms: millis_from_nanos(elapsed.as_nanos() as f64),
        unreachable,
        rewrites: rewrites(trail, context.departed)
            .iter()
            .flat_map(|rewrite| beside::rewrite(rewrite, context.interfaces))
            .collect(),
        circle,
    }
}

/// In percent, how sure it is that no branch is missing.
fn confidence(trail: &Trail) -> f64 {
    ((1.0 - trail.graph().miss_probability()) * 10_000.0).round() / 100.0
}

fn mtu_record(stage: &MtuStage, shown: &impl Fn(Address) -> String) -> MtuRecord {
    let (source, from) = match stage.source {
        MtuSource::Own => ("own", None),
        MtuSource::Told(from) => ("told", Some(shown(from))),
        MtuSource::Silence => ("silence", None),
    };
    MtuRecord { ttl: stage.ttl, mtu: stage.mtu, source, from }
}

/// The JSON Schema of the lines, as text.
pub fn schema() -> String {
    netdiag_tool::json::schema::<Line>()
}
