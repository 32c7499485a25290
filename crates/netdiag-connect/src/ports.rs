//! Which ports are asked for: a number, a service name, a list of both, or ranges (`22,https,8000-8100`).

use std::fmt;
use std::ops::RangeInclusive;

use netdiag_model::knowledge::service;

/// Ports, in the order typed; none twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ports(Vec<RangeInclusive<u16>>);

/// Why a text names no ports.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// Nothing between commas, or nothing at all.
    #[error("a port is missing: write a number (443), a name (https), a list or a range (22,80,8000-8100)")]
    Empty,
    /// 0, or more than there are.
    #[error("{0} is no port: ports go from 1 to 65535")]
    OutOfRange(String),
    /// A range whose end comes before its beginning.
    #[error("{first}-{last} is no range of ports: write {last}-{first}")]
    Backwards {
        /// Where it begins.
        first: u16,
        /// Where it ends.
        last: u16,
    },
    /// No service of this name is known.
    #[error("{name:?} is no service that is known here{nearest}: write the port's number")]
    Unknown {
        /// The name.
        name: String,
        /// What may have been meant.
        nearest: String,
    },
}

impl Ports {
    /// Understands a list of ports. Those that stand in it twice are asked once.
    pub fn parse(text: &str) -> Result<Self, PortError> {
        let mut ports = Self(Vec::new());
        for part in text.split(',') {
            let range = range(part.trim())?;
            ports.add(range);
        }
        Ok(ports)
    }

    /// Adds what is not there yet of a range, in pieces.
    fn add(&mut self, range: RangeInclusive<u16>) {
        let mut pieces = vec![range];
        for known in self.0.clone() {
            pieces = pieces.into_iter().flat_map(|piece| without(&piece, &known)).collect();
        }
        self.0.extend(pieces);
    }

    /// How many there are.
    pub fn count(&self) -> u32 {
        self.0.iter().map(|range| u32::from(*range.end()) - u32::from(*range.start()) + 1).sum()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = u16> + '_ {
        self.0.iter().cloned().flatten()
    }

    /// The one port, where it is one.
    pub fn single(&self) -> Option<u16> {
        (self.count() == 1).then(|| self.iter().next())?
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, range) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{}", Shown(range))?;
        }
        Ok(())
    }
}

struct Shown<'a>(&'a RangeInclusive<u16>);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = (self.0.start(), self.0.end());
        if first == last { write!(f, "{first}") } else { write!(f, "{first}-{last}") }
    }
}

/// Sorted ports as a person would write them: `22, 80-83, 443`. At most `most` pieces, then how many more there are.
pub fn compressed(ports: &[u16], most: usize) -> String {
    let mut pieces: Vec<RangeInclusive<u16>> = Vec::new();
    for &port in ports {
        match pieces.last_mut() {
            Some(last) if last.end().checked_add(1) == Some(port) => *last = *last.start()..=port,
            _ => pieces.push(port..=port),
        }
    }
    let shown: Vec<String> = pieces.iter().take(most).map(|piece| Shown(piece).to_string()).collect();
    let rest: usize = pieces.iter().skip(most).map(ExactSizeIterator::len).sum();
    let more = if rest > 0 { format!(", and {rest} more") } else { String::new() };
    shown.join(", ") + &more
}

fn range(text: &str) -> Result<RangeInclusive<u16>, PortError> {
    // A name may have a hyphen in it.
    if let Some((first, last)) = text.split_once('-')
        && [first, last].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()) && !part.is_empty())
    {
        let (first, last) = (number(first)?, number(last)?);
        if first > last {
            return Err(PortError::Backwards { first, last });
        }
        return Ok(first..=last);
    }
    let port = port(text)?;
    Ok(port..=port)
}

fn number(text: &str) -> Result<u16, PortError> {
    text.parse().ok().filter(|&port| port > 0).ok_or_else(|| PortError::OutOfRange(text.to_owned()))
}

fn port(text: &str) -> Result<u16, PortError> {
    if text.is_empty() {
        return Err(PortError::Empty);
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return number(text);
    }
    service::port(text).ok_or_else(|| {
        let nearest = service::nearest(text);
        let nearest = if nearest.is_empty() {
            String::new()
        } else {
            format!(" (did you mean {}?)", nearest.join(", "))
        };
        PortError::Unknown { name: text.to_owned(), nearest }
    })
}

/// What of `piece` is not in `known`.
fn without(piece: &RangeInclusive<u16>, known: &RangeInclusive<u16>) -> Vec<RangeInclusive<u16>> {
    let (first, last) = (*piece.start(), *piece.end());
    let mut rest = Vec::new();
    if first < *known.start() {
        rest.push(first..=last.min(known.start() - 1));
    }
    if last > *known.end() {
        rest.push(first.max(known.end() + 1)..=last);
    }
    rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_names_lists_and_ranges() {
        let all = |text: &str| Ports::parse(text).map(|ports| ports.iter().collect::<Vec<_>>());
        assert_eq!(all("443"), Ok(vec![443]));
        assert_eq!(all("https,22"), Ok(vec![443, 22]));
        assert_eq!(all("8000-8003,8002-8004"), Ok(vec![8000, 8001, 8002, 8003, 8004]));
        assert_eq!(Ports::parse("1-65535").map(|ports| ports.count()), Ok(65_535));
        assert_eq!(Ports::parse("netbios-ssn").map(|ports| ports.single()), Ok(Some(139)));
        assert_eq!(
            Ports::parse("22,80,8000-8100").map(|ports| ports.to_string()),
            Ok("22,80,8000-8100".into())
        );
    }

    #[test]
    fn what_is_no_port_is_named() {
        let said = |text: &str| Ports::parse(text).expect_err(text).to_string();
        assert_eq!(said("0"), "0 is no port: ports go from 1 to 65535");
        assert_eq!(said("70000"), "70000 is no port: ports go from 1 to 65535");
        assert_eq!(said("-5"), "-5 is no port: ports go from 1 to 65535");
        assert!(said("").starts_with("a port is missing") && said("22,,80").starts_with("a port is missing"));
        assert_eq!(said("90-80"), "90-80 is no range of ports: write 80-90");
        assert!(said("htpps").contains("did you mean http"), "{}", said("htpps"));
        assert!(said("1-70000").starts_with("70000 is no port"));
    }

    #[test]
    fn many_ports_are_written_short() {
        assert_eq!(compressed(&[22, 80, 81, 82, 443], 9), "22, 80-82, 443");
        assert_eq!(compressed(&[1, 3, 5, 7, 8], 2), "1, 3, and 3 more");
        assert_eq!(compressed(&[], 2), "");
        assert_eq!(compressed(&[65_534, 65_535], 2), "65534-65535");
    }

    proptest! {
        #[test]
        fn no_port_comes_twice_and_none_is_lost(
            ranges in prop::collection::vec((1u16..200, 0u16..50), 1..8)
        ) {
            let text: Vec<String> =
                ranges.iter().map(|(first, len)| format!("{first}-{}", first + len)).collect();
            let ports: Vec<u16> = Ports::parse(&text.join(",")).expect("ports").iter().collect();
            let wanted: std::collections::BTreeSet<u16> =
                ranges.iter().flat_map(|(first, len)| *first..=first + len).collect();
            prop_assert_eq!(ports.len(), wanted.len());
            prop_assert_eq!(ports.into_iter().collect::<std::collections::BTreeSet<_>>(), wanted);
        }

        #[test]
        fn nothing_that_is_typed_panics(text in "\\PC{0,20}") {
            let _ = Ports::parse(&text);
        }
    }
}
