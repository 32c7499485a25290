//! Settings of an open connection: keepalive, giving up, recovery from loss.

use super::{MILLISECONDS, SECONDS, SysctlFacts, TIMES, setting};
use crate::knowledge::lesson::step;
use crate::knowledge::{Lesson, Step};

const TIMERS: Step =
    step("ss -tno state established", "which timers run: keepalive, on (retransmission), persist?");
const LOSS: Step = step(
    "nstat -az TcpRetransSegs TcpExtTCPTimeouts",
    "how much is sent again, and how much of it by timeout?",
);
const INFO: Step = step("ss -tni dst ADDRESS", "which options and figures does the connection have?");

pub(super) const FACTS: &[SysctlFacts] = &[
    setting(
        "net.ipv4.tcp_keepalive_time",
        "7200",
        SECONDS,
        Lesson {
            title: "how long a connection must be idle before it is probed",
            what: &[
                "Only for sockets with SO_KEEPALIVE. With the defaults a vanished peer is noticed after 7200 s + 9 x 75 s = \
             7875 s: 2 h 11 min 15 s. TCP_KEEPIDLE sets it for one socket.",
            ],
            usually: &[
                "Too long for firewalls and NATs on the way, which forget idle connections after minutes: set TCP_KEEPIDLE \
             below their time in the program, or this for programs that only switch keepalive on.",
            ],
            next: &[
                TIMERS,
                step("sysctl net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes", "the other two"),
            ],
            see: &["tcp(7)", "keepalive", "tcp_keepalive_intvl", "tcp_keepalive_probes"],
        },
    ),
    setting(
        "net.ipv4.tcp_keepalive_intvl",
        "75",
        SECONDS,
        Lesson {
            title: "the pause between keepalive probes",
            what: &["TCP_KEEPINTVL sets it for one socket."],
            usually: &["Lowered together with tcp_keepalive_time."],
            next: &[TIMERS],
            see: &["tcp(7)", "keepalive", "tcp_keepalive_time"],
        },
    ),
    setting(
        "net.ipv4.tcp_keepalive_probes",
        "9",
        Some("probes"),
        Lesson {
            title: "how many unanswered keepalive probes end a connection",
            what: &[
                "A RST is then sent, and the program hears ETIMEDOUT. TCP_KEEPCNT sets it for one socket.",
            ],
            usually: &["Lowered together with tcp_keepalive_time."],
            next: &[TIMERS],
            see: &["tcp(7)", "keepalive", "ETIMEDOUT"],
        },
    ),
    setting(
        "net.ipv4.tcp_retries1",
        "3",
        TIMES,
        Lesson {
            title: "after how many retransmissions the route is doubted",
            what: &[
                "The kernel then looks for another route, and at the path MTU if tcp_mtu_probing is on. The connection goes on.",
            ],
            usually: &["Leave it."],
            next: &[LOSS],
            see: &["tcp(7)", "RFC 1122 section 4.2.3.5", "tcp_retries2"],
        },
    ),
    setting(
        "net.ipv4.tcp_retries2",
        "15",
        TIMES,
        Lesson {
            title: "how long unacknowledged data is repeated before the connection is given up",
            what: &[
                "Not a plain count: 15 stands for at least 924.6 s, more with a long round-trip time. 8 is about 100 s, the \
             least that RFC 1122 asks for. TCP_USER_TIMEOUT sets a time for one socket.",
            ],
            usually: &["Lowered on clusters that must notice a dead peer sooner (8, or TCP_USER_TIMEOUT)."],
            next: &[TIMERS, LOSS],
            see: &["tcp(7)", "ETIMEDOUT", "tcp_rto_max_ms"],
        },
    ),
    setting(
        "net.ipv4.tcp_rto_min_us",
        "200000",
        Some("microseconds"),
        Lesson {
            title: "the shortest wait before data is sent again",
            what: &["200 ms. A route can set its own (rto_min)."],
            usually: &["Lowered inside data centres, where a round trip takes far less."],
            next: &[INFO],
            see: &["ip-route(8)", "tcp_rto_max_ms"],
        },
    ),
    setting(
        "net.ipv4.tcp_rto_max_ms",
        "120000",
        MILLISECONDS,
        Lesson {
            title: "the longest wait before data is sent again",
            what: &[
                "The waits double up to this. Whoever lowers it should look at tcp_retries2, which it changes the meaning of.",
            ],
            usually: &["Leave it."],
            next: &[INFO],
            see: &["tcp_retries2"],
        },
    ),
    setting(
        "net.ipv4.tcp_sack",
        "1",
        None,
        Lesson {
            title: "whether the receiver tells which pieces it has",
            what: &["Selective acknowledgements: several losses in one window are repaired at once."],
            usually: &["Keep 1. Equipment that rewrites sequence numbers and not these breaks connections."],
            next: &[INFO, LOSS],
            see: &["tcp(7)", "RFC 2018"],
        },
    ),
    setting(
        "net.ipv4.tcp_dsack",
        "1",
        None,
        Lesson {
            title: "whether the receiver tells of what came twice",
            what: &["The sender learns that it repeated something needlessly."],
            usually: &["Keep 1."],
            next: &[step("nstat -az TcpExtTCPDSACKRecv", "was something repeated needlessly?")],
            see: &["tcp(7)", "RFC 2883"],
        },
    ),
    setting(
        "net.ipv4.tcp_timestamps",
        "1",
        None,
        Lesson {
            title: "whether segments carry timestamps",
            what: &[
                "They give better round-trip times and protect against old segments (PAWS). 1: with a random start for each \
             connection. 2: without. 0: none.",
            ],
            usually: &["Keep 1: tcp_tw_reuse needs them, and so do fast connections."],
            next: &[INFO, step("nstat -az TcpExtPAWSEstab", "were segments dropped for old timestamps?")],
            see: &["tcp(7)", "RFC 7323"],
        },
    ),
    setting(
        "net.ipv4.tcp_recovery",
        "1",
        None,
        Lesson {
            title: "how losses are found: by time (RACK)",
            what: &[
                "Bits: 1 RACK, 2 with a fixed window for reordering, 4 without the rule of three duplicates.",
            ],
            usually: &["Leave it."],
            next: &[LOSS],
            see: &["RFC 8985"],
        },
    ),
    setting(
        "net.ipv4.tcp_early_retrans",
        "3",
        None,
        Lesson {
            title: "whether the end of what was sent is probed for loss",
            what: &["3 or 4: tail loss probes; 0: none."],
            usually: &["Leave it."],
            next: &[LOSS],
            see: &["RFC 8985", "tcp_recovery"],
        },
    ),
    setting(
        "net.ipv4.tcp_frto",
        "2",
        None,
        Lesson {
            title: "whether a timeout that was too early is recognised",
            what: &["Helps where the round-trip time jumps, as in wireless networks. 0: off."],
            usually: &["Leave it."],
            next: &[step("nstat -az TcpExtTCPSpuriousRTOs", "were there such timeouts?")],
            see: &["RFC 5682"],
        },
    ),
    setting(
        "net.ipv4.tcp_reordering",
        "3",
        Some("segments"),
        Lesson {
            title: "how far segments may overtake each other before that counts as loss, at first",
            what: &["It adapts to each connection, up to tcp_max_reordering (300)."],
            usually: &["Leave it."],
            next: &[step("nstat -az TcpExtTCPSACKReorder TcpExtTCPOFOQueue", "does the path reorder?")],
            see: &["tcp(7)"],
        },
    ),
    setting(
        "net.ipv4.tcp_max_reordering",
        "300",
        Some("segments"),
        Lesson {
            title: "the most that tcp_reordering may grow to",
            what: &["For paths that send the packets of one connection over several links."],
            usually: &["Leave it."],
            next: &[step("nstat -az TcpExtTCPSACKReorder TcpExtTCPOFOQueue", "does the path reorder?")],
            see: &["tcp_reordering"],
        },
    ),
    setting(
        "net.ipv4.tcp_slow_start_after_idle",
        "1",
        None,
        Lesson {
            title: "whether an idle connection starts slowly again",
            what: &["1: after a pause of a retransmission timeout the window shrinks back. 0: it is kept."],
            usually: &["0 for connections that send in bursts over long distances."],
            next: &[INFO],
            see: &["tcp(7)", "RFC 2861"],
        },
    ),
    setting(
        "net.ipv4.tcp_no_metrics_save",
        "0",
        None,
        Lesson {
            title: "whether a new connection forgets what earlier ones to the target learnt",
            what: &["0: round-trip time and the like are remembered for each target."],
            usually: &["1 for measurements that should not depend on the past."],
            next: &[step("ip tcp_metrics show ADDRESS", "what is remembered?")],
            see: &["ip-tcp_metrics(8)"],
        },
    ),
    setting(
        "net.ipv4.tcp_thin_linear_timeouts",
        "0",
        None,
        Lesson {
            title: "whether connections that send little repeat without doubling their waits",
            what: &["With fewer than four packets under way, up to six waits stay equal."],
            usually: &["1 for interactive traffic on a path that loses."],
            next: &[LOSS],
            see: &["tcp(7)"],
        },
    ),
    setting(
        "net.ipv4.tcp_congestion_control",
        "cubic (as the kernel was built)",
        None,
        Lesson {
            title: "the algorithm that decides how fast is sent",
            what: &["Any of tcp_available_congestion_control; a socket can choose another (TCP_CONGESTION)."],
            usually: &["bbr on long paths with loss that is not congestion."],
            next: &[step("sysctl net.ipv4.tcp_available_congestion_control", "which are there?"), INFO],
            see: &["tcp(7)"],
        },
    ),
    setting(
        "net.ipv4.tcp_fack",
        "0",
        None,
        Lesson {
            title: "without effect: an old way to find losses",
            what: &["Kept so that old recipes do not fail. RACK has taken its place."],
            usually: &["Delete it from recipes."],
            next: &[LOSS],
            see: &["tcp_recovery"],
        },
    ),
    setting(
        "net.ipv4.tcp_low_latency",
        "0",
        None,
        Lesson {
            title: "without effect",
            what: &["Kept so that old recipes do not fail."],
            usually: &["Delete it from recipes."],
            next: &[INFO],
            see: &["tcp(7)"],
        },
    ),
];
