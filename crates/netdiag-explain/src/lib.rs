//! `netdiag explain`: what an error number, a TCP state, a flag, an ICMP message, a setting, a response code or a verdict
//! means.
//!
//! All words are `netdiag_model::knowledge`'s, except the drawings, which are this tool's own ([`topic`]). Nothing is
//! sent and nothing is asked of the system.

mod fact;
mod find;
pub mod json;
mod nearest;
mod options;
mod plan;
mod run;
pub mod text;
pub mod topic;

pub use fact::{Fact, Kind};
pub use find::find;
pub use nearest::nearest;
pub use plan::Plan;
pub use run::Explain;

use netdiag_tool::manual::Manual;

/// The tool's own words for help, man page and overview.
pub const MANUAL: Manual = Manual {
    name: "explain",
    about: "what an errno, a TCP state, a flag, an ICMP code, a sysctl or an rcode means",
    description: "Says of each TERM what it is, what it usually means when it is met, and what to run next. It works \
offline: nothing is sent, and this host is not asked anything.\n\n\
A TERM is an error number or its name or text (111, ECONNREFUSED, \"connection refused\"), a state of TCP in any spelling \
(SYN-SENT, syn_sent), a flag or several (RST, SYN+ACK, tcpdump's [S.]), an ICMP type/code or name (3/13, icmp6 1/4, \
port-unreachable), a setting of the kernel (tcp_syn_retries), a response code of the DNS (NXDOMAIN, rcode 3), or a verdict of \
netdiag connect (filtered, blocked-locally). What is several things has all its meanings told. A word before a term says which is \
meant: errno, state, flag, icmp, icmp6, sysctl, rcode, verdict.\n\n\
The words states, handshake, close, simultaneous-open, simultaneous-close and keepalive draw what they name: the diagram of \
RFC 9293 with the client's and the server's way through it, and the segments of a connection in their order.",
    examples: &[
        ("netdiag explain ECONNREFUSED", "an error, and who is behind it"),
        ("netdiag explain 113 SYN-SENT icmp 3/13", "several terms, of any kind"),
        ("netdiag explain SYN+FIN", "may these flags stand together?"),
        ("netdiag explain tcp_tw_recycle", "a setting: its default, and whether to touch it"),
        ("netdiag explain filtered", "a verdict of connect: what it means, and does not mean"),
        ("netdiag explain states", "the diagram of TCP's states"),
        ("netdiag explain --list", "all that can be explained"),
        ("netdiag explain --json NXDOMAIN", "for machines"),
    ],
    exit_codes: &[
        (0, "every term was explained"),
        (1, "a term is not known; the others were explained"),
        (2, "usage"),
    ],
    see_also: &["errno(3)", "tcp(7)", "icmp(7)", "ip(7)", "ss(8)"],
};
