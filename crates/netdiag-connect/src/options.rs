//! The options as they are typed. What they mean is `plan`'s matter.

use std::time::Duration;

use clap::Args;
use netdiag_model::Verdict;
use netdiag_tool::{ColorChoice, arguments, duration};

use crate::arguments::{Heartbeat, Octets, parse_heartbeat, parse_keepalive, parse_octets};

/// What can be typed after `netdiag connect`.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "one field per switch, as typed")]
pub struct ConnectOptions {
    // Its help is an attribute: what stands in help and man page is no Markdown.
    #[arg(
        value_name = "HOST:PORT",
        required = true,
        help = "What to connect with: HOST:PORT, [2001:db8::1]:443, lists and ranges of ports (host:22,80,8000-8100), service names, blocks (192.0.2.0/24:22), udp://HOST:PORT, @FILE, or - for standard input"
    )]
    pub(crate) targets: Vec<String>,

    /// Use IPv4 only
    #[arg(short = '4', conflicts_with = "ipv6", help_heading = "Common")]
    pub(crate) ipv4: bool,
    /// Use IPv6 only
    #[arg(short = '6', help_heading = "Common")]
    pub(crate) ipv6: bool,
    /// Look up no names of addresses
    #[arg(short, long, help_heading = "Common")]
    pub(crate) numeric: bool,
    /// Write JSON Lines
    #[arg(long, help_heading = "Common")]
    pub(crate) json: bool,
    /// One line per service, and no progress
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Common")]
    pub(crate) quiet: bool,
    /// Show more: of an open port all that is known, of many ports a line each
    #[arg(short, long, help_heading = "Common")]
    pub(crate) verbose: bool,
    /// Use colour
    #[arg(long, value_enum, default_value = "auto", help_heading = "Common")]
    pub(crate) color: ColorChoice,
    /// Run inside this network namespace: a name, a process id or a path
    #[arg(long, value_name = "NAME|PID|PATH", help_heading = "Common")]
    pub(crate) netns: Option<String>,

    /// Try so many times
    #[arg(short, long, value_name = "N", allow_negative_numbers = true, value_parser = arguments::count, help_heading = "When")]
    pub(crate) count: Option<u32>,
    /// Time between tries: seconds (0.2) or with a unit (200ms)
    #[arg(short, long, value_name = "TIME", default_value = "1", allow_negative_numbers = true, value_parser = duration::parse, help_heading = "When")]
    pub(crate) interval: Duration,
    /// How long to wait for an answer. Under a second or so silence proves nothing, and 3.1 s are needed to see that a neighbour does not answer
    #[arg(short = 'W', long, value_name = "TIME", default_value = "3.5", allow_negative_numbers = true, value_parser = duration::parse, help_heading = "When")]
    pub(crate) timeout: Duration,
    /// End the run after this time, whatever is outstanding
    #[arg(short = 'w', long, value_name = "TIME", allow_negative_numbers = true, value_parser = duration::parse, help_heading = "When")]
    pub(crate) deadline: Option<Duration>,
    /// Try again and again until the verdict is this one
    #[arg(long, value_name = "VERDICT", value_parser = parse_verdict, help_heading = "When")]
    pub(crate) until: Option<Verdict>,
    /// At most so many attempts per second; max for as many as the kernel takes. 1000 where there are several
    #[arg(long, value_name = "N|max", allow_negative_numbers = true, value_parser = arguments::rate, help_heading = "When")]
    pub(crate) rate: Option<f64>,

    /// Find out who refuses: the target itself, or something nearer
    #[arg(long, help_heading = "Closer looks")]
    pub(crate) who: bool,
    /// Find out how far on the path SYNs to this port come
    #[arg(long, help_heading = "Closer looks")]
    pub(crate) locate: bool,
    /// Watch a fresh connection so long for an early close. 200ms for one port, else 0
    #[arg(long, value_name = "TIME", allow_negative_numbers = true, value_parser = duration::parse, help_heading = "Closer looks")]
    pub(crate) dwell: Option<Duration>,
    /// Do a TLS handshake, and look at the certificate, however bad it is
    #[arg(long, conflicts_with_all = ["banner", "keepalive", "heartbeat"], help_heading = "Closer looks")]
    pub(crate) tls: bool,
    /// Show what the service says first
    #[arg(long, help_heading = "Closer looks")]
    pub(crate) banner: bool,
    /// Stay connected and idle, and say when and how a peer that vanishes is noticed: seconds of idleness, between probes, and how many
    #[arg(long, value_name = "IDLE,INTERVAL,COUNT", value_parser = parse_keepalive, conflicts_with = "heartbeat", help_heading = "Closer looks")]
    pub(crate) keepalive: Option<netdiag_engine::port::Keepalive>,
    /// Send these octets every interval, and expect these (or any) back: "ping\n,pong"
    #[arg(long, value_name = "BYTES[,EXPECT]", value_parser = parse_heartbeat, help_heading = "Closer looks")]
    pub(crate) heartbeat: Option<Heartbeat>,
    /// Of many ports, show only those with these verdicts
    #[arg(long, value_name = "VERDICT,…", value_delimiter = ',', value_parser = parse_verdict, help_heading = "Closer looks")]
    pub(crate) only: Vec<Verdict>,

    /// Interface to connect by, or source address
    #[arg(short = 'I', value_name = "IF|ADDR", help_heading = "From where")]
    pub(crate) from: Vec<String>,
    /// Interface (or VRF) to connect by
    #[arg(long, value_name = "NAME", help_heading = "From where")]
    pub(crate) interface: Option<String>,
    /// Source address to connect from
    #[arg(long, value_name = "ADDR", help_heading = "From where")]
    pub(crate) source: Option<std::net::IpAddr>,
    /// Port to connect from
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..), help_heading = "From where")]
    pub(crate) source_port: Option<u16>,
    /// The firewall mark.
    #[arg(
        short,
        long,
        value_name = "N",
        allow_negative_numbers = true,
        help = "Firewall mark (needs CAP_NET_ADMIN)",
        help_heading = "From where"
    )]
    pub(crate) mark: Option<u32>,

    /// TTL or hop limit
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u8).range(1..), help_heading = "What is sent")]
    pub(crate) ttl: Option<u8>,
    /// TOS or traffic class, decimal or 0x hexadecimal
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = arguments::tos, help_heading = "What is sent")]
    pub(crate) tos: Option<u8>,
    /// What to send to a UDP port: text with \n, \r, \t, \0, \\ and \xHH
    #[arg(long, value_name = "TEXT", value_parser = parse_octets, help_heading = "What is sent")]
    pub(crate) payload: Option<Octets>,
}

fn parse_verdict(text: &str) -> Result<Verdict, String> {
    Verdict::find(text).ok_or_else(|| {
        let all: Vec<&str> = Verdict::ALL.into_iter().map(Verdict::as_str).collect();
        format!("{text:?} is no verdict: write one of {}", all.join(", "))
    })
}
