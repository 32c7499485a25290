//! Messages that refuse nothing: echo, redirects, advice, and the neighbours' talk of IPv6.

use super::{IcmpFacts, v4, v6, whole};
use crate::address::Family;
use crate::knowledge::lesson::{ECHO, NEIGHBOURS, ROUTE, step};
use crate::knowledge::{Lesson, Step};

const ADVICE: Step = step("tcpdump -vni any 'icmp or icmp6'", "who sends it, and about which packets?");

pub(super) const FACTS: &[IcmpFacts] = &[
    IcmpFacts {
        forms: &[
            v4(8, 0, "echo-request", None),
            v6(128, 0, "echo-request", None),
            whole(Family::V4, 8, "echo-request"),
            whole(Family::V6, 128, "echo-request"),
        ],
        lesson: Lesson {
            title: "ping: are you there?",
            what: &["Answered by an echo reply with the same data. Hosts and firewalls may drop it."],
            usually: &["Somebody pings."],
            next: &[ECHO],
            see: &["ping(8)", "echo-reply"],
        },
    },
    IcmpFacts {
        forms: &[
            v4(0, 0, "echo-reply", None),
            v6(129, 0, "echo-reply", None),
            whole(Family::V4, 0, "echo-reply"),
            whole(Family::V6, 129, "echo-reply"),
        ],
        lesson: Lesson {
            title: "ping: here I am",
            what: &[
                "The target's kernel is up and the path works both ways. It says nothing about services.",
            ],
            usually: &["An answer to ping."],
            next: &[step("netdiag ping --via tcp:PORT ADDRESS", "does the service's port answer, too?")],
            see: &["ping(8)", "echo-request"],
        },
    },
    IcmpFacts {
        forms: &[v4(4, 0, "source-quench", None), whole(Family::V4, 4, "source-quench")],
        lesson: Lesson {
            title: "slow down (obsolete)",
            what: &["Once meant for congestion. RFC 6633 tells everybody neither to send it nor to heed it."],
            usually: &["Old equipment, or a forgery."],
            next: &[ADVICE],
            see: &["RFC 6633"],
        },
    },
    IcmpFacts {
        forms: &[
            whole(Family::V4, 5, "redirect"),
            v4(5, 0, "redirect-net", None),
            v4(5, 1, "redirect-host", None),
            v4(5, 2, "redirect-tos-net", None),
            v4(5, 3, "redirect-tos-host", None),
            whole(Family::V6, 137, "redirect"),
        ],
        lesson: Lesson {
            title: "there is a better first hop on this link",
            what: &[
                "A router on this link delivered the packet and names a neighbour that is nearer to the target. Hosts may \
                 learn from it (accept_redirects); a forged one diverts traffic.",
            ],
            usually: &["Two routers on one link, and a host that knows only one.", "A wrong netmask."],
            next: &[
                ROUTE,
                step("sysctl net.ipv4.conf.all.accept_redirects", "does this host heed it?"),
                ADVICE,
            ],
            see: &["RFC 792", "RFC 4861 section 8"],
        },
    },
    IcmpFacts {
        forms: &[
            whole(Family::V6, 133, "router-solicitation"),
            whole(Family::V6, 134, "router-advertisement"),
        ],
        lesson: Lesson {
            title: "hosts ask for routers, and routers tell of themselves",
            what: &["How a host learns its prefix and its default route over IPv6. It is never forwarded."],
            usually: &[
                "Missing, where a firewall drops all of ICMPv6: then IPv6 does not come up, or breaks after a while.",
            ],
            next: &[
                step("ip -6 route show default", "is there a default route, and for how long (expires)?"),
                step("rdisc6 INTERFACE", "do routers answer?"),
            ],
            see: &["RFC 4861"],
        },
    },
    IcmpFacts {
        forms: &[
            whole(Family::V6, 135, "neighbour-solicitation"),
            whole(Family::V6, 136, "neighbour-advertisement"),
        ],
        lesson: Lesson {
            title: "who has this address on the link, and who answers",
            what: &[
                "IPv6's ARP. Without an answer for about 3 s, connections on the link fail with EHOSTUNREACH.",
            ],
            usually: &["Unanswered: the neighbour is off, has another address, or a firewall drops ICMPv6."],
            next: &[NEIGHBOURS],
            see: &["RFC 4861", "EHOSTUNREACH"],
        },
    },
];
