//! What the options mean, checked against each other.

mod form;

use std::time::Duration;

use netdiag_engine::pacer::Rate;
use netdiag_engine::port::SocketOptions;
use netdiag_engine::prober::Audience;
use netdiag_engine::strategy::{Count, Echo, Ending, Pace};
use netdiag_engine::token::Payload;
use netdiag_model::{Address, Family};
use netdiag_tool::arguments::{Origin, paced};
use netdiag_tool::targets::{Addresses, Word};
use netdiag_tool::{Caller, ColorChoice, ToolError};

use crate::options::{PingOptions, Via};

pub use form::Form;
use form::{Extent, MAX_TARGETS, family_of};

/// The shortest interval for those who are not root (ping(8)).
const USER_INTERVAL: Duration = Duration::from_millis(2);
/// How many probes those who are not root may send before waiting (ping(8)).
const USER_PRELOAD: u64 = 3;
/// How long to wait for the last answers when none has come, by default (ping(8)).
const LINGER: Duration = Duration::from_secs(10);
/// How long each probe may take by default where it is timed on its own.
const TIMEOUT: Duration = Duration::from_secs(2);
/// The longest that a deadline-free wait can be meant: as good as for ever.
const FOR_EVER: Duration = Duration::from_secs(10 * 365 * 86_400);
/// The most data that fits a packet: 65 535 less the headers of IPv4 and ICMP; in IPv6 the IP header does not count.
const MAX_SIZE: [u32; 2] = [65_507, 65_527];
/// Probes per second over all targets, where there may be several.
const RATE: f64 = 1_000.0;

/// What is shown, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent wishes of the user")]
pub struct Look {
    /// Only the beginning and the end.
    pub is_quiet: bool,
    /// More than usual.
    pub is_verbose: bool,
    /// The time before each line.
    pub has_timestamps: bool,
    /// A line when an answer is still out as the next probe goes.
    pub has_outstanding: bool,
    /// A bell with each answer.
    pub is_audible: bool,
    /// Dots and backspaces instead of lines.
    pub is_flood: bool,
    /// Round-trip times with three decimals whatever their size.
    pub has_three_decimals: bool,
    /// Mean gap between probes and smoothed time in the summary.
    pub has_gap: bool,
    /// When to use colour.
    pub color: ColorChoice,
}

/// Which names are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReverseNames {
    /// None.
    None,
    /// Those of the addresses that answer.
    All,
}

/// What to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Whom to ask. With [`Form::Text`] one [`Word::Host`].
    pub words: Vec<Word>,
    /// Which addresses of a name.
    pub addresses: Addresses,
    /// How many targets there may be.
    pub max_targets: u64,
    /// In what form it is shown.
    pub form: Form,
    /// How often the run is summed up before its end.
    pub report_every: Option<Duration>,
    /// Only this family.
    pub family: Option<Family>,
    /// How to ask.
    pub via: Via,
    /// How the sockets are set up.
    pub sockets: SocketOptions,
    /// The data: its length, and its filling if one was typed.
    pub size: u32,
    /// The filling, if one was typed.
    pub pattern: Option<Vec<u8>>,
    /// When probes are due.
    pub pace: Pace,
    /// How many.
    pub count: Option<u32>,
    /// How many before waiting.
    pub preload: u64,
    /// The end of the run, whatever is outstanding.
    pub deadline: Option<Duration>,
    /// When the run is over.
    pub ending: Ending,
    /// How long each probe may take; `None` for as long as the run.
    pub timeout: Option<Duration>,
    /// The global rate.
    pub rate: Rate,
    /// Which names are looked up.
    pub reverse_names: ReverseNames,
    /// What is shown.
    pub look: Look,
    /// The network namespace to run in.
    pub netns: Option<String>,
}

