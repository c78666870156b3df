//! How a failure is to be treated.

/// Every error enum of Portico answers `fn class(&self) -> Class`; only `Transient` is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// The same call may go through later: a peer is down, a lock was taken, a lease was lost.
    Transient,
    /// The same call will fail again: the input is not acceptable, the thing is gone.
    Permanent,
    /// Our own mistake or a corrupted store: stop, keep everything, tell an operator.
    Bug,
}
