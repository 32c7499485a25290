//! The options as they are typed. What they mean is `plan`'s matter.

use clap::Args;
use netdiag_tool::ColorChoice;

/// What can be typed after `netdiag explain`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ExplainOptions {
    // Its help is an attribute: what stands in help and man page is no Markdown.
    #[arg(
        value_name = "TERM",
        required_unless_present = "list",
        help = "What to explain: an errno (111, ECONNREFUSED), a TCP state (SYN-SENT), flags (SYN+ACK), an ICMP type/code (3/13, icmp6 1/4) or name, a sysctl (tcp_syn_retries), a DNS rcode (NXDOMAIN), a verdict of connect (filtered); or states, handshake, close, simultaneous-open, simultaneous-close, keepalive for a drawing"
    )]
    pub(crate) terms: Vec<String>,

    /// Name everything that can be explained
    #[arg(long, conflicts_with = "terms")]
    pub(crate) list: bool,
    /// Write JSON Lines
    #[arg(long)]
    pub(crate) json: bool,
    /// Use colour
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) color: ColorChoice,
}
