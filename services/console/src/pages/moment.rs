//! A time as people say it, with the exact one on hover and in print.

use askama::Template;
use askama::filters::HtmlSafe;
use portico_vocab::Timestamp;

/// Draws `<time>`; the template escapes what it is given.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "moment.html")]
pub(crate) struct Moment {
    words: String,
    exact: String,
    iso: String,
}

impl HtmlSafe for Moment {}

impl Moment {
    /// `10:02` in the cell's zone, with the date when it was another day than `now`'s.
    pub(crate) fn clock(at: Timestamp, now: Timestamp, zone: &str) -> Self {
        let format = if day(at, zone) == day(now, zone) { "%H:%M" } else { "%-d %b %H:%M" };
        Self::new(at, zone, local(at, zone, format))
    }

    /// How long ago, or how long it took: `51 min`.
    pub(crate) fn since(at: Timestamp, now: Timestamp, zone: &str) -> Self {
        Self::new(at, zone, duration(now.seconds_since(at)))
    }

    /// `in 9 min`, or `12 min late`.
    pub(crate) fn due(at: Timestamp, now: Timestamp, zone: &str) -> Self {
        let left = at.seconds_since(now);
        let words = if left < 0 { format!("{} late", duration(-left)) } else { format!("in {}", duration(left)) };
        Self::new(at, zone, words)
    }

    /// `22 Nov 2026`.
    pub(crate) fn date(at: Timestamp, zone: &str) -> Self {
        Self::new(at, zone, local(at, zone, "%-d %b %Y"))
    }

    /// Within a sentence, where `<time>` cannot stand.
    pub(crate) fn words(&self) -> &str {
        &self.words
    }

    fn new(at: Timestamp, zone: &str, words: String) -> Self {
        Self { words, exact: local(at, zone, "%a %-d %b %Y, %H:%M:%S %Z"), iso: at.to_rfc3339() }
    }
}

/// Seconds as people say them: the two largest units at most.
pub(crate) fn duration(seconds: i64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        ..60 => "under 1 min".to_owned(),
        60..3600 => format!("{minutes} min"),
        3600..36_000 if minutes % 60 > 0 => format!("{hours} h {} min", minutes % 60),
        3600..172_800 => format!("{hours} h"),
        _ => format!("{days} days"),
    }
}

/// In the cell's zone, in UTC when the zone is not known.
fn local(at: Timestamp, zone: &str, format: &str) -> String {
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    at.to_jiff().map_or_else(String::new, |at| at.to_zoned(zone).strftime(format).to_string())
}

fn day(at: Timestamp, zone: &str) -> String {
    local(at, zone, "%F")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_in_words() {
        for (seconds, words) in [
            (0, "under 1 min"),
            (59, "under 1 min"),
            (60, "1 min"),
            (3599, "59 min"),
            (3600, "1 h"),
            (5400, "1 h 30 min"),
            (36_000, "10 h"),
            (171_000, "47 h"),
            (172_800, "2 days"),
        ] {
            assert_eq!(duration(seconds), words, "{seconds}");
        }
    }

    #[test]
    fn a_clock_names_the_day_only_when_it_is_another() {
        let now = Timestamp::parse("2026-11-22T09:30:00Z").unwrap();
        let zone = "Asia/Kolkata";
        assert_eq!(Moment::clock(now, now, zone).words, "15:00");
        assert_eq!(Moment::clock(now.plus_days(-1), now, zone).words, "21 Nov 15:00");
        assert_eq!(Moment::due(now.plus_seconds(540), now, zone).words, "in 9 min");
        assert_eq!(Moment::due(now.plus_seconds(-7200), now, zone).words, "2 h late");
    }
}
