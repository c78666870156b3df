//! Values as a bundle's variables: each thing becomes its word, its id to select on, and whether it is there.
//!
//! For a value `x` a bundle may use `$x` (the word), `$x_id` (to select on), `$x_of` (a document after a preposition) and
//! `$has_x` (`yes` or `no`). Words for things come from the bundle itself, so their case and gender are the translator's.

use fluent_bundle::{FluentArgs, FluentValue};
use jiff::tz::TimeZone;
use portico_vocab::{DocumentKind, Slot, Timestamp};

use super::bundle::{TextError, Words};
use super::{Setting, Tell, TextKey, Value};

/// Everything `tell` and `setting` give a text to say.
pub(super) fn arguments<'a>(
    words: Words<'_>,
    tell: &'a Tell,
    setting: &'a Setting,
) -> Result<FluentArgs<'a>, TextError> {
    let key = tell.key;
    if let Some(value) = key.needs().iter().find(|name| !tell.values.contains_key(**name)) {
        return Err(TextError::Value { key, value: (*value).to_owned() });
    }
    let mut filler = Filler { key, words, setting, args: FluentArgs::new() };
    filler.setting(tell)?;
    for name in key.needs().iter().chain(key.takes()) {
        filler.flag(name, tell.values.get(*name).is_some_and(is_there));
    }
    for (name, value) in &tell.values {
        filler.value(name, value)?;
    }
    Ok(filler.args)
}

/// A list of nothing and an empty name are as good as absent.
fn is_there(value: &Value) -> bool {
    match value {
        Value::Text(text) => !text.trim().is_empty(),
        Value::Slots(slots) => !slots.is_empty(),
        Value::Documents(documents) => !documents.is_empty(),
        _ => true,
    }
}

struct Filler<'w, 'a> {
    key: TextKey,
    words: Words<'w>,
    setting: &'a Setting,
    args: FluentArgs<'a>,
}

impl<'a> Filler<'_, 'a> {
    fn setting(&mut self, tell: &Tell) -> Result<(), TextError> {
        let setting = self.setting;
        self.args.set("bank", setting.bank.as_str());
        self.args.set("contact", setting.contact.as_str());
        self.args.set("url", setting.privacy_url.as_str());
        self.args.set("country", setting.country.to_string());
        self.args.set("years", setting.retention_years);
        self.args.set("days", setting.purge_days);
        self.flag("years_without_account", setting.years_without_account.is_some());
        if let Some(years) = setting.years_without_account {
            self.args.set("years_without_account", years);
        }
        self.flag("wait", setting.wait_hours.is_some());
        if let Some(hours) = setting.wait_hours {
            self.args.set("wait_hours", hours.max(1));
        }
        let hours = self.duty_hours()?;
        self.args.set("hours", hours);
        if let Some(limits) = setting.limits.get(self.words.language) {
            self.args.set("limits", limits.as_str());
        }
        let exception = setting.exception.get(self.words.language).map_or("", String::as_str);
        self.args.set("exception", exception);
        // Sides are named by the document they are of; texts that are told none speak of a card.
        let document = match tell.values.get("document") {
            Some(Value::Document(kind)) => kind.as_str(),
            _ => "none",
        };
        self.args.set("document_id", document);
        Ok(())
    }

    fn value(&mut self, name: &'a str, value: &'a Value) -> Result<(), TextError> {
        match value {
            Value::Text(text) => self.args.set(name, text.as_str()),
            Value::Count(count) => self.args.set(name, *count),
            Value::Document(kind) => {
                let word = self.document(*kind, None)?;
                let of = self.document(*kind, Some("of"))?;
                self.args.set(name, word);
                self.args.set(format!("{name}_of"), of);
            }
            Value::Slot(slot) => {
                let word = self.slot(*slot)?;
                self.args.set(name, word);
                self.args.set(format!("{name}_id"), slot.as_str());
            }
            Value::Slots(slots) => {
                let list = self.list(slots)?;
                self.args.set(name, list);
            }
            Value::Date(time) => {
                let date = self.date(*time)?;
                self.args.set(name, date);
            }
            Value::Reason(reason) => {
                let word = self.words.message(self.key, &format!("reason-{reason}"), &self.args)?;
                self.args.set(name, word);
            }
            // These become rows and buttons, not words.
            Value::Documents(_) | Value::Languages(_) | Value::Language(_) => {}
        }
        Ok(())
    }

    fn flag(&mut self, name: &str, there: bool) {
        self.args.set(format!("has_{name}"), if there { "yes" } else { "no" });
    }

    fn document(&self, kind: DocumentKind, form: Option<&str>) -> Result<String, TextError> {
        let id = format!("document-{kind}");
        match form {
            None => self.words.message(self.key, &id, &self.args),
            Some(form) => self.words.attribute(self.key, &id, form, &self.args),
        }
    }

    fn slot(&self, slot: Slot) -> Result<String, TextError> {
        self.words.message(self.key, &format!("side-{slot}"), &self.args)
    }

    /// `front, back and selfie`, in the language's own way.
    fn list(&self, slots: &[Slot]) -> Result<String, TextError> {
        let sides: Vec<String> = slots.iter().map(|slot| self.slot(*slot)).collect::<Result<_, _>>()?;
        let Some((last, first)) = sides.split_last() else {
            return self.words.message(self.key, "list-none", &self.args);
        };
        if first.is_empty() {
            return Ok(last.clone());
        }
        let mut args = FluentArgs::new();
        args.set("first", first.join(", "));
        args.set("last", last.as_str());
        self.words.message(self.key, "list-last", &args)
    }

    fn date(&self, time: Timestamp) -> Result<String, TextError> {
        let zone = TimeZone::get(&self.setting.timezone).map_err(|_| TextError::TimeZone)?;
        let date = time.to_jiff().ok_or(TextError::TimeZone)?.to_zoned(zone).date();
        let mut args = FluentArgs::new();
        args.set("day", date.day().to_string());
        args.set("month", FluentValue::from(i64::from(date.month())));
        // As text: a number could be grouped.
        args.set("year", date.year().to_string());
        self.words.message(self.key, "date", &args)
    }

    /// `Mon-Sat 09:00-18:00` with the days in the reader's language; what is no day stays as the bank wrote it.
    fn duty_hours(&self) -> Result<String, TextError> {
        const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        let mut text = self.setting.duty_hours.clone();
        for (number, day) in (1_i64..).zip(DAYS) {
            if text.contains(day) {
                let mut args = FluentArgs::new();
                args.set("weekday", FluentValue::from(number));
                text = text.replace(day, &self.words.message(self.key, "weekday", &args)?);
            }
        }
        Ok(text)
    }
}
