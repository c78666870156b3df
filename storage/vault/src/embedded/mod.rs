//! The S3 inside the process, for `embedded:DIR`.
//!
//! `s3s-fs` keeps the objects; by itself it answers 200 to much it does not do (locks, encryption), keeps an object
//! whose checksum was wrong, lets several conditional puts win, and never calls fsync. The [`guard::Guard`] in front of
//! it mends each of these or refuses with 501, so that what this S3 acknowledges, it has done.
//!
//! *Invariant:* an acknowledged put or delete survives a power cut.
//! *Invariant:* one process writes a folder, by a lock file, while others may read it ([`view`]); only loopback is listened on, with credentials drawn at start.

mod body;
mod folder;
mod guard;
mod refusal;
mod server;
#[cfg(test)]
mod tests;
mod view;

pub(crate) use server::Embedded;
pub(crate) use view::View;
