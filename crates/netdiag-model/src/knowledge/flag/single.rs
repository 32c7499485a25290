//! Each flag by itself.

use super::{FlagFacts, Flags};
use crate::knowledge::Lesson;
use crate::knowledge::lesson::{LISTENERS, WIRE, step};

pub(super) const FACTS: &[FlagFacts] = &[
    FlagFacts {
        flag: Flags::SYN,
        name: "SYN",
        letter: 'S',
        lesson: Lesson {
            title: "synchronise: opens one direction of a connection",
            what: &[
                "The first segment that each end sends; it carries the initial sequence number and counts as one octet. \
                 Alone it asks for a connection; with ACK it agrees.",
                "Options that count for the whole connection stand only here: maximum segment size, window scale, SACK.",
            ],
            usually: &[
                "Repeated with the same sequence number: it, or the answer, was lost.",
                "Answered by RST+ACK: nothing listens there.",
            ],
            next: &[step("tcpdump -ni any 'tcp[tcpflags] & tcp-syn != 0'", "who asks whom, and who agrees?")],
            see: &["RFC 9293 section 3.5", "SYN+ACK", "SYN-SENT", "handshake"],
        },
    },
    FlagFacts {
        flag: Flags::FIN,
        name: "FIN",
        letter: 'F',
        lesson: Lesson {
            title: "final: this end has no more to send",
            what: &[
                "Closes one direction; the other stays open until its own FIN. It counts as one octet and is acknowledged \
                 like data. It never stands without ACK: name FIN+ACK to see the segment as it is sent.",
            ],
            usually: &[
                "An orderly end.",
                "Right after the handshake: a service, or a proxy, that accepts and closes.",
            ],
            next: &[step("tcpdump -ni any 'tcp[tcpflags] & tcp-fin != 0'", "who closes first?")],
            see: &["RFC 9293 section 3.6", "close", "CLOSE-WAIT"],
        },
    },
    FlagFacts {
        flag: Flags::RST,
        name: "RST",
        letter: 'R',
        lesson: Lesson {
            title: "reset: there is no such connection, or not any more",
            what: &[
                "Ends a connection at once, without an answer. It is believed only if its sequence number fits (RFC 5961: \
                 exactly; otherwise it is answered by a challenge ACK); in SYN-SENT, if it acknowledges the SYN.",
            ],
            usually: &[
                "In answer to a SYN: nothing listens (ECONNREFUSED).",
                "In the middle: the program died or closed with unread data, the host was restarted, or a firewall, NAT or \
                 load balancer forgot the connection or wants it to end (ECONNRESET).",
                "With another TTL than the peer's other segments: something on the way sent it.",
            ],
            next: &[
                step("tcpdump -vni any 'tcp[tcpflags] & tcp-rst != 0'", "who sends it, and with which TTL?"),
                LISTENERS,
            ],
            see: &["RFC 9293 section 3.5.2", "RFC 5961", "ECONNREFUSED", "ECONNRESET"],
        },
    },
    FlagFacts {
        flag: Flags::PSH,
        name: "PSH",
        letter: 'P',
        lesson: Lesson {
            title: "push: hand the data over now",
            what: &[
                "Set on the last segment of what the program wrote at once. Receivers on Linux hand data over anyway.",
            ],
            usually: &["Normal on data."],
            next: &[WIRE],
            see: &["RFC 9293 section 3.9.1.2"],
        },
    },
    FlagFacts {
        flag: Flags::ACK,
        name: "ACK",
        letter: '.',
        lesson: Lesson {
            title: "acknowledge: the acknowledgement number counts",
            what: &[
                "Names the next octet that is expected. It is set on every segment after the first SYN, except on some \
                 RSTs. An ACK does not acknowledge an ACK: segments without data, SYN or FIN are never repeated.",
            ],
            usually: &[
                "Normal.",
                "The same number three times over: a segment is missing, and is sent again at once.",
                "In answer to a SYN: a challenge ACK, because an old connection with the same ports is still remembered.",
            ],
            next: &[step("ss -tnoi dst ADDRESS", "what is unacknowledged?"), WIRE],
            see: &["RFC 9293 section 3.4", "RFC 5961"],
        },
    },
    FlagFacts {
        flag: Flags::URG,
        name: "URG",
        letter: 'U',
        lesson: Lesson {
            title: "urgent: the urgent pointer counts",
            what: &[
                "Marks data to be seen out of line. RFC 6093 advises new programs against it; telnet used it.",
            ],
            usually: &["Almost never seen. Firewalls and normalisers often clear it."],
            next: &[WIRE],
            see: &["RFC 6093"],
        },
    },
    FlagFacts {
        flag: Flags::ECE,
        name: "ECE",
        letter: 'E',
        lesson: Lesson {
            title: "congestion was experienced (ECN echo)",
            what: &[
                "On a SYN together with CWR: the sender can do ECN. On a SYN-ACK alone: the other end can, too. Later: a \
                 router marked a packet instead of dropping it, and the receiver says so until CWR answers.",
            ],
            usually: &["Congestion on the way, signalled without loss."],
            next: &[
                step("sysctl net.ipv4.tcp_ecn", "does this host ask for ECN?"),
                step("ss -tni dst ADDRESS", "is ecn among its options?"),
            ],
            see: &["RFC 3168", "tcp_ecn"],
        },
    },
    FlagFacts {
        flag: Flags::CWR,
        name: "CWR",
        letter: 'W',
        lesson: Lesson {
            title: "the congestion window was reduced",
            what: &[
                "The answer to ECE: the sender has slowed down. On a SYN together with ECE it offers ECN.",
            ],
            usually: &["Normal with ECN."],
            next: &[step("sysctl net.ipv4.tcp_ecn", "does this host ask for ECN?")],
            see: &["RFC 3168", "ECE"],
        },
    },
];
