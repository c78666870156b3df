//! The stories, one file a concern.

mod api;
mod ingress;
mod orders;
mod path;
mod relay;
mod restart;
mod review;
mod take_in;
mod tell;
mod watch;
mod withdraw;
