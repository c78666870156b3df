//! The stand-in as Portico sees it: over HTTP, with a hand-driven clock and nothing that waits.

#![expect(clippy::unwrap_used, reason = "clippy knows test functions, not the stage they stand on")]

mod business;
mod graph;
mod inbox;
mod pages;
mod phone;
mod stage;
mod webhooks;
