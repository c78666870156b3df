//! Proof that nothing personal lies where it must not.
//!
//! A [`Needle`] is something personal, in every spelling in which machines write things down; a [`Haystack`] is all that
//! one installation has written down or told, as it lies there ([`Lying`]) or opened with the cell's own keys
//! ([`Opened`]). Pictures are compared by what they show ([`Likeness`]). *Invariant:* a search that finds nothing proves
//! nothing by itself: each test here plants a marker as well, in every kind of place it searched, and finds it.

mod asked;
mod canary;
mod haystack;
mod likeness;
mod lying;
mod meta;
mod needle;
mod opened;
mod person;
mod shape;
mod traces;
mod webhook;

pub use asked::Asked;
pub use canary::Canaries;
pub use haystack::{Found, Haystack, Straw};
pub use likeness::Likeness;
pub use lying::Lying;
pub use meta::posts;
pub use needle::{Needle, Needles, Spelling};
pub use opened::Opened;
pub use person::{likenesses, needles};
pub use shape::shapes;
pub use traces::Traces;
pub use webhook::{Webhooks, Writer};
