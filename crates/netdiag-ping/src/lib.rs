//! `netdiag ping`: echo one host or many, with the kernel's times, jitter, loss and percentiles.
//!
//! The text of one host is that of iputils' ping with more statistics after it (`single`); many targets have a table,
//! lists, and forms for machines, each a renderer in `many`. Options become a [`plan::Plan`], events are folded into a
//! [`fold::Report`] per target, and `text` or [`json`] shows it.

pub mod fold;
pub mod json;
mod many;
mod mishaps;
mod opened;
pub mod options;
pub mod plan;
mod run;
mod silence;
mod single;
mod target;
mod text;

pub use opened::Opened;
pub use run::Ping;

use netdiag_tool::manual::Manual;

/// The tool's own words for help, man page and overview.
pub const MANUAL: Manual = Manual {
    name: "ping",
    about: "echo one host or many, with jitter, loss and percentiles",
    description: "Sends echo requests to a host and reports every answer with the kernel's own times, then what they \
amount to: loss, spread, percentiles, jitter, loss bursts. The text is that of iputils' ping, with more statistics after it; \
--json writes one object per event.\n\n\
Several targets may be given: names, addresses, blocks (192.0.2.0/24, its first and last address included), ranges \
(192.0.2.1-50), @FILE with one of these per line (# begins a remark), and - for such lines on standard input. Then a line tells \
when a target first answers or does not, stops answering or answers again, and a table at the end begins with what is worst. All \
probes together keep to one rate, 1000 a second unless --rate says otherwise; each target is asked once per --interval, as far as \
the rate allows. A target that cannot be asked is reported, and the others are.\n\nNo root is needed. Where ICMP sockets are closed to the user (the sysctl \
net.ipv4.ping_group_range) and no right is held, the host is asked by UDP instead: its port-unreachable message is the answer.\n\n\
An answer counts only if it comes from the target's address, belongs to a probe of this run and carries that probe's \
unguessable token. Times are taken by the kernel at the device, both ways, wherever it gives them; a step of the wall clock \
changes none of them.",
    examples: &[
        ("netdiag ping example.com", "echo once a second until Ctrl-C"),
        ("netdiag ping -c 5 -i 0.2 192.0.2.1", "five echoes, five a second"),
        ("netdiag ping -c 10 -q --json example.com", "only the start and the summary, for machines"),
        ("netdiag ping fe80::1%eth0", "a neighbour by its link-local address"),
        ("netdiag ping --via tcp:443 example.com", "ask by TCP, where firewalls drop ICMP"),
        ("netdiag ping -M do -s 1472 example.com", "does a packet of 1500 octets fit the path?"),
        ("netdiag ping --netns web example.com", "ask from inside a network namespace"),
        ("netdiag ping -c 10 host-a host-b 192.0.2.0/28", "many, and a table with the worst first"),
        (
            "netdiag ping --alive --rate max 192.0.2.0/24",
            "the addresses that answer, as fast as they can be asked",
        ),
        ("netdiag ping --report-every 1m --csv @hosts.txt", "watch a list, summed up every minute"),
        ("netdiag ping -q -c 20 --format fping @hosts.txt", "the lines that SmokePing reads"),
    ],
    exit_codes: &[
        (
            0,
            "at least one answer came; with -c and -w, as many as were asked for; of many targets, all answered",
        ),
        (
            1,
            "no answer came; with -c and -w, fewer than were asked for; of many targets, one did not answer or resolve",
        ),
        (
            2,
            "it could not run: usage, permission, no such interface, no target that resolves, no route at all",
        ),
    ],
    see_also: &["ping(8)", "fping(8)", "icmp(7)", "capabilities(7)"],
};
