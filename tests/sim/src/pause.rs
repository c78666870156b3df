//! A place where a simulated worker may be held, or may die.
//!
//! Every call to a peer waits here before it takes effect, and every write once more before its caller hears of it. A
//! future that is dropped at such a place is a process that died there. *Invariant:* one poll of a task takes at most
//! one effect, so the scheduler decides every order.

use std::pin::Pin;
use std::task::{Context, Poll};

#[derive(Debug, Default)]
pub struct Pause(bool);

impl Future for Pause {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.0 {
            return Poll::Ready(());
        }
        self.0 = true;
        // A set of futures inside a task polls only those that were woken.
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

#[must_use]
pub fn pause() -> Pause {
    Pause::default()
}
