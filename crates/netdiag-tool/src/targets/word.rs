//! The words that name targets: a name, an address, a block, a range, `@FILE` or `-`.
//!
//! Only the form is judged here, as strictly as a helpful message needs it; what a name stands for, and the old forms of
//! an IPv4 address (`127.1`, `0x7f.1`), are the resolver's to say.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;

use netdiag_model::Family;

use super::block::{Block, width};

/// What a word means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// A name, or one address; an IPv6 address may carry its interface (`fe80::1%eth0`).
    Host(String),
    /// All addresses of a prefix or range.
    Block(Block),
    /// The targets listed in a file, one a line.
    File(PathBuf),
    /// The targets listed on standard input, one a line.
    Stdin,
}

/// Why a word names no target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WordError {
    /// There is nothing in it.
    #[error("an empty word names no target: write {WAYS}")]
    Empty,
    /// `@` without a name.
    #[error("\"@\" names no file: write @FILE, or - for standard input")]
    NoFile,
    /// White space, a control character, or a character that no name has.
    #[error("{word:?} names no target: {character:?} cannot stand in a name or address; write {WAYS}")]
    Character {
        /// The word.
        word: String,
        /// The character.
        character: char,
    },
    /// A `/` behind a name.
    #[error(
        "{word:?} names no target: a block begins with an address, such as 192.0.2.0/24 or 2001:db8::/120"
    )]
    BlockOfName {
        /// The word.
        word: String,
    },
    /// A prefix length that is no number, or too large.
    #[error("{word:?} is no block: the length after the slash is a number from 0 to {longest}")]
    PrefixLength {
        /// The word.
        word: String,
        /// The largest that the family has.
        longest: u8,
    },
    /// A range without a proper end.
    #[error("{word:?} is no range: {ways}")]
    RangeEnd {
        /// The word.
        word: String,
        /// How to write one of its family.
        ways: &'static str,
    },
    /// A range that ends before it begins.
    #[error("{word:?} is no range: its first address comes after its last; write {last}-{first}")]
    FirstAfterLast {
        /// The word.
        word: String,
        /// The address it begins with.
        first: IpAddr,
        /// The address it ends with.
        last: IpAddr,
    },
    /// Colons or brackets that make no IPv6 address.
    #[error(
        "{word:?} is no IPv6 address: write 2001:db8::1, or fe80::1%eth0 on an interface, and no port behind it"
    )]
    V6 {
        /// The word.
        word: String,
    },
    /// A part of a name between dots that is empty or too long, or a name that is too long.
    #[error("{word:?} names no target: {what}")]
    Name {
        /// The word.
        word: String,
        /// What is wrong with it.
        what: &'static str,
    },
}

const WAYS: &str =
    "a name, an address, a block (192.0.2.0/24), a range (192.0.2.1-20), @FILE, or - for standard input";
const V4_RANGE: &str = "write 192.0.2.1-20, where 20 is the last octet, or 192.0.2.1-192.0.3.7";
const V6_RANGE: &str = "write 2001:db8::1-2001:db8::ff, with both addresses in full";

/// The longest part of a name, and the longest name (RFC 1035, 2.3.4), here in characters: how many octets a character
/// of an international name takes is known to the resolver.
const LONGEST_LABEL: usize = 63;
const LONGEST_NAME: usize = 253;

impl Word {
    /// Understands a word.
    pub fn parse(text: &str) -> Result<Self, WordError> {
        match (text, text.strip_prefix('@')) {
            ("", _) => return Err(WordError::Empty),
            ("-", _) => return Ok(Self::Stdin),
            (_, Some("")) => return Err(WordError::NoFile),
            // A file may be called anything.
            (_, Some(file)) => return Ok(Self::File(file.into())),
            (_, None) => {}
        }
        if let Some(character) = text.chars().find(|c| c.is_whitespace() || c.is_control()) {
            return Err(WordError::Character { word: text.to_owned(), character });
        }
        if let Some((ip, len)) = text.split_once('/') {
            return prefix(text, ip, len).map(Self::Block);
        }
        if let Some((first, end)) = text.split_once('-')
            && let Some(first) = literal(first)
            && !is_rest_of_name(first, end)
        {
            return range(text, first, end).map(Self::Block);
        }
        host(text).map(Self::Host)
    }
}

/// Whether what follows an address and a hyphen makes a name of the word: `192.0.2.7-rev.example.net`.
fn is_rest_of_name(first: IpAddr, end: &str) -> bool {
    first.is_ipv4() && end.contains(|c: char| c.is_alphabetic()) && !end.contains(':')
}

/// The address that `text` is, in brackets or not, if it is one and names no interface.
pub(super) fn literal(text: &str) -> Option<IpAddr> {
    match text.strip_prefix('[') {
        Some(inner) => inner.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => text.parse().ok(),
    }
}

fn prefix(word: &str, ip: &str, len: &str) -> Result<Block, WordError> {
    let Some(ip) = literal(ip) else { return Err(WordError::BlockOfName { word: word.to_owned() }) };
    let longest = width(if ip.is_ipv4() { Family::V4 } else { Family::V6 });
    number(len)
        .and_then(|len| Block::prefix(ip, len))
        .ok_or_else(|| WordError::PrefixLength { word: word.to_owned(), longest })
}

fn range(word: &str, first: IpAddr, end: &str) -> Result<Block, WordError> {
    let last = match first {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            let octet = number(end).map(|d| Ipv4Addr::new(a, b, c, d));
            octet.or_else(|| end.parse().ok()).map(IpAddr::V4)
        }
        IpAddr::V6(_) => literal(end).filter(IpAddr::is_ipv6),
    };
    let Some(last) = last else {
        let ways = if first.is_ipv4() { V4_RANGE } else { V6_RANGE };
        return Err(WordError::RangeEnd { word: word.to_owned(), ways });
    };
    Block::range(first, last).ok_or_else(|| WordError::FirstAfterLast { word: word.to_owned(), first, last })
}

/// A number of digits only; a sign is none.
fn number(text: &str) -> Option<u8> {
    text.bytes().all(|digit| digit.is_ascii_digit()).then(|| text.parse().ok())?
}

fn host(word: &str) -> Result<String, WordError> {
    let is_bracketed = word.starts_with('[');
    if is_bracketed || word.contains(':') {
        let inner = word.strip_prefix('[').and_then(|inner| inner.strip_suffix(']'));
        let text = if is_bracketed { inner } else { Some(word) };
        let ip = text.map(|text| text.split_once('%').map_or((text, "0"), |(ip, zone)| (ip, zone)));
        return match (text, ip) {
            (Some(text), Some((ip, zone))) if ip.parse::<Ipv6Addr>().is_ok() && !zone.is_empty() => {
                Ok(text.to_owned())
            }
            _ => Err(WordError::V6 { word: word.to_owned() }),
        };
    }
    // Letters beyond ASCII are for the resolver to judge.
    let is_odd = |c: &char| c.is_ascii() && !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | '_');
    if let Some(character) = word.chars().find(is_odd) {
        return Err(WordError::Character { word: word.to_owned(), character });
    }
    let name = word.strip_suffix('.').unwrap_or(word);
    let what = if name.chars().count() > LONGEST_NAME {
        "a name has 253 characters at most"
    } else if name.split('.').any(str::is_empty) {
        "no part of a name between dots is empty"
    } else if name.split('.').any(|label| label.chars().count() > LONGEST_LABEL) {
        "between two dots of a name stand 63 characters at most"
    } else {
        return Ok(word.to_owned());
    };
    Err(WordError::Name { word: word.to_owned(), what })
}

#[cfg(test)]
mod tests;
