//! Reading query strings: unknown parameters are refused, because a misspelt filter would silently show everything.

use axum::extract::Query;
use axum::http::Uri;
use portico_vocab::ParseError;
use serde::de::DeserializeOwned;

use super::problem::Problem;

const LIMIT_DEFAULT: u32 = 100;
const LIMIT_MAX: u32 = 1000;

/// Reads the query into a struct of optional texts.
pub(crate) fn read<T: DeserializeOwned>(uri: &Uri) -> Result<T, Problem> {
    Query::try_from_uri(uri).map(|Query(value)| value).map_err(|rejection| Problem::QueryInvalid {
        parameter: "query",
        // Names parameters, never a value: every field is an optional text.
        expected: format!("only this route's parameters, each once ({})", rejection.body_text()),
    })
}

/// `text` as the word it must be.
pub(crate) fn word<T>(
    parameter: &'static str,
    text: Option<&str>,
    parse: impl Fn(&str) -> Result<T, ParseError>,
) -> Result<Option<T>, Problem> {
    text.map(|text| {
        parse(text).map_err(|error| Problem::QueryInvalid { parameter, expected: error.expected.to_owned() })
    })
    .transpose()
}

/// 1 to 1000; 100 when it is not said.
pub(crate) fn limit(text: Option<&str>) -> Result<u32, Problem> {
    let Some(text) = text else { return Ok(LIMIT_DEFAULT) };
    text.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit)).ok_or_else(|| Problem::QueryInvalid {
        parameter: "limit",
        expected: format!("a number from 1 to {LIMIT_MAX}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_one_to_a_thousand() {
        assert_eq!(limit(None).unwrap(), 100);
        assert_eq!(limit(Some("1")).unwrap(), 1);
        assert_eq!(limit(Some("1000")).unwrap(), 1000);
        for wrong in ["0", "1001", "-1", "ten", ""] {
            assert!(limit(Some(wrong)).is_err(), "{wrong}");
        }
    }
}
