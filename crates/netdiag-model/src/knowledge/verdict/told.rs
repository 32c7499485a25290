//! Verdicts that somebody's answer gave: open, refused, rejected, closed early.

use super::VerdictFacts;
use crate::knowledge::Lesson;
use crate::knowledge::cause::Cause;
use crate::knowledge::lesson::{ECHO, LISTENERS, WIRE, step};
use crate::verdict::Verdict;

pub(super) const FACTS: &[VerdictFacts] = &[
    VerdictFacts {
        verdict: Verdict::Open,
        not: "It does not say that the service behind the port works: the kernel completes a handshake before the program \
              accepts it, and a proxy may accept in its stead.",
        acts: "Nobody; if it fails all the same, whoever runs the service.",
        exit: 0,
        covers: &[&[Cause::Accepted], &[Cause::DatagramAnswered]],
        lesson: Lesson {
            title: "the port takes connections",
            what: &[
                "The handshake was completed and, where the connection was watched (--dwell), it stayed open. Of UDP: a \
                 datagram came back.",
            ],
            usually: &[
                "TCP: something listens there, and nothing on the way forbids it.",
                "UDP: the service answers to what was sent.",
            ],
            next: &[
                step("netdiag connect --banner ADDRESS:PORT", "what does the service say first?"),
                step("netdiag connect --tls ADDRESS:PORT", "does it speak TLS, and with which certificate?"),
                step("netdiag connect -c 20 ADDRESS:PORT", "every time, and how fast?"),
            ],
            see: &["handshake", "ESTABLISHED", "closed-early"],
        },
    },
    VerdictFacts {
        verdict: Verdict::Refused,
        not: "It does not say that the host is down or that packets are lost: the answer proves the contrary. And it is not \
              every ECONNREFUSED: an ICMP port-unreachable gives the same number, and is rejected.",
        acts: "Whoever runs the target; for a port of this host, whoever runs this host.",
        exit: 3,
        covers: &[
            &[Cause::ClosedPort],
            &[Cause::ClosedHere, Cause::DatagramRefusedHere],
            &[Cause::ListensElsewhere, Cause::RefusedThoughListening],
            &[Cause::DatagramRefused],
        ],
        lesson: Lesson {
            title: "the target itself says that nothing listens there",
            what: &[
                "A RST in the target's name answered the SYN, at once. It may still be a firewall's on the way: --who \
                 compares the TTLs, and then the verdict is rejected.",
            ],
            usually: &[
                "The service is not running, or still starts; or it listens on another port, address or family only.",
                "The port is this host's own, and nothing listens on it.",
                "The port is this host's own, and something listens on it at another address only; or \
                 it listens, and a rule of this host passes the port on or rejects it.",
                "UDP: the target's port-unreachable, as nothing has the port (or its firewall says so).",
            ],
            next: &[
                LISTENERS,
                step("netdiag connect --who ADDRESS:PORT", "is it the target's own RST?"),
                step("netdiag connect --until open ADDRESS:PORT", "waits until the service is there"),
            ],
            see: &["ECONNREFUSED", "RST", "rejected"],
        },
    },
    VerdictFacts {
        verdict: Verdict::Rejected,
        not: "It does not say whether anything listens on the port: the packet was turned back before that was asked.",
        acts: "Whoever runs the firewall that said so: on the path, or on the target.",
        exit: 6,
        covers: &[&[Cause::RejectedOnTheWay], &[Cause::RejectedByTarget], &[Cause::ResetOnTheWay]],
        lesson: Lesson {
            title: "a firewall says no, and lets it be known",
            what: &[
                "An ICMP message that means \"may not\" (port or protocol unreachable, prohibited), or a RST from nearer \
                 than the target. The error number is no guide: it can be ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, \
                 ENOPROTOOPT or EACCES.",
            ],
            usually: &[
                "A router or firewall on the way refuses by ICMP; its address is the sender's.",
                "The target's own firewall refuses by ICMP.",
                "Something on the way sends a RST in the target's name; its TTL betrays it.",
            ],
            next: &[
                step("nft list ruleset", "on the sender: which rule rejects the port?"),
                step(
                    "netdiag connect --locate ADDRESS:PORT",
                    "how far on the path do SYNs to this port come?",
                ),
                WIRE,
            ],
            see: &["port-unreachable", "admin-prohibited", "refused"],
        },
    },
    VerdictFacts {
        verdict: Verdict::ClosedEarly,
        not: "It is not a closed port: the handshake was completed, so a check that only connects calls it open.",
        acts: "Whoever runs the service, or the proxy before it; of a RST from nearer, whoever runs the path.",
        exit: 8,
        covers: &[&[Cause::ClosedAtOnce], &[Cause::ResetAtOnce], &[Cause::ResetAtOnceOnTheWay]],
        lesson: Lesson {
            title: "it opens, and is closed or reset at once",
            what: &[
                "A FIN (then the socket is in CLOSE-WAIT) or a RST (ECONNRESET) came right after the handshake. It is seen \
                 only where the connection is watched for a while: --dwell, 200 ms for one target and port.",
            ],
            usually: &[
                "A FIN: an access list, a limit of connections, a proxy with no working server behind it.",
                "A RST: the same, or the program crashed, or closed with data unread.",
                "A RST from nearer than the target (--who): a firewall on the way.",
            ],
            next: &[
                step("journalctl -e", "on the target: what does the service say of this client?"),
                step("netdiag connect --who ADDRESS:PORT", "of a RST: is it the target's own?"),
                WIRE,
                ECHO,
            ],
            see: &["CLOSE-WAIT", "ECONNRESET", "close"],
        },
    },
];
