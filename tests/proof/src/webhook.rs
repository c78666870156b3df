//! Webhooks with a canary in every field that can name somebody or say what they said.
//!
//! *Invariant:* a field is personal unless it is listed here as Meta's own, so that what a new fixture brings is looked for
//! without anybody thinking of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use portico_crash::Country;
use serde_json::{Value, json};

use crate::Canaries;

/// Parts of a change that are about people; the others are about the account.
const OF_PEOPLE: [&str; 6] = ["contacts", "errors", "message_echoes", "messages", "statuses", "user_preferences"];

/// Words, times, sizes and ids of Meta's own, and what we gave it ourselves; files' ids and digests are fetched by.
const META: [&str; 26] = [
    "biz_opaque_callback_data",
    "catalog_id",
    "category",
    "code",
    "conversation",
    "created_timestamp",
    "currency",
    "expiration_timestamp",
    "forwarded",
    "href",
    "item_price",
    "media_type",
    "messaging_product",
    "pricing",
    "quantity",
    "recipient_type",
    "sha256",
    "signup_id",
    "source_id",
    "source_type",
    "status",
    "timestamp",
    "type",
    "unsupported",
    "value",
    "voice",
];

const NUMBERS: [&str; 6] = ["from", "phone", "recipient_id", "recipient_participant_id", "to", "wa_id"];
const WAMIDS: [&str; 2] = ["message_id", "original_message_id"];

/// Who wrote, where the fixture says who.
#[derive(Clone, Copy)]
pub enum Writer<'a> {
    /// Somebody never met.
    Stranger,
    /// Somebody with a case: their number.
    Known(&'a str),
}

/// Puts canaries into bodies of one country.
pub struct Webhooks<'a> {
    pub country: &'static Country,
    pub canaries: &'a mut Canaries,
    /// When messages were sent, in seconds.
    pub now: i64,
}

impl Webhooks<'_> {
    /// The body with canaries, as Meta writes it: everything beyond ASCII escaped.
    pub fn of(&mut self, shape: &Value, writer: Writer<'_>) -> Vec<u8> {
        let mut body = shape.clone();
        let mut planting = Planting { webhooks: self, known: BTreeMap::new(), writer };
        for entry in body["entry"].as_array_mut().into_iter().flatten() {
            entry["id"] = json!(planting.webhooks.country.waba_id);
            for change in entry["changes"].as_array_mut().into_iter().flatten() {
                let Some(value) = change.get_mut("value").and_then(Value::as_object_mut) else { continue };
                if let Some(metadata) = value.get_mut("metadata") {
                    metadata["phone_number_id"] = json!(planting.webhooks.country.phone_number_id);
                }
                for part in OF_PEOPLE {
                    if let Some(of_people) = value.get_mut(part) {
                        planting.plant(part, part, of_people);
                    }
                }
            }
        }
        escaped(&body)
    }
}

/// One body on its way.
struct Planting<'a, 'b> {
    webhooks: &'a mut Webhooks<'b>,
    /// Who was who in the fixture is who is who here.
    known: BTreeMap<String, String>,
    writer: Writer<'a>,
}

