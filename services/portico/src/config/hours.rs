//! When reviewers are at work: `Mon-Fri 09:00-18:00, Sat 09:00-13:00`.
//!
//! The text itself is what applicants read (with the days in their language); this reading of it proves that it means
//! something, and says whether somebody is there now.

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use portico_vocab::Timestamp;

use super::ConfigError;

const DAYS: [(&str, Weekday); 7] = [
    ("Mon", Weekday::Monday),
    ("Tue", Weekday::Tuesday),
    ("Wed", Weekday::Wednesday),
    ("Thu", Weekday::Thursday),
    ("Fri", Weekday::Friday),
    ("Sat", Weekday::Saturday),
    ("Sun", Weekday::Sunday),
];

/// One or several spans of a week, read from `cell.duty_hours`. Never empty; a span ends on the day it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyHours(Vec<Span>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    /// Places in [`DAYS`], both included; `Sat-Mon` goes over the end of the week.
    days: (usize, usize),
    from: Time,
    until: Time,
}

impl DutyHours {
    /// # Errors
    /// When `text` has another form, or a span that ends before it begins.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let spans: Option<Vec<_>> = text.split(',').map(|span| Span::parse(span.trim())).collect();
        spans.map(Self).ok_or_else(|| {
            ConfigError::key(
                "cell.duty_hours",
                "days and hours such as Mon-Fri 09:00-18:00, Sat 09:00-13:00",
                format!("{text:?} cannot be read"),
            )
        })
    }

    /// Whether somebody is at work at `now`; `None` when the time zone is unknown.
    #[must_use]
    pub fn is_open(&self, now: Timestamp, zone: &str) -> Option<bool> {
        let local = now.to_jiff()?.to_zoned(TimeZone::get(zone).ok()?);
        Some(self.0.iter().any(|span| span.holds(local.weekday(), local.time())))
    }
}

impl Span {
    fn parse(text: &str) -> Option<Self> {
        let (days, hours) = text.split_once(' ')?;
        let (first, last) = days.split_once('-').unwrap_or((days, days));
        let (from, until) = hours.trim().split_once('-')?;
        let (from, until) = (time(from)?, time(until)?);
        let days = (day(first)?, day(last)?);
        (from < until).then_some(Self { days, from, until })
    }

    fn holds(&self, day: Weekday, time: Time) -> bool {
        let place = DAYS.iter().position(|(_, known)| *known == day).unwrap_or_default();
        let (first, last) = self.days;
        let on_duty = if first <= last { (first..=last).contains(&place) } else { place >= first || place <= last };
        on_duty && (self.from..self.until).contains(&time)
    }
}

fn day(text: &str) -> Option<usize> {
    DAYS.iter().position(|(name, _)| *name == text)
}

/// `HH:MM`.
fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':').filter(|(hour, minute)| hour.len() == 2 && minute.len() == 2)?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_in_the_cells_own_time() {
        let hours = DutyHours::parse("Mon-Fri 09:00-18:00, Sat 09:00-13:00").unwrap();
        // 2026-11-20 is a Friday; Sao Paulo is three hours behind UTC.
        for (at, open) in [
            ("2026-11-20T11:59:59Z", false),
            ("2026-11-20T12:00:00Z", true),
            ("2026-11-20T20:59:59Z", true),
            ("2026-11-20T21:00:00Z", false),
            ("2026-11-21T15:59:59Z", true),
            ("2026-11-21T16:00:00Z", false),
            ("2026-11-22T14:00:00Z", false),
        ] {
            let now = Timestamp::from_micros(at.parse::<jiff::Timestamp>().unwrap().as_microsecond());
            assert_eq!(hours.is_open(now, "America/Sao_Paulo"), Some(open), "{at}");
        }
        assert_eq!(hours.is_open(Timestamp::from_seconds(0), "Mars/Olympus"), None);
        let over_the_weekend = DutyHours::parse("Sat-Mon 00:00-12:00").unwrap();
        let sunday =
            Timestamp::from_micros("2026-11-22T01:00:00Z".parse::<jiff::Timestamp>().unwrap().as_microsecond());
        assert_eq!(over_the_weekend.is_open(sunday, "UTC"), Some(true));
    }

    #[test]
    fn what_is_no_span_of_hours_is_refused() {
        for bad in [
            "",
            "always",
            "Mon-Fri",
            "Mon-Fri 9-18",
            "Mon-Fri 18:00-09:00",
            "Mo-Fr 09:00-18:00",
            "Mon 09:00-25:00",
            "Mon 09:00-18:00,",
        ] {
            assert!(DutyHours::parse(bad).unwrap_err().to_string().contains("cell.duty_hours"), "{bad}");
        }
    }
}
