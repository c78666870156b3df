//! What ingress reads of a webhook: whose it is, and nothing more.
//!
//! Each change is cut out as the raw text it came as, so a cell stores exactly the bytes Meta signed, and a parser's
//! mistake later loses nothing. *Invariant:* only a body that is not JSON is refused; whatever has another shape than
//! expected is passed on as it is or yields no slice.

use std::borrow::Cow;
use std::collections::BTreeMap;

use portico_vocab::{Class, PhoneNumberId, Timestamp, WabaId};
use serde::Deserialize;
use serde_json::value::RawValue;

/// A webhook's body, cut into slices by cell-picking ids.
#[derive(Debug, Clone)]
pub struct Envelope<'a> {
    /// `whatsapp_business_account`; empty when absent.
    pub object: String,
    /// Every change of every entry, in order.
    pub slices: Vec<Slice<'a>>,
}

/// One change, with what routes it.
#[derive(Debug, Clone)]
pub struct Slice<'a> {
    /// `entry[].id`; account events have nothing else to route by.
    pub waba: Option<WabaId>,
    /// `value.metadata.phone_number_id`: picks the cell.
    pub phone_number: Option<PhoneNumberId>,
    /// `messages` and so on; empty when absent.
    pub field: String,
    /// The whole change, as it came.
    pub raw: &'a RawValue,
    /// `entry[].time`, given with account events.
    pub entry_time: Option<Timestamp>,
}

/// Why a body has no slices at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    #[error("the body is not a JSON object in UTF-8: expected a webhook as Meta sends it")]
    NotJson,
}

impl EnvelopeError {
    #[must_use]
    pub const fn class(&self) -> Class {
        Class::Permanent
    }
}

/// An object whose values are left as text. The last of equal keys wins, as it does for `serde_json::Value`.
type Object<'a> = BTreeMap<Cow<'a, str>, &'a RawValue>;

/// Cuts `body` into its changes.
///
/// # Errors
/// When `body` is not a JSON object in UTF-8.
pub fn slices(body: &[u8]) -> Result<Envelope<'_>, EnvelopeError> {
    let text = std::str::from_utf8(body).map_err(|_| EnvelopeError::NotJson)?;
    let root: Object<'_> = serde_json::from_str(text).map_err(|_| EnvelopeError::NotJson)?;
    let mut slices = Vec::new();
    for entry in list(root.get("entry").copied()) {
        let Some(entry) = object(entry) else { continue };
        let waba = string(entry.get("id").copied()).and_then(|id| WabaId::parse(&id).ok());
        let entry_time = entry.get("time").copied().and_then(seconds);
        for raw in list(entry.get("changes").copied()) {
            let change = object(raw).unwrap_or_default();
            slices.push(Slice {
                waba: waba.clone(),
                phone_number: change.get("value").copied().and_then(phone_number),
                field: string(change.get("field").copied()).unwrap_or_default(),
                raw,
                entry_time,
            });
        }
    }
    Ok(Envelope { object: string(root.get("object").copied()).unwrap_or_default(), slices })
}

fn phone_number(value: &RawValue) -> Option<PhoneNumberId> {
    let value = object(value)?;
    let metadata = object(value.get("metadata").copied()?)?;
    PhoneNumberId::parse(&string(metadata.get("phone_number_id").copied())?).ok()
}

fn object(raw: &RawValue) -> Option<Object<'_>> {
    serde_json::from_str(raw.get()).ok()
}

fn list(raw: Option<&RawValue>) -> Vec<&RawValue> {
    raw.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
}

/// Text, or a bare number where Meta promises text.
fn string(raw: Option<&RawValue>) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum TextOrNumber {
        Text(String),
        Number(u64),
    }
    match serde_json::from_str(raw?.get()).ok()? {
        TextOrNumber::Text(text) => Some(text),
        TextOrNumber::Number(number) => Some(number.to_string()),
    }
}

fn seconds(raw: &RawValue) -> Option<Timestamp> {
    string(Some(raw))?.parse().ok().map(Timestamp::from_seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_cut_out_as_it_came_and_routed() {
        let change =
            r#"{ "field":"messages", "new key":[1,{}], "value":{"metadata":{"phone_number_id":"22"}, "x":"a\/b"} }"#;
        let account = r#"{"field":"account_update","value":{"event":"DISABLED_UPDATE"}}"#;
        let body = format!(
            r#"{{"object":"whatsapp_business_account","entry":[{{"id":"11","changes":[{change}]}},{{"id":33,"time":1739321024,"changes":[{account}]}}]}}"#
        );
        let envelope = slices(body.as_bytes()).unwrap();
        assert_eq!(envelope.object, "whatsapp_business_account");
        let [first, second] = &envelope.slices[..] else { panic!("two slices") };
        assert_eq!(first.raw.get(), change);
        assert_eq!(first.waba.as_ref().unwrap().as_str(), "11");
        assert_eq!(first.phone_number.as_ref().unwrap().as_str(), "22");
        assert_eq!((first.field.as_str(), first.entry_time), ("messages", None));
        assert_eq!(second.raw.get(), account);
        assert_eq!(second.waba.as_ref().unwrap().as_str(), "33");
        assert_eq!((&second.phone_number, second.field.as_str()), (&None, "account_update"));
        assert_eq!(second.entry_time, Some(Timestamp::from_seconds(1_739_321_024)));
    }

    #[test]
    fn other_shapes_are_tolerated_and_only_non_json_is_refused() {
        for (body, count) in [
            ("{}", 0),
            (r#"{"object":5,"entry":{}}"#, 0),
            (r#"{"entry":[1,null,{"changes":"x"},{"id":[],"changes":[]}]}"#, 0),
            (r#"{"entry":[{"id":{},"changes":[null,7,{"field":3,"value":[]}]}]}"#, 3),
            (r#"{"entry":[],"entry":[{"changes":[{}]}]}"#, 1),
        ] {
            let envelope = slices(body.as_bytes()).unwrap();
            assert_eq!(envelope.slices.len(), count, "{body}");
            assert!(envelope.slices.iter().all(|slice| slice.waba.is_none() && slice.phone_number.is_none()));
        }
        let bomb = "[".repeat(100_000);
        for body in [&b""[..], b"hello", b"[]", b"null", b"{\"a\":\"\xff\"}", b"{}x", bomb.as_bytes()] {
            assert_eq!(slices(body).unwrap_err(), EnvelopeError::NotJson);
        }
    }
}
