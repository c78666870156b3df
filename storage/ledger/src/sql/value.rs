//! Values bound to a statement: the three types both engines have.
//!
//! SQLite finds no row and says nothing when a value of the wrong type is bound, so every statement declares its
//! types and each call is held to them (see [`Statement`](super::statement::Statement)).

use std::borrow::Cow;

use portico_vocab::{
    CaseId, CaseVersion, EventId, EvidenceId, InputId, OutboundId, OutcomeName, PhoneNumberId, Sha256, StageName,
    Timestamp,
};

use crate::model::{AliasKind, ChainName, OutboundState, Queue, SenderId};

/// One bound value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    Blob(Cow<'a, [u8]>),
    Int(i64),
    Text(Cow<'a, str>),
    /// NULL of the type of this letter.
    Null(char),
}

impl Value<'_> {
    /// `b` for bytes, `i` for a 64-bit integer, `t` for text.
    pub const fn letter(&self) -> char {
        match self {
            Self::Blob(_) => 'b',
            Self::Int(_) => 'i',
            Self::Text(_) => 't',
            Self::Null(letter) => *letter,
        }
    }
}

/// What can be bound, and which NULL stands for its absence.
pub trait Bind<'a> {
    const LETTER: char;
    fn value(self) -> Value<'a>;
}

impl<'a, T: Bind<'a>> Bind<'a> for Option<T> {
    const LETTER: char = T::LETTER;
    fn value(self) -> Value<'a> {
        self.map_or(Value::Null(T::LETTER), T::value)
    }
}

macro_rules! bind {
    ($letter:literal, $variant:ident, $($type:ty => |$it:ident| $value:expr),* $(,)?) => {$(
        impl<'a> Bind<'a> for $type {
            const LETTER: char = $letter;
            fn value(self) -> Value<'a> {
                let $it = self;
                Value::$variant($value)
            }
        }
    )*};
}

bind!('b', Blob,
    &'a [u8] => |it| Cow::Borrowed(it),
    &'a Vec<u8> => |it| Cow::Borrowed(it),
    Vec<u8> => |it| Cow::Owned(it),
    [u8; 16] => |it| Cow::Owned(it.to_vec()),
    [u8; 32] => |it| Cow::Owned(it.to_vec()),
    CaseId => |it| Cow::Owned(it.as_bytes().to_vec()),
    EventId => |it| Cow::Owned(it.as_bytes().to_vec()),
    EvidenceId => |it| Cow::Owned(it.as_bytes().to_vec()),
    OutboundId => |it| Cow::Owned(it.as_bytes().to_vec()),
    InputId => |it| Cow::Owned(it.as_bytes().to_vec()),
    Sha256 => |it| Cow::Owned(it.as_bytes().to_vec()),
    SenderId => |it| Cow::Owned(it.0.to_vec()),
);

// Counters end at the largest signed integer: nothing counts that far, and a larger one asked for finds nothing.
bind!('i', Int,
    i64 => |it| it,
    u16 => |it| i64::from(it),
    u32 => |it| i64::from(it),
    u64 => |it| i64::try_from(it).unwrap_or(i64::MAX),
    usize => |it| i64::try_from(it).unwrap_or(i64::MAX),
    CaseVersion => |it| i64::try_from(it.0).unwrap_or(i64::MAX),
    Timestamp => |it| it.as_micros(),
);

bind!('t', Text,
    &'a str => |it| Cow::Borrowed(it),
    &'a String => |it| Cow::Borrowed(it),
    &'a PhoneNumberId => |it| Cow::Borrowed(it.as_str()),
    StageName => |it| Cow::Borrowed(it.as_str()),
    OutcomeName => |it| Cow::Borrowed(it.as_str()),
    Queue => |it| Cow::Borrowed(it.as_str()),
    OutboundState => |it| Cow::Borrowed(it.as_str()),
    AliasKind => |it| Cow::Borrowed(it.as_str()),
    ChainName => |it| Cow::Borrowed(it.as_str()),
);

/// The values of one call or one row, each of its own type.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::sql::value::Bind::value($value)),*] };
}
pub(super) use values;
