//! What netdiag has to say about each fault of the laboratory: one row for each.
//!
//! The words of an outcome are verdict, side, phase, state and sender: C is the client's own address, T the target, R
//! the first router and R2 the second; a dash means that there is none, an asterisk that it is not looked at.

/// What is expected when a fault is staged.
#[derive(Clone, Copy)]
pub(super) struct Expected {
    /// The fault's name.
    pub(super) fault: &'static str,
    /// Verdict, side, phase, state, sender.
    pub(super) outcome: &'static str,
    /// What the evidence has to tell; see [`ICMP`] for the signs.
    pub(super) evidence: &'static [&'static str],
    /// Words of which one has to stand in `possible`.
    pub(super) truth: &'static str,
    /// Options beside `--json`.
    pub(super) options: &'static [&'static str],
}

/// The sender's address, and the message by its name or its numbers.
const ICMP: &[&str] = &["$from", "$icmp"];
/// A reset: who says that nothing is there, says it so.
const RST: &[&str] = &["RST"];
/// What was waited for and did not come.
const SILENCE: &[&str] = &["nothing came back|no answer"];
const ANY: &[&str] = &[];

const fn row(fault: &'static str, outcome: &'static str, evidence: &'static [&'static str]) -> Expected {
    Expected { fault, outcome, evidence, truth: "", options: &[] }
}

impl Expected {
    /// One of these words has to stand in `possible`.
    const fn perhaps(mut self, truth: &'static str) -> Self {
        self.truth = truth;
        self
    }

    /// Asked with these options.
    const fn with(mut self, options: &'static [&'static str]) -> Self {
        self.options = options;
        self
    }
}

const REJECTED: &str = "rejected path syn-sent CLOSED R";
const REJECTED_SILENTLY: &str = "rejected path syn-sent CLOSED -";
const UNREACHABLE: &str = "unreachable path syn-sent CLOSED R";
const REJECTED_THERE: &str = "rejected remote-firewall syn-sent CLOSED T";
const UNREACHABLE_THERE: &str = "unreachable remote-host syn-sent CLOSED T";
const FILTERED: &str = "filtered unknown syn-sent SYN-SENT -";
const BLOCKED: &str = "blocked-locally this-host syn-sent SYN-SENT -";
const BLOCKED_LOUDLY: &str = "blocked-locally this-host syn-sent CLOSED C";
const BLOCKED_BY_ROUTE: &str = "blocked-locally this-host route CLOSED -";
const NO_NEIGHBOUR: &str = "unreachable local-network syn-sent CLOSED C";
const REFUSED: &str = "refused remote-host syn-sent CLOSED T";
const REFUSED_HERE: &str = "refused this-host syn-sent CLOSED T";

