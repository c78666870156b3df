//! The real binary, one file a kind of fire.

mod kill;
mod roles;
