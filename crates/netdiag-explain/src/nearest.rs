//! What may have been meant by a term that is not known.

use std::collections::BTreeSet;

use netdiag_model::knowledge::folded;

use crate::fact::Fact;

/// How many are offered.
const OFFERED: usize = 3;

/// Names that are spelt nearly as `term` is, the nearest first; at most three.
pub fn nearest(term: &str) -> Vec<String> {
    let term = folded(term);
    // Of a short word only one letter may differ, of a long one every third.
    let allowed = (term.len() / 3).max(1);
    let mut seen = BTreeSet::new();
    let mut near: Vec<(usize, String)> = Fact::all()
        .flat_map(|fact| std::iter::once(fact.name()).chain(fact.also()))
        .map(|name| (strsim::osa_distance(&term, &folded(&name)), name))
        .filter(|(distance, _)| *distance <= allowed)
        .filter(|(_, name)| seen.insert(folded(name)))
        .collect();
    near.sort_by_key(|(distance, _)| *distance);
    near.into_iter().take(OFFERED).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_forgiven_and_nonsense_is_not() {
        assert_eq!(nearest("ECONREFUSED").first().map(String::as_str), Some("ECONNREFUSED"));
        assert_eq!(nearest("SYN-SEND").first().map(String::as_str), Some("SYN-SENT"));
        assert_eq!(nearest("tcp_syn_retires").first().map(String::as_str), Some("tcp_syn_retries"));
        assert_eq!(nearest("a-thing-that-is-not-there"), Vec::<String>::new());
        assert!(nearest("").len() <= OFFERED);
    }
}
