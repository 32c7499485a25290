//! Error numbers about sockets and addresses: taken, not here, of the wrong kind.

use super::Speaker::{Kernel, Program, Router};
use super::{ErrnoFacts, at_once, in_use, later};
use crate::errno::Errno;
use crate::knowledge::Lesson;
use crate::knowledge::lesson::step;

pub(super) const FACTS: &[ErrnoFacts] = &[
    ErrnoFacts {
        errno: Errno::EADDRNOTAVAIL,
        name: "EADDRNOTAVAIL",
        senses: &[at_once(
            "Either the source address is not one of this host's, or every local port that it may use towards this \
             target and port is taken.",
            &[Kernel, Program],
        )],
        ipv6: Some(
            "Also for an address that is still tentative: for a second or two after it appears, until duplicate \
             address detection is done.",
        ),
        lesson: Lesson {
            title: "Cannot assign requested address",
            what: &[
                "From bind: the address does not belong to this host. From connect without bind: no local port is left \
                 in ip_local_port_range (28 232 of them) for this target address and port; connections in TIME-WAIT \
                 count too.",
            ],
            usually: &[
                "A client that opens a new connection for each request to one server: TIME-WAIT holds each port 60 s.",
                "A service configured with an address that this host does not have, or does not have yet.",
            ],
            next: &[
                step(
                    "ss -tan state time-wait dst ADDRESS | wc -l",
                    "how many ports wait towards this target?",
                ),
                step("sysctl net.ipv4.ip_local_port_range", "how many ports are there?"),
                step("ip address", "is the source address here?"),
            ],
            see: &["bind(2)", "connect(2)", "TIME-WAIT", "ip_local_port_range", "tcp_tw_reuse"],
        },
    },
    ErrnoFacts {
        errno: Errno::EADDRINUSE,
        name: "EADDRINUSE",
        senses: &[at_once(
            "Another socket holds the local address and port, or old connections of it are in TIME-WAIT; or no port \
             is left to be chosen.",
            &[Kernel, Program],
        )],
        ipv6: Some("A listener on [::] takes the port of IPv4 as well, unless IPV6_V6ONLY is set."),
        lesson: Lesson {
            title: "Address already in use",
            what: &[
                "bind or listen was refused. A server that restarts sets SO_REUSEADDR, so that connections in TIME-WAIT \
                 do not stand in its way; a listener does, always.",
            ],
            usually: &[
                "The old process still runs, or another service has the port.",
                "A server that is restarted without SO_REUSEADDR.",
            ],
            next: &[
                step("ss -tlnp 'sport = :PORT'", "who has the port?"),
                step("ss -tan 'sport = :PORT'", "what is left of old connections?"),
            ],
            see: &["bind(2)", "socket(7)", "TIME-WAIT"],
        },
    },
    ErrnoFacts {
        errno: Errno::EAFNOSUPPORT,
        name: "EAFNOSUPPORT",
        senses: &[at_once(
            "This kernel lacks the family, or the address is of another family than the socket.",
            &[Program, Kernel],
        )],
        ipv6: Some("From socket: the kernel runs without IPv6 (ipv6.disable=1)."),
        lesson: Lesson {
            title: "Address family not supported by protocol",
            what: &["Socket and address do not fit, or the family is not there at all."],
            usually: &[
                "IPv6 is switched off in the kernel, and the program insists on it.",
                "A program that mixes families.",
            ],
            next: &[
                step("cat /proc/cmdline", "is IPv6 switched off there?"),
                step("ip -6 address", "is there any IPv6?"),
            ],
            see: &["socket(2)", "ipv6(7)"],
        },
    },
    ErrnoFacts {
        errno: Errno::EPROTONOSUPPORT,
        name: "EPROTONOSUPPORT",
        senses: &[at_once(
            "The kernel does not know the protocol for this family and kind of socket.",
            &[Kernel, Program],
        )],
        ipv6: None,
        lesson: Lesson {
            title: "Protocol not supported",
            what: &["socket was asked for a protocol (SCTP, MPTCP, …) that is neither built in nor loaded."],
            usually: &["A kernel module is missing, or is kept from loading."],
            next: &[
                step("lsmod", "which modules are there?"),
                step("sysctl net.mptcp.enabled", "is MPTCP switched on?"),
            ],
            see: &["socket(2)"],
        },
    },
    ErrnoFacts {
        errno: Errno(94),
        name: "ESOCKTNOSUPPORT",
        senses: &[at_once("The family does not have this kind of socket.", &[Program, Kernel])],
        ipv6: None,
        lesson: Lesson {
            title: "Socket type not supported",
            what: &["socket was asked for a kind (stream, datagram, raw, …) that its family does not have."],
            usually: &["A mistake of the program, or a module that is missing."],
            next: &[step("strace -f -e trace=%network PROGRAM", "which call is it?")],
            see: &["socket(2)"],
        },
    },
    ErrnoFacts {
        errno: Errno(96),
        name: "EPFNOSUPPORT",
        senses: &[],
        ipv6: None,
        lesson: Lesson {
            title: "Protocol family not supported",
            what: &["An old sibling of EAFNOSUPPORT, which is what IPv4 and IPv6 sockets return."],
            usually: &["It comes from another family of sockets, whose module is missing."],
            next: &[step("strace -f -e trace=%network PROGRAM", "which call is it?")],
            see: &["socket(2)", "EAFNOSUPPORT"],
        },
    },
    ErrnoFacts {
        errno: Errno(91),
        name: "EPROTOTYPE",
        senses: &[at_once("The local (Unix) socket at that path is of another kind.", &[Program])],
        ipv6: None,
        lesson: Lesson {
            title: "Protocol wrong type for socket",
            what: &["A stream socket connects to a datagram socket, or the other way round."],
            usually: &["Two programs that disagree about a Unix socket, such as /dev/log."],
            next: &[step("ss -xl", "which Unix sockets listen, and of which kind?")],
            see: &["unix(7)"],
        },
    },
    ErrnoFacts {
        errno: Errno::EOPNOTSUPP,
        name: "EOPNOTSUPP",
        senses: &[
            at_once("This kind of socket cannot do that.", &[Program]),
            later("A router says by ICMP that the source route failed (3/5).", &[Router]),
        ],
        ipv6: None,
        lesson: Lesson {
            title: "Operation not supported",
            what: &[
                "The call exists, and not for this kind of socket: listen on a datagram socket, or out-of-band data.",
            ],
            usually: &["A mistake of the program, or an option that the kernel was built without."],
            next: &[step("strace -f -e trace=%network PROGRAM", "which call is it?")],
            see: &["socket(2)", "icmp 3/5"],
        },
    },
    ErrnoFacts {
        errno: Errno(88),
        name: "ENOTSOCK",
        senses: &[
            at_once("The descriptor is no socket.", &[Program]),
            in_use("The descriptor is no socket.", &[Program]),
        ],
        ipv6: None,
        lesson: Lesson {
            title: "Socket operation on non-socket",
            what: &["A call for sockets was made on a file, a pipe or a terminal."],
            usually: &[
                "A program meant for inetd or socket activation was started by hand, so its standard input is no socket.",
            ],
            next: &[step("ls -l /proc/PID/fd", "what are its descriptors?")],
            see: &["socket(2)", "systemd.socket(5)"],
        },
    },
    ErrnoFacts {
        errno: Errno(89),
        name: "EDESTADDRREQ",
        senses: &[in_use(
            "A datagram was sent without a target on a socket that is not connected.",
            &[Program],
        )],
        ipv6: None,
        lesson: Lesson {
            title: "Destination address required",
            what: &["send needs a connected socket; sendto and sendmsg can name the target."],
            usually: &["A mistake of the program, or a connect whose failure was ignored."],
            next: &[step("strace -f -e trace=%network PROGRAM", "which call is it?")],
            see: &["send(2)", "udp(7)"],
        },
    },
    ErrnoFacts {
        errno: Errno::ENETDOWN,
        name: "ENETDOWN",
        senses: &[in_use("The interface that the socket is bound to went down.", &[Kernel])],
        ipv6: None,
        lesson: Lesson {
            title: "Network is down",
            what: &[
                "Heard on packet sockets (captures), when their interface goes down. TCP and UDP find no route instead: \
                 ENETUNREACH.",
            ],
            usually: &["A cable, a link that flaps, or somebody who set the interface down."],
            next: &[
                step("ip -s link show INTERFACE", "is it up, and has it carrier?"),
                step("journalctl -k -e", "when did it go down?"),
            ],
            see: &["packet(7)", "ENETUNREACH"],
        },
    },
    ErrnoFacts {
        errno: Errno::ENODEV,
        name: "ENODEV",
        senses: &[at_once(
            "There is no interface of that name or number in this network namespace.",
            &[Program, Kernel],
        )],
        ipv6: Some("Also for a link-local address with an interface that is not there."),
        lesson: Lesson {
            title: "No such device",
            what: &["An option (SO_BINDTODEVICE) or an address names an interface that does not exist here."],
            usually: &["A misspelt name, a VPN that is not up, or another network namespace."],
            next: &[
                step("ip link", "which interfaces are there?"),
                step("ip netns list", "is it in another namespace?"),
            ],
            see: &["socket(7)", "netdevice(7)"],
        },
    },
    ErrnoFacts {
        errno: Errno(109),
        name: "ETOOMANYREFS",
        senses: &[in_use("Too many descriptors are on their way through Unix sockets.", &[Kernel])],
        ipv6: None,
        lesson: Lesson {
            title: "Too many references: cannot splice",
            what: &[
                "Descriptors that were sent over Unix sockets and not yet received count against the user's limit.",
            ],
            usually: &["A program that sends descriptors faster than another receives them."],
            next: &[step("ss -xp", "which Unix sockets have full queues?")],
            see: &["unix(7)"],
        },
    },
    ErrnoFacts {
        errno: Errno::EREMOTEIO,
        name: "EREMOTEIO",
        senses: &[],
        ipv6: None,
        lesson: Lesson {
            title: "Remote I/O error",
            what: &["Something behind a device or a remote object failed. TCP and UDP do not say it."],
            usually: &["A driver, a bus or a file server rather than the network's own protocols."],
            next: &[step("journalctl -k -e", "what does the driver say?")],
            see: &["errno(3)"],
        },
    },
];
