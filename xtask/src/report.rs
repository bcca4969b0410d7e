//! Reads what the test runners say: how many tests passed, and which ones skipped themselves.

use std::fmt;

/// What a test prints, before it returns, when this machine cannot do what it needs.
const SKIPPED: &str = "skipped: ";

/// What the runners said so far.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    /// Tests that passed, those that skipped themselves included.
    passed: u64,
    /// Tests that failed, crashed or took too long.
    failed: u64,
    /// Tests that skipped themselves, each with its reason.
    skipped: Vec<(String, String)>,
    current: String,
}

impl Report {
    /// Takes in one line of one `cargo nextest run` or `cargo test`.
    pub(crate) fn read(&mut self, line: &str) {
        let line = line.trim();
        if let Some(reason) = line.strip_prefix(SKIPPED) {
            let skip = (self.current.clone(), reason.to_owned());
            if !self.skipped.contains(&skip) {
                self.skipped.push(skip);
            }
        } else if let Some(name) =
            line.strip_prefix("---- ").and_then(|rest| rest.strip_suffix(" stdout ----"))
        {
            name.clone_into(&mut self.current);
        } else if let Some(name) = nextest_name(line) {
            name.clone_into(&mut self.current);
        } else if line.starts_with("Summary [") {
            // nextest also shows what each test's own runner printed; its summary is the whole.
            (self.passed, self.failed) = (0, 0);
            self.count(line);
        } else if line.starts_with("test result: ") {
            self.count(line);
        }
    }

    /// Adds what another runner said.
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped.extend(other.skipped);
    }

    /// Tests that skipped themselves, each with its reason.
    pub(crate) fn skipped(&self) -> &[(String, String)] {
        &self.skipped
    }

    /// Whether nothing was run at all, which is not a success.
    pub(crate) fn is_empty(&self) -> bool {
        self.passed == 0 && self.failed == 0
    }

    /// The counts of a closing line: `test result: ok. 3 passed; 1 failed; ...` or
    /// `Summary [ 0.1s] 4 tests run: 3 passed (1 slow), 1 timed out, 0 skipped`.
    fn count(&mut self, line: &str) {
        let words: Vec<_> = line.split(|character: char| !character.is_alphanumeric()).collect();
        let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            if let [number, what] = pair
                && let Ok(number) = number.parse::<u64>()
            {
                match *what {
                    "passed" => self.passed += number,
                    // "timed out" and "exec failed" are nextest's own ways to fail.
                    "failed" | "timed" | "exec" => self.failed += number,
                    _ => {}
                }
            }
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)?;
        match self.skipped.len() {
            0 => Ok(()),
            count => write!(formatter, " ({count} of the passed skipped themselves, see above)"),
        }
    }
}

/// The test of a line like `PASS [   0.004s] (1/9) lanh-policy engine::tests::a_day`.
fn nextest_name(line: &str) -> Option<&str> {
    let rest =
        ["PASS [", "FAIL [", "SLOW [", "TIMEOUT ["].iter().find_map(|start| line.strip_prefix(start))?;
    let rest = rest.split_once(']')?.1.trim_start();
    Some(match rest.strip_prefix('(') {
        Some(counted) => counted.split_once(')')?.1.trim_start(),
        None => rest,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report_of(text: &str) -> Report {
        let mut report = Report::default();
        text.lines().for_each(|line| report.read(line));
        report
    }

    #[test]
    fn a_libtest_run_is_counted_and_its_skips_are_named() {
        let report = report_of(
            "running 2 tests\n\
             test gate::refuses ... ok\n\
             successes:\n\
             ---- gate::refuses stdout ----\n\
             skipped: fanotify needs root\n\
             test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
             test result: FAILED. 1 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out\n",
        );
        assert_eq!((report.passed, report.failed), (3, 3));
        assert_eq!(report.skipped(), [("gate::refuses".to_owned(), "fanotify needs root".to_owned())]);
    }

    #[test]
    fn a_nextest_run_is_counted_and_its_skips_are_named() {
        let report = report_of(
            "        PASS [   0.004s] (1/3) lanh-platform gate::refuses\n\
             \x20 stdout ───\n\
             \x20   skipped: fanotify needs root\n\
             ────────────\n\
             \x20    Summary [   0.010s] 4 tests run: 1 passed (1 slow), 1 failed, 1 timed out, 1 exec failed, 2 skipped\n",
        );
        assert_eq!((report.passed, report.failed), (1, 3));
        let shown =
            "test result: ok. 1 passed; 0 failed\n  Summary [ 0.1s] 1 test run: 1 passed, 0 skipped\n";
        assert_eq!(report_of(shown).to_string(), "1 passed, 0 failed");
        assert_eq!(
            report.skipped(),
            [("lanh-platform gate::refuses".to_owned(), "fanotify needs root".to_owned())]
        );
    }

    #[test]
    fn a_line_of_a_test_is_not_taken_for_a_result() {
        let report = report_of("12 passed by the door\nthe Summary [x] is not here: 9 failed\n");
        assert!(report.is_empty());
    }

    #[test]
    fn sums_of_several_runs_are_shown_together() {
        let mut report = report_of("test result: ok. 2 passed; 0 failed; 0 ignored\n");
        report.add(report_of("test result: ok. 5 passed; 1 failed; 0 ignored\n"));
        assert_eq!(report.to_string(), "7 passed, 1 failed");
    }
}