impl Planting<'_, '_> {
    /// `path` names the field, without places in lists.
    fn plant(&mut self, path: &str, key: &str, value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.plant(path, key, item)),
            Value::Object(map) => {
                for (key, value) in map {
                    match key.as_str() {
                        "timestamp" if value.is_string() => *value = json!(self.webhooks.now.to_string()),
                        meta if META.contains(&meta) => {}
                        key => self.plant(&format!("{path}/{key}"), key, value),
                    }
                }
            }
            Value::String(text) => *text = self.instead(path, key, text),
            // A place on earth; other numbers are Meta's.
            Value::Number(_) if matches!(key, "latitude" | "longitude") => {
                *value = json!(self.webhooks.canaries.degrees(path));
            }
            Value::Number(_) | Value::Bool(_) | Value::Null => {}
        }
    }

    fn instead(&mut self, path: &str, key: &str, was: &str) -> String {
        let is_message =
            matches!(path, "messages/id" | "statuses/id" | "message_echoes/id") || path.ends_with("context/id");
        match key {
            _ if is_message || WAMIDS.contains(&key) => self.wamid(path),
            // The id of a file.
            "id" if !path.contains("_reply") => was.to_owned(),
            "mime_type" => format!("{was}; name={}", self.webhooks.canaries.plain_word(path)),
            "response_json" => {
                let mut answers: Value = serde_json::from_str(was).unwrap_or_default();
                self.plant(path, "answer", &mut answers);
                answers.to_string()
            }
            _ if NUMBERS.contains(&key) => self.same(path, was, |canaries| canaries.number(path)),
            _ if key.ends_with("user_id") => self.same(path, was, |canaries| {
                let parent = if key.contains("parent") { "ENT." } else { "" };
                format!("BR.{parent}{}", canaries.digits(path))
            }),
            _ => self.webhooks.canaries.word(path),
        }
    }

    /// The same for the same; the writer is whom the caller says.
    fn same(&mut self, path: &str, was: &str, new: impl FnOnce(&mut Canaries) -> String) -> String {
        let is_writer = matches!(path, "contacts/wa_id" | "messages/from" | "statuses/recipient_id");
        if let (true, Writer::Known(number)) = (is_writer, self.writer) {
            return number.to_owned();
        }
        if let Some(known) = self.known.get(was) {
            return known.clone();
        }
        let new = new(self.webhooks.canaries);
        self.known.insert(was.to_owned(), new.clone());
        new
    }

    /// An id of a message holds the other side's number.
    fn wamid(&mut self, path: &str) -> String {
        let number = self.webhooks.canaries.number(path);
        let record = [b"\x1c\x18\x0d", number.as_bytes(), b"\x15\x02\x00\x12\x18\x143A0123456789ABCDEF01\x00"].concat();
        format!("wamid.{}", STANDARD.encode(record))
    }
}

fn escaped(body: &Value) -> Vec<u8> {
    let mut out = String::new();
    for character in body.to_string().chars() {
        if character.is_ascii() {
            out.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            // A string takes everything.
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use portico_crash::BRAZIL;

    use super::*;
    use crate::{Haystack, shapes};

    #[test]
    fn every_canary_is_found_in_the_body_that_bears_it_and_the_fixture_says_nothing_any_more() {
        for (name, shape) in shapes().unwrap() {
            let mut canaries = Canaries::default();
            canaries.word("so that there is one");
            let mut webhooks = Webhooks { country: &BRAZIL, canaries: &mut canaries, now: 1_700_000_000 };
            let body = webhooks.of(&shape, Writer::Stranger);
            let mut hay = Haystack::default();
            hay.add("body", body.clone());
            let needles = canaries.needles().unwrap();
            let found: Vec<_> = needles.within(&hay).into_iter().map(|found| found.needle).collect();
            for planted in needles.names().into_iter().filter(|planted| *planted != "so that there is one") {
                assert!(found.iter().any(|found| found == planted), "{name}: {planted}");
            }
            let text = String::from_utf8(body).unwrap();
            for told in ["Sheena", "16505551234", "Test Name", "972987654321", "Philz", "Summer"] {
                assert!(!text.contains(told), "{name} still tells {told}");
            }
        }
    }

    #[test]
    fn the_fields_that_the_domain_notes_name_are_there() {
        let mut canaries = Canaries::default();
        let mut webhooks = Webhooks { country: &BRAZIL, canaries: &mut canaries, now: 0 };
        for (_, shape) in shapes().unwrap() {
            webhooks.of(&shape, Writer::Stranger);
        }
        let needles = canaries.needles().unwrap();
        let names = needles.names();
        for field in [
            "contacts/profile/name",
            "contacts/profile/username",
            "contacts/wa_id",
            "contacts/user_id",
            "contacts/parent_user_id",
            "messages/id",
            "messages/context/id",
            "messages/text/body",
            "messages/image/caption",
            "messages/image/mime_type",
            "messages/document/filename",
            "messages/button/text",
            "messages/button/payload",
            "messages/interactive/button_reply/title",
            "messages/interactive/list_reply/description",
            "messages/interactive/nfm_reply/response_json/comment_text",
            "messages/location/address",
            "messages/location/latitude",
            "messages/contacts/name/formatted_name",
            "messages/contacts/phones/phone",
            "messages/contacts/vcard",
            "messages/order/text",
            "messages/reaction/emoji",
            "messages/referral/headline",
            "messages/system/body",
            "messages/system/wa_id",
            "messages/edit/message/image/caption",
            "messages/hologram/deep/er",
            "messages/errors/error_data/details",
            "statuses/recipient_id",
            "statuses/recipient_user_id",
            "statuses/errors/error_data/details",
            "user_preferences/wa_id",
        ] {
            assert!(names.contains(&field), "{field} is in no webhook");
        }
    }
}
