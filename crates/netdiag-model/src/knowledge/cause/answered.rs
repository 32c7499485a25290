//! Causes that somebody beyond this host told: by a SYN-ACK, a RST, a FIN, an ICMP message, a datagram.

use super::{Cause, CauseFacts};
use crate::knowledge::Step;
use crate::knowledge::lesson::{ECHO, LISTENERS, WIRE, step};
use crate::verdict::{Side, Verdict};

const WHO: Step =
    step("netdiag connect --who ADDRESS:PORT", "is it the target's own, or a firewall's on the way?");
const LOCATE: Step = step("netdiag connect --locate ADDRESS:PORT", "where on the path the packets stop");
const LOG: Step =
    step("journalctl -e", "on the target: what does the service say of the connections that it closes?");
const SERVER_RULES: Step =
    step("nft list ruleset", "on the target: which rule of the input chain rejects port PORT?");
const SERVER_ROUTES: Step = step("ip route get ADDRESS", "on FROM: which way does it know to the target?");

pub(super) const FACTS: &[CauseFacts] = &[
    CauseFacts {
        cause: Cause::Accepted,
        verdict: Verdict::Open,
        side: Side::Service,
        sentence: "ADDRESS accepts connections on port PORT.",
        possible: &[],
        next: &[],
    },
    CauseFacts {
        cause: Cause::ClosedPort,
        verdict: Verdict::Refused,
        side: Side::RemoteHost,
        sentence: "ADDRESS refused the connection with a RST: it is up, and nothing listens on its port PORT.",
        possible: &[
            "the service is not running, or still starting",
            "it listens on another port, or on another address or family only",
            "a firewall on the way answers with a RST in the target's name",
        ],
        next: &[LISTENERS, WHO],
    },
    CauseFacts {
        cause: Cause::ResetOnTheWay,
        verdict: Verdict::Rejected,
        side: Side::Path,
        sentence: "A firewall on the way refused port PORT with a RST in the name of ADDRESS: it came from nearer than \
                   the target.",
        possible: &[],
        next: &[LOCATE, WIRE],
    },
    CauseFacts {
        cause: Cause::RejectedOnTheWay,
        verdict: Verdict::Rejected,
        side: Side::Path,
        sentence: "FROM, on the way to ADDRESS, refuses port PORT: WHAT.",
        possible: &[],
        next: &[
            step("nft list ruleset", "on FROM: which rule of its forward chain rejects port PORT?"),
            LOCATE,
        ],
    },
    CauseFacts {
        cause: Cause::RejectedByTarget,
        verdict: Verdict::Rejected,
        side: Side::RemoteFirewall,
        sentence: "ADDRESS itself refuses port PORT: WHAT.",
        possible: &[
            "a rule of its firewall rejects the port",
            "it passes the port on to another host, whose firewall rejects it",
        ],
        next: &[SERVER_RULES, LISTENERS],
    },
    CauseFacts {
        cause: Cause::UnreachableOnTheWay,
        verdict: Verdict::Unreachable,
        side: Side::Path,
        sentence: "FROM, on the way to ADDRESS, cannot deliver: WHAT.",
        possible: &[
            "the target is off, or its address belongs to nobody (a router says so once ARP has failed)",
            "the router has no route to the target",
            "a firewall words its refusal so",
        ],
        next: &[SERVER_ROUTES, ECHO, LOCATE],
    },
    CauseFacts {
        cause: Cause::UnreachableByTarget,
        verdict: Verdict::Unreachable,
        side: Side::RemoteHost,
        sentence: "ADDRESS itself says that it cannot deliver to port PORT: WHAT.",
        possible: &[
            "the port is forwarded to a host that is off or not there",
            "a firewall of the target words its refusal so",
        ],
        next: &[SERVER_RULES, WIRE],
    },
    CauseFacts {
        cause: Cause::TtlExceeded,
        verdict: Verdict::Unreachable,
        side: Side::Path,
        sentence: "The packets to ADDRESS ran out of hops at FROM: WHAT.",
        possible: &[
            "a routing loop: routers send the packets round in circles",
            "the path is longer than the TTL that was set",
        ],
        next: &[LOCATE, SERVER_ROUTES],
    },
    CauseFacts {
        cause: Cause::ClosedAtOnce,
        verdict: Verdict::ClosedEarly,
        side: Side::Service,
        sentence: "ADDRESS accepted the connection on port PORT and closed it at once.",
        possible: &[
            "the service does not serve this client (tcp wrappers, an access list, a limit of connections)",
            "a proxy or load balancer accepts, and has no working server behind it",
            "the service fails as it starts to serve",
        ],
        next: &[LOG, WIRE],
    },
    CauseFacts {
        cause: Cause::ResetAtOnce,
        verdict: Verdict::ClosedEarly,
        side: Side::Service,
        sentence: "ADDRESS accepted the connection on port PORT and reset it at once.",
        possible: &[
            "the service or a proxy drops the connection: an access list, a limit, no server behind it",
            "the service crashed, or closed with data unread",
            "a firewall on the way resets the connection once it is open",
        ],
        next: &[LOG, WHO],
    },
    CauseFacts {
        cause: Cause::ResetAtOnceOnTheWay,
        verdict: Verdict::ClosedEarly,
        side: Side::Path,
        sentence: "ADDRESS accepted the connection on port PORT, and a firewall on the way reset it at once.",
        possible: &[],
        next: &[LOCATE, WIRE],
    },
    CauseFacts {
        cause: Cause::DatagramAnswered,
        verdict: Verdict::Open,
        side: Side::Service,
        sentence: "ADDRESS answers on UDP port PORT.",
        possible: &[],
        next: &[],
    },
    CauseFacts {
        cause: Cause::DatagramRefused,
        verdict: Verdict::Refused,
        side: Side::RemoteHost,
        sentence: "ADDRESS refused the datagram: it is up, and nothing has its UDP port PORT.",
        possible: &[
            "the service is not running, or listens on another port or address",
            "a firewall of the target rejects with port-unreachable",
        ],
        next: &[step(
            "ss -lun 'sport = :PORT'",
            "on the target: does anything have that port, and on which address?",
        )],
    },
];
