//! Settings of the end of a connection: TIME-WAIT, FIN-WAIT-2, orphans.

use super::{MILLISECONDS, SECONDS, SysctlFacts, TIMES, setting};
use crate::knowledge::lesson::step;
use crate::knowledge::{Lesson, Step};

const WAITING: Step = step("ss -s", "how many are in TIME-WAIT, and how many are orphans?");

pub(super) const FACTS: &[SysctlFacts] = &[
    setting(
        "net.ipv4.tcp_fin_timeout",
        "60",
        SECONDS,
        Lesson {
            title: "how long a connection without an owner may stay in FIN-WAIT-2",
            what: &[
                "It begins when the peer has acknowledged our FIN and no program holds the socket any more. It is not about \
             TIME-WAIT, which lasts 60 s whatever this says.",
            ],
            usually: &["Leave it. Lowering it does not free ports in TIME-WAIT."],
            next: &[step("ss -tan state fin-wait-2", "which are there?")],
            see: &["tcp(7)", "FIN-WAIT-2", "TIME-WAIT"],
        },
    ),
    SysctlFacts {
        name: "net.ipv4.tcp_tw_reuse",
        default: "2",
        unit: None,
        since: Some("2 since 4.19; 0 before"),
        removed: None,
        lesson: Lesson {
            title: "whether a new outgoing connection may take the place of one in TIME-WAIT",
            what: &[
                "0: no. 1: yes, if timestamps show that the old one is over for a second (tcp_tw_reuse_delay). 2: yes, on \
                 loopback only. It works for connections that this host opens; it does nothing for a server's side.",
            ],
            usually: &[
                "1 helps a client or proxy that runs out of local ports towards one target (EADDRNOTAVAIL).",
                "Connections that are kept open, or more addresses, help more.",
            ],
            next: &[WAITING, step("sysctl net.ipv4.tcp_timestamps", "are timestamps on? It needs them")],
            see: &["tcp(7)", "TIME-WAIT", "EADDRNOTAVAIL", "tcp_tw_recycle"],
        },
    },
    setting(
        "net.ipv4.tcp_tw_reuse_delay",
        "1000",
        MILLISECONDS,
        Lesson {
            title: "how long a connection must have been in TIME-WAIT before it may be reused",
            what: &[
                "Must not be less than a tick of the peer's timestamp clock. Recent kernels have it; before, it was always a second.",
            ],
            usually: &["Leave it."],
            next: &[WAITING],
            see: &["tcp_tw_reuse"],
        },
    ),
    SysctlFacts {
        name: "net.ipv4.tcp_tw_recycle",
        default: "0",
        unit: None,
        since: None,
        removed: Some("4.12"),
        lesson: Lesson {
            title: "gone: a fast end of TIME-WAIT that broke clients behind NAT",
            what: &[
                "It let both ends leave TIME-WAIT early by expecting the timestamps of each remote address to grow. Clients \
                 behind one NAT address have clocks of their own, so their SYNs were dropped in silence, now and then.",
                "Since Linux 4.10 timestamps begin at random for each connection, so it could not work at all; Linux 4.12 \
                 removed it. Setting it fails with \"No such file or directory\".",
            ],
            usually: &[
                "An old recipe for tuning that should be deleted. On a kernel before 4.12: set it to 0.",
            ],
            next: &[
                step("grep -rs tcp_tw_recycle /etc/sysctl.conf /etc/sysctl.d", "does a recipe still set it?"),
                step("nstat -az TcpExtPAWSEstab", "were segments dropped for old timestamps?"),
            ],
            see: &["tcp(7)", "tcp_tw_reuse", "tcp_timestamps", "TIME-WAIT"],
        },
    },
    setting(
        "net.ipv4.tcp_max_tw_buckets",
        "depends on memory",
        Some("connections"),
        Lesson {
            title: "how many connections may be in TIME-WAIT",
            what: &["Beyond it, one that would enter TIME-WAIT is ended at once, and the log says so."],
            usually: &["Never lower it to get rid of TIME-WAIT: that gives up its protection."],
            next: &[WAITING, step("nstat -az TcpExtTCPTimeWaitOverflow", "was the limit met?")],
            see: &["tcp(7)", "TIME-WAIT"],
        },
    ),
    setting(
        "net.ipv4.tcp_orphan_retries",
        "0",
        TIMES,
        Lesson {
            title: "how often the rest of a closed connection is repeated",
            what: &[
                "For connections that no program holds any more (FIN-WAIT-1, CLOSING, LAST-ACK). 0 stands for 8.",
            ],
            usually: &["Lower (2 or 3) on busy servers whose clients vanish without a word."],
            next: &[WAITING, step("ss -tno state fin-wait-1", "what is being repeated?")],
            see: &["tcp(7)", "FIN-WAIT-1", "LAST-ACK", "tcp_max_orphans"],
        },
    ),
    setting(
        "net.ipv4.tcp_max_orphans",
        "depends on memory",
        Some("connections"),
        Lesson {
            title: "how many connections may live without a program that holds them",
            what: &[
                "Beyond it they are reset at once, and the log says so. Each can hold up to about 64 KiB.",
            ],
            usually: &["Meeting it means many clients that vanish while data is still to be sent."],
            next: &[
                step("cat /proc/net/sockstat", "how many orphans are there?"),
                step("nstat -az TcpExtTCPAbortOnMemory", "was the limit met?"),
            ],
            see: &["tcp(7)", "tcp_orphan_retries"],
        },
    ),
    setting(
        "net.ipv4.tcp_rfc1337",
        "0",
        None,
        Lesson {
            title: "whether a RST may end TIME-WAIT",
            what: &["0: a RST ends it. 1: RSTs are ignored in TIME-WAIT, as RFC 1337 advises."],
            usually: &["Leave it."],
            next: &[WAITING],
            see: &["tcp(7)", "RFC 1337", "TIME-WAIT"],
        },
    ),
];
