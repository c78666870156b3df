//! The account systems: they take events, or fail to, and act on them.
//!
//! *Invariant:* what a system believes to have got is kept here, so that order and at-least-once are judged from its
//! side.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use portico_relay::{Answer, Carry, Subscriber};
use portico_vocab::{EventId, Timestamp};
use serde_json::Value;

use crate::desk;
use crate::fault::Fault;
use crate::pause::pause;
use crate::world::{Place, World};

/// Who wants events: one all of them, one the decisions.
pub const SUBSCRIBERS: [(&str, &[&str]); 2] =
    [("core-banking", &[]), ("reports", &["kyc.decision.made", "kyc.account.approved"])];

#[derive(Debug, Default)]
pub struct Bank {
    /// The events tried of each (subscriber, case), in the order of their first attempts.
    pub tried: BTreeMap<(String, String), Vec<u64>>,
    /// What each subscriber has got.
    pub taken: BTreeMap<String, BTreeSet<EventId>>,
    /// Decisions that were heard of, by case.
    pub decisions: BTreeMap<String, BTreeSet<EventId>>,
    /// Subscribers that want nothing more.
    gone: BTreeSet<String>,
}

impl Bank {
    /// Notes an attempt; whether the subscriber had said that it wants nothing more.
    fn tries(&mut self, subscriber: &str, case: &str, seq: Option<u64>) -> bool {
        let seqs = self.tried.entry((subscriber.to_owned(), case.to_owned())).or_default();
        if let Some(seq) = seq.filter(|seq| !seqs.contains(seq)) {
            seqs.push(seq);
        }
        self.gone.contains(subscriber)
    }
}

/// One process's way to them.
pub struct Messenger(pub Arc<World>);

#[async_trait]
impl Carry for Messenger {
    async fn carry(&self, subscriber: &Subscriber, id: EventId, body: Vec<u8>, _: Timestamp) -> Answer {
        let world = &self.0;
        world.stands(Place::Outside("delivery"));
        pause().await;
        let name = subscriber.name().to_owned();
        let envelope: Value = serde_json::from_slice(&body).unwrap_or_default();
        let (case, seq) = (envelope["subject"].as_str().unwrap_or_default(), envelope["data"]["seq"].as_u64());
        world.note(|| format!("event {id} {} #{seq:?} to {name}", envelope["type"]));
        let gone = world.bank.lock().tries(&name, case, seq);
        if gone && !world.is_calm() {
            return Answer::NotWanted;
        }
        if world.goes_wrong(world.mood.subscriber) {
            let answer = self.fault(&name);
            if answer != Answer::Silent || world.chance.permille(500) {
                return answer;
            }
            world.fired(Fault::SubscriberUnheard);
            self.takes(name, id, &envelope);
            return answer;
        }
        self.takes(name, id, &envelope);
        pause().await;
        Answer::Taken
    }
}

impl Messenger {
    fn fault(&self, name: &str) -> Answer {
        let world = &self.0;
        match world.chance.below(20) {
            0 => {
                world.fired(Fault::SubscriberGone);
                world.bank.lock().gone.insert(name.to_owned());
                Answer::NotWanted
            }
            1..=8 => {
                world.fired(Fault::SubscriberSilent);
                Answer::Silent
            }
            _ => {
                world.fired(Fault::SubscriberFails);
                let retry_after_s = world.chance.permille(200).then(|| world.chance.between(0, 120));
                Answer::Failed { why: "http 500".to_owned(), retry_after_s }
            }
        }
    }

    fn takes(&self, name: String, id: EventId, envelope: &Value) {
        let world = &self.0;
        let case = envelope["subject"].as_str().unwrap_or_default().to_owned();
        let kind = envelope["type"].as_str().unwrap_or_default();
        let mut bank = world.bank.lock();
        let first = bank.taken.entry(name.clone()).or_default().insert(id);
        if kind == "kyc.decision.made" {
            bank.decisions.entry(case.clone()).or_default().insert(id);
        }
        drop(bank);
        if first && name == SUBSCRIBERS[0].0 {
            desk::answers(world, kind, &case, id);
        }
    }
}
