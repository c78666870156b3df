//! What a subscriber's answer means (Standard Webhooks 1.0, "Operational considerations").

use portico_vocab::Timestamp;

/// How one attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 2xx.
    Taken,
    /// 410: nothing more is wanted here, ever.
    NotWanted,
    /// The connection was taken, and then nothing came.
    Silent,
    /// Anything else. `why` is short and holds nothing of the subscriber's own words.
    Failed { why: String, retry_after_s: Option<i64> },
}

impl Answer {
    pub(crate) fn failed(why: impl Into<String>) -> Self {
        Self::Failed { why: why.into(), retry_after_s: None }
    }

    /// By status alone: bodies are not read. `retry_after` is the header of that name.
    pub(crate) fn of(status: u16, retry_after: Option<&str>, now: Timestamp) -> Self {
        match status {
            200..=299 => Self::Taken,
            410 => Self::NotWanted,
            300..=399 => Self::failed(format!("http {status}: redirects are not followed")),
            _ => {
                let retry_after_s = retry_after.and_then(|text| wait_s(text, now));
                Self::Failed { why: format!("http {status}"), retry_after_s }
            }
        }
    }
}

/// `Retry-After` in both its forms (RFC 9110, 10.2.3): seconds, or a date.
fn wait_s(text: &str, now: Timestamp) -> Option<i64> {
    let text = text.trim();
    let seconds = match text.parse::<u32>() {
        Ok(seconds) => i64::from(seconds),
        Err(_) => jiff::fmt::rfc2822::parse(text).ok()?.timestamp().as_second() - now.as_seconds(),
    };
    Some(seconds.max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(784_111_777);

    #[test]
    fn the_status_decides() {
        for status in [200, 201, 204, 299] {
            assert_eq!(Answer::of(status, None, NOW), Answer::Taken);
        }
        assert_eq!(Answer::of(410, None, NOW), Answer::NotWanted);
        for status in [100, 301, 307, 400, 401, 404, 429, 500, 502, 504] {
            assert!(matches!(Answer::of(status, None, NOW), Answer::Failed { retry_after_s: None, .. }), "{status}");
        }
    }

    #[test]
    fn retry_after_is_read_in_both_forms() {
        for (text, expected) in [
            ("120", Some(120)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", Some(60)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("-5", None),
            ("soon", None),
            ("99999999999999999999", None),
        ] {
            let answer = Answer::of(503, Some(text), NOW);
            assert_eq!(answer, Answer::Failed { why: String::from("http 503"), retry_after_s: expected }, "{text}");
        }
    }
}
