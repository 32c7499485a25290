//! Settings of this host around TCP: local ports, ICMP, neighbours, connection tracking.

use super::{MILLISECONDS, SECONDS, SysctlFacts, setting};
use crate::knowledge::lesson::step;
use crate::knowledge::{Lesson, Step};

const TRACKED: Step =
    step("sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max", "how full is the table?");

pub(super) const FACTS: &[SysctlFacts] = &[
    setting(
        "net.ipv4.ip_local_port_range",
        "32768 60999",
        Some("ports"),
        Lesson {
            title: "the local ports that outgoing connections are given",
            what: &[
                "28 232 of them, for each target address and port and each source address. IPv6 uses the same range.",
            ],
            usually: &[
                "Widened (1024 65535, minus the ports of services) where EADDRNOTAVAIL shows that they run out.",
            ],
            next: &[step("ss -tan dst ADDRESS | wc -l", "how many are taken towards the target?")],
            see: &["ip(7)", "EADDRNOTAVAIL", "TIME-WAIT", "ip_local_reserved_ports"],
        },
    ),
    setting(
        "net.ipv4.ip_local_reserved_ports",
        "(empty)",
        Some("ports"),
        Lesson {
            title: "local ports that outgoing connections are not given",
            what: &["Keeps ports of services inside the range free for them."],
            usually: &["Set where a service now and then finds its port taken after a restart (EADDRINUSE)."],
            next: &[step("ss -tanp 'sport = :PORT'", "who has the port?")],
            see: &["ip(7)", "EADDRINUSE", "ip_local_port_range"],
        },
    ),
    setting(
        "net.ipv4.ip_unprivileged_port_start",
        "1024",
        Some("the first such port"),
        Lesson {
            title: "from which port on anybody may listen",
            what: &["Below it bind needs CAP_NET_BIND_SERVICE, else EACCES."],
            usually: &["Lowered in containers so that a web server needs no right."],
            next: &[step("ss -ltn", "what listens?")],
            see: &["ip(7)", "EACCES"],
        },
    ),
    setting(
        "net.ipv4.ip_nonlocal_bind",
        "0",
        None,
        Lesson {
            title: "whether a program may bind to an address that this host does not have",
            what: &["For addresses that move between hosts (failover)."],
            usually: &["1 on pairs of load balancers; a service then starts before it has the address."],
            next: &[step("ip address", "is the address here?")],
            see: &["ip(7)", "EADDRNOTAVAIL"],
        },
    ),
    setting(
        "net.ipv4.ping_group_range",
        "1 0",
        Some("group numbers, first and last"),
        Lesson {
            title: "whose processes may open ICMP sockets without a right",
            what: &["1 0 is nobody. Many distributions open it to all groups."],
            usually: &["Closed: ping needs CAP_NET_RAW, or asks by UDP or TCP instead."],
            next: &[
                step("sysctl net.ipv4.ping_group_range", "is this user's group within?"),
                step("id", "which groups are these?"),
            ],
            see: &["icmp(7)", "EACCES"],
        },
    ),
    setting(
        "net.ipv4.icmp_echo_ignore_all",
        "0",
        None,
        Lesson {
            title: "whether this host ignores ping",
            what: &["1: echo requests are not answered. Nothing else changes."],
            usually: &["A host that is up and silent to ping."],
            next: &[step("netdiag ping --via tcp:PORT ADDRESS", "does it answer in another way?")],
            see: &["echo-request"],
        },
    ),
    setting(
        "net.ipv4.icmp_ratelimit",
        "1000",
        MILLISECONDS,
        Lesson {
            title: "the least pause between two ICMP errors to one target",
            what: &[
                "It holds for the types in icmp_ratemask: unreachable, source quench, time exceeded, parameter problem.",
            ],
            usually: &[
                "Why a router's or host's errors come late, or are missing for some probes: silence is not loss.",
            ],
            next: &[step(
                "nstat -az IcmpOutDestUnreachs IcmpOutRateLimitHost",
                "how many were sent, and held back?",
            )],
            see: &["icmp(7)", "icmp_msgs_per_sec"],
        },
    ),
    setting(
        "net.ipv4.icmp_msgs_per_sec",
        "1000",
        Some("messages"),
        Lesson {
            title: "how many limited ICMP messages this host sends in a second, to all together",
            what: &["A little chance is in it, so that nobody can measure others by it."],
            usually: &["Met by hosts that are scanned."],
            next: &[step("nstat -az IcmpOutRateLimitGlobal", "how many were held back?")],
            see: &["icmp_ratelimit"],
        },
    ),
    setting(
        "net.ipv4.neigh.default.gc_thresh3",
        "1024",
        Some("entries"),
        Lesson {
            title: "how many neighbours may be known at once",
            what: &[
                "Beyond it packets to new neighbours fail with ENOBUFS. IPv6 has net.ipv6.neigh.default.gc_thresh3.",
            ],
            usually: &[
                "Met on large flat links, by scans, and on hosts of many containers: \"neighbour table overflow\" in the log.",
            ],
            next: &[step("ip neigh show | wc -l", "how many are there?")],
            see: &["arp(7)", "ENOBUFS"],
        },
    ),
    setting(
        "net.netfilter.nf_conntrack_max",
        "depends on memory",
        Some("connections"),
        Lesson {
            title: "how many connections the firewall remembers",
            what: &[
                "When the table is full, packets of new connections are dropped: \"table full, dropping packet\" in the log.",
            ],
            usually: &["Busy NAT gateways and servers, or a flood."],
            next: &[TRACKED, step("conntrack -S", "are drop or early_drop growing?")],
            see: &["nf_conntrack_tcp_timeout_established", "ETIMEDOUT"],
        },
    ),
    setting(
        "net.netfilter.nf_conntrack_tcp_timeout_established",
        "432000",
        SECONDS,
        Lesson {
            title: "how long the firewall remembers an idle open connection",
            what: &[
                "5 days here. Gateways and clouds forget after minutes; what comes later is dropped or reset.",
            ],
            usually: &["Lowered where the table fills up with connections that are long dead."],
            next: &[TRACKED],
            see: &["keepalive", "tcp_keepalive_time"],
        },
    ),
];
