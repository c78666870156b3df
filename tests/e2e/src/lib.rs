//! End to end tests over the real parts: a whole `portico dev` in this process, on a port of its own.
//!
//! A test is a [`story`]: people say things in the chat, reviewers use the console, the bank its API, and the story is
//! told through what each of them gets to see. *Invariant:* whatever a story does, at its end nothing is stuck or
//! parked that it did not announce, every case refolds from its history, every chain verifies, and no log line and
//! no trace holds a number, a name or a message of anybody in it.

mod applicant;
mod bank;
pub mod browser;
mod clock;
mod logs;
mod page;
mod photos;
mod reviewer;
mod soundness;
mod subscriber;
pub mod traces;
mod wait;
mod walk;
mod world;

pub use applicant::{Applicant, Heard};
pub use bank::{Answer, Bank};
pub use clock::TestClock;
pub use page::{Form, Page};
pub use photos::{file, photo};
pub use reviewer::Reviewer;
pub use subscriber::{Delivery, Subscriber};
pub use traces::Span;
pub use wait::until;
pub use walk::Walk;
pub use world::{Engine, World, story};
