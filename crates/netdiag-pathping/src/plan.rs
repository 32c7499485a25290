//! What the options mean, checked against each other.

use std::time::Duration;

use netdiag_engine::pacer::Rate;
use netdiag_engine::port::SocketOptions;
use netdiag_engine::strategy::{AllBranches, Discipline, Limits, PathMtu, Rhythm};
use netdiag_model::{Family, Flow};
use netdiag_tool::arguments::paced;
use netdiag_tool::paths::{
    ABREAST_ICMP, ABREAST_UDP, FLOW_BASE, ICMP_OVERHEAD, SIZES, UDP_OVERHEAD, UDP_PORT,
};
use netdiag_tool::targets::Word;
use netdiag_tool::{ColorChoice, ToolError};

use crate::options::{PathpingOptions, ProtocolName};

/// Probes per hop while the path is searched.
const SEARCH_QUERIES: u8 = 3;
/// Probes under way while the path is searched.
const SEARCH_WINDOW: u16 = 64;

/// How probes are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// ICMP where that is allowed, else UDP.
    Auto,
    /// ICMP echo.
    Icmp,
    /// UDP.
    Udp,
}

/// In what form it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A table.
    Text,
    /// JSON Lines.
    Json,
}

/// Whether names are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// No.
    Numeric,
    /// Yes.
    Shown,
}

/// How much is shown, and when to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Only what it amounts to.
    pub is_quiet: bool,
    /// More of each hop and link.
    pub is_verbose: bool,
    /// When to use colour.
    pub color: ColorChoice,
}

/// What to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Whom to ask.
    pub word: Word,
    /// How.
    pub protocol: Protocol,
    /// To which port, by UDP.
    pub port: u16,
    /// How the sockets are set up.
    pub sockets: SocketOptions,
    /// The global rate.
    pub rate: Rate,
    /// How often each hop is asked.
    pub rhythm: Rhythm,
    /// How the path is searched, but for what depends on the protocol.
    pub limits: Limits,
    /// The end of the run, whatever is outstanding.
    pub deadline: Option<Duration>,
    /// Whether names are looked up.
    pub names: Names,
    /// In what form it is written.
    pub form: Form,
    /// How much is shown.
    pub look: Look,
    /// The network namespace to run in.
    pub netns: Option<String>,
}

impl Plan {
    /// Understands the options.
    pub fn new(options: &PathpingOptions) -> Result<Self, ToolError> {
        let word = word(options)?;
        check(options)?;
        Ok(Self {
            word,
            protocol: match options.protocol {
                None => Protocol::Auto,
                Some(ProtocolName::Udp) => Protocol::Udp,
                Some(ProtocolName::Icmp | ProtocolName::Tcp) => Protocol::Icmp,
            },
            port: options.port.unwrap_or(UDP_PORT),
            sockets: sockets(options)?,
            rate: options.rate.map_or(Rate::Unlimited, paced),
            rhythm: Rhythm { period: options.period, rounds: options.queries },
            limits: limits(options),
            deadline: options.deadline.filter(|deadline| !deadline.is_zero()),
            names: if options.numeric { Names::Numeric } else { Names::Shown },
            form: if options.json { Form::Json } else { Form::Text },
            look: Look { is_quiet: options.quiet, is_verbose: options.verbose, color: options.color },
            netns: options.netns.clone(),
        })
    }

    /// How the path is searched by UDP.
    pub fn udp_limits(&self) -> Limits {
        let overhead = UDP_OVERHEAD;
        Limits { discipline: Discipline::Abreast { hops: ABREAST_UDP }, overhead, ..self.limits }
    }
}

/// The one host to ask.
fn word(PathpingOptions { target, further, .. }: &PathpingOptions) -> Result<Word, ToolError> {
    let one = |message: String| {
        Err(ToolError::new(message).with_hint("the paths to many hosts at once: netdiag trace HOST…"))
    };
    if !further.is_empty() {
        return one(format!("pathping asks one host, and here are {}", further.len() + 1));
    }
    match Word::parse(target) {
        Ok(word @ Word::Host(_)) => Ok(word),
        Ok(Word::Block(_)) => one(format!("{target:?} is a block, and pathping asks one host")),
        Ok(Word::File(_) | Word::Stdin) => one(format!("{target:?} is a list, and pathping asks one host")),
        Err(error) => Err(ToolError::new(error.to_string())),
    }
}

/// What does not go together.
fn check(options: &PathpingOptions) -> Result<(), ToolError> {
    let PathpingOptions { first_ttl, max_ttl, .. } = *options;
    let error = |message: &str| Err(ToolError::new(message));
    if first_ttl > max_ttl {
        let message = format!("the first TTL ({first_ttl}) is beyond the last ({max_ttl})");
        return Err(ToolError::new(message).with_hint("raise the last with -h, or lower the first"));
    }
    if options.protocol == Some(ProtocolName::Tcp) {
        return error("pathping asks the routers themselves, and they answer no SYN: use icmp or udp");
    }
    if options.port.is_some() && options.protocol != Some(ProtocolName::Udp) {
        return Err(ToolError::new("ICMP has no ports").with_hint("add --protocol udp, or leave --port out"));
    }
    if options.timeout.is_zero() {
        return error("a timeout of 0 gives nobody time to answer: write how long to wait, such as 0.5");
    }
    if options.period.is_zero() {
        return error("a period of 0 gives no router time to answer: write a span of time, such as 0.25");
    }
    let key = if options.protocol == Some(ProtocolName::Icmp) { 0 } else { 4 };
    let least = if options.ipv6 { 48 } else { 28 } + key;
    match options.size {
        Some(size) if size < least => Err(ToolError::new(format!(
            "a packet of {size} octets has no room for its headers: at least {least}"
        ))),
        _ => Ok(()),
    }
}

fn limits(options: &PathpingOptions) -> Limits {
    Limits {
        first_ttl: options.first_ttl,
        max_ttl: options.max_ttl,
        queries: options.queries.min(SEARCH_QUERIES.into()) as u8,
        gap: options.gap_limit,
        in_flight: SEARCH_WINDOW,
        timeout: options.timeout,
        discipline: Discipline::Abreast { hops: ABREAST_ICMP },
        flow: Flow(0),
        // One to begin with, and one in its place where answers cannot be told apart.
        flows: 2,
        size: SIZES.map(|usual| options.size.unwrap_or(usual)),
        overhead: ICMP_OVERHEAD,
        branches: AllBranches::Ignored,
        path_mtu: PathMtu::Ignored,
    }
}

fn sockets(options: &PathpingOptions) -> Result<SocketOptions, ToolError> {
    let family = match (options.ipv4, options.ipv6) {
        (true, _) => Some(Family::V4),
        (false, true) => Some(Family::V6),
        (false, false) => None,
    };
    if let (Some(source), Some(family)) = (options.source, family)
        && source.is_ipv4() != (family == Family::V4)
    {
        return Err(ToolError::new(format!("the source address {source} is not an {family} address")));
    }
    let by_source = options.source.map(|ip| if ip.is_ipv4() { Family::V4 } else { Family::V6 });
    Ok(SocketOptions {
        family: family.or(by_source),
        interface: options.interface.clone(),
        source: options.source,
        tos: options.tos,
        mark: options.mark,
        identifier: options.flow.map(|flow| FLOW_BASE + flow),
        payload_len: 256,
        in_flight: 1024,
        ..SocketOptions::default()
    })
}
