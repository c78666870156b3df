//! The pages, a file a path: `case/decide.rs` is `POST /console/case/{id}/decide`.
//!
//! Each page is a struct that a template draws, built by a pure function from what was loaded; handlers load, build and
//! draw. *Invariant:* templates hold no logic beyond "is it there", so that what a reviewer sees is tested without HTTP.

pub(crate) mod case;
pub(crate) mod decided;
pub(crate) mod frame;
pub(crate) mod moment;
pub(crate) mod operations;
pub(crate) mod queue;
pub(crate) mod reports;
pub(crate) mod said;
pub(crate) mod search;
pub(crate) mod sign_in;
pub(crate) mod words;
