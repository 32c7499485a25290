//! How an answer is said in short: classic traceroute's mark, and the words beside it.

use netdiag_model::Icmp;
use netdiag_model::event::Answer;
use netdiag_model::knowledge::icmp::{Words, facts, mark};
use netdiag_model::trail::HopReply;

/// The mark behind a time: ` !H`; nothing for an ordinary answer, and for that of the target to UDP.
pub(crate) fn behind(reply: &HopReply, is_target: IsTarget) -> String {
    match (reply.answer, is_target) {
        (Answer::Icmp(icmp), IsTarget::Yes) if icmp.is_port_unreachable() => String::new(),
        (Answer::Icmp(icmp), _) => mark(icmp).map_or(String::new(), |mark| format!(" {mark}")),
        _ => String::new(),
    }
}

/// Whether it is the target that speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IsTarget {
    /// It is.
    Yes,
    /// Somebody else.
    No,
}

/// What a message says, in words.
pub(crate) fn words(icmp: Icmp) -> String {
    facts::of(icmp).map_or_else(|| Words(icmp).to_string(), |facts| facts.lesson.title.to_owned())
}

/// Type and code: `ICMP 3/13`.
pub(crate) fn number(icmp: Icmp) -> String {
    let protocol = match icmp.family {
        netdiag_model::Family::V4 => "ICMP",
        netdiag_model::Family::V6 => "ICMPv6",
    };
    format!("{protocol} {}/{}", icmp.kind, icmp.code)
}
