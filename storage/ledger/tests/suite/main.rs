//! What a ledger does, shown on each of the three: the memory ledger says what is right, SQL must agree.
//!
//! A file a room of the trait; each test is one async function of `&dyn Ledger`, run on every engine by
//! [`conformance!`]. `differential` applies random operations to all three and compares what they answer.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on stops; all of this crate is tests"
)]

mod desk;
mod differential;
mod engines;
mod feed;
mod intake;
mod messages;
mod opening;
mod read;
mod record;
mod rolled_back;
mod rows;
mod work;

/// Runs each test of a room on each engine, on a ledger of its own.
macro_rules! conformance {
    ($($test:ident),* $(,)?) => {
        mod memory { $(#[tokio::test] async fn $test() { super::$test(&*$crate::engines::memory().await.ledger).await; })* }
        mod sqlite { $(#[tokio::test] async fn $test() { super::$test(&*$crate::engines::sqlite().await.ledger).await; })* }
        mod postgres {
            $(#[tokio::test] async fn $test() { super::$test(&*$crate::engines::postgres().await.ledger).await; })*
        }
    };
}
pub(crate) use conformance;
