//! When two spellings mean the same word: case, and what stands between its parts, make no difference.

/// A word as it is compared: its letters and digits, in small letters.
///
/// `SYN-SENT`, `syn_sent` and `SynSent` all become `synsent`.
pub fn folded(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether two spellings mean the same word. A word without letters or digits is the same as none.
pub fn is_same(one: &str, other: &str) -> bool {
    let one = folded(one);
    !one.is_empty() && one == folded(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_separators_make_no_difference() {
        for spelling in ["SYN-SENT", "SYN_SENT", "syn sent", "SynSent"] {
            assert!(is_same(spelling, "SYN-SENT"), "{spelling}");
            assert_eq!(folded(spelling), "synsent");
        }
        assert!(!is_same("SYN-SENT", "SYN-SEND"));
    }

    #[test]
    fn nothing_is_the_same_as_no_word() {
        assert!(!is_same("", "") && !is_same("--", "_"));
    }
}
