//! The real binary, one file a kind of fire.

mod kill;
mod moments;
mod outage;
mod reckoning;
mod roles;
