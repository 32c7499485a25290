//! Which combinations of flags a TCP sends, and what stands behind those that none does.
//!
//! By RFC 9293, section 3.10, a segment opens (SYN), ends (RST) or acknowledges (ACK); everything else rides on these.

use super::Flags;
use crate::knowledge::Lesson;
use crate::knowledge::lesson::{FIREWALL, LISTENERS, WIRE, step};

/// What a set of flags means together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Combination {
    /// Whether a TCP that keeps to its RFCs sends it.
    pub is_legal: bool,
    /// The rest.
    pub lesson: Lesson,
}

/// What `flags` mean together, in one segment.
pub fn judge(flags: Flags) -> Combination {
    if let Some((_, lesson)) = NEVER.iter().find(|(is_so, _)| is_so(flags)) {
        return Combination { is_legal: false, lesson: *lesson };
    }
    let known = KNOWN.iter().find(|(known, _)| *known == flags);
    let lesson = known.map_or(UNREMARKABLE, |(_, lesson)| *lesson);
    Combination { is_legal: true, lesson }
}

/// What drops such segments, and where they come from.
const CATCH: &[crate::knowledge::Step] = &[
    step("nstat -az TcpInErrs TcpExtTCPChallengeACK", "does this host get strange segments?"),
    FIREWALL,
    WIRE,
];

/// Whether a rule of what never occurs holds for a set of flags.
type Rule = fn(Flags) -> bool;

/// What never occurs, and why. The first rule that holds is the one to tell.
const NEVER: [(Rule, Lesson); 5] = [
    (
        |flags| flags.has(Flags::SYN.with(Flags::FIN)),
        Lesson {
            title: "never legal: opens and closes at once",
            what: &[
                "A connection cannot end before it is open. Only T/TCP (RFC 1644, historic since RFC 6247) ever sent it. \
                 Simple filters that look for SYN without ACK once let it through, which is why scanners try it.",
            ],
            usually: &["A scanner, a tool that finds out the operating system, or damaged packets. Drop it."],
            next: CATCH,
            see: &["RFC 9293 section 3.10.7", "SYN", "FIN"],
        },
    ),
    (
        |flags| flags.has(Flags::SYN.with(Flags::RST)),
        Lesson {
            title: "never legal: opens and resets at once",
            what: &[
                "No state sends it. A receiver that sees the RST drops the segment or ends the connection.",
            ],
            usually: &["A scanner, a forger, or damaged packets. Drop it."],
            next: CATCH,
            see: &["RFC 9293 section 3.10.7", "SYN", "RST"],
        },
    ),
    (
        |flags| flags.has(Flags::RST.with(Flags::FIN)),
        Lesson {
            title: "never legal: closes and resets at once",
            what: &["A FIN waits for its ACK, and a RST waits for nothing: no state sends both."],
            usually: &["A scanner, or equipment on the way that forges resets carelessly."],
            next: CATCH,
            see: &["RFC 9293 section 3.10.7", "RST", "FIN"],
        },
    ),
    (
        |flags| !flags.has_any(Flags::SYN.with(Flags::RST).with(Flags::ACK)),
        Lesson {
            title: "never legal: without SYN, RST or ACK",
            what: &[
                "After the first SYN every segment acknowledges, so a FIN, a PSH or an URG without ACK cannot come from a \
                 connection, nor can a segment without any flag.",
                "By RFC 9293 a closed port answers it with a RST and an open one drops it. Scans use just that: none at \
                 all (null scan), FIN alone (FIN scan), FIN+PSH+URG (Christmas tree).",
            ],
            usually: &["A port scan that hopes to pass a simple filter. Drop it."],
            next: CATCH,
            see: &["RFC 9293 section 3.10.7.2", "FIN"],
        },
    ),
    (
        |flags| flags.has(Flags::FIN) && !flags.has(Flags::ACK),
        Lesson {
            title: "never legal: a FIN without ACK",
            what: &["A FIN belongs to an open connection, and there every segment acknowledges."],
            usually: &["A port scan. Drop it."],
            next: CATCH,
            see: &["RFC 9293 section 3.10.7", "FIN"],
        },
    ),
];

