//! What must not be found, one file a promise.

mod apart;
mod canary;
