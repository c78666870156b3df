//! Pages of lists, and opaque cursors into them.
//!
//! A cursor names its kind and its list besides the place, so that one taken from another list is refused and not misread.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portico_ledger::Cursor;
use portico_vocab::{CaseId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::problem::Problem;

/// One page of a list.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PageOf{T}")]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// Give it as `after` to go on; null when there is nothing more now.
    pub(crate) next: Option<String>,
}

impl<T> Page<T> {
    /// A list that fits one page.
    pub(crate) fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}

/// A place in some list.
pub(crate) trait Place: Sized {
    /// Tells kinds of list apart.
    const KIND: u8;
    fn write(&self) -> Vec<u8>;
    fn read(bytes: &[u8]) -> Option<Self>;
}

impl Place for Cursor {
    const KIND: u8 = b'c';

    fn write(&self) -> Vec<u8> {
        [&self.at.as_micros().to_be_bytes()[..], self.id.as_bytes()].concat()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (at, id) = bytes.split_first_chunk::<8>()?;
        let at = Timestamp::from_micros(i64::from_be_bytes(*at));
        Some(Self { at, id: CaseId::from_bytes(id.try_into().ok()?) })
    }
}

/// Behind this position of the cell's log of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AfterEvent(pub(crate) u64);

/// Behind this entry of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AfterEntry(pub(crate) u64);

macro_rules! counted {
    ($place:ident, $kind:literal) => {
        impl Place for $place {
            const KIND: u8 = $kind;

            fn write(&self) -> Vec<u8> {
                self.0.to_be_bytes().to_vec()
            }

            fn read(bytes: &[u8]) -> Option<Self> {
                Some(Self(u64::from_be_bytes(bytes.try_into().ok()?)))
            }
        }
    };
}
counted!(AfterEvent, b'e');
counted!(AfterEntry, b'h');

/// The cursor of `place` in the list named `list` (a country, a case).
pub(crate) fn encode<P: Place>(list: &[u8], place: &P) -> String {
    URL_SAFE_NO_PAD.encode([&[P::KIND], list, &place.write()].concat())
}

/// # Errors
/// [`Problem::QueryInvalid`] for anything but a cursor of this very list.
pub(crate) fn decode<P: Place>(list: &[u8], text: &str) -> Result<P, Problem> {
    URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|bytes| P::read(bytes.strip_prefix(&[P::KIND])?.strip_prefix(list)?))
        .ok_or_else(|| Problem::QueryInvalid {
            parameter: "after",
            expected: "`next` of an earlier page of this same list".to_owned(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_finds_its_place_in_its_own_list_only() {
        let place = Cursor { at: Timestamp::from_micros(-7), id: CaseId::from_bytes([9; 16]) };
        let text = encode(b"IN", &place);
        assert_eq!(decode::<Cursor>(b"IN", &text).unwrap(), place);
        assert!(decode::<Cursor>(b"BR", &text).is_err());
        assert!(decode::<AfterEvent>(b"IN", &text).is_err());
        let text = encode(b"IN", &AfterEvent(7));
        assert_eq!(decode::<AfterEvent>(b"IN", &text).unwrap(), AfterEvent(7));
        assert!(decode::<AfterEntry>(b"IN", &text).is_err());
        for text in ["", "x", "====", "AAAA", "é"] {
            assert!(decode::<AfterEvent>(b"IN", text).is_err(), "{text}");
        }
    }
}
