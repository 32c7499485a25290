//! `netdiag connect`: is a port open, closed or blocked, by whom, and who has to act.
//!
//! Words become [`endpoint::Endpoint`]s and a [`plan::Plan`]. One service is inquired into (`single`): its attempts become
//! [`case::Case`]s, whatever else has to be asked is asked, and [`judge`] says why each ended as it did; many are swept
//! (`sweep`). [`evidence`], `text` and [`json`] put it into words, which are the knowledge's.

pub mod arguments;
mod batch;
pub mod case;
pub mod endpoint;
pub mod evidence;
mod exchange;
pub mod fold;
mod host;
mod idle;
pub mod json;
pub mod judge;
mod locate;
mod look;
mod opened;
mod options;
mod own;
pub mod plan;
pub mod ports;
mod proof;
mod race;
mod run;
mod single;
mod sweep;
mod text;
pub mod tls;
mod watch;
mod whose;

pub use opened::Opened;
pub use run::Connect;

use netdiag_tool::manual::Manual;

/// The tool's own words for help, man page and overview.
pub const MANUAL: Manual = Manual {
    name: "connect",
    about: "is a port open, closed or blocked, by whom, and who has to act",
    description: "Connects with a TCP port as any program would, watches the attempt closely, and says in one sentence what \
became of it: open, refused by the target, rejected by a firewall (and which), filtered (nothing came back), unreachable, blocked \
by this host itself, closed early, or a local error; with the evidence, what it could be where that cannot be known from here, and \
what to run next.\n\n\
An error number alone is never the verdict: a firewall's ICMP message gives the same number as a closed port. The kernel tells \
any user more than that: who sent which ICMP message, how often the SYN was sent, whether a segment came back, whether it \
waits for a neighbour. No root is needed for any of it.\n\n\
All addresses of a name are tried, in the order in which a program would, each to its end. Several ports or hosts \
(host:22,80,8000-8100, 192.0.2.0/24:22, @FILE) are swept at 1000 attempts a second unless --rate says otherwise, and shown grouped \
by verdict. udp://HOST:PORT asks the same of UDP, where silence proves nothing.",
    examples: &[
        ("netdiag connect example.com:443", "open, or why not (0 open)"),
        (
            "netdiag connect localhost:81",
            "refused: nothing listens there; of this host it says who does where (3)",
        ),
        ("netdiag connect --locate example.com:25", "filtered: where on the path SYNs stop (4)"),
        (
            "netdiag connect 192.0.2.99:22",
            "unreachable: a neighbour that does not answer, a router's word (5)",
        ),
        (
            "netdiag connect --who example.com:23",
            "rejected: whose RST is it, the target's or a firewall's (6)",
        ),
        ("netdiag connect example.com:6667", "blocked-locally: this host's own firewall or routes (7)"),
        ("netdiag connect --dwell 1s example.com:3306", "closed-early: accepts, and then hangs up (8)"),
        ("netdiag connect -W 0.3 example.com:443", "inconclusive: too short a time to tell (9)"),
        (
            "netdiag connect --source 192.0.2.1 example.com:443",
            "local-error: a source that is not this host's (2)",
        ),
        ("netdiag connect --tls example.com:443", "the TLS handshake and the certificate, however bad"),
        ("netdiag connect --until open --deadline 2m db:5432", "wait for a service"),
        (
            "netdiag connect -c 20 -i 0.2 example.com:443",
            "twenty tries, with the statistics of their handshakes",
        ),
        ("netdiag connect --only open --rate max 192.0.2.7:1-65535", "the open ports of a host"),
        ("netdiag connect 192.0.2.0/24:22 --json", "one port of many hosts, for machines"),
        ("netdiag connect udp://192.0.2.53:53 --payload '\\x00'", "the same of UDP"),
        ("netdiag connect --keepalive 5,1,3 example.com:22", "when is a peer noticed that vanishes?"),
    ],
    exit_codes: &[
        (0, "open; of several services, all are open; of several addresses of a name, one is"),
        (
            1,
            "of several services, one is not open, or the run was cut short; of an open one, a closer look failed (--tls, --heartbeat, --keepalive)",
        ),
        (
            2,
            "it could not run, or local-error: usage, no such interface, a name that does not resolve, no ports or files left",
        ),
        (3, "refused"),
        (4, "filtered"),
        (5, "unreachable"),
        (6, "rejected"),
        (7, "blocked-locally"),
        (8, "closed-early"),
        (9, "inconclusive"),
    ],
    see_also: &["connect(2)", "tcp(7)", "ip(7)", "nmap(1)", "nc(1)", "netdiag-explain(1)"],
};
