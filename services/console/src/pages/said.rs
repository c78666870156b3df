//! What the last click came to, told on the page it leads to.
//!
//! It travels in a cookie for one minute, as codes and never as text, so that no link can put words on a page.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use portico_vocab::OutcomeName;

use crate::error::Error;
use crate::pages::words;
use crate::session::cookie_value;

const COOKIE: &str = "portico-said";
const SECONDS: u32 = 60;

/// A result, and the short code of the case it is about; what an operator does is about none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    what: What,
    case: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Decided(OutcomeName),
    PhotoAsked,
    Placed,
    Accepted,
    Claimed,
    /// A colleague was faster.
    Taken,
    Released,
    /// The same form a second time.
    Repeated,
    /// Parked work is due again.
    Retried,
    Discarded,
    /// A subscriber that had answered 410 is taken back.
    Enabled,
}

impl What {
    const fn is_of_a_case(self) -> bool {
        !matches!(self, Self::Retried | Self::Discarded | Self::Enabled)
    }

    fn code(self) -> &'static str {
        match self {
            Self::Decided(outcome) => outcome.as_str(),
            Self::PhotoAsked => "photo_asked",
            Self::Placed => "placed",
            Self::Accepted => "accepted",
            Self::Claimed => "claimed",
            Self::Taken => "taken",
            Self::Released => "released",
            Self::Repeated => "repeated",
            Self::Retried => "retried",
            Self::Discarded => "discarded",
            Self::Enabled => "enabled",
        }
    }

    fn parse(code: &str) -> Option<Self> {
        use What::{Accepted, Claimed, Discarded, Enabled, PhotoAsked, Placed, Released, Repeated, Retried, Taken};
        let others = [PhotoAsked, Placed, Accepted, Claimed, Taken, Released, Repeated, Retried, Discarded, Enabled];
        let decided = OutcomeName::parse(code).ok().map(Self::Decided);
        decided.or_else(|| others.into_iter().find(|what| what.code() == code))
    }
}

impl Said {
    pub(crate) fn of(what: What, case: &str) -> Self {
        Self { what, case: case.to_owned() }
    }

    /// Of an operator's act.
    pub(crate) const fn operated(what: What) -> Self {
        Self { what, case: String::new() }
    }

    /// What the request's cookie says; `None` for anything this module did not write.
    pub(crate) fn read(headers: &HeaderMap) -> Option<Self> {
        let (code, case) = cookie_value(headers, COOKIE)?.split_once('.')?;
        let what = What::parse(code)?;
        let expected = if what.is_of_a_case() { 4 } else { 0 };
        let is_short = case.len() == expected && case.bytes().all(|b| b.is_ascii_alphanumeric());
        is_short.then(|| Self { what, case: case.to_owned() })
    }

    /// As the page says it.
    pub(crate) fn words(&self) -> String {
        let case = &self.case;
        match self.what {
            What::Decided(outcome) => {
                format!("Case {case}: {}. The applicant is being told.", words::outcome_done(outcome))
            }
            What::PhotoAsked => format!("Case {case}: a new photo was asked for. The case comes back when it is here."),
            What::Placed => format!("Case {case}: the picture was moved."),
            What::Accepted => format!("Case {case}: the picture was accepted."),
            What::Claimed => format!("Case {case} is yours for now."),
            What::Taken => format!("Case {case}: a colleague was faster and is working on it."),
            What::Released => format!("Case {case} was released."),
            What::Repeated => format!("Case {case}: this form had been sent before. Nothing was done twice."),
            What::Retried => "It is due again, its tries counted anew.".to_owned(),
            What::Discarded => "It is given up and off the list. Your name and reason are kept.".to_owned(),
            What::Enabled => "The subscriber gets events again, first what had waited.".to_owned(),
        }
    }

    /// Goes to `path` (303), where it will be said.
    pub(crate) fn at(&self, path: &str) -> Result<Response, Error> {
        let cookie = format!(
            "{COOKIE}={}.{}; Path=/console; Max-Age={SECONDS}; HttpOnly; SameSite=Strict",
            self.what.code(),
            self.case
        );
        let cookie = HeaderValue::from_str(&cookie).map_err(|_| Error::BadForm)?;
        Ok(([(header::SET_COOKIE, cookie)], Redirect::to(path)).into_response())
    }
}

/// Sent with the page that said it.
pub(crate) const FORGET: HeaderValue =
    HeaderValue::from_static("portico-said=; Path=/console; Max-Age=0; HttpOnly; SameSite=Strict");

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cookie: &'static str) -> Option<Said> {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static(cookie));
        Said::read(&headers)
    }

    #[test]
    fn only_codes_and_a_short_id_are_read() {
        let said = Said::of(What::Decided(OutcomeName::ApprovedLimited), "7f3k");
        assert_eq!(read("portico-said=approved_limited.7f3k"), Some(said));
        assert_eq!(read("portico-said=retried."), Some(Said::operated(What::Retried)));
        for forged in [
            "portico-said=owned.7f3k",
            "portico-said=placed.<b>x",
            "portico-said=placed",
            "portico-said=placed.",
            "portico-said=retried.7f3k",
            "other=placed.7f3k",
        ] {
            assert_eq!(read(forged), None, "{forged}");
        }
    }
}
