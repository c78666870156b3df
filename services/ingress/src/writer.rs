//! One writer a cell: whatever is waiting when it is free becomes one sealed segment and one commit.
//!
//! Nobody waits for company: a lone body is committed at once, and while that commit runs the next ones gather. One
//! writer, because two only halve the batches (measured: docs/domain/ledger.md, section 3). *Invariant:* a body is answered
//! `true` only after `accept` has said that the segment it lies in is durable.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use portico_keys::{DayKey, KeyError};
use portico_ledger::segment::{self, Slice};
use portico_ledger::{LedgerError, SegmentRow};
use portico_telemetry::{Count, IngressMetrics};
use portico_vocab::{CellId, Clock, Timestamp};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::{CellDoor, IngressConfig};

/// One body's slices for one cell, and who waits to hear that they are durable.
pub(crate) struct Waiting {
    slices: Vec<Slice>,
    /// When the request came.
    came_at: Instant,
    durable: oneshot::Sender<bool>,
}

/// Who waits for a segment, without what it brought.
struct Waiter {
    came_at: Instant,
    durable: oneshot::Sender<bool>,
}

/// What is to become one segment.
#[derive(Default)]
struct Bodies {
    slices: Vec<Slice>,
    /// Where each body begins among the slices.
    firsts: Vec<usize>,
    /// Of the changes, in all.
    bytes: usize,
}

impl Bodies {
    fn add(&mut self, slices: Vec<Slice>) {
        self.firsts.push(self.slices.len());
        self.bytes += slices.iter().map(|slice| slice.change.len()).sum::<usize>();
        self.slices.extend(slices);
    }
}

/// Why a body could not be made durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotDurable {
    /// Too much is waiting already.
    Busy,
    /// The commit failed, took too long, or nobody writes any more.
    Failed,
}

/// The way to one cell's writer.
#[derive(Clone)]
pub(crate) struct Mailbox(mpsc::Sender<Waiting>);

impl Mailbox {
    /// Returns once the slices are committed.
    pub(crate) async fn commit(&self, slices: Vec<Slice>, came_at: Instant) -> Result<(), NotDurable> {
        let (durable, answer) = oneshot::channel();
        self.0.try_send(Waiting { slices, came_at, durable }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => NotDurable::Busy,
            mpsc::error::TrySendError::Closed(_) => NotDurable::Failed,
        })?;
        match answer.await {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(NotDurable::Failed),
        }
    }
}

/// How much room there is before webhooks are told 503; knows it as long as the writers run.
#[derive(Debug, Clone, Default)]
pub struct Inbox(Vec<(CellId, mpsc::WeakSender<Waiting>)>);

impl Inbox {
    /// Whether a webhook for `cell` would find a place; `None` when nobody writes for it here.
    #[must_use]
    pub fn has_room(&self, cell: CellId) -> Option<bool> {
        let (_, writer) = self.0.iter().find(|(of, _)| *of == cell)?;
        writer.upgrade().map(|writer| writer.capacity() > 0)
    }
}

/// The writers of every cell. The shell runs them on its supervised task set; without them every webhook is told 503.
#[must_use = "webhooks are made durable only while the writers run"]
pub struct Writers(Vec<Writer>, Inbox);

impl Writers {
    /// Looks at what waits for them.
    #[must_use]
    pub fn inbox(&self) -> Inbox {
        self.1.clone()
    }

    /// Runs until the router and every request of it are gone and what they left is committed.
    pub async fn run(self) {
        join_all(self.0.into_iter().map(Writer::run)).await;
    }
}

pub(crate) fn writers(
    config: &IngressConfig,
    doors: Vec<CellDoor>,
    clock: &Arc<dyn Clock>,
    metrics: &IngressMetrics,
) -> (Vec<Mailbox>, Writers) {
    let limits = Limits::of(config);
    let pair = |door| {
        let (sender, mailbox) = mpsc::channel(config.max_waiting.max(1));
        let (clock, metrics) = (clock.clone(), metrics.clone());
        (Mailbox(sender), Writer { door, mailbox, clock, metrics, limits, today: None })
    };
    let (mailboxes, writers): (Vec<Mailbox>, Vec<Writer>) = doors.into_iter().map(pair).unzip();
    let inbox = mailboxes.iter().zip(&writers).map(|(mailbox, writer)| (writer.door.cell, mailbox.0.downgrade()));
    let inbox = Inbox(inbox.collect());
    (mailboxes, Writers(writers, inbox))
}

#[derive(Clone, Copy)]
struct Limits {
    bodies: usize,
    bytes: usize,
    commit: Duration,
}

impl Limits {
    fn of(config: &IngressConfig) -> Self {
        let commit = Duration::from_millis(config.commit_timeout_ms);
        Self { bodies: config.max_segment_bodies, bytes: config.max_segment_bytes, commit }
    }
}

