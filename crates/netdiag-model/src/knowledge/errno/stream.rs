//! Error numbers about a connection under way: reset, broken, already there, not there.

use super::Speaker::{Kernel, Program, Router, Target};
use super::{ErrnoFacts, at_once, in_use, later};
use crate::errno::Errno;
use crate::knowledge::Lesson;
use crate::knowledge::lesson::{LISTENERS, TCP_ECHO, WIRE, step};

pub(super) const FACTS: &[ErrnoFacts] = &[
    ErrnoFacts {
        errno: Errno::EINPROGRESS,
        name: "EINPROGRESS",
        senses: &[at_once(
            "The socket is non-blocking and the handshake has begun: not a failure. The outcome comes later.",
            &[Kernel],
        )],
        ipv6: None,
        lesson: Lesson {
            title: "Operation now in progress",
            what: &[
                "What connect on a non-blocking socket normally returns. When the socket becomes writable, SO_ERROR has \
                 the outcome: 0, or the number that says why not.",
            ],
            usually: &[
                "All is well, and the program has to wait.",
                "In a log it means that the program gave up waiting, or printed the wrong number: read it as a timeout.",
            ],
            next: &[step("ss -tn state syn-sent", "is it still asking?"), WIRE],
            see: &["connect(2)", "poll(2)", "SYN-SENT"],
        },
    },
    ErrnoFacts {
        errno: Errno::EALREADY,
        name: "EALREADY",
        senses: &[at_once("An earlier connect on this socket is still under way.", &[Program])],
        ipv6: None,
        lesson: Lesson {
            title: "Operation already in progress",
            what: &["connect was called again on a non-blocking socket whose first handshake has not ended."],
            usually: &[
                "The program asks by connect instead of poll and SO_ERROR.",
                "The target is silent so far.",
            ],
            next: &[step("ss -tn state syn-sent", "is it still asking?"), WIRE],
            see: &["connect(2)", "EINPROGRESS"],
        },
    },
    ErrnoFacts {
        errno: Errno::EISCONN,
        name: "EISCONN",
        senses: &[
            at_once(
                "The socket is connected already. After a connect under way it means success.",
                &[Program],
            ),
            in_use("The datagram names a target, and the socket is connected to one already.", &[Program]),
        ],
        ipv6: None,
        lesson: Lesson {
            title: "Transport endpoint is already connected",
            what: &["connect was called on a connected socket."],
            usually: &[
                "A program that connects twice, or that learns so that its first connect went through.",
            ],
            next: &[step("ss -tnp dst ADDRESS", "which connections are there, and whose?")],
            see: &["connect(2)"],
        },
    },
    ErrnoFacts {
        errno: Errno::ENOTCONN,
        name: "ENOTCONN",
        senses: &[in_use("The socket is not connected: not yet, or not any more.", &[Program, Target])],
        ipv6: None,
        lesson: Lesson {
            title: "Transport endpoint is not connected",
            what: &["A call that needs a peer was made without one: recv, send, shutdown or getpeername."],
            usually: &[
                "The program goes on after a connect that failed.",
                "The peer has reset the connection in the meantime.",
            ],
            next: &[step("ss -tanp dst ADDRESS", "in which state is the connection, if it is there?"), WIRE],
            see: &["getpeername(2)", "shutdown(2)"],
        },
    },
    ErrnoFacts {
        errno: Errno::ECONNRESET,
        name: "ECONNRESET",
        senses: &[
            later(
                "A RST came after the SYN-ACK: the target agreed, and then it, or a box on the way, took it back.",
                &[Router, Target],
            ),
            in_use(
                "The peer, or a box on the way, sent a RST: the connection is over, and data may be lost.",
                &[Target, Router],
            ),
        ],
        ipv6: None,
        lesson: Lesson {
            title: "Connection reset by peer",
            what: &[
                "A RST ended a connection that the handshake had opened; before the SYN-ACK the same RST would be \
                 ECONNREFUSED. What is sent afterwards fails with EPIPE.",
                "A kernel sends a RST when the program closes with unread data in its queue, closes with SO_LINGER of \
                 0 s, gets data after it closed, or when it knows no such connection.",
            ],
            usually: &[
                "The peer's program crashed, was killed, or closed in the middle.",
                "The peer was restarted, or a firewall, NAT or load balancer has forgotten an idle connection.",
                "A load balancer accepts and then finds no server behind it.",
                "A firewall looks into the data and cuts the connection; the RST's TTL then often differs.",
            ],
            next: &[
                WIRE,
                TCP_ECHO,
                step(
                    "nstat -az TcpEstabResets TcpOutRsts TcpExtTCPAbortOnData",
                    "on either end: who resets, and why?",
                ),
            ],
            see: &["RFC 9293 section 3.5.3", "RST", "EPIPE", "keepalive"],
        },
    },
    ErrnoFacts {
        errno: Errno::EPIPE,
        name: "EPIPE",
        senses: &[in_use(
            "The program sends on a connection that has ended: it shut its own side down, or an earlier call already \
             reported the reset.",
            &[Program, Target],
        )],
        ipv6: None,
        lesson: Lesson {
            title: "Broken pipe",
            what: &[
                "The second send after a reset: the first reports ECONNRESET, this one that there is nothing left to \
                 write to. Unless MSG_NOSIGNAL is set or SIGPIPE is ignored, the signal ends the program.",
            ],
            usually: &[
                "The peer closed or reset before this side had sent everything.",
                "The program ignores an earlier error.",
            ],
            next: &[
                WIRE,
                step("ss -tanp dst ADDRESS", "is it in CLOSE-WAIT, so that the peer closed first?"),
            ],
            see: &["send(2)", "ECONNRESET", "CLOSE-WAIT"],
        },
    },
    ErrnoFacts {
        errno: Errno::ECONNABORTED,
        name: "ECONNABORTED",
        senses: &[in_use(
            "This host ended the connection itself, for example because an administrator destroyed the socket.",
            &[Kernel],
        )],
        ipv6: None,
        lesson: Lesson {
            title: "Software caused connection abort",
            what: &[
                "On Linux this is what a program hears when its socket is destroyed from outside (ss -K). POSIX also \
                 lets accept return it for a connection that ended in the queue: a server should then accept the next.",
            ],
            usually: &[
                "An administrator or a connection manager destroys sockets, for example when an address goes.",
            ],
            next: &[step("journalctl -e", "who did it, and when?"), LISTENERS],
            see: &["accept(2)", "ss(8)"],
        },
    },
    ErrnoFacts {
        errno: Errno(102),
        name: "ENETRESET",
        senses: &[],
        ipv6: None,
        lesson: Lesson {
            title: "Network dropped connection on reset",
            what: &[
                "POSIX has it for a connection that the network gave up. Linux's TCP and UDP hardly ever say it.",
            ],
            usually: &["It comes from another protocol, a file system or a library rather than from TCP."],
            next: &[WIRE],
            see: &["errno(3)", "ECONNRESET"],
        },
    },
    ErrnoFacts {
        errno: Errno(108),
        name: "ESHUTDOWN",
        senses: &[],
        ipv6: None,
        lesson: Lesson {
            title: "Cannot send after transport endpoint shutdown",
            what: &[
                "For a send after the own side was shut down. Linux's TCP says EPIPE instead; some other protocols this.",
            ],
            usually: &["It comes from another protocol or a device that is going away."],
            next: &[step("ss -tanp dst ADDRESS", "in which state is the connection?")],
            see: &["shutdown(2)", "EPIPE"],
        },
    },
];
