//! Verdicts of silence, of errors of the network, and of this host.

use super::VerdictFacts;
use crate::knowledge::Lesson;
use crate::knowledge::cause::Cause;
use crate::knowledge::lesson::{ECHO, FIREWALL, NEIGHBOURS, ROUTE, step};
use crate::verdict::Verdict;

const LOCATE: crate::knowledge::Step =
    step("netdiag connect --locate ADDRESS:PORT", "how far on the path do SYNs to this port come?");

pub(super) const FACTS: &[VerdictFacts] = &[
    VerdictFacts {
        verdict: Verdict::Filtered,
        not: "It does not prove a firewall: a target that is off behind a silent router, an answer that is lost on its way \
              back and a full accept queue look the same from this end.",
        acts: "It cannot be known from here, except for a full queue of this host; the other end's tcpdump tells.",
        exit: 4,
        covers: &[&[Cause::Silence], &[Cause::QueueFullHere]],
        lesson: Lesson {
            title: "nothing came back, neither answer nor error",
            what: &[
                "The socket stayed in SYN-SENT to the end of the timeout, through at least one repeated SYN. A program \
                 that waits long enough gets ETIMEDOUT.",
            ],
            usually: &[
                "The SYN is dropped, on the way or on the target; or the SYN-ACK, on its way back; or the accept queue of \
                 the service is full.",
                "The port is this host's own, and its listener does not accept fast enough: the queue is full.",
            ],
            next: &[
                LOCATE,
                step(
                    "tcpdump -ni any 'tcp port PORT'",
                    "on the target: does the SYN arrive, and what leaves?",
                ),
                step(
                    "nstat -az TcpExtListenOverflows TcpExtListenDrops",
                    "on the target: do these move with each attempt? Then the accept queue is full",
                ),
            ],
            see: &["SYN-SENT", "ETIMEDOUT", "tcp_syn_retries", "somaxconn"],
        },
    },
    VerdictFacts {
        verdict: Verdict::Unreachable,
        not: "It says nothing of the port: the packets did not come that far.",
        acts: "This host without a route; the local network where a neighbour is silent; else whoever runs the router that \
               said so, or the target.",
        exit: 5,
        covers: &[
            &[Cause::NoRoute],
            &[Cause::NeighbourSilent, Cause::GatewaySilent, Cause::PassedOnToSilence],
            &[Cause::UnreachableOnTheWay],
            &[Cause::UnreachableByTarget],
            &[Cause::TtlExceeded],
        ],
        lesson: Lesson {
            title: "the packets cannot be delivered",
            what: &[
                "This host has no way to the target, or somebody on the way says that there is none. Without a route it \
                 fails at once and nothing is sent; a neighbour that does not answer ARP takes about three seconds.",
            ],
            usually: &[
                "This host has no route, often no default route of that family.",
                "The target, or the next hop, is on this host's link and does not answer ARP or neighbour discovery.",
                "A router has no route on, or its ARP for the target fails: ICMP net or host unreachable.",
                "The target itself says so: it forwards to something that is not there.",
                "The TTL ran out: a routing loop, or a TTL that is too small.",
            ],
            next: &[ROUTE, NEIGHBOURS, ECHO, LOCATE],
            see: &["EHOSTUNREACH", "ENETUNREACH", "host-unreachable", "ttl-exceeded"],
        },
    },
    VerdictFacts {
        verdict: Verdict::BlockedLocally,
        not: "It has nothing to do with the network or the target: whoever looks there looks in vain.",
        acts: "Whoever runs this host.",
        exit: 7,
        covers: &[
            &[Cause::DroppedOnTheWayOut],
            &[Cause::DroppedOnTheWayIn],
            &[Cause::RejectedHere, Cause::ResetHere],
            &[Cause::RouteUnreachable, Cause::RouteProhibited, Cause::RouteBlackhole],
            &[Cause::PolicyDenied],
        ],
        lesson: Lesson {
            title: "this host's own firewall, policy or route stops it",
            what: &[
                "A drop gives a program nothing but a timeout: no EPERM, and a count of segments out that never left. It is \
                 proved by this host's counters, with a burst of attempts against a time without; unproved it is filtered.",
            ],
            usually: &[
                "A rule of the output chain drops the SYN.",
                "A rule of the input chain, or the reverse path filter, drops the answer: the port is open, and this host \
                 does not let itself hear it.",
                "A rule of the output chain rejects: by an ICMP message from this host's own address, or by a RST.",
                "A route of the type unreachable (EHOSTUNREACH), prohibit (EACCES) or blackhole (EINVAL).",
                "A policy: a control group's, a security module's, a sandbox's (EPERM, EACCES).",
            ],
            next: &[FIREWALL, ROUTE],
            see: &["EPERM", "EACCES", "EINVAL", "SYN-SENT"],
        },
    },
    VerdictFacts {
        verdict: Verdict::LocalError,
        not: "It says nothing of the target or the network: nothing was sent.",
        acts: "Whoever runs this host, or the program that asks for too much of it.",
        exit: 2,
        covers: &[
            &[Cause::PortsExhausted],
            &[Cause::NotOneHost, Cause::BadSource, Cause::SourcePortTaken, Cause::SourcePortDenied],
            &[Cause::TooManyFiles],
            &[Cause::LocalFailure],
        ],
        lesson: Lesson {
            title: "this host could not even try",
            what: &["connect, or bind before it, failed at once for a reason of this host."],
            usually: &[
                "Every local port towards this target and port is taken (EADDRNOTAVAIL); those in TIME-WAIT count too.",
                "The source address is not this host's (EADDRNOTAVAIL), or the source port is in use (EADDRINUSE) or needs \
                 a right (EACCES).",
                "No more files can be opened (EMFILE, ENFILE).",
                "Another error, which is named.",
            ],
            next: &[
                step("ss -s", "how many sockets are there, and in which states?"),
                step("sysctl net.ipv4.ip_local_port_range", "how many ports may be used?"),
                step("ip address", "which addresses does this host have?"),
            ],
            see: &["EADDRNOTAVAIL", "EADDRINUSE", "EMFILE", "TIME-WAIT"],
        },
    },
    VerdictFacts {
        verdict: Verdict::Inconclusive,
        not: "It is neither open nor closed, and not filtered either: too little was seen for any of them.",
        acts: "Nobody yet: ask again, for longer or with other octets.",
        exit: 9,
        covers: &[&[Cause::TooShort], &[Cause::DatagramSilence]],
        lesson: Lesson {
            title: "too little was seen for a verdict",
            what: &[
                "One lost SYN looks like a firewall until it is repeated, after one second. Silence after a datagram proves \
                 nothing at all: most services do not answer what they do not understand.",
            ],
            usually: &[
                "TCP: the timeout was over before one SYN was repeated.",
                "UDP: nothing came back. The service has no answer to these octets; or they, or the answer, were dropped.",
            ],
            next: &[
                step("netdiag connect -W 3.5 ADDRESS:PORT", "waits for three more SYNs, and for ARP to fail"),
                step(
                    "netdiag connect --payload TEXT udp://ADDRESS:PORT",
                    "octets that the service has an answer to",
                ),
            ],
            see: &["filtered", "SYN-SENT", "port-unreachable"],
        },
    },
];
