//! What a cell adds to every text: the bank, its country, its hours.

use std::collections::BTreeMap;

use portico_vocab::{CountryCode, Language};
use serde::{Deserialize, Serialize};

/// One cell's own words; from its configuration and its country's profile. Nothing personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    pub bank: String,
    pub contact: String,
    /// Full privacy notice, shown as text in the notice.
    pub privacy_url: String,
    /// Where a hand-off or a limited approval sends people: target of a link button.
    pub handoff_url: String,
    /// IANA name, such as `Asia/Kolkata`: dates are the reader's.
    pub timezone: String,
    pub country: CountryCode,
    /// Languages offered, the cell's first one first.
    pub languages: Vec<Language>,
    /// Years kept after the account closes.
    pub retention_years: u32,
    /// Years kept after a decision without an account, where the law keeps that too; elsewhere it goes after
    /// `purge_days`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub years_without_account: Option<u32>,
    /// Days until everything is destroyed when nothing came of the application.
    pub purge_days: u32,
    /// The measured wait in working hours, rounded up, at least one; `None` without enough data (chat.md rule 5).
    pub wait_hours: Option<u32>,
    /// Reviewers at work, such as `Mon-Sat 09:00-18:00`.
    pub duty_hours: String,
    /// What a limited account may not do, in each language; needed by `verdict-limited` alone.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: BTreeMap<Language, String>,
    /// What the law keeps in spite of a withdrawal, in each language, from the profile; it follows the deletion date.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub exception: BTreeMap<Language, String>,
}
