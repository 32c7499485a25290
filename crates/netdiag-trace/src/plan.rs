//! What the options mean, checked against each other.

use std::path::PathBuf;
use std::time::Duration;

use netdiag_engine::pacer::Rate;
use netdiag_engine::port::{Fragmentation, SocketOptions};
use netdiag_engine::strategy::{AllBranches, Answers, Discipline, Limits, PathMtu};
use netdiag_model::{Family, Flow};
use netdiag_tool::arguments::paced;
use netdiag_tool::paths::{
    ABREAST_ICMP, ABREAST_UDP, FLOW_BASE, ICMP_OVERHEAD, SIZES, UDP_OVERHEAD, UDP_PORT,
};
use netdiag_tool::targets::Word;
use netdiag_tool::{ColorChoice, ToolError};

use crate::options::{Confidence, FLOWS, FormatName, ProtocolName, TraceOptions, parse_size};

/// Probes per second over all targets, where there may be several.
const RATE: f64 = 1_000.0;
/// The destination port of TCP probes.
const TCP_PORT: u16 = 80;

/// How probes are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// ICMP where that is allowed, else UDP.
    Auto,
    /// ICMP echo.
    Icmp,
    /// UDP.
    Udp,
    /// TCP.
    Tcp,
}

/// In what form the path is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Lines as they become known.
    Text,
    /// A table.
    Wide,
    /// A graph for Graphviz.
    Dot,
    /// A graph for Markdown.
    Mermaid,
    /// JSON Lines.
    Json,
}

/// What is shown, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Only how the path ends.
    pub is_quiet: bool,
    /// More of each hop.
    pub is_verbose: bool,
    /// Unknown extensions in full.
    pub has_extensions: bool,
    /// When to use colour.
    pub color: ColorChoice,
}

/// Where the numbers of autonomous systems come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origins {
    /// They are not asked for.
    None,
    /// DNS.
    Dns,
    /// A file.
    File(PathBuf),
}

/// What to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Whom to ask.
    pub words: Vec<Word>,
    /// Only this family.
    pub family: Option<Family>,
    /// How.
    pub protocol: Protocol,
    /// To which port, where the protocol has ports and one was typed.
    pub port: Option<u16>,
    /// How the sockets are set up.
    pub sockets: SocketOptions,
    /// The global rate.
    pub rate: Rate,
    /// What is asked of each target, but for what depends on the protocol.
    pub limits: Limits,
    /// The end of the run, whatever is outstanding.
    pub deadline: Option<Duration>,
    /// The size of packets, where one was typed.
    pub size: Option<u16>,
    /// The flow, where one was typed.
    pub flow: Option<u16>,
    /// How sure to be that no path is missing, where all are wanted.
    pub mda: Option<Confidence>,
    /// Whether the path MTU is wanted.
    pub mtu: Mtu,
    /// Whether routers are heard by a raw socket as well.
    pub quotes: Quotes,
    /// Whether names are looked up.
    pub names: Names,
    /// Where the numbers of autonomous systems come from.
    pub origins: Origins,
    /// In what form the path is written.
    pub form: Form,
    /// What is shown.
    pub look: Look,
    /// The network namespace to run in.
    pub netns: Option<String>,
}

/// Whether the path MTU is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mtu {
    /// No.
    Ignored,
    /// Yes.
    Found,
}

/// Whether what routers quote of the IP header is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quotes {
    /// No.
    Ignored,
    /// Yes, by a raw socket.
    Heard,
}

/// Whether names are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// No.
    Numeric,
    /// Yes.
    Shown,
}

impl Plan {
    /// Understands the options.
    pub fn new(options: &TraceOptions) -> Result<Self, ToolError> {
        let (words, size) = words(options)?;
        let protocol = protocol(options);
        check(options, (protocol, size))?;
        let is_many = !matches!(words[..], [Word::Host(_)]);
        Ok(Self {
            words,
            family: family(options),
            protocol,
            port: options.port,
            sockets: sockets(options, if is_many { 4096 } else { 64 })?,
            rate: match options.rate {
                Some(rate) => paced(rate),
                None if is_many => paced(RATE),
                None => Rate::Unlimited,
            },
            limits: limits(options, size),
            deadline: options.deadline.filter(|deadline| !deadline.is_zero()),
            size,
            flow: options.flow,
            mda: options.mda,
            mtu: if options.mtu { Mtu::Found } else { Mtu::Ignored },
            quotes: if options.raw { Quotes::Heard } else { Quotes::Ignored },
            names: if options.numeric { Names::Numeric } else { Names::Shown },
            origins: match (&options.asn_db, options.asn) {
                (Some(file), _) => Origins::File(file.clone()),
                (None, true) => Origins::Dns,
                (None, false) => Origins::None,
            },
            form: form(options),
            look: Look {
                is_quiet: options.quiet,
                is_verbose: options.verbose,
                has_extensions: options.extensions,
                color: options.color,
            },
            netns: options.netns.clone(),
        })
    }

