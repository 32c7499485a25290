//! Settings of the handshake: how often it is tried, and who may wait.

use super::{SysctlFacts, TIMES, setting};
use crate::knowledge::lesson::step;
use crate::knowledge::{Lesson, Step};

const OVERFLOWS: Step = step("nstat -az TcpExtListenOverflows TcpExtListenDrops", "did a queue overflow?");
const QUEUES: Step = step("ss -ltn", "is Recv-Q of the listener near its Send-Q?");
const SYNS: Step =
    step("nstat -az TcpExtTCPReqQFullDrop TcpExtSyncookiesSent", "was the queue of SYNs full?");

pub(super) const FACTS: &[SysctlFacts] = &[
    setting(
        "net.ipv4.tcp_syn_retries",
        "6",
        TIMES,
        Lesson {
            title: "how often an unanswered SYN is repeated, beyond the linear ones",
            what: &[
                "With tcp_syn_linear_timeouts = 4 (Linux 6.5 and later) the SYN goes out at 0, 1, 2, 3, 4, 5, 7, 11, 19, 35 \
             and 67 s, and connect fails at 131 s. Before, or with 0 linear ones: at 0, 1, 3, 7, 15, 31 and 63 s, and \
             127 s. Timers are rounded up a little.",
            ],
            usually: &[
                "Programs want to know sooner: a timeout of their own, TCP_SYNCNT or TCP_USER_TIMEOUT for the one socket \
             is better than this for all.",
            ],
            next: &[step("ss -tno state syn-sent", "what is being repeated?")],
            see: &["tcp(7)", "tcp_syn_linear_timeouts", "ETIMEDOUT", "SYN-SENT"],
        },
    ),
    SysctlFacts {
        name: "net.ipv4.tcp_syn_linear_timeouts",
        default: "4",
        unit: TIMES,
        since: Some("6.5"),
        removed: None,
        lesson: Lesson {
            title: "how many SYNs are repeated each second before the pauses double",
            what: &[
                "They come on top of tcp_syn_retries and make a lost SYN cost less. With them, TCP_SYNCNT is not to be \
                 read as an exact number of SYNs either.",
            ],
            usually: &["Leave it. It is why a capture shows a SYN in each of the first five seconds."],
            next: &[step("tcpdump -ni any 'tcp[tcpflags] & tcp-syn != 0'", "when are they sent?")],
            see: &["tcp_syn_retries", "SYN-SENT"],
        },
    },
    setting(
        "net.ipv4.tcp_synack_retries",
        "5",
        TIMES,
        Lesson {
            title: "how often an unanswered SYN-ACK is repeated",
            what: &["At 1, 3, 7, 15 and 31 s; after 63 s the half-open connection is forgotten."],
            usually: &["Lower (2) on servers under a flood, so that forged SYNs hold room for less time."],
            next: &[step("ss -tno state syn-recv", "who does not complete the handshake?")],
            see: &["tcp(7)", "SYN-RECEIVED", "tcp_syncookies"],
        },
    ),
    setting(
        "net.ipv4.tcp_syncookies",
        "1",
        None,
        Lesson {
            title: "whether a full queue of SYNs is answered by cookies",
            what: &[
                "1: when the queue of a listener is full, the SYN-ACK carries all that has to be remembered, and nothing is \
             kept. 0: SYNs are dropped then. 2: always, for tests.",
            ],
            usually: &[
                "Keep 1: it costs nothing until a flood comes. Cookies sent without a flood: the queues are too short.",
            ],
            next: &[SYNS, QUEUES],
            see: &["tcp(7)", "tcp_max_syn_backlog", "SYN-RECEIVED"],
        },
    ),
    setting(
        "net.ipv4.tcp_max_syn_backlog",
        "depends on memory (128 or more)",
        Some("half-open connections per listener"),
        Lesson {
            title: "how many SYNs a listener remembers before the handshake is complete",
            what: &["The listener's own backlog and net.core.somaxconn limit it as well."],
            usually: &["Raised together with somaxconn on servers that get many new connections at once."],
            next: &[SYNS, step("ss -tn state syn-recv | wc -l", "how many are there?")],
            see: &["tcp(7)", "listen(2)", "somaxconn", "tcp_syncookies"],
        },
    ),
    SysctlFacts {
        name: "net.core.somaxconn",
        default: "4096",
        unit: Some("connections"),
        since: Some("4096 since 5.4; 128 before"),
        removed: None,
        lesson: Lesson {
            title: "the longest queue of finished handshakes that a listener may have",
            what: &[
                "The program asks for a backlog in listen(2); the smaller of the two holds. A full queue drops what would \
                 complete a handshake, so clients see timeouts although the server runs.",
            ],
            usually: &[
                "Raising it helps only if the program asks for more, too, and takes connections fast enough.",
            ],
            next: &[QUEUES, OVERFLOWS],
            see: &["listen(2)", "LISTEN", "tcp_abort_on_overflow"],
        },
    },
    setting(
        "net.ipv4.tcp_abort_on_overflow",
        "0",
        None,
        Lesson {
            title: "whether a full accept queue is answered by a RST",
            what: &[
                "0: the last ACK of the handshake is dropped, and a burst can still be taken in. 1: the client is reset.",
            ],
            usually: &["Leave it at 0: 1 turns a short burst into errors."],
            next: &[OVERFLOWS, QUEUES],
            see: &["tcp(7)", "somaxconn"],
        },
    ),
    setting(
        "net.ipv4.tcp_fastopen",
        "1",
        None,
        Lesson {
            title: "whether data may travel in the SYN",
            what: &[
                "Bits: 1 as client, 2 as server, 4 as client without a cookie, 0x200 and 0x400 for servers. Programs have to ask for it.",
            ],
            usually: &[
                "Equipment on the way may drop a SYN with data: the connection then opens a second late.",
            ],
            next: &[step(
                "nstat -az TcpExtTCPFastOpenActive TcpExtTCPFastOpenBlackhole",
                "is it used, and does it fail?",
            )],
            see: &["RFC 7413", "tcp_fastopen_blackhole_timeout_sec"],
        },
    ),
    setting(
        "net.ipv4.tcp_fastopen_blackhole_timeout_sec",
        "0",
        Some("seconds; 0 is off"),
        Lesson {
            title: "how long Fast Open pauses after somebody dropped its SYNs",
            what: &["The pause grows while it goes on."],
            usually: &["Off by default."],
            next: &[step("nstat -az TcpExtTCPFastOpenBlackhole", "was it needed?")],
            see: &["tcp_fastopen"],
        },
    ),
    setting(
        "net.ipv4.tcp_migrate_req",
        "0",
        None,
        Lesson {
            title: "whether connections in the queue of a listener that closes move to another one",
            what: &[
                "For several listeners on one port (SO_REUSEPORT). Without it they are reset when one of the listeners ends.",
            ],
            usually: &["1 where a service restarts one worker after the other and clients see resets."],
            next: &[step("ss -ltnp 'sport = :PORT'", "how many listeners share the port?")],
            see: &["socket(7)", "ECONNRESET"],
        },
    ),
    setting(
        "net.ipv4.tcp_challenge_ack_limit",
        "2147483647",
        Some("per second"),
        Lesson {
            title: "how many challenge ACKs are sent in all",
            what: &[
                "An unexpected SYN or RST on a connection is answered by an ACK that asks for proof (RFC 5961). A common limit \
             can be measured by an attacker, so there is none any more; each socket has its own.",
            ],
            usually: &["Leave it unlimited."],
            next: &[step("nstat -az TcpExtTCPChallengeACK TcpExtTCPSYNChallenge", "how many were there?")],
            see: &["RFC 5961", "tcp_invalid_ratelimit"],
        },
    ),
    setting(
        "net.ipv4.tcp_invalid_ratelimit",
        "500",
        super::MILLISECONDS,
        Lesson {
            title: "the least pause between ACKs that answer segments out of place",
            what: &["Keeps two confused ends from answering each other without end."],
            usually: &["Leave it."],
            next: &[step(
                "nstat -az TcpExtTCPACKSkippedSeq TcpExtTCPACKSkippedPAWS",
                "were answers held back?",
            )],
            see: &["tcp_challenge_ack_limit"],
        },
    ),
];
