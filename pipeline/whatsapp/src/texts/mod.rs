//! What applicants read: keys, values, settings, and the Fluent bundles that turn them into messages.
//!
//! The case says *what* to tell ([`Tell`]: a key and typed values); the bundles say *how*, per language. The shipped texts
//! are those of docs/domain/chat.md; a bank may override any by file. *Invariant:* the structure of a message (which buttons,
//! which reply ids, in which order) is fixed here, so no translation can lose a button.

mod action;
mod bundle;
mod key;
mod render;
mod rendered;
mod setting;
mod tell;
mod values;

pub use bundle::{TextError, Texts};
pub use key::TextKey;
pub use rendered::{Action, Button, Rendered, Row};
pub use setting::Setting;
pub use tell::{Tell, Value};
