//! Error numbers of this host alone: rights, limits, memory, descriptors.

use super::Speaker::{Firewall, Kernel, Program};
use super::{ErrnoFacts, at_once, in_use, later};
use crate::errno::Errno;
use crate::knowledge::Lesson;
use crate::knowledge::lesson::{FIREWALL, step};

pub(super) const FACTS: &[ErrnoFacts] = &[
    ErrnoFacts {
        errno: Errno::EPERM,
        name: "EPERM",
        senses: &[
            at_once(
                "A policy of this host (a security module, a cgroup's filter) forbids the connection, or the socket \
                 needs a right that the program lacks. It is not the firewall: that drops TCP in silence.",
                &[Kernel, Program],
            ),
            in_use(
                "The firewall of this host dropped the datagram in its output chain; nothing was sent.",
                &[Firewall, Kernel],
            ),
        ],
        ipv6: Some(
            "A datagram ICMPv6 socket (ping) reports success where the firewall drops; UDP over IPv6 says this.",
        ),
        lesson: Lesson {
            title: "Operation not permitted",
            what: &[
                "On sends of UDP, ICMP and raw packets it is the usual sign of an output rule that drops. TCP never \
                 shows it for a dropped SYN: it repeats, and ends in ETIMEDOUT.",
            ],
            usually: &[
                "An output rule of nftables or iptables on this host.",
                "A raw or packet socket without CAP_NET_RAW.",
                "A sandbox (seccomp, systemd's IPAddressDeny, a container's policy).",
            ],
            next: &[
                FIREWALL,
                step("grep Cap /proc/self/status", "which rights does a process like this have?"),
            ],
            see: &["capabilities(7)", "EACCES"],
        },
    },
    ErrnoFacts {
        errno: Errno::EAGAIN,
        name: "EAGAIN",
        senses: &[
            at_once("The queue of the local (Unix) listener is full.", &[Kernel]),
            in_use(
                "Nothing to read yet, or no room to write: the socket is non-blocking, or its timeout passed. Not a \
                 failure of the connection.",
                &[Kernel],
            ),
        ],
        ipv6: None,
        lesson: Lesson {
            title: "Resource temporarily unavailable",
            what: &["Try again when the socket is ready. EWOULDBLOCK is the same number."],
            usually: &[
                "A read timeout (SO_RCVTIMEO): the peer is slow, silent, or gone without a word.",
                "A send buffer that stays full: the peer does not read, or the path loses.",
            ],
            next: &[step("ss -tnoi dst ADDRESS", "what waits in the queues, and is it being retransmitted?")],
            see: &["recv(2)", "socket(7)"],
        },
    },
    ErrnoFacts {
        errno: Errno::EINTR,
        name: "EINTR",
        senses: &[
            later("A signal ended the wait, not the attempt: the handshake goes on by itself.", &[Program]),
            in_use("A signal came before anything was read or written.", &[Program]),
        ],
        ipv6: None,
        lesson: Lesson {
            title: "Interrupted system call",
            what: &[
                "The call can be made again; for connect, wait until the socket is writable and read SO_ERROR.",
            ],
            usually: &["A program that does not repeat interrupted calls."],
            next: &[step("strace -f -e trace=%network,signal PROGRAM", "which signal, in which call?")],
            see: &["signal(7)", "connect(2)"],
        },
    },
    ErrnoFacts {
        errno: Errno::EMFILE,
        name: "EMFILE",
        senses: &[
            at_once("The process has as many descriptors as it may; no socket was made.", &[Program]),
            in_use("accept cannot make another descriptor; connections wait in the queue.", &[Program]),
        ],
        ipv6: None,
        lesson: Lesson {
            title: "Too many open files",
            what: &["Every socket is a descriptor, and the process is at its limit (RLIMIT_NOFILE)."],
            usually: &[
                "Sockets that are never closed: often many in CLOSE-WAIT.",
                "A limit of 1024 for a busy server.",
            ],
            next: &[
                step("grep 'open files' /proc/PID/limits", "what is the limit?"),
                step("ls /proc/PID/fd | wc -l", "how many are open?"),
                step("ss -tnp state close-wait", "are they connections that nobody closes?"),
            ],
            see: &["getrlimit(2)", "CLOSE-WAIT"],
        },
    },
    ErrnoFacts {
        errno: Errno::ENFILE,
        name: "ENFILE",
        senses: &[at_once("The whole system has as many open files as it may.", &[Kernel])],
        ipv6: None,
        lesson: Lesson {
            title: "Too many open files in system",
            what: &["The limit of all processes together (fs.file-max)."],
            usually: &["One process that leaks descriptors by the hundred thousand."],
            next: &[step("cat /proc/sys/fs/file-nr", "how many are open, and how many may be?")],
            see: &["proc(5)", "EMFILE"],
        },
    },
    ErrnoFacts {
        errno: Errno::ENOBUFS,
        name: "ENOBUFS",
        senses: &[
            at_once("The kernel has no room for the socket or its route.", &[Kernel]),
            in_use(
                "The packet found no room: a full device queue, a full table of neighbours, or no memory.",
                &[Kernel],
            ),
        ],
        ipv6: None,
        lesson: Lesson {
            title: "No buffer space available",
            what: &["This host could not queue what was to be sent. It is never the network's answer."],
            usually: &[
                "A scan of a large link: the table of neighbours (gc_thresh3, 1024 entries) is full.",
                "Sending faster than the device takes.",
            ],
            next: &[
                step("ip -s neigh show | wc -l", "how many neighbours are known?"),
                step("sysctl net.ipv4.neigh.default.gc_thresh3", "how many may be?"),
                step("tc -s qdisc show dev INTERFACE", "does the queue drop?"),
            ],
            see: &["send(2)", "arp(7)"],
        },
    },
    ErrnoFacts {
        errno: Errno::ENOMEM,
        name: "ENOMEM",
        senses: &[
            at_once("The kernel has no memory for it.", &[Kernel]),
            in_use("The kernel has no memory for it.", &[Kernel]),
        ],
        ipv6: None,
        lesson: Lesson {
            title: "Cannot allocate memory",
            what: &["Memory of the kernel, or of the control group that the process runs in, is used up."],
            usually: &["A container at its memory limit.", "Sockets that hold much unread data (tcp_mem)."],
            next: &[
                step("cat /proc/net/sockstat", "how many pages do sockets hold?"),
                step("journalctl -k -e", "was a process killed for memory?"),
            ],
            see: &["tcp_mem", "cgroups(7)"],
        },
    },
    ErrnoFacts {
        errno: Errno::EBADF,
        name: "EBADF",
        senses: &[
            at_once("The descriptor is closed or was never open.", &[Program]),
            in_use("The descriptor is closed or was never open.", &[Program]),
        ],
        ipv6: None,
        lesson: Lesson {
            title: "Bad file descriptor",
            what: &["A mistake of the program: one part of it closed what another still uses."],
            usually: &["Threads that close each other's sockets."],
            next: &[step("strace -f -e trace=%network,close PROGRAM", "who closes it?")],
            see: &["close(2)"],
        },
    },
    ErrnoFacts {
        errno: Errno::ENOENT,
        name: "ENOENT",
        senses: &[at_once("No local (Unix) socket has that path.", &[Program])],
        ipv6: None,
        lesson: Lesson {
            title: "No such file or directory",
            what: &["A file is missing: the path of a Unix socket, or a network namespace's name."],
            usually: &["The service behind the Unix socket does not run, or keeps it elsewhere."],
            next: &[
                step("ss -xl", "which Unix sockets listen?"),
                step("ip netns list", "which namespaces have names?"),
            ],
            see: &["unix(7)", "ip-netns(8)"],
        },
    },
    ErrnoFacts {
        errno: Errno::EIO,
        name: "EIO",
        senses: &[],
        ipv6: None,
        lesson: Lesson {
            title: "Input/output error",
            what: &["A device failed. Sockets of TCP and UDP do not say it."],
            usually: &["A disk or a driver rather than the network."],
            next: &[step("journalctl -k -e", "what does the driver say?")],
            see: &["errno(3)"],
        },
    },
    ErrnoFacts {
        errno: Errno::ENOSPC,
        name: "ENOSPC",
        senses: &[],
        ipv6: None,
        lesson: Lesson {
            title: "No space left on device",
            what: &[
                "A disk is full, or a limit on watched descriptors is reached (fs.epoll.max_user_watches).",
            ],
            usually: &["A capture or a log that filled the disk."],
            next: &[
                step("df -h", "which disk is full?"),
                step("sysctl fs.epoll.max_user_watches", "how many may be watched?"),
            ],
            see: &["epoll_ctl(2)"],
        },
    },
];
