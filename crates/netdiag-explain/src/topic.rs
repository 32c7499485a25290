//! The drawings: the diagram of TCP's states, and the segments of a connection in their order.
//!
//! They follow RFC 9293: figure 5, and the ladders of sections 3.5 and 3.6. Each is a text file of at most 80 columns in
//! plain characters, so that it can be read, and copied, everywhere.

use netdiag_model::knowledge::{Lesson, Step, is_same};

/// One drawing with what is to be said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topic {
    /// Its name.
    pub name: &'static str,
    /// Other names.
    pub also: &'static [&'static str],
    /// The drawing; each line ends in a newline.
    pub drawing: &'static str,
    /// The rest.
    pub lesson: Lesson,
}

/// The drawing of this name.
pub fn find(term: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| is_same(topic.name, term) || topic.also.iter().any(|name| is_same(name, term)))
}

const fn step(run: &'static str, why: &'static str) -> Step {
    Step { run, why }
}

/// Every drawing.
pub const TOPICS: &[Topic] = &[
    Topic {
        name: "states",
        also: &["diagram", "state diagram", "tcp states"],
        drawing: include_str!("topic/states.txt"),
        lesson: Lesson {
            title: "the states of a TCP connection",
            what: &[],
            usually: &[],
            next: &[
                step("ss -tan", "which connections are in which state?"),
                step("netdiag explain TIME-WAIT", "more of one"),
            ],
            see: &["RFC 9293 figure 5", "handshake", "close"],
        },
    },
    Topic {
        name: "handshake",
        also: &["three-way handshake", "open", "connect"],
        drawing: include_str!("topic/handshake.txt"),
        lesson: Lesson {
            title: "how a connection opens",
            what: &[
                "Three segments. The client is done after one round trip, the server half a round trip later.",
            ],
            usually: &[
                "No SYN,ACK: SYN-SENT and in the end ETIMEDOUT. A RST instead: ECONNREFUSED.",
                "A RST after the SYN,ACK: ECONNRESET.",
            ],
            next: &[step(
                "tcpdump -ni any 'tcp port PORT and tcp[tcpflags] & (tcp-syn|tcp-rst) != 0'",
                "see it happen",
            )],
            see: &["RFC 9293 section 3.5", "SYN-SENT", "SYN-RECEIVED", "tcp_syn_retries"],
        },
    },
    Topic {
        name: "close",
        also: &["teardown", "four-way close"],
        drawing: include_str!("topic/close.txt"),
        lesson: Lesson {
            title: "how a connection closes",
            what: &["Each direction closes by itself, by a FIN and its ACK."],
            usually: &[
                "Stuck in CLOSE-WAIT: the program there does not close.",
                "Stuck in FIN-WAIT-2: the other end's program does not.",
            ],
            next: &[step("ss -tanp state close-wait", "which program does not close?")],
            see: &["RFC 9293 section 3.6", "TIME-WAIT", "CLOSE-WAIT", "simultaneous-close"],
        },
    },
    Topic {
        name: "simultaneous-open",
        also: &[],
        drawing: include_str!("topic/simultaneous-open.txt"),
        lesson: Lesson {
            title: "how a connection opens when both ends connect",
            what: &["Both ends pass from SYN-SENT through SYN-RECEIVED; nobody listens."],
            usually: &[
                "Rare, and on purpose: programs that meet through NATs.",
                "By accident: a program that connects again and again to a free port of its own host meets itself.",
            ],
            next: &[step("ss -tan state syn-recv", "is one in the middle of it?")],
            see: &["RFC 9293 section 3.5", "SYN-RECEIVED", "handshake"],
        },
    },
    Topic {
        name: "simultaneous-close",
        also: &[],
        drawing: include_str!("topic/simultaneous-close.txt"),
        lesson: Lesson {
            title: "how a connection closes when both ends close",
            what: &["Both ends pass through CLOSING instead of FIN-WAIT-2."],
            usually: &["Normal where both ends close on the same timeout."],
            next: &[step("ss -tan state closing", "is one stuck in it?")],
            see: &["RFC 9293 section 3.6", "CLOSING", "close"],
        },
    },
    Topic {
        name: "keepalive",
        also: &["keep-alive", "SO_KEEPALIVE"],
        drawing: include_str!("topic/keepalive.txt"),
        lesson: Lesson {
            title: "how an idle connection notices that its peer is gone",
            what: &[
                "A probe is an ACK with a number that was acknowledged before, so the peer has to answer with an ACK.",
            ],
            usually: &[
                "Off unless the program asks. Firewalls and NATs forget idle connections long before two hours.",
                "An application's own heartbeat also notices a program that hangs; keepalive asks only its kernel.",
            ],
            next: &[
                step("ss -tno state established", "which connections have a keepalive timer?"),
                step(
                    "sysctl net.ipv4.tcp_keepalive_time net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes",
                    "this host's defaults",
                ),
            ],
            see: &["RFC 9293 section 3.8.4", "tcp(7)", "tcp_keepalive_time", "ETIMEDOUT"],
        },
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawings_are_plain_and_fit_80_columns() {
        for topic in TOPICS {
            assert!(topic.drawing.is_ascii() && topic.drawing.ends_with('\n'), "{}", topic.name);
            assert!(
                topic.drawing.lines().all(|line| line.len() <= 80 && line.trim_end() == line),
                "{}",
                topic.name
            );
        }
    }

    #[test]
    fn the_diagram_has_every_state() {
        let drawing = find("states").expect("a topic").drawing;
        for facts in netdiag_model::knowledge::state::all() {
            assert!(drawing.contains(facts.name), "{}", facts.name);
        }
    }
}