    /// The port that probes of a protocol with ports go to.
    pub fn udp_port(&self) -> u16 {
        self.port.unwrap_or(UDP_PORT)
    }

    /// The port that TCP probes go to.
    pub fn tcp_port(&self) -> u16 {
        self.port.unwrap_or(TCP_PORT)
    }

    /// The limits for UDP.
    pub fn udp_limits(&self) -> Limits {
        let overhead = UDP_OVERHEAD;
        let path_mtu = match self.limits.path_mtu {
            PathMtu::Ignored => PathMtu::Ignored,
            PathMtu::Found(_) => PathMtu::Found(Answers::Limited),
        };
        Limits { discipline: Discipline::Abreast { hops: ABREAST_UDP }, overhead, path_mtu, ..self.limits }
    }

    /// The limits for TCP.
    pub fn tcp_limits(&self) -> Limits {
        Limits { discipline: Discipline::OneByOne, ..self.limits }
    }
}

/// What is asked of each target by ICMP.
fn limits(options: &TraceOptions, size: Option<u16>) -> Limits {
    Limits {
        first_ttl: options.first_ttl,
        max_ttl: options.max_ttl,
        queries: options.queries,
        gap: options.gap_limit,
        in_flight: options.window,
        timeout: options.timeout,
        discipline: Discipline::Abreast { hops: ABREAST_ICMP },
        flow: Flow(0),
        flows: FLOWS,
        size: [SIZES[0], SIZES[1]].map(|usual| size.unwrap_or(usual)),
        overhead: ICMP_OVERHEAD,
        path_mtu: if options.mtu { PathMtu::Found(Answers::Free) } else { PathMtu::Ignored },
        branches: match options.mda {
            None => AllBranches::Ignored,
            Some(Confidence::NinetyFive) => AllBranches::Found { miss_percent: 5 },
            Some(Confidence::NinetyNine) => AllBranches::Found { miss_percent: 1 },
        },
    }
}

/// Whom to ask; and the size of the packets, which may stand behind a single host.
fn words(options: &TraceOptions) -> Result<(Vec<Word>, Option<u16>), ToolError> {
    let (typed, last) = match &options.targets[..] {
        [host, last] if last.bytes().all(|digit| digit.is_ascii_digit()) => (&[host.clone()][..], Some(last)),
        all => (all, None),
    };
    let words = typed.iter().map(|word| match Word::parse(word) {
        Ok(Word::Block(_)) => {
            let message = format!("{word:?} is a block: a path leads to one host");
            Err(ToolError::new(message).with_hint("to ask many hosts: name them, or list them: @FILE"))
        }
        Ok(word) => Ok(word),
        Err(error) => Err(ToolError::new(error.to_string())),
    });
    let words = words.collect::<Result<Vec<Word>, ToolError>>()?;
    let size = match last {
        Some(last) if options.size.is_none() => Some(parse_size(last).map_err(ToolError::new)?),
        Some(last) => {
            return Err(ToolError::new(format!("the size is given twice: --size, and {last} at the end")));
        }
        None => options.size,
    };
    Ok((words, size))
}

const fn protocol(options: &TraceOptions) -> Protocol {
    match (options.protocol, options.icmp, options.udp, options.tcp) {
        (Some(ProtocolName::Icmp), ..) | (None, true, ..) => Protocol::Icmp,
        (Some(ProtocolName::Udp), ..) | (None, _, true, _) => Protocol::Udp,
        (Some(ProtocolName::Tcp), ..) | (None, _, _, true) => Protocol::Tcp,
        // Many routers do not share echoes out by flow.
        (None, false, false, false) if options.mda.is_some() => Protocol::Udp,
        (None, false, false, false) => Protocol::Auto,
    }
}

