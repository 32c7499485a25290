//! The verdicts of `netdiag connect`, one by one: what each means and does not mean, who has to act, and what to run next.
//!
//! A verdict sums up [`cause`]s, each of which has its own sentence; tests hold the two together.

mod failing;
mod told;

use super::cause::{self, Cause, CauseFacts};
use super::{Lesson, is_same};
use crate::verdict::{Side, Verdict};

/// What is known of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerdictFacts {
    /// The verdict.
    pub verdict: Verdict,
    /// What it does not mean, though it is often taken so.
    pub not: &'static str,
    /// Who has to act.
    pub acts: &'static str,
    /// The exit code of `netdiag connect` where one target and port was tried.
    pub exit: u8,
    /// The causes behind it, in as many groups as the lesson says what it usually means, each group for one sentence.
    pub covers: &'static [&'static [Cause]],
    /// The rest.
    pub lesson: Lesson,
}

impl VerdictFacts {
    /// The word, as it is printed.
    pub const fn name(&self) -> &'static str {
        self.verdict.as_str()
    }

    /// Who may have to act, each once.
    pub fn sides(&self) -> Vec<Side> {
        let mut sides = Vec::new();
        for side in causes(self.verdict).map(|facts| facts.side) {
            if !sides.contains(&side) {
                sides.push(side);
            }
        }
        sides
    }
}

/// The causes that a verdict sums up.
pub fn causes(verdict: Verdict) -> impl Iterator<Item = &'static CauseFacts> {
    cause::all().filter(move |facts| facts.verdict == verdict)
}

/// Every verdict.
pub fn all() -> impl Iterator<Item = &'static VerdictFacts> {
    [told::FACTS, failing::FACTS].into_iter().flatten()
}

/// What is known of the verdict of this word.
pub fn find(term: &str) -> Option<&'static VerdictFacts> {
    all().find(|facts| is_same(facts.name(), term))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_verdict_is_explained_once_and_found_in_any_spelling() {
        let explained: Vec<Verdict> = all().map(|facts| facts.verdict).collect();
        assert_eq!(explained.iter().collect::<BTreeSet<_>>(), Verdict::ALL.iter().collect());
        assert_eq!(explained.len(), Verdict::ALL.len());
        assert_eq!(find("Blocked_Locally").map(VerdictFacts::name), Some("blocked-locally"));
        assert_eq!(find("closed"), None);
    }

    #[test]
    fn every_cause_of_a_verdict_is_told_and_no_other() {
        for facts in all() {
            let told: Vec<Cause> = facts.covers.iter().copied().flatten().copied().collect();
            let known: BTreeSet<Cause> = causes(facts.verdict).map(|cause| cause.cause).collect();
            assert_eq!(told.iter().copied().collect::<BTreeSet<_>>(), known, "{}", facts.name());
            assert_eq!(told.len(), known.len(), "{} tells of a cause twice", facts.name());
            assert_eq!(facts.covers.len(), facts.lesson.usually.len(), "{}", facts.name());
        }
    }

    #[test]
    fn exit_codes_are_those_of_the_contract() {
        let code = |verdict: Verdict| find(verdict.as_str()).map(|facts| facts.exit);
        let codes = Verdict::ALL.map(|verdict| code(verdict).unwrap_or_default());
        assert_eq!(codes, [0, 3, 6, 4, 5, 7, 8, 2, 9]);
    }

    #[test]
    fn whoever_has_to_act_is_named_from_the_causes() {
        assert_eq!(find("refused").map(VerdictFacts::sides), Some(vec![Side::RemoteHost, Side::ThisHost]));
        assert_eq!(find("blocked-locally").map(VerdictFacts::sides), Some(vec![Side::ThisHost]));
        for facts in all() {
            assert!(facts.not.ends_with('.') && facts.acts.ends_with('.'), "{}", facts.name());
            let is_here = facts.sides().contains(&Side::ThisHost);
            assert_eq!(is_here, facts.acts.to_lowercase().contains("this host"), "{}", facts.name());
        }
    }
}
