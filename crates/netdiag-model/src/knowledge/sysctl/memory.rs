//! Settings of buffers, queues and what they may hold.

use super::{OCTETS, PAGES, SysctlFacts, setting};
use crate::knowledge::lesson::step;
use crate::knowledge::{Lesson, Step};

const HELD: Step = step("cat /proc/net/sockstat", "how many pages do TCP's sockets hold (mem)?");
const QUEUES: Step = step("ss -tnm dst ADDRESS", "how much do the connection's queues hold?");

pub(super) const FACTS: &[SysctlFacts] = &[
    setting(
        "net.ipv4.tcp_mem",
        "depends on memory",
        PAGES,
        Lesson {
            title: "how much memory all of TCP may use: low, pressure, high",
            what: &[
                "Above the second number buffers shrink; above the third nothing more is allocated, and connections suffer.",
            ],
            usually: &["Met where many sockets hold data that nobody reads."],
            next: &[
                HELD,
                step("nstat -az TcpExtTCPMemoryPressures TcpExtPruneCalled", "was there pressure?"),
            ],
            see: &["tcp(7)", "ENOMEM"],
        },
    ),
    setting(
        "net.ipv4.tcp_rmem",
        "4096 131072 (depends on memory)",
        OCTETS,
        Lesson {
            title: "a connection's receive buffer: least, at first, most",
            what: &[
                "It grows by itself up to the third number, unless the program fixes it (SO_RCVBUF). It limits the window, and so the speed over long paths.",
            ],
            usually: &["The third is raised for fast connections over long distances."],
            next: &[QUEUES, step("ss -tni dst ADDRESS", "is rwnd_limited large?")],
            see: &["tcp(7)", "tcp_moderate_rcvbuf"],
        },
    ),
    setting(
        "net.ipv4.tcp_wmem",
        "4096 16384 (depends on memory)",
        OCTETS,
        Lesson {
            title: "a connection's send buffer: least, at first, most",
            what: &["It grows by itself up to the third number, unless the program fixes it (SO_SNDBUF)."],
            usually: &["The third is raised for fast connections over long distances."],
            next: &[QUEUES, step("ss -tni dst ADDRESS", "is sndbuf_limited large?")],
            see: &["tcp(7)"],
        },
    ),
    setting(
        "net.ipv4.tcp_moderate_rcvbuf",
        "1",
        None,
        Lesson {
            title: "whether the receive buffer grows by itself",
            what: &["Up to the third number of tcp_rmem."],
            usually: &["Keep 1."],
            next: &[QUEUES],
            see: &["tcp(7)", "tcp_rmem"],
        },
    ),
    setting(
        "net.ipv4.tcp_adv_win_scale",
        "1",
        None,
        Lesson {
            title: "how much of the receive buffer counts as overhead",
            what: &["Newer kernels (6.6 and later) measure it for each connection and begin with this."],
            usually: &["Leave it."],
            next: &[QUEUES],
            see: &["tcp(7)"],
        },
    ),
    setting(
        "net.ipv4.tcp_shrink_window",
        "0",
        None,
        Lesson {
            title: "whether an announced window may be taken back",
            what: &["1: when memory is short. 0: never, as RFC 7323 prefers."],
            usually: &["Leave it."],
            next: &[QUEUES],
            see: &["RFC 7323 section 2.4"],
        },
    ),
    setting(
        "net.ipv4.tcp_notsent_lowat",
        "4294967295",
        OCTETS,
        Lesson {
            title: "below how much unsent data a socket counts as writable",
            what: &["TCP_NOTSENT_LOWAT sets it for one socket. The default is no limit."],
            usually: &["Lowered so that old data does not pile up in the kernel before a slow path."],
            next: &[QUEUES],
            see: &["tcp(7)"],
        },
    ),
    setting(
        "net.ipv4.tcp_limit_output_bytes",
        "4194304",
        OCTETS,
        Lesson {
            title: "how much of one connection may wait in this host's queues",
            what: &["Keeps a fast sender from filling the device's queue before others."],
            usually: &["Leave it."],
            next: &[step("tc -s qdisc show dev INTERFACE", "what waits there?")],
            see: &["tcp(7)"],
        },
    ),
    setting(
        "net.ipv4.tcp_autocorking",
        "1",
        None,
        Lesson {
            title: "whether small writes are gathered while an earlier packet waits",
            what: &["Fewer, larger packets; TCP_NODELAY does not switch it off."],
            usually: &["0 only to find out whether it costs latency."],
            next: &[step("nstat -az TcpExtTCPAutoCorking", "how often?")],
            see: &["tcp(7)"],
        },
    ),
    setting(
        "net.core.netdev_max_backlog",
        "1000",
        Some("packets for each processor"),
        Lesson {
            title: "how many packets may wait for the kernel to look at them",
            what: &["Beyond it they are dropped, before any protocol sees them."],
            usually: &["Met where one processor does all the receiving."],
            next: &[step("cat /proc/net/softnet_stat", "is the second column (dropped) growing?")],
            see: &["proc(5)"],
        },
    ),
];
