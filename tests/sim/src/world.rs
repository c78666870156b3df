//! What all of a schedule shares: its chance, its time, its ledger, what went wrong, what was seen.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use portico_vocab::{Clock, Timestamp};

use crate::bank::Bank;
use crate::book::Book;
use crate::bucket::Objects;
use crate::chance::Chance;
use crate::engine::Engine;
use crate::fault::{Fault, Faults, Mood};
use crate::meta::Meta;
use crate::script::Happening;
use crate::simulate::Order;
use crate::teeth::Tooth;

/// Noon of some day in November 2026.
pub const BEGIN: Timestamp = Timestamp::from_seconds(1_795_338_000);
/// Processes of a cell.
pub const PROCESSES: usize = 3;

/// Where a task stands: what it is about to do, or has just done unheard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    #[default]
    Begin,
    /// Before a call that changes nothing.
    Read(&'static str),
    /// Before a write.
    Before(&'static str),
    /// A write has been made, and its caller has not heard.
    After(&'static str),
    /// At a peer.
    Outside(&'static str),
}

pub struct World {
    pub seed: u64,
    pub chance: Chance,
    pub engine: Engine,
    pub mood: Mood,
    pub long: bool,
    pub digested: bool,
    pub tooth: Option<Tooth>,
    pub faults: Faults,
    now_us: AtomicI64,
    skew_ms: [AtomicI64; PROCESSES],
    calm: AtomicBool,
    /// Effects so far, anywhere: what came before what.
    tick: AtomicU64,
    /// Writes of the ledger so far.
    pub writes: AtomicU64,
    /// Which task is being polled.
    pub task: AtomicUsize,
    place: Mutex<Place>,
    trace: Option<Mutex<Vec<String>>>,
    pub book: Locked<Book>,
    pub meta: Locked<Meta>,
    pub objects: Locked<Objects>,
    pub bank: Locked<Bank>,
    /// What is to happen, handed to the scheduler after each poll.
    pub ahead: Locked<Vec<(Timestamp, Happening)>>,
}

/// A mutex that nobody waits for: a schedule has one thread.
#[derive(Debug, Default)]
pub struct Locked<T>(Mutex<T>);

impl<T> Locked<T> {
    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl World {
    #[must_use]
    pub fn new(order: &Order, engine: Engine) -> Arc<Self> {
        let chance = Chance::new(order.seed);
        let drawn = Mood::drawn(&chance);
        Arc::new(Self {
            seed: order.seed,
            // Some are followed to their very end: timers, retention, the destruction of keys.
            long: chance.permille(100),
            chance,
            engine,
            mood: order.mood.clone().unwrap_or(drawn),
            tooth: order.tooth,
            digested: order.digested,
            faults: Faults::default(),
            now_us: AtomicI64::new(BEGIN.as_micros()),
            skew_ms: Default::default(),
            calm: AtomicBool::new(false),
            tick: AtomicU64::new(0),
            writes: AtomicU64::new(0),
            task: AtomicUsize::new(0),
            place: Mutex::default(),
            trace: order.traced.then(Mutex::default),
            book: Locked::default(),
            meta: Locked::default(),
            objects: Locked::default(),
            bank: Locked::default(),
            ahead: Locked::default(),
        })
    }

    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.now_us.load(Ordering::Relaxed))
    }

    pub fn pass(&self, to: Timestamp) {
        self.now_us.fetch_max(to.as_micros(), Ordering::Relaxed);
    }

    /// By the clock of a process.
    #[must_use]
    pub fn now_of(&self, process: usize) -> Timestamp {
        self.now().plus_millis(self.skew_ms(process))
    }

    #[must_use]
    pub fn skew_ms(&self, process: usize) -> i64 {
        self.skew_ms[process].load(Ordering::Relaxed)
    }

    pub fn set_skew_ms(&self, process: usize, skew_ms: i64) {
        self.skew_ms[process].store(skew_ms, Ordering::Relaxed);
    }

    pub fn tick(&self) -> u64 {
        self.tick.fetch_add(1, Ordering::Relaxed)
    }

    /// From here on nothing goes wrong any more, so that everything can come to its end.
    pub fn calm_down(&self) {
        self.calm.store(true, Ordering::Relaxed);
    }

    #[must_use]
    pub fn is_calm(&self) -> bool {
        self.calm.load(Ordering::Relaxed)
    }

    /// Whether it goes wrong now, so many times in a thousand.
    #[must_use]
    pub fn goes_wrong(&self, rate: u64) -> bool {
        !self.is_calm() && self.chance.permille(rate)
    }

    pub fn fired(&self, fault: Fault) {
        self.faults.fired(fault);
        self.note(|| format!("fault: {}", fault.as_str()));
    }

    pub fn stands(&self, place: Place) {
        *self.place.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }

    #[must_use]
    pub fn place(&self) -> Place {
        *self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets something happen later.
    pub fn later(&self, at: Timestamp, happening: Happening) {
        self.ahead.lock().push((at, happening));
    }

    /// A line of the trace; made only when somebody reads it.
    pub fn note(&self, line: impl FnOnce() -> String) {
        if let Some(trace) = &self.trace {
            let at = self.now().to_rfc3339();
            let task = self.task.load(Ordering::Relaxed);
            let line = format!("{at} #{task} {}", line());
            trace.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    }

    #[must_use]
    pub fn trace(&self) -> Vec<String> {
        let trace = self.trace.as_ref().map(|trace| trace.lock().unwrap_or_else(PoisonError::into_inner).clone());
        trace.unwrap_or_default()
    }
}

/// The clock of one process.
pub struct ProcessClock(pub Arc<World>, pub usize);

impl Clock for ProcessClock {
    fn now(&self) -> Timestamp {
        self.0.now_of(self.1)
    }
}
