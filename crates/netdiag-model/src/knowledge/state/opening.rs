//! The states in which a connection opens and lives.

use super::{Passage, StateFacts};
use crate::knowledge::Lesson;
use crate::knowledge::lesson::{FIREWALL, ROUTE, TCP_ECHO, WIRE, step};

pub(super) const FACTS: &[StateFacts] = &[
    StateFacts {
        name: "LISTEN",
        spellings: &["LISTENING"],
        number: 10,
        passage: Passage::Server,
        entered: "the program listens (passive OPEN)",
        left: "a SYN makes a new connection in SYN-RECEIVED, and the listener stays; or the program closes",
        lasts: "as long as the program wants",
        lesson: Lesson {
            title: "waits for connections",
            what: &[
                "The listener itself. In ss, Recv-Q is the number of connections that wait for accept, and Send-Q how \
                 many may: the smaller of the program's backlog and net.core.somaxconn.",
            ],
            usually: &[
                "Normal. Recv-Q above Send-Q means that the program does not accept fast enough: clients time out.",
                "The address matters: 127.0.0.1 is for this host only, [::] usually takes both families.",
            ],
            next: &[
                step("ss -ltnp", "who listens, where, and how full is the queue?"),
                step("nstat -az TcpExtListenOverflows TcpExtListenDrops", "did it overflow?"),
            ],
            see: &["listen(2)", "somaxconn", "tcp_max_syn_backlog"],
        },
    },
    StateFacts {
        name: "SYN-SENT",
        spellings: &[],
        number: 2,
        passage: Passage::Client,
        entered: "the program connects (active OPEN): a SYN goes out",
        left: "a SYN-ACK opens the connection; a RST or an ICMP error ends it; a SYN from the peer leads to SYN-RECEIVED",
        lasts: "131 s by default since Linux 6.5, 127 s before; then ETIMEDOUT",
        lesson: Lesson {
            title: "asked, and no answer yet",
            what: &[
                "A SYN is out. Linux 6.5 and later repeat it at 1, 2, 3, 4, 5, 7, 11, 19, 35 and 67 s (tcp_syn_retries = 6, \
                 after tcp_syn_linear_timeouts = 4 that do not back off); before, at 1, 3, 7, 15, 31 and 63 s.",
                "Seen for longer than a round trip, it means silence: the SYN, or every answer to it, is lost.",
            ],
            usually: &[
                "A firewall drops the SYN, on this host, on the way, or on the target.",
                "The target is off, or the answer takes a way that loses it.",
                "The server's accept queue is full.",
                "Many to one target and port: it is down. Many from one process to many targets: a scan.",
            ],
            next: &[
                step("ss -tno state syn-sent", "to whom, and how often repeated?"),
                ROUTE,
                WIRE,
                FIREWALL,
                TCP_ECHO,
            ],
            see: &["RFC 9293 section 3.5", "ETIMEDOUT", "tcp_syn_retries", "handshake"],
        },
    },
    StateFacts {
        name: "SYN-RECEIVED",
        spellings: &["SYN-RECV", "SYN-RCVD"],
        number: 3,
        passage: Passage::Server,
        entered: "a SYN came, and a SYN-ACK went back",
        left: "the ACK of the SYN-ACK opens the connection; a RST sends it back to LISTEN",
        lasts: "63 s by default: the SYN-ACK is repeated at 1, 3, 7, 15 and 31 s (tcp_synack_retries = 5)",
        lesson: Lesson {
            title: "answered, and waiting for the last step of the handshake",
            what: &["Both ends pass through it when both connect at the same time (simultaneous open)."],
            usually: &[
                "A few, for a round trip each: normal.",
                "Many, each from another address: a SYN flood with forged sources; SYN cookies answer it.",
                "Many from one client: what is sent to it, or its ACK, is lost; often asymmetric routing.",
                "The accept queue is full: the last ACK is dropped, and the SYN-ACK sent again.",
            ],
            next: &[
                step("ss -tn state syn-recv", "how many, and from whom?"),
                step("nstat -az TcpExtSyncookiesSent TcpExtTCPReqQFullDrop", "is the queue of SYNs full?"),
                WIRE,
            ],
            see: &["tcp_synack_retries", "tcp_syncookies", "tcp_max_syn_backlog", "simultaneous-open"],
        },
    },
    StateFacts {
        name: "ESTABLISHED",
        spellings: &["ESTAB"],
        number: 1,
        passage: Passage::Both,
        entered: "the handshake is complete on this end",
        left: "this end closes (FIN-WAIT-1), the peer closes (CLOSE-WAIT), or a RST or a timeout ends it",
        lasts: "for ever while both are silent, unless keepalive is on; with unacknowledged data at least 924.6 s (tcp_retries2)",
        lesson: Lesson {
            title: "open: data can flow both ways",
            what: &[
                "Nothing is sent on an idle connection, so one whose peer has vanished looks the same: half-open. Only \
                 sending, or keepalive, finds out.",
            ],
            usually: &[
                "Normal.",
                "Send-Q that stays: what was sent is not acknowledged, or the peer does not read.",
                "Recv-Q that stays: the program here does not read.",
            ],
            next: &[
                step("ss -tnoi dst ADDRESS", "queues, timers, retransmissions, round-trip time"),
                step("ss -tnp state established", "whose are they?"),
            ],
            see: &["RFC 9293 section 3.5", "keepalive", "tcp_retries2"],
        },
    },
];
