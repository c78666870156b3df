//! How long what a decision leaves behind is kept.
//!
//! The clock of an account starts when the account closes, which nobody tells Portico; at the decision only the minimum
//! is certain, because no account closes before it is opened. *Invariant:* what the law keeps is never destroyed early,
//! and what nothing keeps is destroyed when the notice said.

use portico_vocab::{OutcomeName, Timestamp};

use crate::Policy;

/// What becomes of a decided case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeping {
    /// An account lives on it: at least this long, and nobody knows yet how much longer.
    AtLeast { years: u32 },
    /// The law keeps it this long, then it is destroyed.
    Years { years: u32 },
    /// Nothing keeps it: it goes like an application that came to nothing.
    Days { days: i64 },
}

impl Keeping {
    /// Until when nothing of it may be destroyed, counted from `from`; `None` when nothing asks for that.
    #[must_use]
    pub fn locked_until(self, from: Timestamp) -> Option<Timestamp> {
        match self {
            Self::AtLeast { years } | Self::Years { years } => Some(from.plus_years(years)),
            Self::Days { .. } => None,
        }
    }

    /// When everything is destroyed, counted from `from`; `None` while nobody knows.
    #[must_use]
    pub fn destroyed_at(self, from: Timestamp) -> Option<Timestamp> {
        match self {
            Self::AtLeast { .. } => None,
            Self::Years { years } => Some(from.plus_years(years)),
            Self::Days { days } => Some(from.plus_days(days)),
        }
    }
}

impl Policy {
    /// How long a case of this outcome is kept.
    #[must_use]
    pub fn keeping(&self, outcome: OutcomeName) -> Keeping {
        let kept = match (&self.profile.retention, outcome) {
            (Some(retention), OutcomeName::Declined) => &retention.on_decline,
            (Some(retention), OutcomeName::HandedOff) => &retention.on_hand_off,
            (None, _) | (_, OutcomeName::Approved | OutcomeName::ApprovedLimited) => return self.keeping_of_account(),
        };
        match kept.years {
            Some(years) => Keeping::Years { years },
            None => Keeping::Days { days: self.choices.purge_days },
        }
    }

    /// How long a case is kept that an account was opened on.
    #[must_use]
    pub const fn keeping_of_account(&self) -> Keeping {
        Keeping::AtLeast { years: self.profile.retention_years_min }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use portico_vocab::CountryCode;

    fn keeping(country: &str, outcome: OutcomeName) -> Keeping {
        Policy::shipped(CountryCode::parse(country).unwrap(), "default").unwrap().keeping(outcome)
    }

    #[test]
    fn what_the_shipped_profiles_keep() {
        let days = Keeping::Days { days: 30 };
        let years = Keeping::Years { years: 5 };
        for (country, outcome, expected) in [
            ("IN", OutcomeName::ApprovedLimited, Keeping::AtLeast { years: 5 }),
            ("IN", OutcomeName::Declined, days),
            ("IN", OutcomeName::HandedOff, days),
            ("BR", OutcomeName::Approved, Keeping::AtLeast { years: 10 }),
            ("BR", OutcomeName::Declined, days),
            ("BR", OutcomeName::HandedOff, days),
            ("DE", OutcomeName::Declined, years),
            ("DE", OutcomeName::HandedOff, years),
        ] {
            assert_eq!(keeping(country, outcome), expected, "{country} {outcome}");
        }
    }

    #[test]
    fn years_are_the_calendars() {
        let leap_day = Timestamp::parse("2028-02-29T12:00:00Z").unwrap();
        let day = |at: Option<Timestamp>| at.map(Timestamp::to_date);
        let five = Keeping::Years { years: 5 };
        assert_eq!(day(five.locked_until(leap_day)).as_deref(), Some("2033-03-01"), "never a day too early");
        assert_eq!(five.locked_until(leap_day), five.destroyed_at(leap_day));
        assert_eq!(Keeping::AtLeast { years: 5 }.destroyed_at(leap_day), None);
        assert_eq!(day(Keeping::Days { days: 30 }.destroyed_at(leap_day)).as_deref(), Some("2028-03-30"));
    }

    /// A policy stored by a build that knew no retention reads back to the same hash, and keeps what it kept.
    #[test]
    fn an_older_policy_keeps_what_was_decided() {
        let mut old = Policy::shipped(CountryCode::parse("BR").unwrap(), "default").unwrap();
        old.profile.retention = None;
        assert!(!old.to_json().contains("on_decline"));
        assert_eq!(Policy::from_json(&old.to_json()).unwrap().pin(), old.pin());
        assert_eq!(old.keeping(OutcomeName::Declined), Keeping::AtLeast { years: 10 });
    }
}
