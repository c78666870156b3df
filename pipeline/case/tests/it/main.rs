//! Tests of the functional core, in one binary: every stage with every input, whole conversations, properties, and the
//! forms that are fixed for good.

mod chat;
mod entry;
mod inputs;
mod matrix;
mod order;
mod properties;
mod stages;
mod stories;
mod texts;
mod transcript;
