//! When a path goes in circles.

use crate::address::Address;

/// The longest circle that is looked for, in hops.
const LONGEST: usize = 10;

/// How often one address must answer in a row before that is a circle: twice may be a router that passes on packets whose
/// TTL has run out, or one that answers for its neighbour.
const IN_A_ROW: usize = 4;

/// A circle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circle {
    /// The TTL of its first hop.
    pub first: u8,
    /// The TTL at which packets are there again.
    pub again: u8,
}

impl Circle {
    /// How many hops it has.
    pub const fn len(&self) -> u8 {
        self.again - self.first
    }

    /// Whether it has none; it never does.
    pub const fn is_empty(&self) -> bool {
        self.again == self.first
    }
}

/// The first circle of a path whose hops answered from these addresses, the first of them at TTL `first`; `None` stands
/// for silence.
///
/// A circle is gone through twice before it is called one; three times where some of its hops are silent.
pub fn circle(first: u8, hops: &[Option<Address>]) -> Option<Circle> {
    (0..hops.len()).find_map(|start| {
        let rest = &hops[start..];
        let len = (1..=LONGEST).find(|&len| goes_round(rest, len))?;
        let first = first.saturating_add(start as u8);
        Some(Circle { first, again: first.saturating_add(len as u8) })
    })
}

/// Whether `hops` begin with a circle of `len` hops.
fn goes_round(hops: &[Option<Address>], len: usize) -> bool {
    let Some(round) = hops.get(..len) else { return false };
    // It begins where somebody answers.
    let Some(Some(_)) = round.first() else { return false };
    let times = match len {
        1 => IN_A_ROW,
        _ if round.iter().all(|&hop| hop == round[0]) => return false,
        _ if round.iter().all(Option::is_some) => 2,
        _ => 3,
    };
    hops.len() >= len * times && hops[..len * times].chunks(len).all(|other| other == round)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A path written in letters, a dot for silence.
    fn path(text: &str) -> Vec<Option<Address>> {
        let address = |c: char| (c != '.').then(|| Address::new([192, 0, 2, c as u8].into()));
        text.chars().map(address).collect()
    }

    fn found(text: &str) -> Option<(u8, u8)> {
        circle(1, &path(text)).map(|circle| (circle.first, circle.again))
    }

    #[test]
    fn two_routers_that_send_packets_to_each_other() {
        assert_eq!(found("abcbcb"), Some((2, 4)));
        assert_eq!(found("abcbc"), Some((2, 4)));
        assert_eq!(found("abcb"), None, "not before the second round is complete");
    }

    #[test]
    fn a_wide_circle_and_one_with_a_silent_hop() {
        assert_eq!(found("xabcdabcd"), Some((2, 6)));
        assert_eq!(found("xa.ca.c"), None);
        assert_eq!(found("xa.ca.ca.c"), Some((2, 5)));
        assert_eq!(found("........."), None, "silence is no circle");
    }

    #[test]
    fn an_address_that_answers_twice_in_a_row_is_no_circle() {
        assert_eq!(found("aabbc"), None);
        assert_eq!(found("abbbc"), None);
        assert_eq!(found("abbbb"), Some((2, 3)));
    }

    proptest! {
        #[test]
        fn a_path_on_which_nobody_answers_twice_has_none(len in 0usize..26) {
            let letters: String = ('a'..='z').take(len).collect();
            prop_assert_eq!(found(&letters), None);
        }

        #[test]
        fn whatever_leads_to_a_circle_it_is_found(lead in 0usize..8, len in 2usize..=10) {
            let lead: String = ('A'..='Z').take(lead).collect();
            let round: String = ('a'..='z').take(len).collect();
            let at = lead.len() as u8 + 1;
            prop_assert_eq!(found(&format!("{lead}{round}{round}")), Some((at, at + len as u8)));
        }
    }
}
