//! The options as they are typed: iputils' letters and netdiag's long names. What they mean is `plan`'s matter.

use std::time::Duration;

use clap::{ArgAction, Args, ValueEnum};
use netdiag_engine::port::{Backend, Fragmentation};
use netdiag_tool::{ColorChoice, arguments, duration};

/// By which way a target is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Via {
    /// ICMP where it is allowed, else UDP.
    #[default]
    Auto,
    /// ICMP echo.
    Icmp,
    /// UDP to a closed port.
    Udp,
    /// TCP to this port.
    Tcp(u16),
}

/// The forms that the text can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Lines for people.
    Text,
    /// What fping writes with -C.
    Fping,
}

/// What sends the echoes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum BackendChoice {
    /// This system's sockets, with the kernel's times.
    #[default]
    Native,
    /// Sockets that every system has, with the times of this process.
    Portable,
}

impl From<BackendChoice> for Backend {
    fn from(choice: BackendChoice) -> Self {
        match choice {
            BackendChoice::Native => Self::Native,
            BackendChoice::Portable => Self::Portable,
        }
    }
}

/// iputils' words for path MTU discovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Pmtu {
    /// Set DF, never fragment.
    Do,
    /// Discover the path MTU, fragment locally.
    Want,
    /// Do not set DF.
    Dont,
    /// Set DF, ignore the path MTU that is known.
    Probe,
}

impl From<Pmtu> for Fragmentation {
    fn from(pmtu: Pmtu) -> Self {
        match pmtu {
            Pmtu::Do => Self::Never,
            Pmtu::Want => Self::Locally,
            Pmtu::Dont => Self::Anywhere,
            Pmtu::Probe => Self::Probe,
        }
    }
}

