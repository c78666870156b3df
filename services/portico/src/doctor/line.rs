//! One line of the report.

use std::fmt;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Ok,
    /// It works, and somebody should know.
    Warn,
    /// It does not work, or must not be so.
    Fail,
}

/// What was looked at, what was found, and the mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    verdict: Verdict,
    /// A country, or `-` for what is of the process.
    place: String,
    subject: &'static str,
    found: String,
    mend: Option<String>,
}

impl Line {
    pub(super) fn ok(place: &str, subject: &'static str, found: impl Into<String>) -> Self {
        Self { verdict: Verdict::Ok, place: place.to_owned(), subject, found: found.into(), mend: None }
    }

    pub(super) fn warn(place: &str, subject: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { verdict: Verdict::Warn, mend: Some(mend.into()), ..Self::ok(place, subject, found) }
    }

    pub(super) fn fail(place: &str, subject: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { verdict: Verdict::Fail, mend: Some(mend.into()), ..Self::ok(place, subject, found) }
    }

    pub(super) const fn verdict(&self) -> Verdict {
        self.verdict
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::Ok => "ok",
            Verdict::Warn => "warn",
            Verdict::Fail => "FAIL",
        };
        // One line, whatever an error's text brings along.
        let found = self.found.replace('\n', " ");
        write!(f, "{verdict:<4}  {:<2}  {:<12}  {found}", self.place, self.subject)?;
        match &self.mend {
            Some(mend) => write!(f, " -> {}", mend.replace('\n', " ")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line() {
        let line = Line::fail("BR", "bucket", "it is\ngone", "make\nit");
        assert_eq!(line.to_string(), "FAIL  BR  bucket        it is gone -> make it");
        assert_eq!(Line::ok("-", "clock", "right").to_string(), "ok    -   clock         right");
    }
}