/// Every row. A fault may have several, with different options.
pub(super) const EXPECTED: &[Expected] = &[
    row("open-port", "open service established ESTABLISHED -", ANY),
    row("silent-service", "open service established ESTABLISHED -", ANY),
    row(
        "first-syn-lost",
        "open service established ESTABLISHED -",
        &["retransmi|sent again|SYN loss|was lost"],
    ),
    row("closed-port", REFUSED, RST),
    row("closed-port", REFUSED, RST).with(&["--who"]),
    row("server-firewall-resets", REFUSED, RST),
    // Nearby it is looked into without being asked.
    row("router-resets", REJECTED_SILENTLY, RST),
    row("router-resets", REJECTED_SILENTLY, RST).with(&["--who"]),
    row("far-closed-port", REFUSED, RST),
    row("far-closed-port", REFUSED, RST).with(&["--who"]),
    row("far-router-resets", REFUSED, RST).perhaps("firewall|middlebox"),
    row("far-router-resets", REJECTED_SILENTLY, RST).with(&["--who"]),
    row("router-says-net-unreachable", UNREACHABLE, ICMP),
    row("router-says-host-unreachable", UNREACHABLE, ICMP),
    row("router-says-proto-unreachable", REJECTED, ICMP),
    row("router-says-port-unreachable", REJECTED, ICMP),
    row("router-says-net-prohibited", REJECTED, ICMP),
    row("router-says-host-prohibited", REJECTED, ICMP),
    row("router-says-admin-prohibited", REJECTED, ICMP),
    row("router-says-source-policy", REJECTED, ICMP),
    row("router-says-reject-route", REJECTED, ICMP),
    row("server-says-net-unreachable", UNREACHABLE_THERE, ICMP),
    row("server-says-host-unreachable", UNREACHABLE_THERE, ICMP),
    row("server-says-proto-unreachable", REJECTED_THERE, ICMP),
    row("server-says-port-unreachable", REJECTED_THERE, ICMP),
    row("server-says-net-prohibited", REJECTED_THERE, ICMP),
    row("server-says-host-prohibited", REJECTED_THERE, ICMP),
    row("server-says-admin-prohibited", REJECTED_THERE, ICMP),
    row("server-says-source-policy", REJECTED_THERE, ICMP),
    row("server-says-reject-route", REJECTED_THERE, ICMP),
    row("router-says-net-unknown", UNREACHABLE, ICMP),
    row("router-says-host-unknown", UNREACHABLE, ICMP),
    row("router-says-source-isolated", UNREACHABLE, ICMP),
    row("router-says-host-unreachable-for-tos", UNREACHABLE, ICMP),
    row("router-says-precedence-violation", REJECTED, ICMP),
    row("router-says-precedence-cutoff", REJECTED, ICMP),
    row("router-says-beyond-scope", UNREACHABLE, ICMP),
    row("every-other-refusal-is-lost", REJECTED, ICMP),
    row("forward-drop", FILTERED, SILENCE).perhaps("drop|firewall"),
    row("router-blackhole-route", FILTERED, SILENCE).perhaps("drop|firewall"),
    row("syn-ack-lost-on-the-way-back", FILTERED, SILENCE).perhaps("way back|SYN-ACK|answer"),
    row("accept-queue-full", FILTERED, SILENCE).perhaps("queue|backlog"),
    row("server-input-drop", FILTERED, SILENCE).perhaps("drop|firewall"),
    row("local-input-drop", BLOCKED, ANY),
    row("local-output-drop", BLOCKED, ANY),
    row("local-output-says-port-unreachable", BLOCKED_LOUDLY, ICMP),
    row("local-output-says-host-unreachable", BLOCKED_LOUDLY, ICMP),
    row("local-output-says-admin-prohibited", BLOCKED_LOUDLY, ICMP),
    row("local-output-resets", "blocked-locally this-host syn-sent CLOSED -", RST),
    row("no-route", "unreachable this-host route CLOSED -", &["no route|ENETUNREACH"]),
    row("local-unreachable-route", BLOCKED_BY_ROUTE, &["unreachable"]),
    row("local-prohibit-route", BLOCKED_BY_ROUTE, &["prohibit"]),
    row("local-blackhole-route", BLOCKED_BY_ROUTE, &["blackhole"]),
    row("silent-neighbour", NO_NEIGHBOUR, &["neighbour|neighbor|ARP", "$target"]),
    row("dead-gateway", NO_NEIGHBOUR, &["gateway|neighbour|neighbor|ARP"]),
    row("silent-neighbour-of-the-router", UNREACHABLE, ICMP),
    row("routing-loop", "unreachable path syn-sent CLOSED R2", ICMP),
    row("router-without-route", UNREACHABLE, ICMP),
    row("router-unreachable-route", UNREACHABLE, ICMP),
    row("router-prohibit-route", REJECTED, ICMP),
    row("router-without-route-says-so-rarely", UNREACHABLE, ICMP),
    row("ports-exhausted", "local-error this-host route CLOSED -", &["port"]),
    row("reset-after-accept", "closed-early service established CLOSED T", RST),
    row("closed-after-accept", "closed-early service established CLOSE-WAIT T", &["FIN|closed"]),
    row("reset-after-the-handshake-by-a-router", "closed-early service established CLOSED *", RST),
    row("reset-after-the-handshake-by-a-router", "closed-early path established CLOSED *", RST)
        .with(&["--who"]),
    row("silence-after-the-handshake", "open service established ESTABLISHED -", ANY),
    row("closed-port-here", REFUSED_HERE, &["RST|listen"]),
    row("other-address-here", REFUSED_HERE, &["listen", "$source-of-client"]),
    row("other-family-here", REFUSED_HERE, &["listen"]),
    row("full-queue-here", "filtered * syn-sent SYN-SENT -", &["queue|backlog"]),
    row("udp-answered", "open service * * *", ANY),
    row("udp-closed-port", "refused remote-host * * T", ICMP),
    row("udp-router-says-port-unreachable", "rejected path * * R", ICMP),
    row("udp-router-says-admin-prohibited", "rejected path * * R", ICMP),
    row("udp-server-says-admin-prohibited", "rejected remote-firewall * * T", ICMP),
    row("udp-router-says-host-unreachable", "unreachable path * * R", ICMP),
    row("udp-dropped", "inconclusive unknown * * -", SILENCE),
    row("udp-answer-lost", "inconclusive unknown * * -", SILENCE),
    row("udp-local-output-drop", "blocked-locally this-host * * -", &["EPERM|not permitted"]),
];