/// What can be typed after `netdiag ping`.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "one field per switch, as typed")]
pub struct PingOptions {
    /// Whom to echo.
    // Its help is an attribute: what stands in help and man page is no Markdown.
    #[arg(
        value_name = "TARGET",
        required = true,
        help = "Whom to echo: names, addresses (fe80::1%eth0), blocks (192.0.2.0/24), ranges (192.0.2.1-50), @FILE, or - for standard input"
    )]
    pub targets: Vec<String>,

    /// Use IPv4 only
    #[arg(short = '4', conflicts_with = "ipv6", help_heading = "Common")]
    pub ipv4: bool,
    /// Use IPv6 only
    #[arg(short = '6', help_heading = "Common")]
    pub ipv6: bool,
    /// Look no names up
    #[arg(short, long, help_heading = "Common")]
    pub numeric: bool,
    /// Look names up even if the host was given as an address
    #[arg(short = 'H', conflicts_with = "numeric", help_heading = "Common")]
    pub force_names: bool,
    /// Write JSON Lines
    #[arg(long, conflicts_with_all = ["csv", "alive", "unreachable", "format"], help_heading = "Common")]
    pub json: bool,
    /// Show only the beginning and the summary
    #[arg(short, long, help_heading = "Common")]
    pub quiet: bool,
    /// Show more, such as duplicates of multicast answers
    #[arg(short, long, help_heading = "Common")]
    pub verbose: bool,
    /// Use colour
    #[arg(long, value_enum, default_value = "auto", help_heading = "Common")]
    pub color: ColorChoice,
    /// Run inside this network namespace: a name, a process id or a path
    #[arg(long, value_name = "NAME|PID|PATH", help_heading = "Common")]
    pub netns: Option<String>,

    /// Stop after so many probes, to each target where there are several
    #[arg(short, long, value_name = "N", allow_negative_numbers = true, value_parser = arguments::count, help_heading = "When")]
    pub count: Option<u32>,
    /// Time between probes to a target: seconds (0.2) or with a unit (200ms)
    #[arg(short, long, value_name = "TIME", allow_negative_numbers = true, value_parser = duration::parse, help_heading = "When")]
    pub interval: Option<Duration>,
    /// How long to wait for an answer. In the text of one target as ping(8): used only while nothing has been answered; else 2 s by default
    #[arg(short = 'W', long, value_name = "TIME", allow_negative_numbers = true, value_parser = duration::parse, help_heading = "When")]
    pub timeout: Option<Duration>,
    /// End the run after this time, whatever is outstanding
    #[arg(short = 'w', long, value_name = "TIME", allow_negative_numbers = true, value_parser = duration::parse, help_heading = "When")]
    pub deadline: Option<Duration>,
    /// At most so many probes per second, over all targets; max for as many as the kernel takes. 1000 where there are several
    #[arg(long, value_name = "N|max", allow_negative_numbers = true, value_parser = arguments::rate, help_heading = "When")]
    pub rate: Option<f64>,
    /// Flood: send when an answer came, or 100 times a second
    #[arg(short, long, help_heading = "When")]
    pub flood: bool,
    /// Adapt the interval to the round-trip time
    #[arg(short = 'A', long, help_heading = "When")]
    pub adaptive: bool,
    /// Send so many probes before waiting for answers
    #[arg(short = 'l', long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(1..=65_536), help_heading = "When")]
    pub preload: Option<u64>,

    /// Octets of data in each probe
    #[arg(
        short,
        long,
        value_name = "N",
        allow_negative_numbers = true,
        default_value_t = 56, value_parser = parse_size,
        help_heading = "What is sent"
    )]
    pub size: u32,
    /// TTL or hop limit
    #[arg(short, long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u8).range(1..), help_heading = "What is sent")]
    pub ttl: Option<u8>,
    /// TOS or traffic class, decimal or 0x hexadecimal
    #[arg(short = 'Q', long, value_name = "N", allow_negative_numbers = true, value_parser = arguments::tos, help_heading = "What is sent")]
    pub tos: Option<u8>,
    /// Fill the data with these octets, up to 16, in hexadecimal
    #[arg(short, long, value_name = "HEX", value_parser = parse_pattern, help_heading = "What is sent")]
    pub pattern: Option<Pattern>,
    /// Path MTU discovery
    #[arg(short = 'M', long = "pmtu", value_enum, value_name = "HOW", help_heading = "What is sent")]
    pub pmtu: Option<Pmtu>,
    /// IPv6 flow label, decimal or 0x hexadecimal; 0 lets the kernel choose
    #[arg(short = 'F', long, value_name = "LABEL", allow_negative_numbers = true, value_parser = parse_flow_label, help_heading = "What is sent")]
    pub flow_label: Option<u32>,
    /// ICMP identifier to use
    #[arg(
        short = 'e',
        long,
        value_name = "ID",
        allow_negative_numbers = true,
        help_heading = "What is sent"
    )]
    pub identifier: Option<u16>,
    /// What sends the echoes: netdiag's own sockets, or the portable ones with times of this process
    #[arg(long, value_enum, value_name = "NAME", default_value = "native", help_heading = "What is sent")]
    pub backend: BackendChoice,
    /// How to ask: auto, icmp, udp, tcp:PORT
    #[arg(long, value_name = "HOW", default_value = "auto", value_parser = parse_via, help_heading = "What is sent")]
    pub via: Via,

    /// Interface to send by, or source address
    #[arg(short = 'I', value_name = "IF|ADDR", help_heading = "From where")]
    pub from: Vec<String>,
    /// Interface (or VRF) to send by
    #[arg(long, value_name = "NAME", help_heading = "From where")]
    pub interface: Option<String>,
    /// Source address to send from
    #[arg(long, value_name = "ADDR", help_heading = "From where")]
    pub source: Option<std::net::IpAddr>,
    /// The firewall mark.
    #[arg(
        short,
        long,
        value_name = "N",
        allow_negative_numbers = true,
        help = "Firewall mark (needs CAP_NET_ADMIN)",
        help_heading = "From where"
    )]
    pub mark: Option<u32>,
    /// Bypass the routing table
    #[arg(short = 'r', long, help_heading = "From where")]
    pub direct_only: bool,
    /// Allow a broadcast address
    #[arg(short, long, help_heading = "From where")]
    pub broadcast: bool,
    /// Do not hear one's own multicasts
    #[arg(short = 'L', long, help_heading = "From where")]
    pub no_loop: bool,
    /// Send buffer size in octets
    #[arg(short = 'S', long, value_name = "N", allow_negative_numbers = true, help_heading = "From where")]
    pub send_buffer: Option<u32>,

    /// Echo all addresses of each name rather than the first
    #[arg(long, help_heading = "Many targets")]
    pub all_addresses: bool,
    /// Print only the addresses that answer, each once; asks each once unless --count says more
    #[arg(long, conflicts_with_all = ["unreachable", "csv", "format"], help_heading = "Many targets")]
    pub alive: bool,
    /// Print only the addresses that do not answer; asks each once unless --count says more
    #[arg(long, conflicts_with_all = ["csv", "format"], help_heading = "Many targets")]
    pub unreachable: bool,
    /// Write a line of comma-separated values per target
    #[arg(long, conflicts_with = "format", help_heading = "Many targets")]
    pub csv: bool,
    /// Form of the text: fping writes what fping -C does
    #[arg(long, value_enum, value_name = "FORM", help_heading = "Many targets")]
    pub format: Option<Format>,
    /// Sum up every so often, over the probes sent since the last time
    #[arg(long, value_name = "TIME", value_parser = duration::parse, help_heading = "Many targets")]
    pub report_every: Option<Duration>,
    /// Take more than 1048576 targets
    #[arg(long, help_heading = "Many targets")]
    pub force: bool,

    /// Begin each line with the time
    #[arg(short = 'D', long, help_heading = "Text")]
    pub timestamps: bool,
    /// Say when an answer is still out as the next probe goes
    #[arg(short = 'O', long, help_heading = "Text")]
    pub outstanding: bool,
    /// Ring the bell with each answer
    #[arg(short, long, help_heading = "Text")]
    pub audible: bool,
    /// Show round-trip times with all three decimals
    #[arg(short = '3', help_heading = "Text")]
    pub three_decimals: bool,

    #[command(flatten)]
    pub(crate) refused: Refused,
}

