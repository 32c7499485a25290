//! The form that every piece of knowledge has: what a thing is, what it usually means, and what to run next.
//!
//! Commands name what has to be put in by capitals: `ADDRESS`, `PORT`, `NAME`, `INTERFACE`.

/// What is to be known of one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lesson {
    /// The thing in a few words, without its name.
    pub title: &'static str,
    /// What it is, in paragraphs.
    pub what: &'static [&'static str],
    /// What it usually means, the likeliest first.
    pub usually: &'static [&'static str],
    /// What to run next.
    pub next: &'static [Step],
    /// Where more stands: manual pages and RFCs.
    pub see: &'static [&'static str],
}

/// One command to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The command line.
    pub run: &'static str,
    /// What it answers.
    pub why: &'static str,
}

/// A command to run, with what it answers.
pub(super) const fn step(run: &'static str, why: &'static str) -> Step {
    Step { run, why }
}

/// Which way this host would take.
pub(super) const ROUTE: Step =
    step("ip route get ADDRESS", "which way this host would take, or why it has none");
/// Who on the link answers.
pub(super) const NEIGHBOURS: Step =
    step("ip neigh show", "is the target, or the gateway, FAILED or INCOMPLETE?");
/// What the local firewall does.
pub(super) const FIREWALL: Step = step("nft list ruleset", "does a rule of this host drop or reject it?");
/// What passes on the wire.
pub(super) const WIRE: Step = step(
    "tcpdump -ni any 'host ADDRESS and (tcp port PORT or icmp or icmp6)'",
    "what leaves, and what comes back",
);
/// Whether anything listens.
pub(super) const LISTENERS: Step =
    step("ss -ltn 'sport = :PORT'", "on the target: does anything listen there, and on which address?");
/// Whether the target is there at all.
pub(super) const ECHO: Step = step("netdiag ping ADDRESS", "is the target there at all?");
/// Whether the port answers.
pub(super) const TCP_ECHO: Step =
    step("netdiag ping --via tcp:PORT ADDRESS", "does the port answer now, and every time?");
