//! What is to happen, and when: the things that come from outside.

use std::sync::Arc;

use portico_case::Input;
use portico_vocab::CaseId;

use crate::applicant::Says;
use crate::desk::Call;
use crate::wire::Body;

/// How long before a webhook, or a call of the bank, comes again.
pub const AGAIN_MS: [i64; 5] = [1_000, 10_000, 60_000, 600_000, 3_600_000];

#[derive(Debug, Clone)]
pub enum Happening {
    /// An applicant does something.
    Says(usize, Says),
    /// WhatsApp posts what has not been answered 200, so many tries before.
    Post(Vec<Arc<Body>>, u32),
    /// A reviewer opens the queue.
    Review,
    /// A form is sent; its one-time id makes it one input however often it comes.
    Click(CaseId, Arc<Input>, u32),
    /// The bank's system calls, under one key until it is answered.
    Call(Arc<Call>, u32),
    /// House is kept.
    House,
}
