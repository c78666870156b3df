//! The people at the other end of the chat. All are invented.
//!
//! A person has a phone number and a business-scoped user id, but a webhook may show only one of them (Meta:
//! Business-scoped user ids, 2026-06-29), and which one may change from day to day. So what is shown is a switch on
//! the person, not a kind of person.

use std::fmt;

use portico_vocab::{CountryCode, E164, ParseError, UserId};
use serde::{Deserialize, Serialize};

/// Names an applicant on the phone page and in tests: `in-1`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApplicantId(String);

impl ApplicantId {
    pub(crate) fn new(country: CountryCode, serial: usize) -> Self {
        Self(format!("{}-{serial}", country.as_str().to_ascii_lowercase()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ApplicantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What WhatsApp tells the business about who wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// The number only, as every webhook did before April 2026.
    Phone,
    /// The user id only: the person hides the number and we never wrote to it.
    UserId,
    Both,
}

/// One invented person, who chats with one business number.
#[derive(Debug, Clone, Serialize)]
pub struct Applicant {
    pub id: ApplicantId,
    /// The profile name, chosen by the person: never an identity.
    pub name: String,
    pub country: CountryCode,
    pub phone: E164,
    pub user_id: UserId,
    pub shown: Shown,
    /// Whether this person sends read receipts.
    pub reads: bool,
}

impl Applicant {
    /// Digits of the number, when it is shown.
    #[must_use]
    pub fn wa_id(&self) -> Option<&str> {
        (self.shown != Shown::UserId).then_some(self.phone.as_str())
    }

    /// The business-scoped user id, when it is shown.
    #[must_use]
    pub fn bsuid(&self) -> Option<&str> {
        (self.shown != Shown::Phone).then_some(self.user_id.as_str())
    }

    /// What message ids are made from: the number, or the user id of someone who hides it.
    pub(crate) fn party(&self) -> &str {
        self.wa_id().unwrap_or(self.user_id.as_str())
    }
}

/// The people a newcomer finds on the phone page: one of each kind per country.
pub(crate) fn first_names(country: CountryCode) -> [(&'static str, Shown); 3] {
    match country.as_str() {
        "IN" => [("Asha", Shown::Both), ("Ravi", Shown::UserId), ("Meera", Shown::Phone)],
        "BR" => [("João", Shown::Both), ("Luíza", Shown::UserId), ("Caio", Shown::Phone)],
        _ => [("Alex", Shown::Both), ("Sam", Shown::UserId), ("Kim", Shown::Phone)],
    }
}

/// A number nobody can have: no Indian mobile number begins with 1, Brazil has no area 00, and +999 is unassigned.
///
/// # Errors
/// Never for a serial below a million; the vocabulary checks the form.
pub(crate) fn unassigned_number(country: CountryCode, serial: usize) -> Result<E164, ParseError> {
    E164::parse(&match country.as_str() {
        "IN" => format!("9110{serial:08}"),
        "BR" => format!("55009{serial:08}"),
        _ => format!("999{serial:09}"),
    })
}

/// `IN.` and twenty digits.
///
/// # Errors
/// Never: the vocabulary checks the form.
pub(crate) fn user_id(country: CountryCode, random: u64) -> Result<UserId, ParseError> {
    UserId::parse(&format!("{}.{random:020}", country.as_str()))
}
