//! What a change writes beside its case in the same transaction: the sender's names, the stop-list, the 24-hour window,
//! who is told of its events.
//!
//! None of it goes into `step`, and most of it could not be told from the case later; so the entry seals it with the
//! input, and `fsck` can say of these rows too that they are what was written (docs/adr/0013). *Invariant:* the rows of
//! a change follow from the change, what is [`Recorded`], and this.

use portico_case::{Change, Effect, Input, InputKind, Outcome, Recorded, Stage, Why, WithdrawnWhy, command_of};
use portico_ledger::{AliasKind, AliasRow, DeliveryRow, EventRow, SenderId, StopChange, WindowRow};
use portico_vocab::{PhoneNumberId, Sha256, Timestamp};
use portico_whatsapp::command::Command;
use serde::{Deserialize, Serialize};

use crate::CellError;
use crate::apply::Around;
use crate::cell::SubscriberRule;
use crate::rows::{from_json, to_json};

/// Stored in every entry and read back for ever: fields are only added, with a default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Beside {
    /// Whose case it is.
    #[serde(with = "hex")]
    pub(crate) sender: SenderId,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    names: Vec<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stop: Option<Stop>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    window: Option<Window>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    addressees: Vec<Addressee>,
}

/// A name that was new to the sender, or moved to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Name {
    kind: AliasKind,
    hash: Sha256,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stop {
    lifts: bool,
    at: Timestamp,
    hashes: Vec<Sha256>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Window {
    number: PhoneNumberId,
    newest_at: Timestamp,
}

/// An account system that was there to be told of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Addressee {
    seq: u64,
    subscriber: String,
}

/// What an entry seals.
#[derive(Serialize)]
struct Written<'a> {
    #[serde(flatten)]
    recorded: &'a Recorded,
    beside: &'a Beside,
}

#[derive(Deserialize)]
struct Sealed {
    /// Entries of a build that did not know of it have none.
    #[serde(default)]
    beside: Option<Beside>,
}

impl Beside {
    pub(crate) fn of(
        sender: SenderId,
        change: &Change,
        input: &Input,
        was_ended: bool,
        around: &Around,
        subscribers: &[SubscriberRule],
    ) -> Self {
        let names = around.names.iter().map(|(kind, hash)| Name { kind: *kind, hash: Sha256::from_bytes(*hash) });
        let window = around.window.clone().map(|(number, newest_at)| Window { number, newest_at });
        let mut addressees = Vec::new();
        for effect in change.effects() {
            let Effect::Announce(event) = effect else { continue };
            let wanting = subscribers.iter().filter(|subscriber| subscriber.wants(event.kind));
            addressees.extend(wanting.map(|rule| Addressee { seq: event.seq, subscriber: rule.name.clone() }));
        }
        Self { sender, names: names.collect(), stop: stop(change, input, was_ended, around), window, addressees }
    }

    /// Of an entry that does not say.
    pub(crate) const fn unsaid(sender: SenderId) -> Self {
        Self { sender, names: Vec::new(), stop: None, window: None, addressees: Vec::new() }
    }

    pub(crate) fn aliases(&self) -> Vec<AliasRow> {
        let row = |name: &Name| AliasRow { kind: name.kind, hash: *name.hash.as_bytes(), sender: self.sender };
        self.names.iter().map(row).collect()
    }

    pub(crate) fn stop(&self) -> StopChange {
        let Some(Stop { lifts, at, hashes }) = &self.stop else { return StopChange::Keep };
        let (at, hashes) = (*at, hashes.iter().map(|hash| *hash.as_bytes()).collect());
        if *lifts { StopChange::Lift { hashes, at } } else { StopChange::Set { hashes, at } }
    }

    pub(crate) fn window(&self) -> Option<WindowRow> {
        let Window { number, newest_at } = self.window.as_ref()?;
        Some(WindowRow { phone_number: number.clone(), sender: self.sender, newest_inbound_at: *newest_at })
    }

    /// Due at once, in the order of the events.
    pub(crate) fn deliveries(&self, events: &[EventRow], run_at: Timestamp, trace: Option<&str>) -> Vec<DeliveryRow> {
        let mut rows = Vec::new();
        for event in events {
            for addressee in self.addressees.iter().filter(|addressee| addressee.seq == event.seq) {
                rows.push(DeliveryRow {
                    event: event.id,
                    subscriber: addressee.subscriber.clone(),
                    case: event.case,
                    seq: event.seq,
                    run_at,
                    trace: trace.map(str::to_owned),
                });
            }
        }
        rows
    }
}

/// The canonical form of an entry: what `step` was given, and what was written beside.
pub(crate) fn canonical(recorded: &Recorded, beside: &Beside) -> Result<Vec<u8>, CellError> {
    to_json(&Written { recorded, beside })
}

/// What a canonical form says was written beside; `None` when it was written by a build that did not say.
pub(crate) fn read(canonical: &[u8]) -> Result<Option<Beside>, CellError> {
    Ok(from_json::<Sealed>(canonical, "entry")?.beside)
}

/// STOP goes on the stop-list, START takes it off; a STOP that was older than the START it would undo does neither,
/// until a delayed message shows that it was meant after all.
fn stop(change: &Change, input: &Input, was_ended: bool, around: &Around) -> Option<Stop> {
    let InputKind::Message { message, custody, .. } = &input.kind else { return None };
    let sent_at = message.sent_at.min(custody.received_at);
    let of = |lifts, at| {
        let hashes = around.all_names.iter().map(|hash| Sha256::from_bytes(*hash)).collect();
        Some(Stop { lifts, at, hashes })
    };
    match &change.next().stage {
        Stage::Withdrawn { why: WithdrawnWhy::Stopped, at, .. } if !was_ended => return of(false, *at),
        _ => {}
    }
    match command_of(message) {
        Some(Command::Stop) if *change.outcome() != Outcome::Ignored(Why::OlderThanStart) => of(false, sent_at),
        Some(Command::Start) => of(true, sent_at),
        // A tap on "begin again" opens a case and is as good as START.
        _ if change.expects().is_none() => of(true, sent_at),
        _ => None,
    }
}

/// A sender's id as 32 hex digits.
mod hex {
    use portico_ledger::SenderId;
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    pub(super) fn serialize<S: Serializer>(id: &SenderId, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:032x}", u128::from_be_bytes(id.0)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SenderId, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = u128::from_str_radix(&text, 16).map_err(|_| D::Error::custom("expected 32 hex digits"))?;
        Ok(SenderId(number.to_be_bytes()))
    }
}
