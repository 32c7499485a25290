//! The records of `netdiag.trace/1`: a hop per TTL, a link per branch, and a summary per target.

mod beside;
mod records;

pub use records::*;

use std::time::Duration;

use netdiag_engine::prober::Method;
use netdiag_model::event::Answer;
use netdiag_model::path::{Balance, Link, MtuSource, MtuStage, PathEnd, Place, way_back};
use netdiag_model::trail::{Hop, HopReply, Trail};
use netdiag_model::{Address, Icmp};
use netdiag_tool::json::{line, millis, millis_from_nanos};
use netdiag_tool::targets::shown;
use schemars::JsonSchema;
use serde::Serialize;

use crate::fold::rewrites;
use crate::plan::Mtu;
use crate::text::{Context, Subject};

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
            let is_known = |link: &Link| link.to.ttl <= trail.explored();
            for link in trail.graph().links().into_iter().filter(is_known) {
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
        clock: reply.clock.into(),
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
    let (mut unreachable, mut circle) = (None, None);
    match trail.end() {
        Some(PathEnd::Unreachable { from, icmp, .. }) => {
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
        hops: trail.reached_at(),
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
    ((1.0 - trail.graph().miss_probability(trail.explored())) * 10_000.0).round() / 100.0
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
