//! Adds up what the test binaries report, from the one line that each of them ends with.

use std::fmt;

/// How many tests passed, failed and were skipped, over all binaries.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Tally {
    /// Counts a line such as `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out`.
    pub fn read(&mut self, line: &str) {
        let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". ")) else {
            return;
        };
        for count in counts.split(';') {
            let mut words = count.split_whitespace();
            let (Some(Ok(number)), Some(word)) = (words.next().map(str::parse::<u64>), words.next()) else {
                continue;
            };
            match word {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.skipped += number,
                _ => {}
            }
        }
    }

    /// Ends the count. A run that failed without a failed test (a binary that died, a doc test that did not compile)
    /// counts as one failure, so that the closing line never looks better than the run was.
    pub fn close(&mut self, success: bool) {
        if !success && self.failed == 0 {
            self.failed = 1;
        }
    }

    /// How many tests ran.
    pub fn ran(&self) -> u64 {
        self.passed + self.failed
    }

    /// Whether something ran and nothing failed.
    pub fn is_good(&self) -> bool {
        self.failed == 0 && self.passed > 0
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(lines: &[&str], success: bool) -> Tally {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.read(line));
        tally.close(success);
        tally
    }

    #[test]
    fn results_of_all_binaries_are_summed() {
        let sum = tally(
            &[
                "running 4 tests\n",
                "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.01s\n",
                "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.20s\n",
            ],
            false,
        );
        assert_eq!(sum.to_string(), "4 passed, 2 failed, 1 skipped");
        assert!(!sum.is_good());
    }

    #[test]
    fn a_binary_that_died_is_a_failure() {
        let sum = tally(&["test result: ok. 3 passed; 0 failed; 0 ignored\n"], false);
        assert_eq!(sum.to_string(), "3 passed, 1 failed, 0 skipped");
    }

    #[test]
    fn no_test_at_all_is_not_good() {
        assert!(!tally(&["test result: ok. 0 passed; 0 failed; 0 ignored; 9 filtered out\n"], true).is_good());
    }
}
