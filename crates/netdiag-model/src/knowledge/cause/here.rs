//! Causes on this host: its listeners, its firewall, its routes, its limits; and on its own link.

use super::{Cause, CauseFacts};
use crate::knowledge::Step;
use crate::knowledge::lesson::{FIREWALL, NEIGHBOURS, ROUTE, step};
use crate::verdict::{Side, Verdict};

const LISTENERS_HERE: Step = step("ss -ltnp 'sport = :PORT'", "what listens on that port here, and where?");
const RULES: Step =
    step("nft list ruleset", "which rule meets port PORT? (iptables-save, if nft shows none)");
const OUTPUT_RULES: Step = step(
    "nft list ruleset",
    "which rule of the output chain meets port PORT? (iptables-save, if nft shows none)",
);
const INPUT_RULES: Step = step(
    "nft list ruleset",
    "which rule of the input chain drops packets from ADDRESS? (iptables-save, if nft shows none)",
);
const LINK: Step =
    step("ip address show dev INTERFACE", "is this host on the right link, with the right prefix?");
const FILES: Step = step("ulimit -n", "how many files may this shell's programs open?");

const fn here(cause: Cause, verdict: Verdict, sentence: &'static str, next: &'static [Step]) -> CauseFacts {
    CauseFacts { cause, verdict, side: Side::ThisHost, sentence, possible: &[], next }
}

