//! Why an attempt to connect ended as it did: what each cause means, who has to act, what it could be where that cannot
//! be known from here, and what to run next.
//!
//! Sentences and commands name what has to be put in by capitals, as [`super::Lesson`]s do: `ADDRESS`, `PORT`, `FROM` (who
//! said it), `WHAT` (what was said), `INTERFACE`, `OTHER` (where something listens instead). [`Words`] puts it in.

mod answered;
mod here;
mod silent;

use super::Step;
use crate::verdict::{Side, Verdict};

/// Why an attempt ended as it did, as far as can be told from this end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// The handshake was completed.
    Accepted,
    /// A RST in the target's name.
    ClosedPort,
    /// A RST in the target's name from nearer than the target.
    ResetOnTheWay,
    /// An ICMP refusal by somebody on the way.
    RejectedOnTheWay,
    /// An ICMP refusal by the target itself.
    RejectedByTarget,
    /// An ICMP unreachable by somebody on the way.
    UnreachableOnTheWay,
    /// An ICMP unreachable by the target itself.
    UnreachableByTarget,
    /// The TTL ran out.
    TtlExceeded,
    /// The connection was closed right after it opened.
    ClosedAtOnce,
    /// The connection was reset right after it opened.
    ResetAtOnce,
    /// The same, from nearer than the target.
    ResetAtOnceOnTheWay,
    /// Nothing listens on this port of this host.
    ClosedHere,
    /// Something listens on this port of this host, but not at this address.
    ListensElsewhere,
    /// Something listens on this port of this host at this address, and the connection is refused all the same.
    RefusedThoughListening,
    /// This host passes the connection on to an address that does not answer on its link.
    PassedOnToSilence,
    /// The accept queue of a listener of this host is full.
    QueueFullHere,
    /// This host's own firewall refuses, by ICMP.
    RejectedHere,
    /// This host's own firewall refuses, by a RST.
    ResetHere,
    /// This host's own firewall drops what is sent.
    DroppedOnTheWayOut,
    /// This host's own firewall drops what comes back.
    DroppedOnTheWayIn,
    /// This host has no route to the target.
    NoRoute,
    /// A route of the type unreachable covers the target.
    RouteUnreachable,
    /// A route of the type prohibit covers the target.
    RouteProhibited,
    /// A route of the type blackhole covers the target.
    RouteBlackhole,
    /// A policy of this host (a control group, a security module, the firewall) denies it.
    PolicyDenied,
    /// The target should be on this link and does not answer ARP or neighbour discovery.
    NeighbourSilent,
    /// The next hop does not answer ARP or neighbour discovery.
    GatewaySilent,
    /// The address is not one of a single host: multicast or broadcast.
    NotOneHost,
    /// No local port is left.
    PortsExhausted,
    /// The source address is not one of this host.
    BadSource,
    /// The source port is in use.
    SourcePortTaken,
    /// The source port needs a right.
    SourcePortDenied,
    /// No more files can be opened.
    TooManyFiles,
    /// This host could not try, for another reason.
    LocalFailure,
    /// Nothing came back.
    Silence,
    /// Nothing came back, and it was not waited for long enough.
    TooShort,
    /// A datagram came back.
    DatagramAnswered,
    /// The target says by ICMP that nothing has this UDP port.
    DatagramRefused,
    /// This host's own kernel says by ICMP that nothing has this UDP port.
    DatagramRefusedHere,
    /// No datagram came back, and no ICMP message.
    DatagramSilence,
}

/// What is known of a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CauseFacts {
    /// The cause.
    pub cause: Cause,
    /// What it amounts to.
    pub verdict: Verdict,
    /// Who has to act.
    pub side: Side,
    /// What happened, in one sentence.
    pub sentence: &'static str,
    /// What it could be where this end cannot know, the likeliest first; at most three.
    pub possible: &'static [&'static str],
    /// What to run next.
    pub next: &'static [Step],
}

/// Every cause that is explained.
pub fn all() -> impl Iterator<Item = &'static CauseFacts> {
    [answered::FACTS, here::FACTS, silent::FACTS].into_iter().flatten()
}

