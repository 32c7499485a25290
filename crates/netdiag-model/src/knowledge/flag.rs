//! The flags of a TCP segment (RFC 9293, section 3.1; RFC 3168), and which of their combinations never occur.

mod combination;
mod single;

use std::fmt;

pub use combination::{Combination, judge};

use super::{Lesson, folded, is_same};

/// A set of flags, as the bits of the header's octet 13.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(pub u8);

/// What is known of one flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlagFacts {
    /// Its bit.
    pub flag: Flags,
    /// Its name: three letters.
    pub name: &'static str,
    /// How tcpdump writes it.
    pub letter: char,
    /// The rest.
    pub lesson: Lesson,
}

impl Flags {
    /// No flag.
    pub const NONE: Self = Self(0);
    /// The sender has no more to send.
    pub const FIN: Self = Self(0x01);
    /// Synchronise: the first segment of each direction.
    pub const SYN: Self = Self(0x02);
    /// Reset.
    pub const RST: Self = Self(0x04);
    /// Push.
    pub const PSH: Self = Self(0x08);
    /// The acknowledgement number counts.
    pub const ACK: Self = Self(0x10);
    /// The urgent pointer counts.
    pub const URG: Self = Self(0x20);
    /// Explicit congestion notification: echo.
    pub const ECE: Self = Self(0x40);
    /// Congestion window reduced.
    pub const CWR: Self = Self(0x80);

    /// These flags and those.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` are set.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any of `other` is set.
    pub const fn has_any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The flags that `term` names: `RST`, `SYN+ACK`, `syn,fin`, `FINACK`, tcpdump's `[S.]`, `none`, and the names that
    /// port scans gave to two combinations (`null`, `xmas`).
    pub fn find(term: &str) -> Option<Self> {
        if let Some(letters) = term.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            return by_letters(letters);
        }
        if ["none", "null", "null scan"].iter().any(|name| is_same(name, term)) {
            return Some(Self::NONE);
        }
        if ["xmas", "xmas scan", "christmas tree"].iter().any(|name| is_same(name, term)) {
            return Some(Self::FIN.with(Self::PSH).with(Self::URG));
        }
        by_names(&folded(term))
    }
}

/// Every name has three letters, so a text of names can be cut without separators.
fn by_names(text: &str) -> Option<Flags> {
    if text.is_empty() {
        return None;
    }
    text.as_bytes().chunks(3).try_fold(Flags::NONE, |flags, name| {
        let facts = all().iter().find(|facts| facts.name.as_bytes().eq_ignore_ascii_case(name))?;
        Some(flags.with(facts.flag))
    })
}

fn by_letters(letters: &str) -> Option<Flags> {
    if letters == "none" {
        return Some(Flags::NONE);
    }
    if letters.is_empty() {
        return None;
    }
    letters.chars().try_fold(Flags::NONE, |flags, letter| {
        let facts = all().iter().find(|facts| facts.letter == letter)?;
        Some(flags.with(facts.flag))
    })
}

impl fmt::Display for Flags {
    /// `SYN+ACK`; `none` for none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> =
            all().iter().filter(|facts| self.has(facts.flag)).map(|facts| facts.name).collect();
        f.write_str(&if names.is_empty() { "none".to_owned() } else { names.join("+") })
    }
}

/// Every flag, in the order in which they are written.
pub const fn all() -> &'static [FlagFacts] {
    single::FACTS
}

/// What is to be said of `flags`: of one, what it is for; of several or none, what they mean together.
pub fn lesson(flags: Flags) -> Lesson {
    let single = all().iter().find(|facts| facts.flag == flags);
    single.map_or_else(|| judge(flags).lesson, |facts| facts.lesson)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_of_flags_is_found_by_its_own_name() {
        for bits in 0..=255 {
            let flags = Flags(bits);
            assert_eq!(Flags::find(&flags.to_string()), Some(flags));
        }
    }

    #[test]
    fn flags_are_found_in_many_spellings() {
        let syn_ack = Flags::SYN.with(Flags::ACK);
        for spelling in ["SYN+ACK", "syn,ack", "SYN/ACK", "syn ack", "SYNACK", "ack|syn", "[S.]"] {
            assert_eq!(Flags::find(spelling), Some(syn_ack), "{spelling}");
        }
        assert_eq!(Flags::find("xmas").map(|flags| flags.to_string()), Some("FIN+PSH+URG".to_owned()));
        for strange in ["", "SY", "SYNX", "[]", "[Q]", "SYN-SENT", "ö"] {
            assert_eq!(Flags::find(strange), None, "{strange}");
        }
    }
}
