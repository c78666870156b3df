//! WhatsApp's own ids. All are opaque text of Meta's making: checked for length and characters, never taken apart.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ParseError;

macro_rules! opaque {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:literal, $expected:literal, $ok:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// # Errors
            /// When `text` is empty, too long, or has characters Meta never uses there.
            pub fn parse(text: &str) -> Result<Self, ParseError> {
                let ok: fn(u8) -> bool = $ok;
                if !text.is_empty() && text.len() <= $max && text.bytes().all(ok) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(ParseError::new($what, $expected))
                }
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = ParseError;
            fn try_from(s: String) -> Result<Self, ParseError> {
                Self::parse(&s)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

macro_rules! public_form {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

/// These hold or are a person's number: `Debug` names the type only and there is no `Display`.
macro_rules! personal_form {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )*};
}

opaque!(
    /// Id of a WhatsApp Business Account: digits.
    WabaId, "WhatsApp business account id", 64, "digits", |b| b.is_ascii_alphanumeric()
);
opaque!(
    /// Id of one of our numbers: digits. Not the number itself; it picks the cell.
    PhoneNumberId, "phone number id", 64, "digits", |b| b.is_ascii_alphanumeric()
);
opaque!(
    /// Id of a picture or file at Meta, good for seven days when it came by webhook.
    MediaId, "media id", 255, "letters, digits, - and _", |b| b.is_ascii_graphic()
);
public_form!(WabaId, PhoneNumberId, MediaId);

opaque!(
    /// Id of a message. Opaque, but known to hold the phone number in base64: personal data.
    Wamid, "message id", 512, "printable text without spaces", |b| b.is_ascii_graphic()
);
opaque!(
    /// Business-scoped user id: `US.13491208655302741918`, parent form `US.ENT.…`; sent back unchanged in `recipient`.
    UserId, "business-scoped user id", 160, "a country code, a dot and letters or digits", |b| b.is_ascii_alphanumeric()
        || b == b'.'
);
personal_form!(Wamid, UserId, E164);

impl UserId {
    /// Some payloads put a user id where the phone number belongs: classify by shape (a country code and a dot).
    #[must_use]
    pub fn looks_like(text: &str) -> bool {
        text.as_bytes().get(2) == Some(&b'.') && text.bytes().take(2).all(|b| b.is_ascii_uppercase())
    }
}

/// A phone number in E.164 without the `+`: 7 to 15 digits, first one not zero (ITU-T E.164).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct E164(String);

impl E164 {
    /// Takes digits with or without `+` and with the separators people type; keeps digits only. A `wa_id` is kept as
    /// received (Brazil's ninth digit, Mexico's 1): it is never rebuilt.
    ///
    /// # Errors
    /// When fewer than 7 or more than 15 digits remain, the first is 0, or other characters occur.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let error = ParseError::new("phone number", "7 to 15 digits in international form, such as +919812345678");
        if !text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b' ' | b'-' | b'(' | b')')) {
            return Err(error);
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if (7..=15).contains(&digits.len()) && !digits.starts_with('0') { Ok(Self(digits)) } else { Err(error) }
    }

    /// Digits only.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for E164 {
    type Error = ParseError;
    fn try_from(s: String) -> Result<Self, ParseError> {
        Self::parse(&s)
    }
}

impl From<E164> for String {
    fn from(n: E164) -> Self {
        n.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits_and_hide_in_debug() {
        let number = E164::parse("+91 98123-45678").unwrap();
        assert_eq!(number.as_str(), "919812345678");
        assert_eq!(format!("{number:?}"), "E164");
        for bad in ["", "0123456789", "123", "US.134912", "1234567890123456"] {
            assert!(E164::parse(bad).is_err());
        }
        assert!(UserId::looks_like("US.13491208655302741918") && !UserId::looks_like("16505551234"));
    }
}
