//! Messages that say "no": unreachable, prohibited, too big, time exceeded.

use super::{IcmpFacts, v4, v6, whole};
use crate::address::Family;
use crate::errno::Errno;
use crate::knowledge::lesson::{ECHO, FIREWALL, LISTENERS, NEIGHBOURS, ROUTE, WIRE, step};
use crate::knowledge::{Lesson, Step};

/// Who sent it is in the packet, not in the error number.
const SENDER: Step =
    step("tcpdump -vni any 'icmp or icmp6'", "who sends it: the target, or a router before it?");

const NET: Option<Errno> = Some(Errno::ENETUNREACH);
const HOST: Option<Errno> = Some(Errno::EHOSTUNREACH);
const REFUSED: Option<Errno> = Some(Errno::ECONNREFUSED);
const DENIED: Option<Errno> = Some(Errno::EACCES);
const PROTOCOL: Option<Errno> = Some(Errno::EPROTO);

pub(super) const FACTS: &[IcmpFacts] = &[
    IcmpFacts {
        forms: &[
            whole(Family::V4, 3, "destination-unreachable"),
            whole(Family::V6, 1, "destination-unreachable"),
        ],
        lesson: Lesson {
            title: "the packet could not be delivered",
            what: &[
                "Somebody along the way, or the target itself, gives up on a packet and says why in the code. The message \
                 quotes the packet, so the sender knows which connection it is about.",
                "Routers limit how many they send, so one that is missing proves nothing.",
            ],
            usually: &[
                "Look at the code: icmp 3/CODE, icmp6 1/CODE.",
                "Look at the sender: a router, a firewall, or the target.",
            ],
            next: &[SENDER],
            see: &["RFC 792", "RFC 4443 section 3.1", "icmp 3/1", "icmp 3/3", "icmp 3/13"],
        },
    },
    IcmpFacts {
        forms: &[v4(3, 0, "net-unreachable", NET), v6(1, 0, "no-route", NET)],
        lesson: Lesson {
            title: "the router has no route to the target",
            what: &["The router that sent it does not know any way to the target's network."],
            usually: &[
                "A lost route or default route on that router.",
                "An address that is not in use anywhere, or private.",
            ],
            next: &[SENDER, ROUTE],
            see: &["ENETUNREACH", "RFC 1812 section 5.2.7.1"],
        },
    },
    IcmpFacts {
        forms: &[v4(3, 1, "host-unreachable", HOST), v6(1, 3, "address-unreachable", HOST)],
        lesson: Lesson {
            title: "the last hop cannot reach the target",
            what: &[
                "The router next to the target asked for its link address (ARP, neighbour discovery) and got no answer, \
                 which takes about 3 s. From this host's own address: the target is on this link and silent.",
            ],
            usually: &[
                "The target is off, disconnected, or has another address.",
                "A firewall that rejects with this code.",
            ],
            next: &[SENDER, NEIGHBOURS],
            see: &["EHOSTUNREACH", "RFC 1812 section 5.2.7.1"],
        },
    },
    IcmpFacts {
        forms: &[v4(3, 2, "protocol-unreachable", Some(Errno::ENOPROTOOPT))],
        lesson: Lesson {
            title: "the target does not speak the protocol",
            what: &["The target knows no such protocol above IP. Over IPv6 the message is 4/1 instead."],
            usually: &[
                "A protocol such as SCTP or GRE without its module.",
                "For TCP: a firewall that rejects with this code.",
            ],
            next: &[SENDER, FIREWALL],
            see: &["ENOPROTOOPT", "icmp6 4/1"],
        },
    },
    IcmpFacts {
        forms: &[v4(3, 3, "port-unreachable", REFUSED), v6(1, 4, "port-unreachable", REFUSED)],
        lesson: Lesson {
            title: "nothing listens on that port",
            what: &[
                "A host's answer to UDP for a port without a listener. For TCP a host sends a RST, so this message in \
                 answer to a SYN is a firewall that rejects; iptables' and nftables' plain reject sends it.",
            ],
            usually: &[
                "UDP: the service does not run there. Traceroute and ping by UDP count on it.",
                "TCP: a firewall, of the target if the sender is the target.",
            ],
            next: &[SENDER, LISTENERS, FIREWALL],
            see: &["ECONNREFUSED", "RFC 1122 section 3.2.2.1"],
        },
    },
    IcmpFacts {
        forms: &[
            v4(3, 4, "fragmentation-needed", None),
            v6(2, 0, "packet-too-big", None),
            whole(Family::V6, 2, "packet-too-big"),
        ],
        lesson: Lesson {
            title: "the packet is too large for the next link",
            what: &[
                "It may not be fragmented (DF is set, or it is IPv6), and the next link takes less. The message names the \
                 size that fits; path MTU discovery lives on it. TCP sends smaller segments and goes on.",
                "Where a firewall drops it, connections open and then hang as soon as much is sent: a black hole.",
            ],
            usually: &[
                "A tunnel, VPN or PPPoE on the way.",
                "If connections hang: somebody drops this message.",
            ],
            next: &[
                step("netdiag ping -M do -s 1472 ADDRESS", "does a packet of 1500 octets fit the path?"),
                step("ip route get ADDRESS", "which MTU is remembered?"),
                SENDER,
            ],
            see: &["EMSGSIZE", "tcp_mtu_probing", "RFC 1191", "RFC 8201"],
        },
    },
    IcmpFacts {
        forms: &[v4(3, 5, "source-route-failed", Some(Errno::EOPNOTSUPP))],
        lesson: Lesson {
            title: "the way that the packet asked for does not exist",
            what: &["The packet named the routers to pass (IP option), and one could not."],
            usually: &["Hardly ever seen: routers drop such packets."],
            next: &[SENDER],
            see: &["EOPNOTSUPP"],
        },
    },
    IcmpFacts {
        forms: &[v4(3, 6, "net-unknown", NET)],
        lesson: Lesson {
            title: "the target's network is unknown",
            what: &["An old code; RFC 1812 has routers send 3/0 instead."],
            usually: &["As 3/0, from old equipment."],
            next: &[SENDER, ROUTE],
            see: &["icmp 3/0"],
        },
    },
    IcmpFacts {
        forms: &[v4(3, 7, "host-unknown", Some(Errno::EHOSTDOWN))],
        lesson: Lesson {
            title: "the target is unknown to its link",
            what: &["For links whose equipment knows which hosts exist. Hardly ever seen."],
            usually: &["As 3/1, from old or special equipment."],
            next: &[SENDER, ECHO],
            see: &["EHOSTDOWN", "icmp 3/1"],
        },
    },
    IcmpFacts {
        forms: &[v4(3, 8, "source-isolated", Some(Errno(64)))],
        lesson: Lesson {
            title: "the sender is isolated",
            what: &["An obsolete code that RFC 1812 tells routers not to send."],
            usually: &["Very old equipment."],
            next: &[SENDER],
            see: &["RFC 1812 section 5.2.7.1"],
        },
    },
    IcmpFacts {
        forms: &[v4(3, 9, "net-prohibited", NET)],
        lesson: Lesson {
            title: "the target's network is forbidden",
            what: &["A firewall says so. RFC 1812 prefers 3/13."],
            usually: &["A rule that rejects with net-prohibited."],
            next: &[SENDER, FIREWALL],
            see: &["ENETUNREACH", "icmp 3/13"],
        },
    },
    IcmpFacts {
        forms: &[v4(3, 10, "host-prohibited", HOST)],
        lesson: Lesson {
            title: "the target is forbidden",
            what: &["A firewall says so. It is what firewalld and many older rule sets reject with."],
            usually: &["The target's own firewall, if the sender is the target; the service may well run."],
            next: &[SENDER, FIREWALL, LISTENERS],
            see: &["EHOSTUNREACH", "icmp 3/13"],
        },
    },
    IcmpFacts {
        forms: &[v4(3, 11, "net-unreachable-for-tos", NET), v4(3, 12, "host-unreachable-for-tos", HOST)],
        lesson: Lesson {
            title: "unreachable with this type of service",
            what: &["There is a way, and not for packets with this TOS. Hardly ever seen."],
            usually: &["Old equipment that routes by TOS."],
            next: &[SENDER],
            see: &["icmp 3/0", "icmp 3/1"],
        },
    },
    IcmpFacts {
        forms: &[v4(3, 13, "admin-prohibited", HOST), v6(1, 1, "admin-prohibited", DENIED)],
        lesson: Lesson {
            title: "a firewall forbids it",
            what: &[
                "The sender filters, and says so instead of dropping: \"communication administratively prohibited\". \
                 Over IPv4 a connection fails with EHOSTUNREACH, over IPv6 with EACCES.",
            ],
            usually: &[
                "A router or firewall between, whose address the message bears.",
                "This host's own firewall, if the sender is this host.",
            ],
            next: &[SENDER, FIREWALL],
            see: &["EHOSTUNREACH", "EACCES", "RFC 1812 section 5.2.7.1"],
        },
    },
    IcmpFacts {
        forms: &[v4(3, 14, "precedence-violation", HOST), v4(3, 15, "precedence-cutoff", HOST)],
        lesson: Lesson {
            title: "refused because of its precedence",
            what: &[
                "The first router does not permit the packet's precedence, or the network asks for a higher one.",
            ],
            usually: &["Hardly ever seen."],
            next: &[SENDER],
            see: &["RFC 1812 section 5.3.3"],
        },
    },
    IcmpFacts {
        forms: &[v6(1, 2, "beyond-scope", HOST)],
        lesson: Lesson {
            title: "the source address does not reach that far",
            what: &["For example a link-local source and a target on another link."],
            usually: &["A wrong choice of source address on the sender."],
            next: &[step("ip -6 route get ADDRESS", "which source address is chosen?"), SENDER],
            see: &["RFC 4443 section 3.1"],
        },
    },
    IcmpFacts {
        forms: &[v6(1, 5, "source-policy-failed", DENIED)],
        lesson: Lesson {
            title: "the source address is not allowed there",
            what: &[
                "A filter against forged sources (ingress or egress) does not expect this address from there.",
            ],
            usually: &[
                "An address of one provider sent through another.",
                "An old address after the prefix changed.",
            ],
            next: &[step("ip -6 route get ADDRESS", "which source address is chosen?"), SENDER],
            see: &["RFC 4443 section 3.1", "EACCES"],
        },
    },
    IcmpFacts {
        forms: &[v6(1, 6, "reject-route", DENIED)],
        lesson: Lesson {
            title: "the router rejects that destination",
            what: &["A route of the router says: not there."],
            usually: &["A prohibit route, often for a prefix that is not in use."],
            next: &[SENDER],
            see: &["RFC 4443 section 3.1", "EACCES"],
        },
    },
    IcmpFacts {
        forms: &[v6(1, 7, "source-routing-header-error", None), v6(1, 8, "headers-too-long", None)],
        lesson: Lesson {
            title: "the chain of headers is not accepted",
            what: &[
                "A routing header that cannot be followed (1/7), or more headers than the equipment can read (1/8).",
            ],
            usually: &["Extension headers on a path that does not take them."],
            next: &[SENDER],
            see: &["RFC 6550", "RFC 8883"],
        },
    },
    IcmpFacts {
        forms: &[whole(Family::V4, 11, "time-exceeded"), whole(Family::V6, 3, "time-exceeded")],
        lesson: Lesson {
            title: "the packet was under way too long",
            what: &[
                "Code 0: its TTL or hop limit was used up. Code 1: fragments were missing when the time was up.",
            ],
            usually: &["Code 0 is what a traceroute asks for."],
            next: &[SENDER],
            see: &["icmp 11/0", "icmp 11/1"],
        },
    },
    IcmpFacts {
        forms: &[v4(11, 0, "ttl-exceeded", HOST), v6(3, 0, "hop-limit-exceeded", HOST)],
        lesson: Lesson {
            title: "the TTL or hop limit ran out on the way",
            what: &[
                "Each router takes one; the one at which none is left drops the packet and says so. Traceroute lives on it.",
            ],
            usually: &[
                "A traceroute, or a small TTL on purpose.",
                "A routing loop: two routers that send the packet to each other.",
            ],
            next: &[SENDER, step("netdiag ping -t 64 ADDRESS", "does it arrive with the usual TTL?")],
            see: &["EHOSTUNREACH", "RFC 1812 section 5.3.1"],
        },
    },
    IcmpFacts {
        forms: &[v4(11, 1, "reassembly-time-exceeded", None), v6(3, 1, "reassembly-time-exceeded", HOST)],
        lesson: Lesson {
            title: "fragments of the packet went missing",
            what: &["The target got some fragments and waited in vain for the others."],
            usually: &[
                "Loss, or a firewall that lets only first fragments through.",
                "Large UDP answers (DNS) on a path that drops fragments.",
            ],
            next: &[SENDER, WIRE],
            see: &["RFC 792", "RFC 4443 section 3.3"],
        },
    },
    IcmpFacts {
        forms: &[
            v4(12, 0, "parameter-problem", PROTOCOL),
            v6(4, 0, "erroneous-header-field", PROTOCOL),
            whole(Family::V4, 12, "parameter-problem"),
            whole(Family::V6, 4, "parameter-problem"),
        ],
        lesson: Lesson {
            title: "a header makes no sense",
            what: &[
                "Somebody could not read a field of the packet's headers and dropped it; a pointer tells which octet.",
            ],
            usually: &["IP options or extension headers that equipment does not take.", "Damaged packets."],
            next: &[SENDER],
            see: &["EPROTO", "icmp6 4/1"],
        },
    },
    IcmpFacts {
        forms: &[v4(12, 1, "option-missing", PROTOCOL), v4(12, 2, "bad-length", PROTOCOL)],
        lesson: Lesson {
            title: "an option is missing, or a length is wrong",
            what: &["12/1: a required option is not there. 12/2: a length does not fit."],
            usually: &["Hardly ever seen."],
            next: &[SENDER],
            see: &["RFC 1108", "EPROTO"],
        },
    },
    IcmpFacts {
        forms: &[v6(4, 1, "unrecognized-next-header", PROTOCOL)],
        lesson: Lesson {
            title: "the target does not know the next protocol",
            what: &["IPv6's way of saying \"protocol unreachable\"."],
            usually: &[
                "A protocol such as SCTP or GRE without its module, or an extension header that is not taken.",
            ],
            next: &[SENDER],
            see: &["EPROTO", "icmp 3/2"],
        },
    },
    IcmpFacts {
        forms: &[v6(4, 2, "unrecognized-option", PROTOCOL)],
        lesson: Lesson {
            title: "the target does not know an option",
            what: &["An option of an extension header that has to be understood was not."],
            usually: &["Experiments, and tests of equipment."],
            next: &[SENDER],
            see: &["RFC 8200 section 4.2"],
        },
    },
];
