//! The states in which a connection closes, and the one in which there is none.

use super::{Passage, StateFacts};
use crate::knowledge::Lesson;
use crate::knowledge::lesson::{WIRE, step};

pub(super) const FACTS: &[StateFacts] = &[
    StateFacts {
        name: "FIN-WAIT-1",
        spellings: &[],
        number: 4,
        passage: Passage::ActiveClose,
        entered: "the program closes (or shuts its sending side down): a FIN goes out",
        left: "the ACK of the FIN leads to FIN-WAIT-2, the peer's FIN to CLOSING, both together to TIME-WAIT",
        lasts: "a round trip; with a peer that is gone, until tcp_orphan_retries (8) are used up once no program holds it",
        lesson: Lesson {
            title: "said goodbye, not yet acknowledged",
            what: &[
                "The FIN waits behind data that has not been acknowledged, so a peer that does not read holds it up.",
            ],
            usually: &[
                "A few: normal.",
                "Many that stay: peers that vanished, or a firewall that forgot the connections.",
            ],
            next: &[step("ss -tno state fin-wait-1", "to whom, and how often repeated?"), WIRE],
            see: &["tcp_orphan_retries", "tcp_max_orphans", "close"],
        },
    },
    StateFacts {
        name: "FIN-WAIT-2",
        spellings: &[],
        number: 5,
        passage: Passage::ActiveClose,
        entered: "the peer acknowledged the FIN",
        left: "the peer's FIN leads to TIME-WAIT",
        lasts: "60 s (tcp_fin_timeout) when no program holds it; without limit when one does (a half-close)",
        lesson: Lesson {
            title: "done here, waiting for the peer to close",
            what: &[
                "The peer is in CLOSE-WAIT: its kernel knows, its program has not closed. A program that shut down only \
                 its sending side waits here on purpose, and reads on.",
            ],
            usually: &[
                "The peer's program is slow to close, or never does.",
                "Many without an owner: the bug is on the far side.",
            ],
            next: &[step("ss -tanp state fin-wait-2", "to whom, and does a program hold them?")],
            see: &["tcp_fin_timeout", "CLOSE-WAIT", "close"],
        },
    },
    StateFacts {
        name: "CLOSE-WAIT",
        spellings: &[],
        number: 8,
        passage: Passage::PassiveClose,
        entered: "the peer's FIN came, and was acknowledged",
        left: "the program closes: a FIN goes out, LAST-ACK",
        lasts: "without limit: until the program closes",
        lesson: Lesson {
            title: "the peer has closed, this host's program has not",
            what: &["Everything is done but the program's close. No timer runs, and no sysctl ends it."],
            usually: &[
                "A bug of the program on this host: it does not notice the end (a read of 0), or loses the socket.",
                "A program that is stuck, or still has much to send. A few, for a moment: normal.",
            ],
            next: &[
                step("ss -tanp state close-wait", "which program?"),
                step("ls /proc/PID/fd | wc -l", "does it run into its limit of descriptors?"),
            ],
            see: &["EMFILE", "FIN-WAIT-2", "close"],
        },
    },
    StateFacts {
        name: "CLOSING",
        spellings: &[],
        number: 11,
        passage: Passage::SimultaneousClose,
        entered: "the peer's FIN came while the own FIN was not acknowledged",
        left: "the ACK of the own FIN leads to TIME-WAIT",
        lasts: "a round trip; with a peer that is gone, until tcp_orphan_retries are used up",
        lesson: Lesson {
            title: "both closed at the same time",
            what: &["The two FINs crossed on the way. Each end is owed one ACK."],
            usually: &["Rare, and normal. If it stays, the last ACK is lost, or the peer is gone."],
            next: &[step("ss -tno state closing", "with whom?"), WIRE],
            see: &["RFC 9293 section 3.6", "simultaneous-close"],
        },
    },
    StateFacts {
        name: "LAST-ACK",
        spellings: &[],
        number: 9,
        passage: Passage::PassiveClose,
        entered: "the program closed after the peer had: a FIN went out",
        left: "the ACK of the FIN ends the connection",
        lasts: "a round trip; with a peer that is gone, until tcp_orphan_retries are used up",
        lesson: Lesson {
            title: "waits for the last acknowledgement",
            what: &["This end closes second, so it pays no TIME-WAIT."],
            usually: &[
                "A few: normal.",
                "Many that stay: the peers vanished after their FIN, or a firewall drops the rest.",
            ],
            next: &[step("ss -tno state last-ack", "to whom, and how often repeated?"), WIRE],
            see: &["tcp_orphan_retries", "close"],
        },
    },
    StateFacts {
        name: "TIME-WAIT",
        spellings: &[],
        number: 6,
        passage: Passage::ActiveClose,
        entered: "both FINs are acknowledged, and this end closed first",
        left: "time",
        lasts: "60 s on Linux, always: no sysctl changes it (tcp_fin_timeout is about FIN-WAIT-2)",
        lesson: Lesson {
            title: "over, and kept for a while",
            what: &[
                "The end that closes first keeps the pair of addresses and ports for 60 s (RFC 9293 asks for twice the \
                 maximum segment lifetime), so that a lost last ACK can be repeated, and late segments of the old \
                 connection are not taken for a new one's.",
            ],
            usually: &[
                "Normal, and cheap, even tens of thousands of them.",
                "On a client with one target, it can use up the local ports: EADDRNOTAVAIL. Keep connections open instead.",
            ],
            next: &[
                step("ss -tan state time-wait | wc -l", "how many?"),
                step(
                    "sysctl net.ipv4.tcp_tw_reuse net.ipv4.ip_local_port_range",
                    "may they be reused, and how many ports are there?",
                ),
                step("nstat -az TcpExtTCPTimeWaitOverflow", "did the table overflow?"),
            ],
            see: &[
                "RFC 9293 section 3.6.1",
                "EADDRNOTAVAIL",
                "tcp_tw_reuse",
                "tcp_max_tw_buckets",
                "tcp_tw_recycle",
            ],
        },
    },
    StateFacts {
        name: "CLOSED",
        spellings: &["UNCONN"],
        number: 7,
        passage: Passage::Both,
        entered: "it never began, or it is over",
        left: "the program connects or listens",
        lasts: "not a state of a connection: there is none",
        lesson: Lesson {
            title: "no connection",
            what: &[
                "A segment that belongs to no connection is answered by a RST. That is why a closed port refuses.",
            ],
            usually: &["A socket that was made and not used, or whose connection failed."],
            next: &[step("ss -tan", "which connections are there?")],
            see: &["RFC 9293 section 3.3.2", "RST", "ECONNREFUSED"],
        },
    },
];
