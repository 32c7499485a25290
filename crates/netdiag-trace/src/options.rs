//! The options as they are typed. What they mean is `plan`'s matter.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use netdiag_tool::{ColorChoice, arguments, duration};

/// What can be typed after `netdiag trace`.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "one field per switch, as typed")]
pub struct TraceOptions {
    // Its help is an attribute: what stands in help and man page is no Markdown.
    #[arg(
        value_name = "HOST",
        required = true,
        help = "Where to: names, addresses, @FILE with one per line, or - for standard input; a number behind a single host is the size of the packets, as in traceroute"
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
    #[arg(long, conflicts_with = "format", help_heading = "Common")]
    pub(crate) json: bool,
    /// Only how the path ends
    #[arg(long, conflicts_with = "verbose", help_heading = "Common")]
    pub(crate) quiet: bool,
    /// Show more of each hop
    #[arg(short, long, help_heading = "Common")]
    pub(crate) verbose: bool,
    /// Use colour
    #[arg(long, value_enum, default_value = "auto", help_heading = "Common")]
    pub(crate) color: ColorChoice,
    /// Run inside this network namespace: a name, a process id or a path
    #[arg(long, value_name = "NAME|PID|PATH", help_heading = "Common")]
    pub(crate) netns: Option<String>,

    /// ICMP echo
    #[arg(short = 'I', conflicts_with_all = ["udp", "tcp", "protocol"], help_heading = "How")]
    pub(crate) icmp: bool,
    /// UDP to a port that is hoped to be closed
    #[arg(short = 'U', conflicts_with_all = ["tcp", "protocol"], help_heading = "How")]
    pub(crate) udp: bool,
    /// TCP SYN
    #[arg(short = 'T', conflicts_with = "protocol", help_heading = "How")]
    pub(crate) tcp: bool,
    /// What to send; icmp where that is allowed, else udp. With --mda udp
    #[arg(long, value_enum, value_name = "PROTOCOL", help_heading = "How")]
    pub(crate) protocol: Option<ProtocolName>,
    /// Destination port: 33434 for UDP, 80 for TCP
    #[arg(short, long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..), help_heading = "How")]
    pub(crate) port: Option<u16>,
    /// Flow to send by: probes of one flow take one path, and the same number is the same flow in every run
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = parse_flow, help_heading = "How")]
    pub(crate) flow: Option<u16>,
    /// Find all paths, with this confidence in percent that none is missing
    #[arg(long, value_enum, value_name = "95|99", num_args = 0..=1, require_equals = true, default_missing_value = "95", help_heading = "How")]
    pub(crate) mda: Option<Confidence>,
    /// Find the path MTU, and where it becomes smaller
    #[arg(long, help_heading = "How")]
    pub(crate) mtu: bool,
    // Its help is an attribute: what stands in help and man page is no Markdown.
    #[arg(
        long,
        help = "Hear routers by a raw socket as well: it shows what they quote of a probe's IP header (needs CAP_NET_RAW)",
        help_heading = "How"
    )]
    pub(crate) raw: bool,

    /// First TTL
    #[arg(short, long, value_name = "N", default_value = "1", allow_negative_numbers = true, value_parser = parse_ttl, help_heading = "How far")]
    pub(crate) first_ttl: u8,
    /// Last TTL
    #[arg(short, long, value_name = "N", default_value = "30", allow_negative_numbers = true, value_parser = parse_ttl, help_heading = "How far")]
    pub(crate) max_ttl: u8,
    /// Probes per hop
    #[arg(short, long, value_name = "N", default_value = "3", allow_negative_numbers = true, value_parser = parse_queries, help_heading = "How far")]
    pub(crate) queries: u8,
    /// So many silent hops in a row end the search
    #[arg(long, value_name = "N", default_value = "5", allow_negative_numbers = true, value_parser = parse_queries, help_heading = "How far")]
    pub(crate) gap_limit: u8,

    /// How long to wait for each answer: seconds (0.2) or with a unit (200ms)
    #[arg(short = 'w', long, value_name = "TIME", default_value = "2", allow_negative_numbers = true, value_parser = duration::parse, help_heading = "When")]
    pub(crate) timeout: Duration,
    /// End the run after this time, whatever is outstanding
    #[arg(long, value_name = "TIME", allow_negative_numbers = true, value_parser = duration::parse, help_heading = "When")]
    pub(crate) deadline: Option<Duration>,
    /// At most so many probes per second; max for as many as the kernel takes. 1000 where there are several targets
    #[arg(long, value_name = "N|max", allow_negative_numbers = true, value_parser = arguments::rate, help_heading = "When")]
    pub(crate) rate: Option<f64>,
    /// Probes under way to one target at most
    #[arg(short = 'N', value_name = "N", default_value = "64", allow_negative_numbers = true, value_parser = parse_window, help_heading = "When")]
    pub(crate) window: u16,

    /// Size of the packets, IP header included
    #[arg(long, value_name = "OCTETS", allow_negative_numbers = true, value_parser = parse_size, help_heading = "What is sent")]
    pub(crate) size: Option<u16>,
    /// TOS or traffic class, decimal or 0x hexadecimal
    #[arg(short, long, value_name = "N", allow_negative_numbers = true, value_parser = arguments::tos, help_heading = "What is sent")]
    pub(crate) tos: Option<u8>,

    /// Interface (or VRF) to send by
    #[arg(short, long, value_name = "NAME", help_heading = "From where")]
    pub(crate) interface: Option<String>,
    /// Source address to send from
    #[arg(short, long, value_name = "ADDR", help_heading = "From where")]
    pub(crate) source: Option<std::net::IpAddr>,
    /// The firewall mark.
    #[arg(
        long,
        value_name = "N",
        allow_negative_numbers = true,
        help = "Firewall mark (needs CAP_NET_ADMIN)",
        help_heading = "From where"
    )]
    pub(crate) mark: Option<u32>,

    /// Look up which autonomous systems announce the addresses, by DNS
    #[arg(short = 'A', long, help_heading = "What is shown")]
    pub(crate) asn: bool,
    // Its help is an attribute: what stands in help and man page is no Markdown.
    #[arg(
        long,
        value_name = "FILE",
        help = "The same from a file: an MMDB, or lines of first address, last address, number, country, name with tabs between them",
        help_heading = "What is shown"
    )]
    pub(crate) asn_db: Option<PathBuf>,
    /// A table with loss, times and the way back
    #[arg(long, help_heading = "What is shown")]
    pub(crate) wide: bool,
    /// Show the extensions that routers add to their answers, unknown ones in full
    #[arg(short, long, help_heading = "What is shown")]
    pub(crate) extensions: bool,
    /// Write a graph instead: dot for Graphviz, mermaid for Markdown
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = "What is shown")]
    pub(crate) format: Option<FormatName>,
}

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProtocolName {
    /// ICMP echo
    Icmp,
    /// UDP
    Udp,
    /// TCP SYN
    Tcp,
}

