//! The real binary, one file a kind of fire.

mod damage;
mod full;
mod io;
mod kill;
mod moments;
mod outage;
mod paused;
mod postgres;
mod power;
mod reckoning;
mod restore;
mod roles;
mod upgrade;
