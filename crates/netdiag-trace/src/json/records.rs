//! The shapes of the records.

use netdiag_tool::json::{ClockName, ErrnoRecord, IcmpRecord};
use schemars::JsonSchema;
use serde::Serialize;

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
