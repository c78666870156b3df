//! The real binary, one file a kind of fire.

mod damage;
mod kill;
mod moments;
mod outage;
mod paused;
mod reckoning;
mod roles;