/// How sure to be that no path is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Confidence {
    /// 95 in a hundred
    #[value(name = "95")]
    NinetyFive,
    /// 99 in a hundred
    #[value(name = "99")]
    NinetyNine,
}

/// In what form the path is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormatName {
    /// Lines
    Text,
    /// Graphviz
    Dot,
    /// Mermaid
    Mermaid,
}

/// The most flows that there are.
pub const FLOWS: u16 = 256;

fn whole(text: &str, (least, most): (u16, u16), what: &str) -> Result<u16, String> {
    match text.parse() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!("{text:?} is no {what}: write a whole number from {least} to {most}")),
    }
}

fn parse_ttl(text: &str) -> Result<u8, String> {
    whole(text, (1, 255), "TTL").map(|ttl| ttl as u8)
}

fn parse_queries(text: &str) -> Result<u8, String> {
    whole(text, (1, 100), "count").map(|queries| queries as u8)
}

fn parse_window(text: &str) -> Result<u16, String> {
    whole(text, (1, 10_000), "count")
}

fn parse_flow(text: &str) -> Result<u16, String> {
    whole(text, (0, 9_999), "flow")
}

/// The size of a packet as `--size` and the last argument have it.
pub(crate) fn parse_size(text: &str) -> Result<u16, String> {
    whole(text, (28, 65_535), "size of a packet in octets")
}
