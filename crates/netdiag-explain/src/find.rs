//! From what was typed to what is meant: by number, by name, by text, or by a word that says the kind.

use netdiag_model::knowledge::flag::Flags;
use netdiag_model::knowledge::{errno, icmp, rcode, state, sysctl, verdict};
use netdiag_model::{Errno, Family};

use crate::fact::Fact;
use crate::topic;

/// The response codes that are older than all others, and likelier to be meant by a bare number than an error number.
const OLDEST_RCODES: i32 = 5;

/// Everything that `term` can mean, the likeliest first. Empty where it means nothing.
pub fn find(term: &str) -> Vec<Fact> {
    let term = term.trim();
    if let Some(fact) = prefixed(term).and_then(|(said, rest)| of_kind(said, rest)) {
        return vec![fact];
    }
    if let Ok(number) = term.parse() {
        return by_number(number);
    }
    if let Some(numbers) = type_and_code(term) {
        return [Family::V4, Family::V6].into_iter().filter_map(|family| message(family, numbers)).collect();
    }
    by_name(term)
}

/// Whether `word` says of what kind the word after it is.
pub(crate) fn is_prefix(word: &str) -> bool {
    prefix(word).is_some()
}

/// A kind that was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Errno,
    State,
    Flag,
    Icmp(Family),
    Sysctl,
    Rcode,
    Verdict,
}

fn prefix(word: &str) -> Option<Said> {
    Some(match word.to_ascii_lowercase().as_str() {
        "errno" | "error" => Said::Errno,
        "state" => Said::State,
        "flag" | "flags" => Said::Flag,
        "icmp" | "icmp4" | "icmpv4" => Said::Icmp(Family::V4),
        "icmp6" | "icmpv6" => Said::Icmp(Family::V6),
        "sysctl" => Said::Sysctl,
        "rcode" => Said::Rcode,
        "verdict" => Said::Verdict,
        _ => return None,
    })
}

fn prefixed(term: &str) -> Option<(Said, &str)> {
    let (word, rest) = term.split_once([' ', ':', '='])?;
    Some((prefix(word)?, rest.trim()))
}

fn of_kind(said: Said, term: &str) -> Option<Fact> {
    let number = term.parse::<i32>().ok();
    match said {
        Said::Errno => match number {
            Some(number) => errno::of(Errno(number)).map(Fact::Errno),
            None => errno::find(term).map(Fact::Errno),
        },
        Said::State => state::find(term).map(Fact::State),
        Said::Flag => Flags::find(term).map(Fact::Flags),
        Said::Icmp(family) => match type_and_code(term).or_else(|| Some((term.parse().ok()?, None))) {
            Some(numbers) => message(family, numbers),
            None => icmp::facts::find(term).map(Fact::Icmp),
        },
        Said::Sysctl => sysctl::find(term).map(Fact::Sysctl),
        Said::Rcode => match number {
            Some(number) => response_code(number),
            None => rcode::find(term).map(Fact::Rcode),
        },
        Said::Verdict => verdict::find(term).map(Fact::Verdict),
    }
}

/// A bare number: an error number, a response code, the type of a message.
fn by_number(number: i32) -> Vec<Fact> {
    let mut facts: Vec<Fact> =
        errno::of(Errno(number)).map(Fact::Errno).into_iter().chain(response_code(number)).collect();
    if number <= OLDEST_RCODES {
        facts.reverse();
    }
    let Ok(kind) = u8::try_from(number) else { return facts };
    for family in [Family::V4, Family::V6] {
        facts.extend(message(family, (kind, None)).filter(|fact| !facts.contains(fact)));
    }
    facts
}

fn response_code(number: i32) -> Option<Fact> {
    u16::try_from(number).ok().and_then(rcode::of).map(Fact::Rcode)
}

fn message(family: Family, (kind, code): (u8, Option<u8>)) -> Option<Fact> {
    icmp::facts::by_number(family, kind, code).map(Fact::Icmp)
}

/// `3/13`, as type and code.
fn type_and_code(term: &str) -> Option<(u8, Option<u8>)> {
    let (kind, code) = term.split_once('/')?;
    Some((kind.trim().parse().ok()?, Some(code.trim().parse().ok()?)))
}

fn by_name(term: &str) -> Vec<Fact> {
    let facts = [
        verdict::find(term).map(Fact::Verdict),
        topic::find(term).map(Fact::Topic),
        errno::find(term).map(Fact::Errno),
        state::find(term).map(Fact::State),
        Flags::find(term).map(Fact::Flags),
        icmp::facts::find(term).map(Fact::Icmp),
        sysctl::find(term).map(Fact::Sysctl),
        rcode::find(term).map(Fact::Rcode),
    ];
    facts.into_iter().flatten().collect()
}
