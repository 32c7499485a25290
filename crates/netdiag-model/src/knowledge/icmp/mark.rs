//! The marks of classic traceroute for messages that end a path, which people know (traceroute(8)).

use std::fmt;

use crate::address::Family;
use crate::icmp::Icmp;

/// The mark of a message, such as `!H`; `None` for one that only says that the TTL ran out, and for answers.
pub const fn mark(icmp: Icmp) -> Option<Mark> {
    Some(match (icmp.family, icmp.kind, icmp.code) {
        (Family::V4, 3, 0 | 6 | 8 | 11) | (Family::V6, 1, 0) => Mark::Letter('N'),
        (Family::V4, 3, 1 | 7 | 12) | (Family::V6, 1, 2 | 3) => Mark::Letter('H'),
        (Family::V4, 3, 2) | (Family::V6, 4, 1) => Mark::Letter('P'),
        (Family::V4, 3, 5) => Mark::Letter('S'),
        (Family::V4, 3, 9 | 10 | 13) | (Family::V6, 1, 1) => Mark::Letter('X'),
        (Family::V4, 3, 14) => Mark::Letter('V'),
        (Family::V4, 3, 15) => Mark::Letter('C'),
        (Family::V4, 3, 4) | (Family::V6, 2, _) => Mark::TooBig(icmp.info),
        (Family::V4, 3, code) | (Family::V6, 1, code) => Mark::Code(code),
        _ => return None,
    })
}

/// A mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// `!` and a letter: N network, H host, P protocol, S source route, X prohibited, V precedence violation, C precedence
    /// cutoff.
    Letter(char),
    /// `!F-MTU`: the packet is too big for the next link.
    TooBig(u32),
    /// `!<CODE>`: another code.
    Code(u8),
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Letter(letter) => write!(f, "!{letter}"),
            Self::TooBig(0) => f.write_str("!F"),
            Self::TooBig(mtu) => write!(f, "!F-{mtu}"),
            Self::Code(code) => write!(f, "!<{code}>"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_the_marks_that_people_know() {
        let marked = |family, kind, code, info| {
            mark(Icmp { family, kind, code, info }).map(|mark| mark.to_string()).unwrap_or_default()
        };
        let v4: Vec<String> = (0..=15).map(|code| marked(Family::V4, 3, code, 0)).collect();
        let known = "!N !H !P !<3> !F !S !N !H !N !X !X !N !H !X !V !C";
        assert_eq!(v4.join(" "), known);
        let v6: Vec<String> = (0..=6).map(|code| marked(Family::V6, 1, code, 0)).collect();
        assert_eq!(v6.join(" "), "!N !X !H !H !<4> !<5> !<6>");
        assert_eq!(marked(Family::V4, 3, 4, 1400), "!F-1400");
        assert_eq!(marked(Family::V6, 2, 0, 1280), "!F-1280");
        assert_eq!(marked(Family::V4, 11, 0, 0), "");
        assert_eq!(marked(Family::V6, 129, 0, 0), "");
    }
}
