//! The states of a TCP connection (RFC 9293, section 3.3.2), with what Linux makes of each.
//!
//! Names are RFC 9293's; ss and netstat shorten some, and those spellings are understood. Numbers are those of
//! /proc/net/tcp (`tcp_states.h`).

mod closing;
mod opening;

use super::{Lesson, is_same};

/// Which end of a connection passes through a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// The end that connects.
    Client,
    /// The end that listens.
    Server,
    /// The end that closes first, which either may be.
    ActiveClose,
    /// The end that hears of the close.
    PassiveClose,
    /// Both ends, when they close at the same time.
    SimultaneousClose,
    /// Both ends.
    Both,
}

impl Passage {
    /// Which end, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Client => "the end that connects (the client)",
            Self::Server => "the end that listens (the server)",
            Self::ActiveClose => "the end that closes first",
            Self::PassiveClose => "the end that is closed upon",
            Self::SimultaneousClose => "both ends, when they close at the same time",
            Self::Both => "both ends",
        }
    }
}

/// What is known of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateFacts {
    /// RFC 9293's name.
    pub name: &'static str,
    /// Other spellings, beyond `-` and `_`: those of ss and netstat.
    pub spellings: &'static [&'static str],
    /// The number that /proc/net/tcp writes, in hexadecimal there.
    pub number: u8,
    /// Which end passes through it.
    pub passage: Passage,
    /// How it is entered.
    pub entered: &'static str,
    /// How it is left.
    pub left: &'static str,
    /// How long it can last on Linux.
    pub lasts: &'static str,
    /// The rest.
    pub lesson: Lesson,
}

/// Every state, in the order of RFC 9293.
pub fn all() -> impl Iterator<Item = &'static StateFacts> {
    [opening::FACTS, closing::FACTS].into_iter().flatten()
}

/// The state of this name, in any spelling.
pub fn find(term: &str) -> Option<&'static StateFacts> {
    all().find(|facts| {
        is_same(facts.name, term) || facts.spellings.iter().any(|spelling| is_same(spelling, term))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_eleven_states_are_there_once_each() {
        let numbers: BTreeSet<u8> = all().map(|facts| facts.number).collect();
        assert_eq!(numbers, (1..=11).collect());
        assert_eq!(all().count(), 11);
    }

    #[test]
    fn the_spellings_of_ss_and_netstat_are_understood() {
        for (spelling, name) in [
            ("SYN_RECV", "SYN-RECEIVED"),
            ("syn-recv", "SYN-RECEIVED"),
            ("SYNSENT", "SYN-SENT"),
            ("estab", "ESTABLISHED"),
            ("FIN_WAIT1", "FIN-WAIT-1"),
            ("fin-wait-2", "FIN-WAIT-2"),
            ("UNCONN", "CLOSED"),
            ("listening", "LISTEN"),
            ("time_wait", "TIME-WAIT"),
        ] {
            assert_eq!(find(spelling).map(|facts| facts.name), Some(name), "{spelling}");
        }
        assert_eq!(find("WAITING"), None);
    }
}