struct Writer {
    door: CellDoor,
    mailbox: mpsc::Receiver<Waiting>,
    clock: Arc<dyn Clock>,
    metrics: IngressMetrics,
    limits: Limits,
    /// The newest day's key; it outlives its day only until the next body comes.
    today: Option<DayKey>,
}

/// Why a segment was not committed, for the log.
#[derive(Debug, thiserror::Error)]
enum CommitError {
    #[error("the ledger did not take the segment")]
    Ledger(#[from] LedgerError),
    #[error("the day's key does not open")]
    Key(#[from] KeyError),
    #[error("the day's key has been destroyed")]
    KeyDestroyed,
    #[error("the clock shows no date")]
    NoDate,
    #[error("the commit took too long")]
    TooSlow,
}

impl Writer {
    async fn run(mut self) {
        while let Some(first) = self.mailbox.recv().await {
            let (bodies, waiting) = self.gather(first);
            let in_time = self.limits.commit;
            let commit = self.commit_today(&bodies);
            let result = tokio::time::timeout(in_time, commit).await.unwrap_or(Err(CommitError::TooSlow));
            if let Err(error) = &result {
                let error = error as &dyn std::error::Error;
                tracing::error!(cell = %self.door.cell, bodies = waiting.len(), error, "webhooks not durable");
            }
            for Waiter { came_at, durable } in waiting {
                if result.is_ok() {
                    self.metrics.durable(self.door.cell, came_at.elapsed());
                }
                // Whoever asked may be gone; what was committed stays.
                let _ = durable.send(result.is_ok());
            }
        }
    }

    /// Everything that waits now, up to the size of a segment.
    fn gather(&mut self, first: Waiting) -> (Bodies, Vec<Waiter>) {
        let (mut bodies, mut waiting) = (Bodies::default(), Vec::new());
        let mut next = Some(first);
        while let Some(Waiting { slices, came_at, durable }) = next {
            bodies.add(slices);
            waiting.push(Waiter { came_at, durable });
            let room = waiting.len() < self.limits.bodies && bodies.bytes < self.limits.bytes;
            next = if room { self.mailbox.try_recv().ok() } else { None };
        }
        (bodies, waiting)
    }

    /// Seals and commits. A key held for so long that house-keeping has destroyed it (a process that was paused, a clock
    /// set back) is let go, and the bodies are sealed once more under the key of what is now today.
    async fn commit_today(&mut self, bodies: &Bodies) -> Result<(), CommitError> {
        match self.commit(bodies).await {
            Err(CommitError::Ledger(LedgerError::DayKeyDestroyed { .. })) => {
                self.today = None;
                self.commit(bodies).await
            }
            done => done,
        }
    }

    async fn commit(&mut self, Bodies { slices, firsts, .. }: &Bodies) -> Result<(), CommitError> {
        let at = self.clock.now();
        let key = self.key_of(at).await?;
        let id = self.segment_id(at);
        let body = key.seal(segment::SEAL_PURPOSE, &[&id], &segment::encode(slices));
        let bodies = u32::try_from(firsts.len()).unwrap_or(u32::MAX);
        let custody = segment::custody(firsts.iter().filter_map(|first| slices.get(*first)));
        let day = key.day().to_owned();
        self.door.ledger.accept(&[SegmentRow { id, day, at, bodies, custody, body, trace: None }]).await?;
        self.metrics.segment(self.door.cell);
        self.metrics.add(Count::ChangeKept, slices.len());
        Ok(())
    }

    /// The inbox key of `at`'s day in UTC, made if the day has none; of several processes the ledger says whose counts.
    async fn key_of(&mut self, at: Timestamp) -> Result<DayKey, CommitError> {
        let text = at.to_rfc3339();
        let day = text.get(..10).ok_or(CommitError::NoDate)?;
        if let Some(key) = self.today.as_ref().filter(|key| key.day() == day) {
            return Ok(key.clone());
        }
        let (_, wrapped) = self.door.keys.new_day_key(day);
        let stored = self.door.ledger.day_key(day, &wrapped).await?.ok_or(CommitError::KeyDestroyed)?;
        let key = self.door.keys.open_day_key(day, &stored)?;
        self.today = Some(key.clone());
        Ok(key)
    }

    /// UUIDv7 (RFC 9562): segments sort by their arrival.
    fn segment_id(&self, at: Timestamp) -> [u8; 16] {
        let mut random = [0; 10];
        self.door.keys.entropy().fill(&mut random);
        let millis = u64::try_from(at.as_micros() / 1_000).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().into_bytes()
    }
}

impl std::fmt::Debug for Writers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let cells: Vec<_> = self.0.iter().map(|writer| writer.door.cell).collect();
        write!(f, "Writers({cells:?})")
    }
}
