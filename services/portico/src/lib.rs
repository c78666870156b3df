//! The binary's parts: configuration, assembly, roles, supervision. A library too, so that end-to-end tests start the
//! very same process they would install.

pub mod assemble;
pub mod check;
pub mod cli;
pub mod clock;
pub mod config;
pub mod dev;
pub mod doctor;
pub mod failure;
pub mod logs;
mod ops;
pub mod serve;
mod setting;
pub mod stand_in;
mod watch;
