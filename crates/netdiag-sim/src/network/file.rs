//! The shape of a network file, before anything is checked against anything else.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Deserialize;

use super::here::HereSpec;
use super::names::{NameSpec, OriginSpec, ReverseSpec, Table};
use super::node::{NodeSpec, Refusal, RouteSpec, Silence};
use super::script::{LinkState, Trouble};
use super::units::{Block, Span, Step};

/// A whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default = "first_seed")]
    pub(super) seed: u64,
    /// The wall clock at the start, in seconds since 1970.
    #[serde(default = "new_year")]
    pub(super) epoch: u32,
    pub(super) here: HereSpec,
    #[serde(default)]
    pub(super) host: BTreeMap<String, NodeSpec>,
    #[serde(default)]
    pub(super) router: BTreeMap<String, NodeSpec>,
    #[serde(default)]
    pub(super) switch: BTreeMap<String, NodeSpec>,
    #[serde(default)]
    pub(super) link: Vec<LinkFile>,
    /// Broadcast and multicast addresses, each with the names of those who answer.
    #[serde(default)]
    pub(super) group: BTreeMap<IpAddr, Vec<String>>,
    #[serde(default)]
    pub(super) name: BTreeMap<String, NameSpec>,
    #[serde(default)]
    pub(super) reverse: BTreeMap<IpAddr, ReverseSpec>,
    #[serde(default)]
    pub(super) origin: BTreeMap<Block, OriginSpec>,
    #[serde(default)]
    pub(super) table: BTreeMap<String, Table>,
    #[serde(default)]
    pub(super) clock_step: Vec<ClockStep>,
    #[serde(default)]
    pub(super) event: Vec<EventFile>,
    #[serde(default)]
    pub(super) forger: Vec<ForgerFile>,
}

const fn first_seed() -> u64 {
    1
}

/// 2026-01-01T00:00:00Z.
const fn new_year() -> u32 {
    1_767_225_600
}

/// Links between nodes that are named one after the other, all alike.
#[derive(Debug, Deserialize)]
pub(super) struct LinkFile {
    pub(super) ends: Vec<String>,
    /// Name; `A-B` by its ends where there is none.
    pub(super) name: Option<String>,
    /// Name of the interface, where one end is here; `eth0`, `eth1`, … where there is none.
    pub(super) interface: Option<String>,
    /// Addresses of the nodes on this link, by the name of the node. A router's errors come from the one on the link
    /// by which the packet came in.
    #[serde(default)]
    pub(super) addresses: BTreeMap<String, Vec<IpAddr>>,
    /// Keys that differ from the first end to the second.
    #[serde(default)]
    pub(super) forward: toml::Table,
    /// Keys that differ on the way back.
    #[serde(default)]
    pub(super) back: toml::Table,
    /// The keys of both directions.
    #[serde(flatten)]
    pub(super) both: toml::Table,
}

/// A step of the wall clock.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClockStep {
    pub(super) at: Span,
    pub(super) by: Step,
}

/// Something that happens at a time: to a link, to a node, to a route, or to this host's sends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventFile {
    pub(super) at: Span,
    /// For how long; for good where there is none.
    pub(super) r#for: Option<Span>,
    pub(super) link: Option<String>,
    pub(super) state: Option<LinkState>,
    pub(super) change: Option<toml::Table>,
    pub(super) node: Option<String>,
    pub(super) silent: Option<Silence>,
    pub(super) route: Option<EventRoute>,
    pub(super) send: Option<Trouble>,
    /// The process does not run (it was stopped, the machine slept) for as long as `for` says.
    #[serde(default)]
    pub(super) stall: bool,
}

/// A route that an event sets.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventRoute {
    pub(super) on: String,
    pub(super) to: super::units::Prefix,
    #[serde(default)]
    pub(super) via: Vec<String>,
    #[serde(default)]
    pub(super) refuse: Refusal,
}

impl EventRoute {
    pub(super) fn route(&self) -> RouteSpec {
        RouteSpec { to: self.to, via: self.via.clone(), refuse: self.refuse }
    }
}

/// Someone who forges answers to this host.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ForgerFile {
    /// The node at which they enter the network.
    pub(super) at: String,
    /// The source address that they claim.
    pub(super) r#as: IpAddr,
    /// For errors: the destination of the packet that they quote; `as` where there is none.
    pub(super) about: Option<IpAddr>,
    /// How many a second.
    pub(super) rate: f64,
    #[serde(default)]
    pub(super) kind: ForgedKind,
    #[serde(default)]
    pub(super) knows: Knowledge,
    #[serde(default)]
    pub(super) from: Span,
    /// When it ends; after an hour where there is none.
    pub(super) until: Option<Span>,
}

/// What is forged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ForgedKind {
    /// Echo replies.
    #[default]
    EchoReply,
    /// Time-exceeded errors about echo requests.
    TimeExceeded,
    /// Host-unreachable errors about echo requests.
    Unreachable,
}

/// What the forger knows of the probes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Knowledge {
    /// Nothing: identifier and sequence number are guessed.
    Nothing,
    /// The identifier of a socket.
    #[default]
    Identifier,
    /// The identifier and the sequence number sent last.
    Sequence,
}
