//! Tests of the functional core, in one binary: every stage with every input, whole conversations, properties, and the
//! forms that are fixed for good.

#![expect(clippy::unwrap_used, reason = "a test stops where its fixture or sample is wrong")]

mod chat;
mod entry;
mod inputs;
mod machine;
mod matrix;
mod order;
mod properties;
mod stages;
mod stories;
mod texts;
mod transcript;
