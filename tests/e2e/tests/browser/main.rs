//! What people do with clicks and keys, in Chromium: the applicant's phone, the reviewer's console, the account inbox.
//!
//! The other stories speak HTTP; these have a screen. A test waits for what a person would wait for, something to be
//! seen, and *invariant:* whoever got up from the browser left no complaint in its console (a script error, a refusal by
//! the content policy, a picture that did not load) and it asked no host but ours.

mod keys;
mod morning;
mod operations;
mod pages;
mod path;
mod person;
