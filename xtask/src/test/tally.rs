//! Sums over everything that ran: reads the lines of libtest (and of libtest-mimic, which prints the same).
//!
//! A test is a line `test NAME ... ok|FAILED|ignored[, reason]`; a binary ends with `test result: …`. Counts
//! come from the result lines, names from the test lines. A test that finds out on its way that it cannot run here
//! prints a line with `SKIPPED: NAME: WHY`; libtest takes it for passed, this does not.

use std::fmt;

/// What passed, what failed, what was skipped.
#[derive(Debug, Default)]
pub(super) struct Tally {
    passed: usize,
    failed: usize,
    skipped: usize,
    /// Tests that libtest counts as passed and that said they were skipped.
    withdrawn: usize,
    part: &'static str,
    failed_before: usize,
    failures: Vec<String>,
    skips: Vec<String>,
}

impl Tally {
    /// How many tests, or parts that could not even start, failed.
    pub(super) fn failed(&self) -> usize {
        self.failed
    }

    /// A part starts; the lines that follow are its.
    pub(super) fn begin(&mut self, part: &'static str) {
        self.part = part;
        self.failed_before = self.failed;
    }

    /// Takes one line of output.
    pub(super) fn read(&mut self, line: &str) {
        // What a child of a test wrote may stand before it on the same line.
        if let Some((_, result)) = line.split_once("test result: ") {
            self.passed += count(result, "passed");
            self.failed += count(result, "failed");
            self.skipped += count(result, "ignored");
        } else if let Some((_, story)) = line.split_once("SKIPPED: ") {
            self.withdrawn += 1;
            self.skips.push(format!("{}: {story}", self.part));
        } else if let Some((name, outcome)) =
            line.strip_prefix("test ").and_then(|rest| rest.split_once(" ... "))
        {
            if outcome.starts_with("FAILED") {
                self.failures.push(format!("{}: {name}", self.part));
            } else if let Some(reason) = outcome.strip_prefix("ignored") {
                self.skips.push(format!("{}: {name}{reason}", self.part));
            }
        }
    }

    /// The part's call did not succeed. If no test failed, it did not compile or a binary died: a failure too.
    pub(super) fn broke_off(&mut self, story: &str) {
        if self.failed == self.failed_before {
            self.failed += 1;
            self.failures.push(format!("{}: {story}", self.part));
        }
    }

    /// A part cannot run here; `list` is what its binaries answered to `--list`.
    pub(super) fn skip_part(&mut self, part: &str, reason: &str, list: &str) {
        let tests = list.lines().filter(|line| line.ends_with(": test")).count();
        self.skipped += tests.max(1);
        self.skips.push(format!("{part}: all of it ({tests} tests): {reason}"));
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (word, names) in [("skipped", &self.skips), ("FAILED", &self.failures)] {
            for name in names {
                writeln!(f, "{word}: {name}")?;
            }
        }
        let passed = self.passed.saturating_sub(self.withdrawn);
        writeln!(f, "{passed} passed, {} failed, {} skipped", self.failed, self.skipped + self.withdrawn)
    }
}

/// The number before `word` in a result line, `ok. 5 passed; 0 failed; …`.
fn count(result: &str, word: &str) -> usize {
    let words: Vec<&str> = result.split([' ', ';']).collect();
    words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Tally;

    const OUTPUT: &str = "running 4 tests\ntest a ... ok\ntest b ... FAILED\ntest c ... ignored, needs a lab\ntest d ... ignored\n\
        test result: FAILED. 1 passed; 1 failed; 2 ignored; 0 measured; 7 filtered out; finished in 0.01s\n\
        test result: ok. 41 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s";

    fn failed_call(output: &str) -> Tally {
        let mut tally = Tally::default();
        tally.begin("unit");
        output.lines().for_each(|line| tally.read(line));
        tally.broke_off("cargo test ended with exit status: 101");
        tally
    }

    #[test]
    fn results_are_summed_and_the_rest_is_named() {
        assert_eq!(
            failed_call(OUTPUT).to_string(),
            "skipped: unit: c, needs a lab\nskipped: unit: d\nFAILED: unit: b\n42 passed, 1 failed, 2 skipped\n"
        );
    }

    #[test]
    fn a_test_that_says_it_was_skipped_did_not_pass() {
        let mut tally = Tally::default();
        tally.begin("unit");
        let output =
            "test a ... SKIPPED: b: no ip(8)\ntest b ... ok\ntest result: ok. 2 passed; 0 failed; 0 ignored";
        output.lines().for_each(|line| tally.read(line));
        assert_eq!(tally.to_string(), "skipped: unit: b: no ip(8)\n1 passed, 0 failed, 1 skipped\n");
    }

    #[test]
    fn a_part_that_does_not_compile_is_a_failure() {
        assert_eq!(
            failed_call("").to_string(),
            "FAILED: unit: cargo test ended with exit status: 101\n0 passed, 1 failed, 0 skipped\n"
        );
    }

    #[test]
    fn a_part_that_cannot_run_counts_its_tests() {
        let mut tally = Tally::default();
        tally.skip_part("lab", "no namespaces", "ping: test\ntrace: test\n\n");
        assert_eq!(
            tally.to_string(),
            "skipped: lab: all of it (2 tests): no namespaces\n0 passed, 0 failed, 2 skipped\n"
        );
    }
}
