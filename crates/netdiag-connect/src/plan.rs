//! What the options mean, checked against each other.

use std::net::IpAddr;
use std::time::Duration;

use netdiag_engine::pacer::Rate;
use netdiag_engine::port::{Keepalive, SocketOptions};
use netdiag_model::{Family, Verdict};
use netdiag_tool::arguments::{Origin, paced};
use netdiag_tool::targets::Word;
use netdiag_tool::{ColorChoice, ToolError};

use crate::arguments::Heartbeat;
use crate::endpoint::{Endpoint, Transport, Wanted};
use crate::options::ConnectOptions;

/// How long a fresh connection to one port is watched.
const DWELL: Duration = Duration::from_millis(200);
/// Attempts per second, where there are several.
const RATE: f64 = 1_000.0;
/// The shortest time that an attempt can be given.
const SHORTEST: Duration = Duration::from_millis(1);

/// What is looked at once a connection is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// Whether it stays open.
    Nothing,
    /// A TLS handshake.
    Tls,
    /// What the service says first.
    Banner,
    /// Whether the kernel notices a peer that vanishes.
    Keepalive(Keepalive),
    /// Whether the service answers.
    Heartbeat(Heartbeat),
}

/// What is shown, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// How much.
    pub detail: Detail,
    /// JSON Lines or text.
    pub form: Form,
    /// When to use colour.
    pub color: ColorChoice,
}

/// How much is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// One line each.
    Quiet,
    /// What is of interest.
    Usual,
    /// All that is known.
    Verbose,
}

/// In what form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For people.
    Text,
    /// JSON Lines.
    Json,
}

/// What to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What to connect with.
    pub wanted: Vec<Wanted>,
    /// Only this family.
    pub family: Option<Family>,
    /// How the sockets are set up.
    pub sockets: SocketOptions,
    /// The address to connect from.
    pub source: Option<IpAddr>,
    /// The port to connect from.
    pub source_port: Option<u16>,
    /// How long each attempt may take.
    pub timeout: Duration,
    /// The end of the run, whatever is outstanding.
    pub deadline: Option<Duration>,
    /// How many tries; `None` for no end of them.
    pub count: Option<u32>,
    /// How many heartbeats; `None` for no end of them.
    pub beats: Option<u32>,
    /// Time between tries, or between heartbeats.
    pub interval: Duration,
    /// The verdict that ends it.
    pub until: Option<Verdict>,
    /// The global rate.
    pub rate: Rate,
    /// How long a fresh connection is watched.
    pub dwell: Duration,
    /// What is looked at once it is open.
    pub after: After,
    /// Whether to find out who refuses.
    pub is_who: bool,
    /// Whether to find out how far SYNs come.
    pub is_locating: bool,
    /// The verdicts that are shown; empty for all.
    pub only: Vec<Verdict>,
    /// What is sent to a UDP port.
    pub payload: Vec<u8>,
    /// What is shown.
    pub look: Look,
    /// The network namespace to run in.
    pub netns: Option<String>,
}

impl Plan {
    /// Understands the options.
    pub fn new(options: &ConnectOptions) -> Result<Self, ToolError> {
        let wanted = options
            .targets
            .iter()
            .map(|word| Wanted::parse(word).map_err(|error| ToolError::new(error.to_string())))
            .collect::<Result<Vec<_>, _>>()?;
        let single = single(&wanted);
        check(options, single)?;
        let after = match options {
            ConnectOptions { tls: true, .. } => After::Tls,
            ConnectOptions { banner: true, .. } => After::Banner,
            ConnectOptions { keepalive: Some(keepalive), .. } => After::Keepalive(*keepalive),
            ConnectOptions { heartbeat: Some(heartbeat), .. } => After::Heartbeat(heartbeat.clone()),
            _ => After::Nothing,
        };
        let dwell = options.dwell.unwrap_or(if single.is_some() { DWELL } else { Duration::ZERO });
        let rate = match (options.rate, single) {
            (Some(rate), _) => paced(rate),
            (None, Some(_)) => Rate::Unlimited,
            (None, None) => paced(RATE),
        };
        let (sockets, source) = sockets(options)?;
        Ok(Self {
            family: family(options),
            sockets,
            source,
            source_port: options.source_port,
            timeout: options.timeout,
            deadline: options.deadline.filter(|deadline| !deadline.is_zero()),
            beats: options.count,
            count: match (options.count, options.until) {
                // What is counted then is what happens on the one connection.
                _ if matches!(after, After::Heartbeat(_) | After::Keepalive(_)) => Some(1),
                (None, Some(_)) => None,
                (count, _) => Some(count.unwrap_or(1)),
            },
            interval: options.interval,
            until: options.until,
            rate,
            dwell,
            after,
            is_who: options.who,
            is_locating: options.locate,
            only: options.only.clone(),
            payload: options.payload.clone().map(|octets| octets.0).unwrap_or_default(),
            look: look(options),
            netns: options.netns.clone(),
            wanted,
        })
    }