/// What does not go together.
fn check(options: &TraceOptions, (protocol, size): (Protocol, Option<u16>)) -> Result<(), ToolError> {
    let TraceOptions { first_ttl, max_ttl, .. } = *options;
    let error = |message: String| Err(ToolError::new(message));
    if first_ttl > max_ttl {
        let message = format!("the first TTL ({first_ttl}) is beyond the last ({max_ttl})");
        return Err(ToolError::new(message).with_hint("raise the last with -m, or lower the first with -f"));
    }
    if options.port.is_some() && matches!(protocol, Protocol::Auto | Protocol::Icmp) {
        let message = "ICMP has no ports";
        return Err(ToolError::new(message).with_hint("add -U (UDP) or -T (TCP), or leave --port out"));
    }
    if options.timeout.is_zero() {
        return error(
            "a timeout of 0 gives nobody time to answer: write how long to wait, such as 0.5".into(),
        );
    }
    if protocol == Protocol::Tcp {
        let refused = [
            (
                options.mda.is_some(),
                "--mda asks by many flows at once, and TCP attempts go one by one: use UDP",
            ),
            (options.raw, "--raw hears what routers quote of ICMP and UDP probes: use one of these"),
            (options.mtu, "--mtu needs packets of any size, and a SYN has none: use ICMP or UDP"),
            (size.is_some(), "a SYN has no data, so its size cannot be set: use ICMP or UDP"),
        ];
        if let Some((_, why)) = refused.into_iter().find(|(is_typed, _)| *is_typed) {
            return error(why.into());
        }
    }
    if options.mda.is_some() && options.flow.is_some() {
        return error(
            "--flow is one flow, and --mda takes as many as it needs: leave one of them out".into(),
        );
    }
    if options.mtu && size.is_some() {
        return error("--mtu tries sizes by itself: leave the size out".into());
    }
    let needs_paths = matches!(form(options), Form::Dot | Form::Mermaid);
    if needs_paths && (options.quiet || options.wide) {
        return error("a graph is shown as a whole: leave --quiet and --wide out".into());
    }
    check_size(options, (protocol, size))
}

/// A packet has room for its headers.
fn check_size(options: &TraceOptions, (protocol, size): (Protocol, Option<u16>)) -> Result<(), ToolError> {
    let key = if protocol == Protocol::Udp { 4 } else { 0 };
    let least = if options.ipv6 { 48 } else { 28 } + key;
    match size {
        Some(size) if size < least => Err(ToolError::new(format!(
            "a packet of {size} octets has no room for its headers: at least {least}"
        ))),
        _ => Ok(()),
    }
}

const fn family(options: &TraceOptions) -> Option<Family> {
    match (options.ipv4, options.ipv6) {
        (true, _) => Some(Family::V4),
        (false, true) => Some(Family::V6),
        (false, false) => None,
    }
}

fn form(options: &TraceOptions) -> Form {
    match options.format {
        _ if options.json => Form::Json,
        Some(FormatName::Dot) => Form::Dot,
        Some(FormatName::Mermaid) => Form::Mermaid,
        Some(FormatName::Text) | None if options.wide => Form::Wide,
        Some(FormatName::Text) | None => Form::Text,
    }
}

/// Sockets for so many packets under way at once.
fn sockets(options: &TraceOptions, in_flight: usize) -> Result<SocketOptions, ToolError> {
    if let (Some(source), Some(family)) = (options.source, family(options))
        && source.is_ipv4() != (family == Family::V4)
    {
        return Err(ToolError::new(format!("the source address {source} is not an {family} address")));
    }
    let by_source = options.source.map(|ip| if ip.is_ipv4() { Family::V4 } else { Family::V6 });
    Ok(SocketOptions {
        family: family(options).or(by_source),
        interface: options.interface.clone(),
        source: options.source,
        tos: options.tos,
        mark: options.mark,
        identifier: options.flow.map(|flow| FLOW_BASE + flow),
        fragmentation: options.mtu.then_some(Fragmentation::Probe),
        payload_len: 256,
        has_extensions: true,
        in_flight,
        ..SocketOptions::default()
    })
}

/// The source port of the first TCP flow.
pub(crate) const fn tcp_source(flow: Option<u16>, random: u16) -> u16 {
    match flow {
        Some(flow) => FLOW_BASE + flow,
        None => FLOW_BASE + random % (10_000 - FLOWS),
    }
}

#[cfg(test)]
mod tests;
