//! Looking into JSON of unknown shape.
//!
//! *Invariant:* every look-up answers; a missing key and a wrong type are the same `None`.

use portico_vocab::{E164, Pii, Timestamp, UserId, Wamid};
use serde_json::Value;

use super::SenderIds;

/// One JSON value, to be asked for what it may hold.
#[derive(Clone, Copy)]
pub(super) struct Look<'a>(pub(super) &'a Value);

impl<'a> Look<'a> {
    pub(super) fn get(self, key: &str) -> Option<Self> {
        self.0.get(key).map(Self)
    }

    /// The value under `key` when it is an object.
    pub(super) fn object(self, key: &str) -> Option<Self> {
        self.get(key).filter(|look| look.0.is_object())
    }

    /// The elements under `key`; none when it is no list.
    pub(super) fn list(self, key: &str) -> impl Iterator<Item = Self> + Clone {
        self.0.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default().iter().map(Look)
    }

    /// Text that is not empty.
    pub(super) fn text(self, key: &str) -> Option<&'a str> {
        self.0.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    pub(super) fn string(self, key: &str) -> Option<String> {
        self.text(key).map(str::to_owned)
    }

    pub(super) fn personal(self, key: &str) -> Option<Pii<String>> {
        self.string(key).map(Pii::new)
    }

    pub(super) fn flag(self, key: &str) -> Option<bool> {
        self.0.get(key).and_then(Value::as_bool)
    }

    /// A whole number, also when it stands in text.
    pub(super) fn integer(self, key: &str) -> Option<i64> {
        let value = self.0.get(key)?;
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    }

    /// Unix seconds; Meta writes text, in some places a number.
    pub(super) fn time(self, key: &str) -> Option<Timestamp> {
        self.integer(key).filter(|seconds| *seconds > 0).map(Timestamp::from_seconds)
    }

    pub(super) fn wamid(self, key: &str) -> Option<Wamid> {
        Wamid::parse(self.text(key)?).ok()
    }

    pub(super) fn user_id(self, key: &str) -> Option<Pii<UserId>> {
        UserId::parse(self.text(key)?).ok().map(Pii::new)
    }

    /// Codes of a list of errors.
    pub(super) fn error_codes(self) -> Vec<i64> {
        self.list("errors").filter_map(|error| error.integer("code")).collect()
    }

    /// The ids under three keys. Some payloads put a user id where the phone belongs, so the first is told by its shape.
    pub(super) fn ids(self, address: &str, user_id: &str, parent: &str) -> SenderIds {
        let mut ids = SenderIds { phone: None, user_id: self.user_id(user_id), parent_user_id: self.user_id(parent) };
        match self.text(address) {
            Some(text) if UserId::looks_like(text) => ids.user_id = ids.user_id.or_else(|| self.user_id(address)),
            Some(text) => ids.phone = E164::parse(text).ok().map(Pii::new),
            None => {}
        }
        ids
    }
}
