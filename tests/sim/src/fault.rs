//! What goes wrong in a schedule, by kind, and how often each kind did.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

macro_rules! faults {
    ($($variant:ident = $text:literal,)*) => {
        /// One kind of thing that goes wrong. Counted where it took effect, not where it was drawn.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fault { $($variant,)* }

        impl Fault {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

faults! {
    CrashBeforeWrite = "a process dies just before a write",
    CrashAfterWrite = "a process dies after a write and before its caller hears of it",
    CrashElsewhere = "a process dies between a call outside and what follows",
    CrashWithJobs = "a process dies with jobs it has claimed",
    Paused = "a worker is paused past its lease",
    LeaseLost = "a worker comes back with an old fence, and is told so",
    Stale = "a commit finds its case changed, and is stepped again",
    OpenedTwice = "two workers open a case of one sender at once",
    SortedTwiceAtOnce = "two workers sort one segment at once",
    ClockAhead = "a process whose clock is ahead",
    ClockBehind = "a process whose clock is behind",
    ClockSetBack = "a clock that is set back",
    LedgerDownBefore = "the ledger does not answer, and did nothing",
    LedgerDownAfter = "the ledger does not answer, and did it all the same",
    WebhookRefused = "a webhook is not answered 200 and comes again",
    WebhookTwice = "a webhook comes twice",
    WebhookReordered = "a webhook comes after a later one",
    WebhookLate = "a webhook comes hours late",
    WebhookTooLate = "a webhook comes more than eight days late",
    WebhooksShared = "several webhooks share a segment",
    MediaGone = "WhatsApp no longer has a file",
    MediaRefused = "WhatsApp refuses a file for the moment",
    MediaForbidden = "WhatsApp refuses a file for good",
    MediaSilent = "WhatsApp does not answer for a file",
    MediaAltered = "a file is not the one announced",
    MediaCut = "a file is cut short",
    SendNotSent = "a send never leaves",
    SendRefusedForNow = "a send is refused for the moment",
    SendRefusedForGood = "a send is refused for good",
    SendLost = "a send's end is not known, and nothing arrived",
    SendUnheard = "a send's end is not known, and it arrived",
    ReceiptLost = "a receipt is lost",
    ReceiptLate = "a receipt comes hours late",
    ReceiptTwice = "a receipt comes twice",
    ReceiptFailed = "a receipt says that a message failed",
    ReceiptBeforeEnd = "a receipt comes before the call that sent the message ends",
    PutFailedBefore = "the bucket does not take an object",
    PutFailedAfter = "the bucket takes an object and does not say so",
    GetFailed = "the bucket does not give an object",
    DeleteFailed = "the bucket does not delete",
    SubscriberFails = "a subscriber answers with an error",
    SubscriberSilent = "a subscriber does not answer",
    SubscriberUnheard = "a subscriber takes an event and its answer is lost",
    SubscriberGone = "a subscriber answers 410",
    AskedTwice = "a form or a call comes twice at once",
    AskedAgain = "a call whose answer was lost comes again",
}

/// How often each kind happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<Fault, u64>);

impl Tally {
    pub fn add(&mut self, other: &Self) {
        for (fault, count) in &other.0 {
            *self.0.entry(*fault).or_default() += count;
        }
    }

    pub fn count(&mut self, fault: Fault, times: u64) {
        *self.0.entry(fault).or_default() += times;
    }

    #[must_use]
    pub fn of(&self, fault: Fault) -> u64 {
        self.0.get(&fault).copied().unwrap_or_default()
    }

    /// A line a kind.
    #[must_use]
    pub fn table(&self) -> String {
        let mut out = String::new();
        for fault in Fault::ALL {
            let _ = writeln!(out, "{:>12}  {}", self.of(*fault), fault.as_str());
        }
        out
    }

    /// As one line of text, for a process to tell another.
    #[must_use]
    pub fn to_line(&self) -> String {
        let counts: Vec<_> = Fault::ALL.iter().map(|fault| self.of(*fault).to_string()).collect();
        counts.join(" ")
    }
}

/// Counts while a schedule runs.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Tally>);

impl Faults {
    pub fn fired(&self, fault: Fault) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).0.entry(fault).or_default() += 1;
    }

    #[must_use]
    pub fn tally(&self) -> Tally {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// How often things go wrong in one schedule, in thousandths: some schedules are rough, some calm in all but one thing,
/// which finds more than all being middling.
#[derive(Debug, Clone, Default)]
pub struct Mood {
    pub crash: u64,
    pub pause: u64,
    pub clock: u64,
    pub ledger: u64,
    pub webhook: u64,
    pub media: u64,
    pub send: u64,
    pub receipt: u64,
    pub bucket: u64,
    pub subscriber: u64,
    pub asked: u64,
}

impl Mood {
    /// Every kind is off in one schedule of two.
    #[must_use]
    pub fn drawn(chance: &crate::chance::Chance) -> Self {
        let rate = |most: u64| if chance.permille(500) { 1 + chance.below(most) } else { 0 };
        Self {
            crash: rate(25),
            pause: rate(30),
            clock: rate(20),
            ledger: rate(60),
            webhook: rate(500),
            media: rate(400),
            send: rate(400),
            receipt: rate(400),
            bucket: rate(300),
            subscriber: rate(400),
            asked: rate(500),
        }
    }
}