pub(super) const FACTS: &[CauseFacts] = &[
    here(
        Cause::ClosedHere,
        Verdict::Refused,
        "Nothing on this host listens on port PORT: the connection was refused with a RST.",
        &[LISTENERS_HERE],
    ),
    here(
        Cause::ListensElsewhere,
        Verdict::Refused,
        "Nothing on this host listens on port PORT at ADDRESS; something does at OTHER only.",
        &[LISTENERS_HERE],
    ),
    CauseFacts {
        cause: Cause::RefusedThoughListening,
        verdict: Verdict::Refused,
        side: Side::ThisHost,
        sentence: "Something on this host listens on port PORT at ADDRESS, and the connection was refused with a RST all \
                   the same.",
        possible: &[
            "this host passes the port on (DNAT) to one where nothing listens",
            "the listener is bound to one interface, and connections come in by another",
            "a rule of this host's firewall rejects with a RST",
        ],
        next: &[LISTENERS_HERE, RULES],
    },
    CauseFacts {
        cause: Cause::PassedOnToSilence,
        verdict: Verdict::Unreachable,
        side: Side::ThisHost,
        sentence: "This host passes connections to ADDRESS, port PORT, on to another address, which does not answer on its \
                   link.",
        possible: &[
            "the host or container behind it is off, or has another address now",
            "the rule that passes them on (DNAT) is an old one",
        ],
        next: &[RULES, NEIGHBOURS],
    },
    here(
        Cause::QueueFullHere,
        Verdict::Filtered,
        "The listener on port PORT of this host accepts too slowly: its queue is full, and the kernel drops new \
         connections.",
        &[
            LISTENERS_HERE,
            step("nstat -az TcpExtListenOverflows TcpExtListenDrops", "how often has that happened?"),
        ],
    ),
    here(
        Cause::DatagramRefusedHere,
        Verdict::Refused,
        "Nothing on this host has UDP port PORT: its own kernel answered with port-unreachable.",
        &[step("ss -lunp 'sport = :PORT'", "what has that UDP port here, and at which address?")],
    ),
    here(
        Cause::RejectedHere,
        Verdict::BlockedLocally,
        "This host's own firewall refuses the connection to ADDRESS, port PORT: WHAT.",
        &[OUTPUT_RULES],
    ),
    here(
        Cause::ResetHere,
        Verdict::BlockedLocally,
        "This host's own firewall refuses the connection to ADDRESS, port PORT, with a RST.",
        &[RULES],
    ),
    here(
        Cause::DroppedOnTheWayOut,
        Verdict::BlockedLocally,
        "This host drops its own packets to ADDRESS, port PORT, on their way out.",
        &[OUTPUT_RULES],
    ),
    here(
        Cause::DroppedOnTheWayIn,
        Verdict::BlockedLocally,
        "What comes back from ADDRESS is dropped by this host as it comes in.",
        &[
            INPUT_RULES,
            step(
                "nstat -az TcpExtIPReversePathFilter",
                "is it the reverse path filter (rp_filter): an answer by another interface than the one to ADDRESS?",
            ),
        ],
    ),
    here(
        Cause::NoRoute,
        Verdict::Unreachable,
        "This host has no route to ADDRESS: nothing was sent.",
        &[ROUTE, step("ip route show table all", "is there a default route, and of this family?")],
    ),
    here(
        Cause::RouteUnreachable,
        Verdict::BlockedLocally,
        "A route of this host declares ADDRESS unreachable (type unreachable): nothing was sent.",
        &[ROUTE],
    ),
    here(
        Cause::RouteProhibited,
        Verdict::BlockedLocally,
        "A route of this host forbids ADDRESS (type prohibit): nothing was sent.",
        &[ROUTE],
    ),
    here(
        Cause::RouteBlackhole,
        Verdict::BlockedLocally,
        "A route of this host swallows what goes to ADDRESS (type blackhole): nothing was sent.",
        &[ROUTE],
    ),
    CauseFacts {
        cause: Cause::PolicyDenied,
        verdict: Verdict::BlockedLocally,
        side: Side::ThisHost,
        sentence: "A policy of this host denies the connection to ADDRESS, port PORT: nothing was sent.",
        possible: &[
            "a program attached to the control group (systemd: IPAddressDeny=, SocketBindDeny=; a container's policy)",
            "a security module (SELinux, AppArmor, Landlock, seccomp), or a rule of policy routing (ip rule)",
            "a rule of the output chain that drops",
        ],
        next: &[
            step(
                "systemctl show -p IPAddressDeny -p RestrictAddressFamilies UNIT",
                "of the unit that it runs in",
            ),
            FIREWALL,
        ],
    },
    CauseFacts {
        cause: Cause::NeighbourSilent,
        verdict: Verdict::Unreachable,
        side: Side::LocalNetwork,
        sentence: "ADDRESS should be on this host's own link and does not answer there: nothing could be delivered.",
        possible: &[
            "the target is off, disconnected, or not on this link",
            "the address belongs to nobody, or the prefix length here is wrong",
        ],
        next: &[NEIGHBOURS, LINK],
    },
    CauseFacts {
        cause: Cause::GatewaySilent,
        verdict: Verdict::Unreachable,
        side: Side::LocalNetwork,
        sentence: "The next hop OTHER, on this host's own link, does not answer there: nothing behind it can be reached.",
        possible: &[
            "the gateway is off, disconnected, or has another address",
            "the link here is the wrong one, or its switch or VLAN is",
        ],
        next: &[NEIGHBOURS, step("ip route", "is OTHER the right gateway?")],
    },
    here(
        Cause::NotOneHost,
        Verdict::LocalError,
        "ADDRESS is an address of many hosts (multicast or broadcast), and TCP connects to one: nothing was sent.",
        &[step("ip route get ADDRESS", "what kind of address is it to this host?")],
    ),
    here(
        Cause::PortsExhausted,
        Verdict::LocalError,
        "This host has no local port left for a connection to ADDRESS, port PORT.",
        &[
            step("ss -s", "how many sockets are there, and in which states?"),
            step("sysctl net.ipv4.ip_local_port_range net.ipv4.tcp_tw_reuse", "how many ports may be used?"),
        ],
    ),
    here(
        Cause::BadSource,
        Verdict::LocalError,
        "The source address OTHER is none of this host's.",
        &[step("ip address", "which addresses does this host have?")],
    ),
    here(
        Cause::SourcePortTaken,
        Verdict::LocalError,
        "The source port OTHER is in use on this host, with this local address.",
        &[step("ss -tan", "who has that port? It may be a connection in TIME-WAIT")],
    ),
    here(
        Cause::SourcePortDenied,
        Verdict::LocalError,
        "The source port OTHER is below 1024 and needs a right that this program does not have.",
        &[
            step("sysctl net.ipv4.ip_unprivileged_port_start", "from which port on is it free?"),
            step(
                "sudo setcap cap_net_bind_service+p $(command -v netdiag-connect)",
                "gives this program the right",
            ),
        ],
    ),
    here(
        Cause::TooManyFiles,
        Verdict::LocalError,
        "This host lets this program open no more files.",
        &[FILES, step("cat /proc/sys/fs/file-nr", "how many are open in the whole system?")],
    ),
    here(
        Cause::LocalFailure,
        Verdict::LocalError,
        "This host could not even try to connect to ADDRESS, port PORT.",
        &[ROUTE, FIREWALL],
    ),
];
