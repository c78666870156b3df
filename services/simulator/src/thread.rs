//! One chat as the phone shows it: both sides in order, with ticks.

use portico_vocab::{MediaId, Timestamp, Wamid};
use serde::Serialize;

use crate::applicant::Applicant;
use crate::inbound::MediaKind;
use crate::sent::SentMessage;

/// How far a message has come. The order is the order of the ticks: a status never goes backwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tick {
    /// On its way: not yet taken by the other side.
    Pending,
    Sent,
    Delivered,
    Read,
    Failed,
}

/// What the applicant said, as far as a bubble needs it.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Said {
    Text {
        body: String,
    },
    Media {
        media: MediaId,
        media_kind: MediaKind,
        mime: String,
        caption: Option<String>,
        filename: Option<String>,
        size: usize,
    },
    Reply {
        title: String,
    },
    Reaction {
        emoji: String,
    },
    Other {
        what: &'static str,
    },
}

/// One bubble of the applicant's.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SaidMessage {
    pub wamid: Wamid,
    pub at: Timestamp,
    pub content: Said,
    pub context: Option<Wamid>,
    pub tick: Tick,
    pub forwarded: bool,
    pub edited: bool,
    pub revoked: bool,
    /// Said with mischief: what kind, for the reader of the page.
    pub note: Option<&'static str>,
}

/// A bubble of either side.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "side", rename_all = "snake_case")]
pub(crate) enum Item {
    Mine(SaidMessage),
    Bank(SentMessage),
}

/// The chat of one applicant. `rev` grows with every change that the page should show.
#[derive(Debug)]
pub(crate) struct Thread {
    pub applicant: Applicant,
    pub items: Vec<Item>,
    pub rev: u64,
    pub typing_until: Option<Timestamp>,
    /// Opens the 24-hour window; the largest, since late duplicates must not move it backwards.
    pub last_inbound: Option<Timestamp>,
    /// When a browser last looked: a phone with the chat open sends `read` without `delivered`.
    pub watched: Option<Timestamp>,
}

/// A page that polled this recently has the chat open.
const OPEN_FOR_SECONDS: i64 = 3;
/// Meta: About the platform. Free-form messages only this long after the person last wrote.
const WINDOW_HOURS: i64 = 24;
/// Meta: About the platform. 45 messages to one person in 6 s; more is code 131056.
const PAIR_BURST: usize = 45;
const PAIR_SECONDS: i64 = 6;

impl Thread {
    pub(crate) fn new(applicant: Applicant) -> Self {
        Self { applicant, items: Vec::new(), rev: 0, typing_until: None, last_inbound: None, watched: None }
    }

    pub(crate) fn changed(&mut self) {
        self.rev += 1;
    }

    pub(crate) fn say(&mut self, message: SaidMessage) {
        self.last_inbound = self.last_inbound.max(Some(message.at));
        self.items.push(Item::Mine(message));
        self.changed();
    }

    pub(crate) fn receive(&mut self, message: SentMessage) {
        self.typing_until = None;
        self.items.push(Item::Bank(message));
        self.changed();
    }

    pub(crate) fn sent(&self) -> impl DoubleEndedIterator<Item = &SentMessage> {
        self.items.iter().filter_map(|item| if let Item::Bank(sent) = item { Some(sent) } else { None })
    }

    pub(crate) fn said(&self, wamid: &Wamid) -> Option<&SaidMessage> {
        self.items.iter().rev().find_map(|item| match item {
            Item::Mine(said) if said.wamid == *wamid => Some(said),
            _ => None,
        })
    }

    pub(crate) fn said_mut(&mut self, wamid: &Wamid) -> Option<&mut SaidMessage> {
        self.items.iter_mut().rev().find_map(|item| match item {
            Item::Mine(said) if said.wamid == *wamid => Some(said),
            _ => None,
        })
    }

    /// Moves a message's tick forward, never back.
    pub(crate) fn tick(&mut self, wamid: &Wamid, tick: Tick) {
        let found = self.items.iter_mut().rev().find_map(|item| match item {
            Item::Mine(said) if said.wamid == *wamid => Some(&mut said.tick),
            Item::Bank(sent) if sent.wamid == *wamid => Some(&mut sent.tick),
            _ => None,
        });
        if let Some(current) = found.filter(|current| **current < tick) {
            *current = tick;
            self.changed();
        }
    }

    /// The business has read up to `wamid`: everything the applicant said before it counts as read too.
    pub(crate) fn read_by_business(&mut self, wamid: &Wamid, typing_until: Option<Timestamp>) {
        let upto = self.items.iter().position(|item| matches!(item, Item::Mine(said) if said.wamid == *wamid));
        for item in self.items.iter_mut().take(upto.map_or(0, |at| at + 1)) {
            if let Item::Mine(said) = item {
                said.tick = said.tick.max(Tick::Read);
            }
        }
        self.typing_until = typing_until;
        self.changed();
    }

    pub(crate) fn window_open(&self, now: Timestamp) -> bool {
        self.last_inbound.is_some_and(|at| now.seconds_since(at) < WINDOW_HOURS * 3600)
    }

    pub(crate) fn over_pair_limit(&self, now: Timestamp) -> bool {
        let recent = self.sent().rev().take_while(|sent| now.seconds_since(sent.at) < PAIR_SECONDS);
        recent.take(PAIR_BURST).count() == PAIR_BURST
    }

    pub(crate) fn chat_open(&self, now: Timestamp) -> bool {
        self.watched.is_some_and(|at| now.seconds_since(at) < OPEN_FOR_SECONDS)
    }
}
