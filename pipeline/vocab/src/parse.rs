//! The one error of parsing a word of the domain.

/// Says what was expected and never what was found, because what was found may be personal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {what}: expected {expected}")]
pub struct ParseError {
    /// The word that was being parsed, as a person would name it.
    pub what: &'static str,
    /// The form it must have, with an example.
    pub expected: &'static str,
}

impl ParseError {
    pub(crate) const fn new(what: &'static str, expected: &'static str) -> Self {
        Self { what, expected }
    }
}
