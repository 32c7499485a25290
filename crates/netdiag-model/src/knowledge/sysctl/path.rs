//! Settings that have to do with the path: its MTU, congestion signals, TTL, and which way packets may come.

use super::{OCTETS, SysctlFacts, setting};
use crate::knowledge::lesson::step;
use crate::knowledge::{Lesson, Step};

const BIG: Step = step("netdiag ping -M do -s 1472 ADDRESS", "does a packet of 1500 octets fit the path?");
const PROBES: Step =
    step("nstat -az TcpExtTCPMTUPSuccess TcpExtTCPMTUPFail", "is it probing, and with what luck?");

pub(super) const FACTS: &[SysctlFacts] = &[
    setting(
        "net.ipv4.tcp_mtu_probing",
        "0",
        None,
        Lesson {
            title: "whether TCP finds the path MTU by trying",
            what: &["0: no. 1: when a black hole shows (what is sent is never acknowledged). 2: always."],
            usually: &[
                "1 where somebody on the way drops ICMP 3/4 or ICMPv6 2/0, and connections hang once much is sent.",
            ],
            next: &[BIG, PROBES],
            see: &["RFC 4821", "icmp 3/4", "tcp_base_mss"],
        },
    ),
    setting(
        "net.ipv4.tcp_base_mss",
        "1024",
        OCTETS,
        Lesson {
            title: "the segment size from which probing for the path MTU starts",
            what: &["It matters with tcp_mtu_probing."],
            usually: &["Leave it."],
            next: &[PROBES],
            see: &["tcp_mtu_probing"],
        },
    ),
    setting(
        "net.ipv4.tcp_mtu_probe_floor",
        "48",
        OCTETS,
        Lesson {
            title: "the smallest segment that probing for the path MTU goes down to",
            what: &["It matters with tcp_mtu_probing."],
            usually: &["Higher, so that plain loss does not shrink segments to almost nothing."],
            next: &[PROBES],
            see: &["tcp_mtu_probing"],
        },
    ),
    setting(
        "net.ipv4.tcp_min_snd_mss",
        "48",
        OCTETS,
        Lesson {
            title: "the smallest segment that a peer may ask for",
            what: &["A lower wish is taken as this. It protects against peers that make the host send dust."],
            usually: &["Leave it, or raise it against attacks."],
            next: &[step("ss -tni", "which mss do connections use?")],
            see: &["tcp_base_mss"],
        },
    ),
    setting(
        "net.ipv4.tcp_probe_interval",
        "600",
        super::SECONDS,
        Lesson {
            title: "how often a larger path MTU is tried again",
            what: &["It matters with tcp_mtu_probing."],
            usually: &["Leave it."],
            next: &[PROBES],
            see: &["RFC 4821", "tcp_mtu_probing"],
        },
    ),
    setting(
        "net.ipv4.tcp_probe_threshold",
        "8",
        OCTETS,
        Lesson {
            title: "how closely the path MTU is searched",
            what: &["Probing ends when the search is down to this range."],
            usually: &["Leave it."],
            next: &[PROBES],
            see: &["tcp_mtu_probing"],
        },
    ),
    setting(
        "net.ipv4.ip_no_pmtu_disc",
        "0",
        None,
        Lesson {
            title: "whether path MTU discovery is off",
            what: &[
                "0: it is on (DF is set). 1: off; a message about size sets the MTU to min_pmtu. 2: such messages are ignored. 3: only protocols that can check them heed them.",
            ],
            usually: &["Leave it: turning it off hides a black hole by fragments."],
            next: &[BIG],
            see: &["ip(7)", "icmp 3/4"],
        },
    ),
    setting(
        "net.ipv4.tcp_window_scaling",
        "1",
        None,
        Lesson {
            title: "whether windows above 64 KiB are possible",
            what: &["Agreed on in the SYN and SYN-ACK."],
            usually: &["Keep 1. Old equipment that clears the option makes long connections slow or hang."],
            next: &[step("ss -tni dst ADDRESS", "is wscale among its options?")],
            see: &["tcp(7)", "RFC 7323"],
        },
    ),
    setting(
        "net.ipv4.tcp_ecn",
        "2",
        None,
        Lesson {
            title: "whether congestion may be signalled without loss (ECN)",
            what: &["0: no. 1: asked for and accepted. 2: accepted, and not asked for."],
            usually: &[
                "With 1, old equipment may drop the SYN; the kernel then asks again without it (tcp_ecn_fallback).",
            ],
            next: &[step("ss -tni dst ADDRESS", "is ecn among its options?")],
            see: &["RFC 3168", "ECE", "tcp_ecn_fallback"],
        },
    ),
    setting(
        "net.ipv4.tcp_ecn_fallback",
        "1",
        None,
        Lesson {
            title: "whether a SYN with ECN that stays unanswered is repeated without",
            what: &["It matters with tcp_ecn = 1."],
            usually: &["Keep 1."],
            next: &[step("sysctl net.ipv4.tcp_ecn", "does this host ask for ECN?")],
            see: &["RFC 3168", "tcp_ecn"],
        },
    ),
    setting(
        "net.ipv4.ip_default_ttl",
        "64",
        Some("hops"),
        Lesson {
            title: "the TTL of packets that this host sends",
            what: &["IPv6 has net.ipv6.conf.INTERFACE.hop_limit."],
            usually: &[
                "Leave it. The TTL of an answer tells how far its sender is, and whether it is the same one.",
            ],
            next: &[step("netdiag ping ADDRESS", "which TTL do answers have?")],
            see: &["ip(7)", "icmp 11/0"],
        },
    ),
    setting(
        "net.ipv4.conf.all.rp_filter",
        "0 (distributions set 1 or 2)",
        None,
        Lesson {
            title: "whether packets from an unexpected side are dropped (reverse path filter)",
            what: &[
                "0: no. 1: a packet must come from where its answer would go (strict). 2: its source must be reachable at all \
             (loose). The larger of all and the interface's own value holds.",
            ],
            usually: &["With several uplinks or asymmetric routing, 1 drops answers in silence: use 2."],
            next: &[
                step("nstat -az TcpExtIPReversePathFilter", "does it drop?"),
                step("ip route get ADDRESS", "which way would the answer go?"),
            ],
            see: &["RFC 3704"],
        },
    ),
];
