//! Causes of silence: nothing came back, and this end cannot know why.

use super::{Cause, CauseFacts};
use crate::knowledge::Step;
use crate::knowledge::lesson::{ECHO, step};
use crate::verdict::{Side, Verdict};

const LOCATE: Step =
    step("netdiag connect --locate ADDRESS:PORT", "how far on the path do SYNs to this port come?");
const FAR_END: Step = step(
    "tcpdump -ni any 'tcp port PORT'",
    "on the target: does the SYN arrive (else it is dropped on the way), and does a SYN-ACK leave (else its queue is full \
     or its firewall drops; if it does leave, it is lost on the way back)?",
);
const QUEUE: Step = step(
    "nstat -az TcpExtListenOverflows TcpExtListenDrops",
    "on the target: do these move with each attempt? Then the accept queue is full",
);

pub(super) const FACTS: &[CauseFacts] = &[
    CauseFacts {
        cause: Cause::Silence,
        verdict: Verdict::Filtered,
        side: Side::Unknown,
        sentence: "Nothing came back from ADDRESS, port PORT: neither an answer nor an error.",
        possible: &[
            "a firewall on the way or on the target drops the SYN, or the target is off and no router says so (they limit how often)",
            "the SYN-ACK is dropped on the way back (asymmetric routing, a firewall, this host's own)",
            "the accept queue of the service is full: the target's kernel drops new connections",
        ],
        next: &[FAR_END, QUEUE, LOCATE],
    },
    CauseFacts {
        cause: Cause::TooShort,
        verdict: Verdict::Inconclusive,
        side: Side::Unknown,
        sentence: "Nothing came back from ADDRESS, port PORT, in a time that is too short to conclude anything: not one \
                   SYN was sent again.",
        possible: &[
            "the SYN or its answer was lost",
            "the way is longer than the timeout",
            "a firewall drops the packets, or a router may not yet say that it does",
        ],
        next: &[step(
            "netdiag connect -W 3.5 ADDRESS:PORT",
            "waits for three more SYNs, and for ARP to fail",
        )],
    },
    CauseFacts {
        cause: Cause::DatagramSilence,
        verdict: Verdict::Inconclusive,
        side: Side::Unknown,
        sentence: "Nothing came back from UDP port PORT of ADDRESS, which proves nothing: a service may have no answer to \
                   these octets.",
        possible: &[
            "the port is open, and the service does not answer to this payload",
            "a firewall drops the datagram or the answer",
            "the port is closed, and the ICMP message that says so is dropped or rate-limited",
        ],
        next: &[
            step(
                "netdiag connect --payload TEXT udp://ADDRESS:PORT",
                "octets that the service has an answer to",
            ),
            ECHO,
            step("ss -lun 'sport = :PORT'", "on the target: does anything have that port?"),
        ],
    },
];
