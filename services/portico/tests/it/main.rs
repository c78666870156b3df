//! The configuration, shown: what each key does, what is refused, and that the two documents on it are complete.

mod commands;
mod doctor;
mod documents;
mod keys;
mod refused;
mod sample;
mod stood_in;
mod telemetry;
