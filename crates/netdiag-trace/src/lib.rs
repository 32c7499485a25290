//! `netdiag trace`: the path to a host, hop by hop, every branch of it, what fits it, and where it ends and why.
//!
//! Options become a [`plan::Plan`], the engine's `Paths` strategy asks, events are folded into the vocabulary's `Trail` per
//! target, and `text`, `drawing` or [`json`] shows it.

mod drawing;
pub mod fold;
pub mod json;
mod marks;
mod opened;
pub mod options;
pub mod plan;
mod run;
mod text;
mod view;

pub use opened::Opened;
pub use run::Trace;

use netdiag_tool::manual::Manual;

/// The tool's own words for help, man page and overview.
pub const MANUAL: Manual = Manual {
    name: "trace",
    about: "the path to a host: every hop, every branch, what fits it, where it ends and why",
    description: "Sends probes whose TTL runs out at each hop in turn, and reports who answers, how fast, and where the path \
ends: at the target, where somebody says that it cannot be reached, in a circle, or in silence. All hops are asked at once; a \
path that answers takes a few round trips, and silent hops cost one timeout in all.\n\n\
All probes belong to one flow, so routers that balance by flow send them one way and the hops shown are one path. --mda asks \
by many flows and finds all paths, with a stated confidence that none is missing. --mtu finds the largest packet that fits, and \
the hop behind which larger ones do not go, even where nobody says so.\n\n\
No root is needed. Probes are ICMP echoes where the system lets the user send them (the sysctl net.ipv4.ping_group_range), \
else UDP. Only what routers quote of a probe's IP header (the TTL and TOS that it arrived with) needs a raw socket: --raw.\n\n\
Behind routers that quote only eight octets of a UDP probe, answers cannot be told apart; then probes go one at a time, which \
is said.",
    examples: &[
        ("netdiag trace example.com", "the hops to a host"),
        ("netdiag trace -T -p 443 example.com", "by the TCP packets that a firewall lets through"),
        ("netdiag trace --mda example.com", "all paths, not only one"),
        ("netdiag trace --mda --format dot example.com | dot -Tsvg > paths.svg", "the same as a picture"),
        ("netdiag trace --mtu example.com", "the largest packet that fits, and where larger ones stop"),
        ("netdiag trace --wide --asn example.com", "a table with loss, the way back, and whose the hops are"),
        ("netdiag trace --json @hosts.txt", "many paths at once, for machines"),
        ("sudo netdiag trace --raw example.com", "where TTL, TOS or addresses are rewritten on the way"),
    ],
    exit_codes: &[
        (0, "every target was reached"),
        (1, "a target was not reached, or did not resolve"),
        (
            2,
            "it could not run: usage, permission, no such interface, no target that resolves, no route at all",
        ),
    ],
    see_also: &["traceroute(8)", "tracepath(8)", "scamper(1)", "icmp(7)"],
};