    /// The one service that was typed, if it is one.
    pub fn single(&self) -> Option<&Endpoint> {
        single(&self.wanted)
    }
}

/// The one service that the words name: one host, one port.
fn single(wanted: &[Wanted]) -> Option<&Endpoint> {
    match wanted {
        [Wanted::Endpoint(endpoint)] => {
            let is_host = matches!(endpoint.host, Word::Host(_));
            (is_host && endpoint.ports.single().is_some()).then_some(endpoint)
        }
        _ => None,
    }
}

/// What does not go together.
fn check(options: &ConnectOptions, single: Option<&Endpoint>) -> Result<(), ToolError> {
    let closer = [
        ("--who", options.who),
        ("--locate", options.locate),
        ("--tls", options.tls),
        ("--banner", options.banner),
        ("--keepalive", options.keepalive.is_some()),
        ("--heartbeat", options.heartbeat.is_some()),
        ("--until", options.until.is_some()),
        ("--source-port", options.source_port.is_some()),
    ];
    let typed = closer.iter().find(|(_, is_typed)| *is_typed);
    let wrong = |message: String, hint: &str| Err(ToolError::new(message).with_hint(hint));
    if let (Some((name, _)), None) = (typed, single) {
        return wrong(
            format!("{name} looks at one service: one host and one port, no block, list or range"),
            "write HOST:PORT alone; first find the open ones with --only open",
        );
    }
    if let (Some((name, _)), Some(Endpoint { transport: Transport::Udp, .. })) =
        (typed.filter(|(name, _)| !matches!(*name, "--until" | "--source-port")), single)
    {
        return wrong(format!("{name} is for TCP: UDP has no connections"), "write HOST:PORT without udp://");
    }
    let has_udp = options.targets.iter().any(|word| word.starts_with("udp://"));
    if options.payload.is_some() && !has_udp {
        return wrong(
            "--payload is sent to UDP ports only".to_owned(),
            "write udp://HOST:PORT; for TCP there is --heartbeat",
        );
    }
    if options.timeout < SHORTEST {
        return wrong(
            "--timeout is too short for any answer".to_owned(),
            "1ms is the shortest; 3.5 is the default",
        );
    }
    if options.count.is_some() && single.is_none() {
        return wrong(
            "--count is for one host and one port".to_owned(),
            "ask many ports once each, in several runs",
        );
    }
    Ok(())
}

const fn family(options: &ConnectOptions) -> Option<Family> {
    match (options.ipv4, options.ipv6) {
        (true, _) => Some(Family::V4),
        (false, true) => Some(Family::V6),
        (false, false) => None,
    }
}

const fn family_of(ip: IpAddr) -> Family {
    if ip.is_ipv4() { Family::V4 } else { Family::V6 }
}

fn look(options: &ConnectOptions) -> Look {
    Look {
        detail: match (options.quiet, options.verbose) {
            (true, _) => Detail::Quiet,
            (_, true) => Detail::Verbose,
            _ => Detail::Usual,
        },
        form: if options.json { Form::Json } else { Form::Text },
        color: options.color,
    }
}

/// How sockets are set up, and the address to connect from: that one belongs to each attempt, so that one which is not
/// this host's is a verdict.
fn sockets(options: &ConnectOptions) -> Result<(SocketOptions, Option<IpAddr>), ToolError> {
    let typed = Origin { interface: options.interface.clone(), source: options.source };
    let Origin { interface, source } = options.from.iter().fold(typed, |origin, from| origin.with(from));
    if let (Some(source), Some(family)) = (source, family(options))
        && family_of(source) != family
    {
        return Err(ToolError::new(format!("the source address {source} is not an {family} address")));
    }
    let sockets = SocketOptions {
        family: family(options).or(source.map(family_of)),
        interface,
        ttl: options.ttl,
        tos: options.tos,
        mark: options.mark,
        payload_len: 65_535,
        in_flight: 64,
        ..SocketOptions::default()
    };
    Ok((sockets, source))
}

#[cfg(test)]
mod tests;
