//! Pictures: what came in, whether it may be opened, what is kept of it, whether it is good enough to be read.
//!
//! Bytes are typed by how far they have come, and each type is made only by consuming the one before:
//!
//! ```text
//! Downloaded ──Measured::of──▶ Measured ──Normalised::of──▶ Normalised ──quality::judge──▶ findings
//! any bytes     walked by our   decoded, turned,             redrawn pixels,
//! and digest    own readers     made smaller, redrawn        no byte of the file
//! ```
//!
//! Nothing here touches a file, a clock, a socket or randomness: the same bytes give the same result, so a job may be
//! repeated, and a later issue can move this crate into a process that has nothing but memory and CPU.
//!
//! *Invariant:* no decoder sees bytes before `Measured::of` has found a whole picture of an allowed kind and size.
//! *Invariant:* no byte of the original reaches a derivative: pixels are drawn anew, so metadata and tails are gone.

mod downloaded;
mod exif;
mod format;
mod kind;
mod limits;
mod measured;
mod normalised;
pub mod quality;
mod refusal;

pub use downloaded::Downloaded;
pub use kind::Kind;
pub use limits::Limits;
pub use measured::Measured;
pub use normalised::{Facts, Grey, Normalised};
pub use quality::{Subject, Thresholds, judge, worst};
pub use refusal::Refusal;
