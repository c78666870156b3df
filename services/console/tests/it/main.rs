//! The pages as a reviewer's browser meets them, in one binary: a whole office in process, no network.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod desk;
mod operations;
mod pages;
mod routes;
mod support;
