//! Meta's error codes as what to do about them (docs/domain/whatsapp.md 3.1, Meta: Error codes, 2026-09-11).
//!
//! The code decides; title, subcode and HTTP status do not. The status speaks only when there is no code we know.

use portico_vocab::Class;
use serde::{Deserialize, Serialize};

/// One refusal to send, synchronous or by receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("WhatsApp refused the message: {class:?}, code {code}")]
pub struct SendError {
    pub class: ErrorClass,
    /// Meta's code; 0 when the answer had none.
    pub code: i64,
}

/// What to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    /// Transient or unknown: again, with growing delays, a bounded number of times.
    Retry,
    /// Over a rate of the number or the app: again after minutes, and slower.
    SlowDown,
    /// Over the rate to this one person: this person waits 4^n seconds, others go on.
    Pair,
    /// Outside the 24 hours; known to occur wrongly right after an inbound, so one delayed retry is right.
    WindowClosed,
    /// The template is wrong, paused or gone: never again blindly.
    Template,
    /// This person cannot be reached here: another channel.
    Recipient,
    /// The person asked Meta, or we asked Meta, not to be written to.
    OptedOut,
    /// Token, permission, payment, policy or registration: stop the whole number's queue and call an operator.
    StopNumber,
    /// Our own request is wrong: a bug, never again.
    BadRequest,
    /// The message type or the file is not supported.
    Media,
}

impl ErrorClass {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::SlowDown => "slow_down",
            Self::Pair => "pair",
            Self::WindowClosed => "window_closed",
            Self::Template => "template",
            Self::Recipient => "recipient",
            Self::OptedOut => "opted_out",
            Self::StopNumber => "stop_number",
            Self::BadRequest => "bad_request",
            Self::Media => "media",
        }
    }
}

impl SendError {
    /// Only what may go through later by itself is transient.
    #[must_use]
    pub const fn class(&self) -> Class {
        match self.class {
            ErrorClass::Retry | ErrorClass::SlowDown | ErrorClass::Pair => Class::Transient,
            ErrorClass::BadRequest => Class::Bug,
            _ => Class::Permanent,
        }
    }
}

/// Classes a refusal. `http` is the status of the answer, 0 for a receipt; `code` is 0 when the answer had none.
#[must_use]
pub const fn classify(code: i64, http: u16) -> SendError {
    let class = match code {
        1 | 2 | 131_000 | 131_016 | 131_057 | 133_004 => ErrorClass::Retry,
        4 | 80_007 | 130_429 => ErrorClass::SlowDown,
        131_056 => ErrorClass::Pair,
        131_047 => ErrorClass::WindowClosed,
        132_000..=132_999 => ErrorClass::Template,
        130_472 | 131_021 | 131_026 | 131_049 | 131_062 => ErrorClass::Recipient,
        130_403 | 131_050 => ErrorClass::OptedOut,
        3 | 10 | 102 | 104 | 190 | 200..=299 | 131_005 => ErrorClass::StopNumber,
        368 | 130_497 | 131_031 | 131_037 | 131_042 | 131_045 | 131_048 | 131_064 | 133_010 => ErrorClass::StopNumber,
        33 | 100 | 131_008 | 131_009 | 135_000 => ErrorClass::BadRequest,
        131_051..=131_053 => ErrorClass::Media,
        _ => by_status(code, http),
    };
    SendError { class, code }
}

/// Code 0 is Meta's word for a bad token, but also what is left when an answer had no body.
const fn by_status(code: i64, http: u16) -> ErrorClass {
    match http {
        401 | 403 => ErrorClass::StopNumber,
        408 | 500.. => ErrorClass::Retry,
        429 => ErrorClass::SlowDown,
        400..=499 if code != 0 => ErrorClass::BadRequest,
        400..=499 => ErrorClass::StopNumber,
        _ if code == 0 => ErrorClass::StopNumber,
        _ => ErrorClass::Retry,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_decide_and_the_status_only_helps_out() {
        for (code, http, class) in [
            (131_047, 400, ErrorClass::WindowClosed),
            (131_047, 0, ErrorClass::WindowClosed),
            (131_056, 400, ErrorClass::Pair),
            (130_429, 429, ErrorClass::SlowDown),
            (190, 401, ErrorClass::StopNumber),
            (0, 401, ErrorClass::StopNumber),
            (0, 0, ErrorClass::StopNumber),
            (0, 502, ErrorClass::Retry),
            (131_026, 200, ErrorClass::Recipient),
            (132_015, 404, ErrorClass::Template),
            (131_050, 0, ErrorClass::OptedOut),
            (100, 400, ErrorClass::BadRequest),
            (100, 500, ErrorClass::BadRequest),
            (131_053, 400, ErrorClass::Media),
            (999_999, 400, ErrorClass::BadRequest),
            (999_999, 503, ErrorClass::Retry),
            (999_999, 0, ErrorClass::Retry),
        ] {
            assert_eq!(classify(code, http).class, class, "{code} {http}");
        }
    }
}