/// Letters of iputils that are understood and refused, each with what to do instead.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "one field per switch, as typed")]
pub(crate) struct Refused {
    #[arg(short = 'B', hide = true)]
    sticky: bool,
    #[arg(short = 'C', hide = true)]
    connect: bool,
    #[arg(short = 'd', hide = true)]
    debug: bool,
    #[arg(short = 'N', hide = true, value_name = "QUERY")]
    node_information: Option<String>,
    #[arg(short = 'R', hide = true)]
    record_route: bool,
    #[arg(short = 'T', hide = true, value_name = "OPTION")]
    timestamp_option: Option<String>,
    #[arg(short = 'U', hide = true, action = ArgAction::SetTrue)]
    user_latency: bool,
}

impl Refused {
    /// The first of them that was typed: the letter, why it is refused, and what to do instead.
    pub(crate) fn first(&self) -> Option<(char, &'static str)> {
        [
            ('B', self.sticky, "the source address is fixed with --source ADDR"),
            ('C', self.connect, "sockets stay unconnected so that errors from any router are heard"),
            ('d', self.debug, "the kernel has ignored SO_DEBUG for ICMP for years"),
            (
                'N',
                self.node_information.is_some(),
                "node information queries (RFC 4620) are answered by almost no host",
            ),
            ('R', self.record_route, "routers drop packets with IP options; use a trace to see the path"),
            (
                'T',
                self.timestamp_option.is_some(),
                "routers drop packets with IP options; use -D for times of answers",
            ),
            ('U', self.user_latency, "times are the kernel's; --json says the clock of each"),
        ]
        .into_iter()
        .find_map(|(letter, is_typed, why)| is_typed.then_some((letter, why)))
    }
}

/// Octets to fill the data with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(pub Vec<u8>);

fn parse_size(text: &str) -> Result<u32, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is no size: write a whole number of octets, 0 to 65507 over IPv4"))
}

fn parse_flow_label(text: &str) -> Result<u32, String> {
    arguments::number(text, 0xf_ffff, "flow label")
}

fn parse_pattern(text: &str) -> Result<Pattern, String> {
    let is_hex = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hex {
        return Err(format!("patterns must be specified as hex digits: {text}"));
    }
    if text.len() > 32 {
        return Err("a pattern has at most 16 octets (32 hex digits)".to_owned());
    }
    let octets = text.as_bytes().chunks(2).filter_map(|pair| {
        let digits = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(digits, 16).ok()
    });
    Ok(Pattern(octets.collect()))
}

fn parse_via(text: &str) -> Result<Via, String> {
    match text {
        "auto" => Ok(Via::Auto),
        "icmp" => Ok(Via::Icmp),
        "udp" => Ok(Via::Udp),
        "tcp" => Ok(Via::Tcp(80)),
        _ => match text.strip_prefix("tcp:").map(str::parse) {
            Some(Ok(port)) if port > 0 => Ok(Via::Tcp(port)),
            _ => Err(format!("{text:?} is no way to ask: write auto, icmp, udp or tcp:PORT (1 to 65535)")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_hex_octets() {
        assert_eq!(parse_pattern("ff0"), Ok(Pattern(vec![0xff, 0])));
        assert!(parse_pattern("zz").is_err_and(|error| error.contains("hex digits: zz")));
        assert!(parse_pattern(&"0".repeat(33)).is_err());
        assert!(parse_pattern("").is_err());
    }

    #[test]
    fn ways_to_ask() {
        assert_eq!(parse_via("tcp:443"), Ok(Via::Tcp(443)));
        for text in ["tcp:0", "tcp:70000", "tcp:", "sctp", ""] {
            assert!(parse_via(text).is_err(), "{text}");
        }
    }
}
