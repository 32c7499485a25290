//! Error numbers about reaching the target: refused, unreachable, prohibited, timed out.

use super::Speaker::{Firewall, Kernel, Neighbour, Nobody, Program, Router, Routes, Target};
use super::{ErrnoFacts, at_once, in_use, later};
use crate::errno::Errno;
use crate::knowledge::Lesson;
use crate::knowledge::lesson::{ECHO, FIREWALL, LISTENERS, NEIGHBOURS, ROUTE, TCP_ECHO, WIRE, step};

pub(super) const FACTS: &[ErrnoFacts] = &[
    ErrnoFacts {
        errno: Errno::ECONNREFUSED,
        name: "ECONNREFUSED",
        senses: &[
            at_once("Nobody listens on that local (Unix) socket.", &[Kernel]),
            later(
                "The SYN was answered by a RST, or by an ICMP port unreachable: nothing listens there, or a firewall \
                 answers as if nothing did.",
                &[Target, Router, Firewall],
            ),
            in_use(
                "An earlier datagram was answered by an ICMP port unreachable: nothing listens on that UDP port.",
                &[Target, Router],
            ),
        ],
        ipv6: Some("The same; the ICMP message is ICMPv6 1/4."),
        lesson: Lesson {
            title: "Connection refused",
            what: &[
                "Somebody answered, and said no. The host, or something in front of it, can be reached and is quick to \
                 tell; the packet was not lost.",
                "A RST is what the target's own kernel sends for a port without a listener. A firewall can send the \
                 same RST, or an ICMP port unreachable; the number is the same, so only the packet tells them apart.",
            ],
            usually: &[
                "The service is not running, has crashed, or is still starting.",
                "It listens on another port, or on another address only (127.0.0.1, or one family of the two).",
                "A firewall rejects the connection instead of dropping it.",
            ],
            next: &[LISTENERS, WIRE, TCP_ECHO],
            see: &["connect(2)", "RFC 9293 section 3.5.2", "icmp 3/3"],
        },
    },
    ErrnoFacts {
        errno: Errno::ETIMEDOUT,
        name: "ETIMEDOUT",
        senses: &[
            later(
                "Every SYN went unanswered to the end: no SYN-ACK, no RST and no ICMP message came back.",
                &[Nobody],
            ),
            in_use(
                "What was sent, or the keepalive probes, went unacknowledged for so long that the kernel gave the \
                 connection up.",
                &[Nobody],
            ),
        ],
        ipv6: None,
        lesson: Lesson {
            title: "Connection timed out",
            what: &[
                "Silence, to the end. Linux 6.5 and later send the SYN at 0, 1, 2, 3, 4, 5, 7, 11, 19, 35 and 67 s \
                 and give up at 131 s (tcp_syn_retries = 6, tcp_syn_linear_timeouts = 4); before, at 0, 1, 3, 7, 15, \
                 31 and 63 s, and 127 s. Timers are rounded up, so it can be a few seconds more. A program with a \
                 timeout of its own gives up sooner and may never see this number.",
                "On an open connection it takes at least 924.6 s with tcp_retries2 = 15, unless TCP_USER_TIMEOUT or \
                 keepalive ends it sooner.",
            ],
            usually: &[
                "A firewall on the way or on the target drops the packets.",
                "The target is off, or its address belongs to nobody, behind a router that does not say so.",
                "The answers are lost on the way back: asymmetric routing, a firewall or NAT that saw only one half.",
                "The server's accept queue is full: Linux then drops what would complete a handshake.",
                "This host's own firewall drops the SYN or the SYN-ACK: TCP is not told, and repeats.",
            ],
            next: &[
                WIRE,
                FIREWALL,
                ECHO,
                step(
                    "nstat -az TcpExtTCPRetransFail TcpExtListenDrops",
                    "does this host fail to send, or drop?",
                ),
            ],
            see: &["connect(2)", "tcp_syn_retries", "tcp_retries2", "keepalive"],
        },
    },
    ErrnoFacts {
        errno: Errno::EHOSTUNREACH,
        name: "EHOSTUNREACH",
        senses: &[
            at_once("A route of the type unreachable covers the target.", &[Routes]),
            later(
                "The next hop or the target did not answer ARP or neighbour discovery (after about 3 s), or a router said by ICMP that the \
                 host is unreachable or prohibited, or that the TTL ran out.",
                &[Neighbour, Router, Target, Firewall],
            ),
            in_use(
                "A router says that the host is unreachable. An open TCP connection survives that; only when its \
                 retransmissions run out it may end with this number instead of a timeout.",
                &[Router, Neighbour],
            ),
        ],
        ipv6: Some(
            "ICMPv6 1/3, 1/2 and 3/0 become this number. \"Administratively prohibited\" does so only over IPv4 (3/9 \
             becomes ENETUNREACH, 3/10 and 3/13 this one); over IPv6 (1/1) it is EACCES.",
        ),
        lesson: Lesson {
            title: "No route to host",
            what: &[
                "The text is misleading: a missing route is ENETUNREACH. This number says that the way is known and \
                 somebody along it cannot, or will not, deliver.",
                "When it comes tells who: at once, the routing table; after about 3 s, a neighbour on this link that \
                 does not answer; after about a round trip, a router's ICMP message, whose sender and code say the \
                 rest. Routers limit how often they say so, so it can also come late, or not at all.",
            ],
            usually: &[
                "The target is on this link and is off, or has another address.",
                "A firewall rejects with host-prohibited (3/10) or admin-prohibited (3/13).",
                "The last router cannot reach the target by ARP.",
            ],
            next: &[NEIGHBOURS, ROUTE, WIRE, ECHO],
            see: &["connect(2)", "icmp 3/1", "icmp 3/13", "icmp6 1/3"],
        },
    },
    ErrnoFacts {
        errno: Errno::ENETUNREACH,
        name: "ENETUNREACH",
        senses: &[
            at_once(
                "This host has no route to the target, for example no default route; or none from the interface or \
                 source it was told to use. Of TCP also: the target is a multicast or broadcast address.",
                &[Routes],
            ),
            later("A router says by ICMP that it has no route to the target's network.", &[Router]),
            in_use("No route is left for a datagram, or a router says that it has none.", &[Routes, Router]),
        ],
        ipv6: Some(
            "At once: the host has no IPv6 route, often because it has no IPv6 at all. Later: ICMPv6 1/0. Programs \
             that try IPv6 first meet it and should go on with IPv4.",
        ),
        lesson: Lesson {
            title: "Network is unreachable",
            what: &[
                "There is no way to the target's network. At once it is this host's own routing table and nothing was \
                 sent; later it is a router's (ICMP 3/0, 3/6, 3/9, 3/11).",
            ],
            usually: &[
                "The interface is down or has no address, so its routes, the default route among them, are gone.",
                "No IPv6 here, and the name has an IPv6 address.",
                "A VPN or a container without a default route.",
                "Later only: a router on the way lost a route.",
            ],
            next: &[
                ROUTE,
                step("ip -6 route get ADDRESS", "the same for an IPv6 address"),
                step("ip address", "which interfaces are up, and with which addresses?"),
            ],
            see: &["connect(2)", "ip-route(8)", "icmp 3/0", "icmp6 1/0"],
        },
    },
    ErrnoFacts {
        errno: Errno::EACCES,
        name: "EACCES",
        senses: &[
            at_once(
                "A route of the type prohibit covers the target; or a security policy forbids the call; or the \
                 address is broadcast and the socket lacks SO_BROADCAST; or the port to bind needs a right.",
                &[Routes, Kernel, Program],
            ),
            later(
                "A router or firewall says by ICMPv6 that the connection is prohibited.",
                &[Router, Target, Firewall],
            ),
            in_use(
                "The datagram may not be sent: broadcast without SO_BROADCAST, or a prohibit route.",
                &[Program, Routes, Router],
            ),
        ],
        ipv6: Some(
            "Later, it is IPv6 only: ICMPv6 1/1 (administratively prohibited), 1/5 (source address policy) and 1/6 \
             (reject route). The same refusals over IPv4 are EHOSTUNREACH or ENETUNREACH.",
        ),
        lesson: Lesson {
            title: "Permission denied",
            what: &[
                "Somebody forbids it on purpose. At once it is this host; later it is a firewall that says so over \
                 IPv6.",
            ],
            usually: &[
                "A firewall on the way rejects IPv6 with admin-prohibited.",
                "bind to a port below 1024 without the right (ip_unprivileged_port_start).",
                "SELinux, AppArmor or another policy of this host.",
            ],
            next: &[
                ROUTE,
                FIREWALL,
                WIRE,
                step("journalctl -k --grep denied", "does a security policy say so?"),
            ],
            see: &["connect(2)", "ip-route(8)", "icmp6 1/1", "EPERM"],
        },
    },
    ErrnoFacts {
        errno: Errno::EINVAL,
        name: "EINVAL",
        senses: &[
            at_once(
                "A route of the type blackhole covers the target; or the address is malformed, an IPv6 link-local one \
                 without its interface, or cannot be reached from the source that was bound.",
                &[Routes, Program],
            ),
            in_use("A value of the call or of an option makes no sense for this socket.", &[Program]),
        ],
        ipv6: Some(
            "A link-local address (fe80::/10) needs its interface: fe80::1%eth0. Without it connect says this.",
        ),
        lesson: Lesson {
            title: "Invalid argument",
            what: &[
                "On most calls a mistake of the program. From connect it is more often the routing table: a blackhole \
                 route answers this way, and looks like a bug until one looks there.",
            ],
            usually: &[
                "A blackhole route, set by an administrator, by a routing daemon, or against an attack.",
                "A link-local IPv6 address without %INTERFACE.",
                "A source of 127.0.0.0/8 with a target elsewhere.",
            ],
            next: &[
                ROUTE,
                step("ip route show table all type blackhole", "which blackhole routes are there?"),
            ],
            see: &["connect(2)", "ip-route(8)"],
        },
    },
    ErrnoFacts {
        errno: Errno::EHOSTDOWN,
        name: "EHOSTDOWN",
        senses: &[later("A router says by ICMP that the host is unknown (3/7).", &[Router])],
        ipv6: Some("Not over IPv6: there is no such ICMPv6 message."),
        lesson: Lesson {
            title: "Host is down",
            what: &["A router's old word for a host that its link layer knows to be absent. Rare today."],
            usually: &["Very old or special equipment in front of the target."],
            next: &[WIRE, ECHO],
            see: &["icmp 3/7"],
        },
    },
    ErrnoFacts {
        errno: Errno(64),
        name: "ENONET",
        senses: &[later("A router says by ICMP that the source host is isolated (3/8).", &[Router])],
        ipv6: Some("Not over IPv6: there is no such ICMPv6 message."),
        lesson: Lesson {
            title: "Machine is not on the network",
            what: &["What Linux makes of ICMP 3/8, which RFC 1812 tells routers not to send any more."],
            usually: &["Nothing that is common: look who sent it."],
            next: &[WIRE],
            see: &["icmp 3/8"],
        },
    },
    ErrnoFacts {
        errno: Errno::EPROTO,
        name: "EPROTO",
        senses: &[later(
            "A router or the target says by ICMP that it cannot make sense of the packet's header (parameter problem).",
            &[Router, Target],
        )],
        ipv6: Some("ICMPv6 type 4, among it 4/1: the target does not know the protocol in the packet."),
        lesson: Lesson {
            title: "Protocol error",
            what: &["Somebody on the way could not read a header, and said so (ICMP 12, ICMPv6 4)."],
            usually: &["IP options or extension headers that equipment on the way does not take."],
            next: &[WIRE],
            see: &["icmp 12/0", "icmp6 4/1"],
        },
    },
    ErrnoFacts {
        errno: Errno::ENOPROTOOPT,
        name: "ENOPROTOOPT",
        senses: &[
            at_once("The socket does not know the option that was set or asked for.", &[Program, Kernel]),
            later(
                "The target says by ICMP that it does not speak the protocol at all (3/2).",
                &[Target, Router],
            ),
        ],
        ipv6: Some("ICMPv6 has no such unreachable: it says 4/1, which becomes EPROTO."),
        lesson: Lesson {
            title: "Protocol not available",
            what: &[
                "From setsockopt: an option that this kernel or this kind of socket lacks. From a connection: ICMP \
                 protocol unreachable.",
            ],
            usually: &[
                "An older kernel than the program expects.",
                "A firewall that rejects with protocol unreachable.",
            ],
            next: &[WIRE, step("uname -r", "which kernel is it?")],
            see: &["setsockopt(2)", "icmp 3/2"],
        },
    },
    ErrnoFacts {
        errno: Errno::EMSGSIZE,
        name: "EMSGSIZE",
        senses: &[in_use(
            "The datagram is larger than the interface or the known path MTU lets through in one piece, or than the \
             protocol can carry.",
            &[Kernel, Router],
        )],
        ipv6: Some("Routers never fragment IPv6: ICMPv6 2/0 (packet too big) names the size that fits."),
        lesson: Lesson {
            title: "Message too long",
            what: &[
                "Datagrams (UDP, ICMP) are not split when DF is set or path MTU discovery is on; TCP adapts its segments \
                 and does not show this number.",
            ],
            usually: &[
                "A tunnel or VPN on the way with a smaller MTU.",
                "A datagram above 65 507 octets of UDP data over IPv4.",
            ],
            next: &[
                step("netdiag ping -M do -s 1472 ADDRESS", "does a packet of 1500 octets fit the path?"),
                step("ip route get ADDRESS", "which MTU is remembered for the target?"),
            ],
            see: &["ip(7)", "icmp 3/4", "icmp6 2/0", "tcp_mtu_probing"],
        },
    },
];