/// Combinations that have a meaning of their own.
const KNOWN: [(Flags, Lesson); 7] = [
    (
        Flags::SYN.with(Flags::ACK),
        Lesson {
            title: "agrees to open: the second step of the handshake",
            what: &["Acknowledges the peer's SYN and opens the other direction. The port is open."],
            usually: &[
                "Normal. Repeated: the last ACK is lost, or the accept queue is full.",
                "Answered by a RST from the client: it never asked (a forged source), or it has given up.",
            ],
            next: &[step("ss -tn state syn-recv", "on the server: how many wait for the last step?"), WIRE],
            see: &["RFC 9293 section 3.5", "SYN-RECEIVED", "handshake"],
        },
    ),
    (
        Flags::RST.with(Flags::ACK),
        Lesson {
            title: "resets, and says in answer to what",
            what: &[
                "The answer to a SYN on a closed port: it acknowledges the SYN, so that the client believes it. On an open \
                 connection it is an abort.",
            ],
            usually: &[
                "After a SYN: nothing listens (ECONNREFUSED).",
                "Later: the program died or aborted (ECONNRESET).",
            ],
            next: &[LISTENERS, WIRE],
            see: &["RFC 9293 section 3.5.2", "RST", "ECONNREFUSED", "ECONNRESET"],
        },
    ),
    (
        Flags::FIN.with(Flags::ACK),
        Lesson {
            title: "closes this direction",
            what: &["The FIN as it is really sent: every segment of an open connection acknowledges."],
            usually: &["An orderly end: the program closed."],
            next: &[step("tcpdump -ni any 'tcp[tcpflags] & tcp-fin != 0'", "who closes first?")],
            see: &["RFC 9293 section 3.6", "FIN", "close"],
        },
    ),
    (
        Flags::FIN.with(Flags::PSH).with(Flags::ACK),
        Lesson {
            title: "the last data, and the end of this direction",
            what: &["The FIN travels with the last octets that were written."],
            usually: &["An orderly end."],
            next: &[WIRE],
            see: &["FIN", "close"],
        },
    ),
    (
        Flags::PSH.with(Flags::ACK),
        Lesson {
            title: "data",
            what: &["The end of what a program wrote at once."],
            usually: &["Normal. Repeated: it, or its ACK, is lost."],
            next: &[WIRE],
            see: &["PSH", "ACK"],
        },
    ),
    (
        Flags::SYN.with(Flags::ECE).with(Flags::CWR),
        Lesson {
            title: "asks to open, and offers ECN",
            what: &["A SYN whose sender can use explicit congestion notification."],
            usually: &[
                "Normal with tcp_ecn = 1. If only such SYNs stay unanswered, old equipment on the way drops them.",
            ],
            next: &[step(
                "sysctl net.ipv4.tcp_ecn net.ipv4.tcp_ecn_fallback",
                "does this host ask, and does it fall back?",
            )],
            see: &["RFC 3168", "tcp_ecn"],
        },
    ),
    (
        Flags::SYN.with(Flags::ACK).with(Flags::ECE),
        Lesson {
            title: "agrees to open, and to ECN",
            what: &["A SYN-ACK whose sender can use explicit congestion notification as well."],
            usually: &["Normal."],
            next: &[step("ss -tni dst ADDRESS", "is ecn among its options?")],
            see: &["RFC 3168", "tcp_ecn"],
        },
    ),
];

/// What is legal and has no meaning beyond that of its flags.
const UNREMARKABLE: Lesson = Lesson {
    title: "legal: each flag means what it does alone",
    what: &["A TCP may send it. Nothing is special about the flags being together."],
    usually: &["Look at each flag for itself."],
    next: &[WIRE],
    see: &["RFC 9293 section 3.1"],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_opens_acknowledges_closes_and_resets_six_sets_occur() {
        let four = Flags::SYN.with(Flags::ACK).with(Flags::FIN).with(Flags::RST);
        let legal: Vec<String> = (0..=255)
            .map(Flags)
            .filter(|flags| flags.0 & !four.0 == 0 && judge(*flags).is_legal)
            .map(|flags| flags.to_string())
            .collect();
        assert_eq!(legal, ["SYN", "RST", "ACK", "FIN+ACK", "SYN+ACK", "RST+ACK"]);
    }

    #[test]
    fn what_rides_on_top_changes_nothing_about_legality() {
        let riders = Flags::PSH.with(Flags::URG).with(Flags::ECE).with(Flags::CWR);
        for bits in 0..=255_u8 {
            let bare = Flags(bits & !riders.0);
            assert_eq!(judge(Flags(bits)).is_legal, judge(bare).is_legal, "{}", Flags(bits));
        }
    }

    #[test]
    fn a_combination_says_why_it_never_occurs() {
        let syn_fin = judge(Flags::SYN.with(Flags::FIN));
        assert!(!syn_fin.is_legal && syn_fin.lesson.title.contains("opens and closes"));
        assert!(judge(Flags::NONE).lesson.what.join(" ").contains("null scan"));
    }
}