impl Plan {
    /// Understands the options of `caller`.
    pub fn new(options: &PingOptions, caller: Caller) -> Result<Self, ToolError> {
        if let Some((letter, why)) = options.refused.first() {
            return Err(ToolError::new(format!("-{letter} is not supported: {why}")));
        }
        if options.size > MAX_SIZE[1] {
            return Err(size_error(options.size));
        }
        let words = form::words(options)?;
        let extent = form::extent(options, &words);
        let form = form::form(options, extent);
        form::check(options, (form, extent))?;
        let interval = interval(options, caller)?;
        let timeout = options.timeout.map(|timeout| if timeout.is_zero() { FOR_EVER } else { timeout });
        // A deadline means the same in every form for one target: probes go on until then, or until as many are
        // answered as asked for.
        let deadline = options.deadline.filter(|deadline| !deadline.is_zero());
        let is_classic =
            form == Form::Text || (form == Form::Json && extent == Extent::One && deadline.is_some());
        let ending =
            if is_classic { Ending::Classic { linger: timeout.unwrap_or(LINGER) } } else { Ending::Settled };
        let is_list = matches!(form, Form::Alive | Form::Unreachable);
        Ok(Self {
            family: family(options),
            via: options.via,
            sockets: sockets(options, (&words, extent))?,
            size: options.size,
            pattern: options.pattern.as_ref().map(|pattern| pattern.0.clone()),
            pace: pace(options, caller, (interval, extent)),
            count: options.count.or(is_list.then_some(1)),
            preload: options.preload.unwrap_or(1),
            deadline,
            ending,
            timeout: match options.timeout {
                Some(Duration::ZERO) => None,
                other => (form != Form::Text).then_some(other.unwrap_or(TIMEOUT)),
            },
            rate: rate(options, extent),
            reverse_names: reverse_names(options),
            look: look(options, interval),
            netns: options.netns.clone(),
            addresses: if options.all_addresses { Addresses::All } else { Addresses::First },
            max_targets: if options.force { u64::MAX } else { MAX_TARGETS },
            report_every: options.report_every,
            words,
            form,
        })
    }

    /// Who may answer for `address`.
    pub fn audience(&self, address: &Address) -> Audience {
        if address.ip.is_multicast() || self.sockets.is_broadcast_allowed {
            Audience::Group
        } else {
            Audience::One
        }
    }

    /// The one host that was typed, if it is one.
    pub fn host(&self) -> Option<&str> {
        match &self.words[..] {
            [Word::Host(host)] if self.addresses == Addresses::First => Some(host),
            _ => None,
        }
    }

    /// The strategy that carries the plan out.
    pub fn strategy(&self) -> Echo {
        let count = self.count.map_or(Count::Endless, Count::Limit);
        let echo =
            Echo::new(self.pace, count, self.ending).with_preload(self.preload).with_deadline(self.deadline);
        // Once a target has answered there is nothing more to list of it.
        if matches!(self.form, Form::Alive | Form::Unreachable) { echo.until_answered() } else { echo }
    }

    /// The data of each probe, `less` octets shorter than was asked for.
    pub fn payload(&self, less: u32) -> Payload {
        let len = self.size.saturating_sub(less) as usize;
        Payload::repeating(self.pattern.as_deref().unwrap_or_default(), len)
    }

    /// Whether the data fits a packet to an address of `family`.
    pub fn check_size(&self, family: Family) -> Result<(), ToolError> {
        if family == Family::V4 && self.size > MAX_SIZE[0] { Err(size_error(self.size)) } else { Ok(()) }
    }
}

fn size_error(size: u32) -> ToolError {
    ToolError::new(format!(
        "--size {size} does not fit into a packet: at most {} octets over IPv4, {} over IPv6",
        MAX_SIZE[0], MAX_SIZE[1]
    ))
}

const fn family(options: &PingOptions) -> Option<Family> {
    match (options.ipv4, options.ipv6) {
        (true, _) => Some(Family::V4),
        (false, true) => Some(Family::V6),
        (false, false) => None,
    }
}