/// What is known of `cause`.
pub fn of(cause: Cause) -> &'static CauseFacts {
    // Every cause has its facts: a test holds it.
    all().find(|facts| facts.cause == cause).unwrap_or(&silent::FACTS[0])
}

/// What a sentence is about: what takes the place of the capitals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// `ADDRESS`: the target's.
    pub address: String,
    /// `PORT`.
    pub port: String,
    /// `FROM`: who said it.
    pub from: String,
    /// `WHAT`: what was said.
    pub what: String,
    /// `INTERFACE`: where packets leave.
    pub interface: String,
    /// `OTHER`: where something listens instead.
    pub other: String,
}

impl Words {
    /// `text` with what the capitals stand for. An IPv6 address before `:PORT` gets its brackets.
    pub fn fill(&self, text: &str) -> String {
        let address = &self.address;
        let bracketed = if address.contains(':') { format!("[{address}]") } else { address.clone() };
        text.replace("ADDRESS:PORT", &format!("{bracketed}:{}", self.port))
            .replace("ADDRESS", address)
            .replace("PORT", &self.port)
            .replace("FROM", &self.from)
            .replace("WHAT", &self.what)
            .replace("INTERFACE", &self.interface)
            .replace("OTHER", &self.other)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Every cause, so that one without facts shows.
    const CAUSES: [Cause; 40] = [
        Cause::Accepted,
        Cause::ClosedPort,
        Cause::ResetOnTheWay,
        Cause::RejectedOnTheWay,
        Cause::RejectedByTarget,
        Cause::UnreachableOnTheWay,
        Cause::UnreachableByTarget,
        Cause::TtlExceeded,
        Cause::ClosedAtOnce,
        Cause::ResetAtOnce,
        Cause::ResetAtOnceOnTheWay,
        Cause::ClosedHere,
        Cause::ListensElsewhere,
        Cause::RefusedThoughListening,
        Cause::PassedOnToSilence,
        Cause::QueueFullHere,
        Cause::RejectedHere,
        Cause::ResetHere,
        Cause::DroppedOnTheWayOut,
        Cause::DroppedOnTheWayIn,
        Cause::NoRoute,
        Cause::RouteUnreachable,
        Cause::RouteProhibited,
        Cause::RouteBlackhole,
        Cause::PolicyDenied,
        Cause::NeighbourSilent,
        Cause::GatewaySilent,
        Cause::NotOneHost,
        Cause::PortsExhausted,
        Cause::BadSource,
        Cause::SourcePortTaken,
        Cause::SourcePortDenied,
        Cause::TooManyFiles,
        Cause::LocalFailure,
        Cause::Silence,
        Cause::TooShort,
        Cause::DatagramAnswered,
        Cause::DatagramRefused,
        Cause::DatagramRefusedHere,
        Cause::DatagramSilence,
    ];

    #[test]
    fn every_cause_has_its_facts_once() {
        let explained: Vec<Cause> = all().map(|facts| facts.cause).collect();
        assert_eq!(explained.iter().collect::<BTreeSet<_>>(), CAUSES.iter().collect());
        assert_eq!(explained.len(), CAUSES.len());
        for cause in CAUSES {
            assert_eq!(of(cause).cause, cause);
        }
    }

    #[test]
    fn sentences_are_sentences_and_three_possibilities_are_enough() {
        for facts in all() {
            assert!(facts.sentence.ends_with('.'), "{:?}", facts.cause);
            assert!(facts.possible.len() <= 3, "{:?}", facts.cause);
            let is_open = facts.verdict == Verdict::Open;
            assert!(is_open || !facts.next.is_empty(), "{:?} leaves the reader alone", facts.cause);
        }
    }

    #[test]
    fn capitals_are_put_in_and_an_ipv6_address_gets_its_brackets() {
        let words = Words { address: "2001:db8::1".into(), port: "80".into(), ..Words::default() };
        assert_eq!(
            words.fill("connect ADDRESS:PORT, ping ADDRESS"),
            "connect [2001:db8::1]:80, ping 2001:db8::1"
        );
    }
}
