//! The `/v1` API, driven as its clients drive it: real cells on memory ledgers, requests through the whole router.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "../it/support/mod.rs"]
#[expect(dead_code, reason = "the pages' tests use the rest of the office")]
mod support;

mod bank;
mod changes;
mod describes;
mod lists;
mod once;
mod reads;
mod table;