/// The interval that was asked for, or the usual one.
fn interval(options: &PingOptions, caller: Caller) -> Result<Duration, ToolError> {
    let usual = if options.flood { Duration::ZERO } else { Duration::from_secs(1) };
    let interval = options.interval.unwrap_or(usual);
    if caller == Caller::User && interval < USER_INTERVAL {
        let message = format!(
            "cannot flood; minimal interval allowed for user is {} ms, not {} ms",
            USER_INTERVAL.as_millis(),
            interval.as_secs_f64() * 1e3
        );
        return Err(ToolError::new(message).with_hint("use -i 0.002 or higher, or run it as root"));
    }
    if caller == Caller::User && options.preload.is_some_and(|preload| preload > USER_PRELOAD) {
        let message = format!("cannot set preload to value greater than {USER_PRELOAD} for user");
        return Err(
            ToolError::new(message).with_hint(format!("use -l {USER_PRELOAD} or lower, or run it as root"))
        );
    }
    Ok(interval)
}

fn pace(options: &PingOptions, caller: Caller, (interval, extent): (Duration, Extent)) -> Pace {
    if options.adaptive {
        let floor = if caller == Caller::User { USER_INTERVAL } else { Duration::ZERO };
        Pace::Adaptive { floor }
    } else if interval.is_zero() && extent == Extent::One {
        Pace::Flood
    } else {
        Pace::Steady { interval }
    }
}

fn rate(options: &PingOptions, extent: Extent) -> Rate {
    match (options.rate, extent) {
        (Some(rate), _) => paced(rate),
        (None, Extent::One) if options.flood => Rate::Max,
        (None, Extent::One) => Rate::Unlimited,
        (None, Extent::Many) => paced(RATE),
    }
}

/// As ping(8): names are looked up when the host was given by name, or when asked to. Among many targets none is.
fn reverse_names(options: &PingOptions) -> ReverseNames {
    let [host] = &options.targets[..] else { return ReverseNames::None };
    let is_address = is_v4_number(host) || host.contains([':', '%']);
    if options.numeric || options.flood || (is_address && !options.force_names) {
        ReverseNames::None
    } else {
        ReverseNames::All
    }
}

/// Whether `inet_aton(3)` reads it as an address: one to four numbers, decimal, octal or hexadecimal (`127.1`, `0`).
fn is_v4_number(text: &str) -> bool {
    let is_number = |part: &str| match part.strip_prefix("0x").or_else(|| part.strip_prefix("0X")) {
        Some(hex) => !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()),
    };
    text.split('.').count() <= 4 && text.split('.').all(is_number)
}

fn look(options: &PingOptions, interval: Duration) -> Look {
    Look {
        is_quiet: options.quiet,
        is_verbose: options.verbose,
        has_timestamps: options.timestamps,
        has_outstanding: options.outstanding,
        is_audible: options.audible,
        is_flood: options.flood,
        has_three_decimals: options.three_decimals,
        has_gap: options.flood || options.adaptive || interval.is_zero(),
        color: options.color,
    }
}

fn sockets(options: &PingOptions, (words, extent): (&[Word], Extent)) -> Result<SocketOptions, ToolError> {
    let typed = Origin { interface: options.interface.clone(), source: options.source };
    let Origin { interface, source } = options.from.iter().fold(typed, |origin, from| origin.with(from));
    if let (Some(source), Some(family)) = (source, family(options))
        && source.is_ipv4() != (family == Family::V4)
    {
        return Err(ToolError::new(format!("the source address {source} is not an {family} address")));
    }
    let by_source = source.map(family_of);
    let by_words = form::family(words);
    let in_flight = match options.preload {
        _ if options.flood || extent == Extent::Many => 4096,
        preload => preload.unwrap_or(1).max(64) as usize,
    };
    Ok(SocketOptions {
        family: family(options).or(by_source).or(by_words),
        interface,
        source,
        ttl: options.ttl,
        tos: options.tos,
        mark: options.mark,
        fragmentation: options.pmtu.map(Into::into),
        is_direct_only: options.direct_only,
        is_broadcast_allowed: options.broadcast,
        is_multicast_loop_off: options.no_loop,
        flow_label: options.flow_label,
        identifier: options.identifier,
        send_buffer: options.send_buffer,
        payload_len: options.size as usize,
        in_flight,
        backend: options.backend.into(),
        ..SocketOptions::default()
    })
}

#[cfg(test)]
mod tests;
