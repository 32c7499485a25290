//! The options as they are typed. What they mean is `plan`'s matter.

use std::time::Duration;

use clap::{ArgAction, Args, ValueEnum};
use netdiag_tool::{ColorChoice, arguments, duration};

/// What can be typed after `netdiag pathping`.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "one field per switch, as typed")]
pub struct PathpingOptions {
    /// Where to: a name or an address
    #[arg(value_name = "HOST")]
    pub(crate) target: String,
    // Known so that they can be refused with the reason.
    /// Further hosts
    #[arg(hide = true)]
    pub(crate) further: Vec<String>,

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
    /// Only what it amounts to
    #[arg(long, conflicts_with = "verbose", help_heading = "Common")]
    pub(crate) quiet: bool,
    /// Show more of each hop and link
    #[arg(short, long, help_heading = "Common")]
    pub(crate) verbose: bool,
    /// Use colour
    #[arg(long, value_enum, default_value = "auto", help_heading = "Common")]
    pub(crate) color: ColorChoice,
    /// Run inside this network namespace: a name, a process id or a path
    #[arg(long, value_name = "NAME|PID|PATH", help_heading = "Common")]
    pub(crate) netns: Option<String>,
    // Windows has the letter -h for the last TTL.
    /// Print help
    #[arg(long, action = ArgAction::Help, help_heading = "Common")]
    pub(crate) help: Option<bool>,

    /// What to send; icmp where that is allowed, else udp
    #[arg(long, value_enum, value_name = "PROTOCOL", help_heading = "How")]
    pub(crate) protocol: Option<ProtocolName>,
    /// Destination port of UDP: 33434
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..), help_heading = "How")]
    pub(crate) port: Option<u16>,
    /// Flow to send by: probes of one flow take one path, and the same number is the same flow in every run
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = parse_flow, help_heading = "How")]
    pub(crate) flow: Option<u16>,

    /// First TTL
    #[arg(long, value_name = "N", default_value = "1", allow_negative_numbers = true, value_parser = parse_ttl, help_heading = "How far")]
    pub(crate) first_ttl: u8,
    /// Last TTL
    #[arg(short = 'h', long, value_name = "N", default_value = "30", allow_negative_numbers = true, value_parser = parse_ttl, help_heading = "How far")]
    pub(crate) max_ttl: u8,
    /// So many silent hops in a row end the search
    #[arg(long, value_name = "N", default_value = "5", allow_negative_numbers = true, value_parser = parse_gap, help_heading = "How far")]
    pub(crate) gap_limit: u8,

    /// How often each hop is asked in each of the two ways
    #[arg(short, long, value_name = "N", default_value = "100", allow_negative_numbers = true, value_parser = parse_queries, help_heading = "When")]
    pub(crate) queries: u32,
    /// How much time lies between: seconds (0.25) or with a unit (250ms)
    #[arg(short, long, value_name = "TIME", default_value = "0.25", allow_negative_numbers = true, value_parser = duration::parse, help_heading = "When")]
    pub(crate) period: Duration,
    /// How long to wait for each answer
    #[arg(short = 'w', long, value_name = "TIME", default_value = "2", allow_negative_numbers = true, value_parser = duration::parse, help_heading = "When")]
    pub(crate) timeout: Duration,
    /// End the run after this time, whatever is outstanding
    #[arg(long, value_name = "TIME", allow_negative_numbers = true, value_parser = duration::parse, help_heading = "When")]
    pub(crate) deadline: Option<Duration>,
    /// At most so many probes per second; max for as many as the kernel takes
    #[arg(long, value_name = "N|max", allow_negative_numbers = true, value_parser = arguments::rate, help_heading = "When")]
    pub(crate) rate: Option<f64>,

    /// Size of the packets, IP header included
    #[arg(long, value_name = "OCTETS", allow_negative_numbers = true, value_parser = parse_size, help_heading = "What is sent")]
    pub(crate) size: Option<u16>,
    /// TOS or traffic class, decimal or 0x hexadecimal
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = arguments::tos, help_heading = "What is sent")]
    pub(crate) tos: Option<u8>,

    /// Interface (or VRF) to send by
    #[arg(long, value_name = "NAME", help_heading = "From where")]
    pub(crate) interface: Option<String>,
    /// Source address to send from
    #[arg(long, value_name = "ADDR", help_heading = "From where")]
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
}

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProtocolName {
    /// ICMP echo
    Icmp,
    /// UDP to a port that is hoped to be closed
    Udp,
    // Known so that it can be refused with the reason.
    #[value(hide = true)]
    /// TCP SYN
    Tcp,
}

fn whole(text: &str, (least, most): (u32, u32), what: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!("{text:?} is no {what}: write a whole number from {least} to {most}")),
    }
}

fn parse_ttl(text: &str) -> Result<u8, String> {
    whole(text, (1, 255), "TTL").map(|ttl| ttl as u8)
}

fn parse_gap(text: &str) -> Result<u8, String> {
    whole(text, (1, 100), "count").map(|gap| gap as u8)
}

fn parse_queries(text: &str) -> Result<u32, String> {
    whole(text, (1, 100_000), "count")
}

fn parse_flow(text: &str) -> Result<u16, String> {
    whole(text, (0, 9_999), "flow").map(|flow| flow as u16)
}

fn parse_size(text: &str) -> Result<u16, String> {
    whole(text, (28, 65_535), "size of a packet in octets").map(|size| size as u16)
}
