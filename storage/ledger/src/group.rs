//! Group commit: callers who come while a transaction is under way share the next one.
//!
//! Nobody waits for company: who finds nobody carrying carries at once, their own and whatever waits by then. There is no
//! task behind it; the callers themselves carry, each until their own is done. *Invariant:* an answer is given only for
//! what was carried; whoever goes away while carrying leaves the others without an answer, never with a wrong one.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, oneshot};

#[derive(Debug)]
struct Waiting<T, R> {
    item: T,
    done: oneshot::Sender<R>,
}

/// The answers of a batch, in its order. Boxed, because the compiler cannot see yet that an async closure's future may
/// be sent to another thread (rust-lang/rust 110338).
pub(crate) type Running<'r, R> = Pin<Box<dyn Future<Output = Vec<R>> + Send + 'r>>;

/// What waits to be carried, and who may carry.
#[derive(Debug)]
pub(crate) struct Group<T, R> {
    waiting: Mutex<VecDeque<Waiting<T, R>>>,
    carriers: Semaphore,
    most: usize,
}

impl<T, R> Group<T, R> {
    /// So many carry at once, and at most so many items together.
    pub(crate) const fn new(carriers: usize, most: usize) -> Self {
        Self { waiting: Mutex::new(VecDeque::new()), carriers: Semaphore::const_new(carriers), most }
    }

    /// Has `item` carried by `run`, here or by another caller; `None` when whoever did went away in the middle. Only
    /// items that are `apart` from all others of a batch go into it; those left over keep their order.
    pub(crate) async fn carry<'r>(
        &self,
        item: T,
        apart: impl Fn(&T, &T) -> bool + Send + Sync,
        run: impl Fn(Vec<T>) -> Running<'r, R> + Send + Sync,
    ) -> Option<R> {
        let (done, mut told) = oneshot::channel();
        self.lock().push_back(Waiting { item, done });
        loop {
            let carrying = tokio::select! {
                biased;
                told = &mut told => return told.ok(),
                carrying = self.carriers.acquire() => carrying.ok()?,
            };
            let (items, waiting): (Vec<T>, Vec<oneshot::Sender<R>>) =
                self.take(&apart).into_iter().map(|waiting| (waiting.item, waiting.done)).unzip();
            if items.is_empty() {
                drop(carrying);
                return told.await.ok();
            }
            for (done, answer) in waiting.into_iter().zip(run(items).await) {
                // Who asked may be gone; what was carried stays.
                let _ = done.send(answer);
            }
        }
    }

    fn take(&self, apart: impl Fn(&T, &T) -> bool) -> Vec<Waiting<T, R>> {
        let mut waiting = self.lock();
        let (mut taken, mut left): (Vec<Waiting<T, R>>, _) = (Vec::new(), VecDeque::new());
        while let Some(next) = waiting.pop_front() {
            if taken.len() < self.most && taken.iter().all(|other| apart(&other.item, &next.item)) {
                taken.push(next);
            } else {
                left.push_back(next);
            }
        }
        *waiting = left;
        taken
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Waiting<T, R>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;

    use super::*;

    type Batches = Mutex<Vec<Vec<u32>>>;

    /// Carries numbers, each batch written down, and answers each with its double.
    async fn double(group: &Group<u32, u32>, batches: &Batches, number: u32) -> Option<u32> {
        let run = |items: Vec<u32>| -> Running<'_, u32> {
            batches.lock().unwrap().push(items.clone());
            Box::pin(async move {
                tokio::task::yield_now().await;
                items.iter().map(|item| item * 2).collect()
            })
        };
        group.carry(number, |a, b| a % 10 != b % 10, run).await
    }

    #[tokio::test]
    async fn who_comes_meanwhile_shares_the_next_one() {
        let (group, batches) = (Group::new(1, 4), Batches::default());
        let answers = join_all((1..=8).map(|number| double(&group, &batches, number))).await;
        assert_eq!(answers, (1..=8).map(|number| Some(number * 2)).collect::<Vec<_>>());
        let batches = batches.into_inner().unwrap();
        assert!(batches.iter().all(|batch| batch.len() <= 4), "{batches:?}");
        assert_eq!(batches.concat().len(), 8, "each is carried once: {batches:?}");
        assert!(batches.len() < 8, "{batches:?}");
    }

    #[tokio::test]
    async fn one_alone_is_carried_at_once() {
        let (group, batches) = (Group::new(1, 4), Batches::default());
        assert_eq!(double(&group, &batches, 7).await, Some(14));
        assert_eq!(batches.into_inner().unwrap(), [[7]]);
    }

    #[tokio::test]
    async fn what_may_not_go_together_goes_one_after_the_other() {
        let (group, batches) = (Group::new(1, 4), Batches::default());
        join_all([1, 11, 2, 21].map(|number| double(&group, &batches, number))).await;
        let batches = batches.into_inner().unwrap();
        let of_one: Vec<_> = batches.iter().flatten().filter(|number| **number % 10 == 1).collect();
        assert_eq!(of_one, [&1, &11, &21]);
        assert!(batches.iter().all(|batch| batch.iter().filter(|number| **number % 10 == 1).count() <= 1));
    }

    #[tokio::test]
    async fn who_goes_away_while_carrying_answers_nobody() {
        let group: Group<u32, u32> = Group::new(1, 4);
        let mut gone = Box::pin(group.carry(1, |_, _| true, |_| Box::pin(std::future::pending())));
        assert!(futures::poll!(&mut gone).is_pending());
        drop(gone);
        let run = |items: Vec<u32>| -> Running<'_, u32> { Box::pin(std::future::ready(items)) };
        assert_eq!(group.carry(2, |_, _| true, run).await, Some(2), "the next one carries");
    }
}
