//! `netdiag pathping`: which link of a path loses, if any, told apart from routers that only limit how often they answer.
//!
//! Options become a [`plan::Plan`]; the engine's `Paths` strategy finds the hops and its `Survey` asks them, by the same
//! sockets; events are folded per hop, way and round, the vocabulary's `attribution` judges, and `text` or [`json`] shows it.

mod discovery;
mod fold;
pub mod json;
mod meter;
mod opened;
pub mod options;
mod page;
mod paint;
pub mod plan;
mod report;
mod route;
mod run;
mod sentence;
mod text;
mod watch;

pub use opened::Opened;
pub use run::Pathping;

use netdiag_tool::manual::Manual;

/// The tool's own words for help, man page and overview.
pub const MANUAL: Manual = Manual {
    name: "pathping",
    about: "which link on the way to a host loses packets, and which routers only seem to",
    description: "Finds the hops to a host, and then asks each of them many times in two ways: by packets towards the host whose \
TTL runs out there, and by echoes to the hop itself. All of it is spread evenly over the time.\n\n\
Most routers limit how often they answer, so missing answers of one hop say nothing about the path. But a link that loses takes \
from every hop beyond it, in both ways. What hops beyond still answer clears all links before them; what is missing everywhere \
beyond a link is that link's. The table shows for each hop what is missing in either way and which part of that is the node's \
own, and between hops the loss of the link with its 95 % interval, there and back. One sentence says which link loses, if any.\n\n\
The last hop has nobody beyond it. Loss there alone may be the link's or the host's own, which is said.\n\n\
No root is needed. Probes are ICMP echoes where the system lets the user send them (the sysctl net.ipv4.ping_group_range), \
else UDP, which most systems answer only about once a second; then little can be told unless they are asked slowly (-p 2).",
    examples: &[
        ("netdiag pathping example.com", "which link loses; 25 seconds"),
        ("netdiag pathping -q 1000 -p 0.1 example.com", "small losses need many probes"),
        ("netdiag pathping -h 5 example.com", "the first five hops only"),
        ("netdiag pathping --json example.com", "for machines"),
    ],
    exit_codes: &[
        (0, "the target answered, and no link is found to lose"),
        (1, "a link loses, or the target was not reached"),
        (
            2,
            "it could not run: usage, permission, no such interface, no target that resolves, no route at all",
        ),
    ],
    see_also: &["traceroute(8)", "mtr(8)", "ping(8)", "icmp(7)"],
};
