//! Time as an argument.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ParseError;

/// Microseconds since 1970-01-01T00:00:00Z, as the ledgers store it. Made by a [`Clock`], never by reading one here.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// Where the shell gets its time; tests drive it by hand.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Timestamp;
}

impl Timestamp {
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis.saturating_mul(1_000)))
    }

    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus_seconds(days.saturating_mul(86_400))
    }

    /// The same day and time of day so many years on, in UTC; 1 March where that year has no 29 February, so that what
    /// is counted in years is never a day short.
    #[must_use]
    pub fn plus_years(self, years: u32) -> Self {
        let shift = || {
            let from = self.to_jiff()?.to_zoned(jiff::tz::TimeZone::UTC);
            let to = from.checked_add(jiff::Span::new().try_years(years).ok()?).ok()?;
            let at = Self(to.timestamp().as_microsecond());
            Some(if to.day() == from.day() { at } else { at.plus_days(1) })
        };
        // Beyond the years of any calendar: longer rather than shorter.
        shift().unwrap_or_else(|| self.plus_days(i64::from(years).saturating_mul(366)))
    }

    /// Whole seconds from `earlier` to this; negative when this is the earlier one.
    #[must_use]
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(1_000_000)
    }

    /// The same instant for calendars and time zones; `None` beyond the years jiff knows.
    #[must_use]
    pub fn to_jiff(self) -> Option<jiff::Timestamp> {
        jiff::Timestamp::from_microsecond(self.0).ok()
    }

    /// RFC 3339 in UTC, to the second: `2026-11-22T09:30:00Z`.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        jiff::Timestamp::from_second(self.as_seconds()).map_or_else(|_| String::from("invalid"), |t| t.to_string())
    }

    /// The day in UTC: `2026-11-22`.
    #[must_use]
    pub fn to_date(self) -> String {
        self.to_rfc3339().chars().take(10).collect()
    }

    /// # Errors
    /// When `text` is not RFC 3339.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let error = ParseError::new("time", "RFC 3339, such as 2026-11-22T09:30:00Z");
        text.parse::<jiff::Timestamp>().map(|t| Self(t.as_microsecond())).map_err(|_| error)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_jiff() {
            Some(t) => write!(f, "{t}"),
            None => write!(f, "{}us", self.0),
        }
    }
}
