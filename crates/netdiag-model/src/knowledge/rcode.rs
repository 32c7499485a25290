//! The response codes of the DNS (IANA's registry; RFC 1035, 2136, 6891, 8490, 8945, 7873).

mod table;

use super::{Lesson, is_same};

/// What is known of a response code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RcodeFacts {
    /// The number; above 15 it needs EDNS, or stands inside a record.
    pub number: u16,
    /// Its name.
    pub name: &'static str,
    /// A second name of the same number.
    pub alias: Option<&'static str>,
    /// The rest.
    pub lesson: Lesson,
}

/// Every response code, by number.
pub const fn all() -> &'static [RcodeFacts] {
    table::FACTS
}

/// The response code of this number.
pub fn of(number: u16) -> Option<&'static RcodeFacts> {
    all().iter().find(|facts| facts.number == number)
}

/// The response code of this name.
pub fn find(term: &str) -> Option<&'static RcodeFacts> {
    all()
        .iter()
        .find(|facts| is_same(facts.name, term) || facts.alias.is_some_and(|alias| is_same(alias, term)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_in_order_and_are_found_by_name_and_number() {
        assert!(all().windows(2).all(|pair| pair[0].number < pair[1].number));
        for facts in all() {
            assert_eq!(find(facts.name), Some(facts));
            assert_eq!(of(facts.number), Some(facts));
        }
        assert_eq!(find("badsig").map(|facts| facts.number), Some(16));
        assert_eq!(of(12), None);
    }
}
