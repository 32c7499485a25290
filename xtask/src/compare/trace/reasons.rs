//! Why a program may see something else than the truth: reasons that were found out, as a table.

use super::Cell;

/// A reason, and what it is good for.
struct Reason {
    /// Parts of a scene's name; any.
    scenes: &'static [&'static str],
    /// Beginnings of a program's title; any.
    programs: &'static [&'static str],
    why: &'static str,
}

const fn reason(
    scenes: &'static [&'static str],
    programs: &'static [&'static str],
    why: &'static str,
) -> Reason {
    Reason { scenes, programs, why }
}

const ANYBODY: &[&str] = &[""];

/// The first that fits is told.
const REASONS: &[Reason] = &[
    reason(
        &["forged-messages"],
        &["traceroute", "scamper", "tracepath"],
        "it compares addresses, ports and ids of a quote, and nothing that cannot be guessed",
    ),
    reason(
        &["forgeries-beside-answers"],
        &["scamper"],
        "it compares addresses, ports and ids of a quote, and the forgery comes first",
    ),
    reason(
        &["quotes-of-strangers"],
        &["tracepath"],
        "its socket has no peer, so the kernel gives it every error for its port, and it does not look at what is quoted",
    ),
    reason(
        &["black-hole"],
        &["tracepath"],
        "its probes are as large as the path was so far, and vanish with whatever is too large",
    ),
    reason(
        &["with-signs"],
        &["scamper udp"],
        "it holds the checksum in a quote against its own, and a NAT has changed that",
    ),
    reason(&["wrong-checksums"], ANYBODY, "a raw socket hears what the kernel drops for its checksum"),
    reason(
        &["limit", "loop"],
        ANYBODY,
        "routers answer more rarely than it asks, and whom they answer depends on the order of probes",
    ),
    reason(&["lossy", "far"], ANYBODY, "probes and answers get lost by chance"),
    reason(
        &["spread"],
        &["netdiag trace --mda", "scamper tracelb"],
        "where packets take turns, two answers to one flow need not have come by one way",
    ),
    reason(
        &["diamond", "branches", "spread"],
        &["traceroute", "tracepath", "scamper udp", "scamper icmp", "netdiag trace -", "netdiag trace"],
        "a few probes meet some branches only, and one flow meets one",
    ),
    reason(
        &["nobody-at-the-address"],
        ANYBODY,
        "a router takes three seconds to find that nobody is there, and it waits less",
    ),
    reason(
        &["says-", "router-", "nobody", "drop"],
        &["tracepath"],
        "it sends one probe at a time and waits a second for it, so it ends at another hop",
    ),
];

/// Why this program may differ here.
pub(super) fn of(cell: Cell) -> Option<&'static str> {
    let has = |parts: &[&str], text: &str, is_part: fn(&str, &str) -> bool| {
        parts.iter().any(|part| is_part(text, part))
    };
    let fitting = REASONS.iter().find(|reason| {
        has(reason.scenes, cell.scene.name, |text, part| text.contains(part))
            && has(reason.programs, cell.asked.title, |text, part| text.starts_with(part))
    });
    fitting.map(|reason| reason.why)
}
