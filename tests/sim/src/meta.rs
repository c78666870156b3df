//! WhatsApp, played: it gives files, takes messages, shows them on phones, tells what became of them. It fails in every
//! way the Cloud API can.
//!
//! *Invariant:* it keeps its own list of what it was asked to send and how that ended, so a message that is sent again
//! after it may have arrived is seen here, whatever the sender believes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use portico_graph::{GraphError, HashCheck, Media, SendFailure, Sent, Unreachable};
use portico_vocab::{MediaId, OutboundId, PhoneNumberId, Sha256, Timestamp, Wamid};
use portico_whatsapp::compose::classify;
use portico_workers::WhatsApp;
use serde_json::Value;

use crate::applicant::Applicant;
use crate::darkroom::Picture;
use crate::fault::Fault;
use crate::pause::pause;
use crate::script::{self, Happening};
use crate::wire::{self, Body};
use crate::world::{Place, World};

#[derive(Debug, Default)]
pub struct Meta {
    pub applicants: Vec<Applicant>,
    /// Ids given so far.
    ids: u64,
    files: BTreeMap<String, Option<Picture>>,
    /// Messages that may have arrived.
    perhaps: BTreeSet<OutboundId>,
    /// Every message that a phone has shown: which, whose, under which name.
    pub shown: Vec<Shown>,
    /// Messages of which a receipt has come.
    heard_of: BTreeSet<OutboundId>,
    orders: u64,
    newest_answered: u64,
    pub reordered: u64,
}

/// A message on a phone.
#[derive(Debug, Clone)]
pub struct Shown {
    pub outbound: OutboundId,
    pub applicant: usize,
    pub wamid: String,
    /// What can be tapped on it.
    pub replies: Vec<String>,
}

impl Meta {
    pub fn wamid(&mut self) -> String {
        self.ids += 1;
        format!("wamid.SIM{:08}", self.ids)
    }

    pub fn upload(&mut self, picture: Picture) -> String {
        self.ids += 1;
        let id = format!("file{}", self.ids);
        self.files.insert(id.clone(), Some(picture));
        id
    }

    pub fn body(&mut self, change: String, said_at: Timestamp, what: String) -> Arc<Body> {
        self.orders += 1;
        Arc::new(Body { change, order: self.orders, said_at, what })
    }

    pub fn heard_of(&mut self, outbound: Option<OutboundId>) {
        self.heard_of.extend(outbound);
    }

    /// A body was answered 200.
    pub fn answered(&mut self, order: u64) {
        self.reordered += u64::from(order < self.newest_answered);
        self.newest_answered = self.newest_answered.max(order);
    }

    fn whose(&self, message: &Value) -> Option<usize> {
        let (to, recipient) = (message["to"].as_str(), message["recipient"].as_str());
        let is = |applicant: &Applicant| {
            // A user id that has changed begins with the one before.
            to == Some(applicant.phone.as_str()) || recipient.is_some_and(|id| applicant.user_id.starts_with(id))
        };
        self.applicants.iter().rposition(is)
    }
}

/// One process's line to it.
pub struct Line(pub Arc<World>);

#[async_trait]
impl WhatsApp for Line {
    async fn media(&self, _: &PhoneNumberId, id: &MediaId, declared: Option<&Sha256>) -> Result<Media, GraphError> {
        let world = &self.0;
        world.stands(Place::Outside("media"));
        pause().await;
        let found = world.meta.lock().files.get(id.as_str()).copied().flatten();
        let Some(picture) = found else { return Err(GraphError::Gone) };
        let mut bytes = picture.bytes();
        let mut verified = if declared.is_some() { HashCheck::Both } else { HashCheck::Unverifiable };
        if world.goes_wrong(world.mood.media) {
            let (fault, error) = self.media_fault(id, declared.is_some());
            world.fired(fault);
            match error {
                Some(error) => return Err(error),
                None => bytes.truncate(bytes.len() / 3),
            }
            verified = HashCheck::Unverifiable;
        }
        pause().await;
        let sha256 = Sha256::of(&bytes);
        Ok(Media { bytes, sha256, mime: Some("image/png".to_owned()), verified })
    }

    async fn send(&self, _: &PhoneNumberId, message: &Value) -> Result<Sent, SendFailure> {
        let world = &self.0;
        world.stands(Place::Before("send"));
        pause().await;
        let id = message["biz_opaque_callback_data"].as_str().and_then(|text| OutboundId::parse(text).ok());
        let Some(id) = id else { return Err(SendFailure::Refused(classify(100, 400))) };
        if world.meta.lock().perhaps.contains(&id) {
            world.book.lock().finds(format!("{id} was sent again, and the first may have arrived"));
        }
        if world.goes_wrong(world.mood.send) {
            return self.send_fault(id, message).await;
        }
        let wamid = self.take(id, message);
        self.linger(id).await;
        wamid.map(|wamid| Sent { wamid })
    }
}

impl Line {
    /// `None` for a file that is only cut short.
    fn media_fault(&self, id: &MediaId, declared: bool) -> (Fault, Option<GraphError>) {
        match self.0.chance.below(6) {
            0 => {
                self.0.meta.lock().files.insert(id.as_str().to_owned(), None);
                (Fault::MediaGone, Some(GraphError::Gone))
            }
            1 => (Fault::MediaRefused, Some(GraphError::Refused(classify(131_000, 500)))),
            2 if self.0.chance.permille(300) => {
                (Fault::MediaForbidden, Some(GraphError::Refused(classify(131_053, 400))))
            }
            3 | 4 if declared => (Fault::MediaAltered, Some(GraphError::Altered { declared_by: "webhook" })),
            // Without a digest nobody can tell that it is cut.
            3 | 4 => (Fault::MediaCut, None),
            _ => (Fault::MediaSilent, Some(GraphError::Unreachable(Unreachable::TimedOut))),
        }
    }

    async fn send_fault(&self, id: OutboundId, message: &Value) -> Result<Sent, SendFailure> {
        let world = &self.0;
        match world.chance.below(7) {
            0 | 1 => {
                world.fired(Fault::SendNotSent);
                Err(SendFailure::NotSent)
            }
            2 | 3 => {
                world.fired(Fault::SendRefusedForNow);
                let code = *world.chance.pick(&[131_000, 131_056, 130_429, 131_047, 190]);
                Err(SendFailure::Refused(classify(code, 400)))
            }
            4 => {
                world.fired(Fault::SendRefusedForGood);
                Err(SendFailure::Refused(classify(131_026, 400)))
            }
            5 => {
                world.fired(Fault::SendLost);
                world.meta.lock().perhaps.insert(id);
                Err(SendFailure::Unknown("no answer in time"))
            }
            _ => {
                world.fired(Fault::SendUnheard);
                let _ = self.take(id, message);
                self.linger(id).await;
                Err(SendFailure::Unknown("the connection broke"))
            }
        }
    }

    /// It is taken: the phone shows it, and receipts follow.
    fn take(&self, id: OutboundId, message: &Value) -> Result<Wamid, SendFailure> {
        let world = &self.0;
        let mut meta = world.meta.lock();
        meta.perhaps.insert(id);
        let wamid = meta.wamid();
        let name = Wamid::parse(&wamid).map_err(|_| SendFailure::Unknown("no name"))?;
        let Some(applicant) = meta.whose(message) else {
            drop(meta);
            world.book.lock().finds(format!("{id} was sent to nobody we know"));
            return Ok(name);
        };
        let shown = Shown { outbound: id, applicant, wamid, replies: replies(message) };
        meta.shown.push(shown.clone());
        let names = meta.applicants[applicant].names();
        drop(meta);
        world.note(|| format!("WhatsApp takes {id}, {:?}", world.book.lock().told.get(&id)));
        receipts(world, &shown, &names);
        crate::applicant::sees(world, &shown);
        Ok(name)
    }

    /// The call takes its time: long enough, perhaps, for a receipt or a tap to come first.
    async fn linger(&self, id: OutboundId) {
        let turns = if self.0.goes_wrong(self.0.mood.receipt / 2) { 5 + self.0.chance.below(60) } else { 1 };
        for _ in 0..turns {
            self.0.stands(Place::After("send"));
            pause().await;
        }
        if self.0.meta.lock().heard_of.contains(&id) {
            self.0.fired(Fault::ReceiptBeforeEnd);
        }
    }
}

/// Ids of everything that can be tapped.
fn replies(message: &Value) -> Vec<String> {
    let action = &message["interactive"]["action"];
    let buttons =
        action["buttons"].as_array().into_iter().flatten().filter_map(|button| button["reply"]["id"].as_str());
    let sections = action["sections"].as_array().into_iter().flatten();
    let rows = sections.flat_map(|section| section["rows"].as_array().into_iter().flatten());
    buttons.chain(rows.filter_map(|row| row["id"].as_str())).map(str::to_owned).collect()
}

/// What became of it is posted, unless it is lost.
fn receipts(world: &World, shown: &Shown, to: &wire::Names) {
    let (chance, rate) = (&world.chance, world.mood.receipt);
    let fails = world.goes_wrong(rate / 4);
    let statuses: &[&str] = if fails { &["sent", "failed"] } else { &["sent", "delivered", "read"] };
    for (n, status) in (0_i64..).zip(statuses) {
        if world.goes_wrong(rate) {
            world.fired(Fault::ReceiptLost);
            continue;
        }
        let mut wait_ms = n * 400 + chance.between(0, 800);
        if world.goes_wrong(rate / 2) {
            world.fired(Fault::ReceiptLate);
            wait_ms += chance.between(1, 7_200_000);
        }
        if *status == "failed" {
            world.fired(Fault::ReceiptFailed);
        }
        let callback = shown.outbound.to_string();
        let change = wire::receipt(to, &shown.wamid, &callback, status, world.now().plus_millis(n * 400));
        let body = world.meta.lock().body(change, world.now(), format!("receipt {status} of {callback}"));
        if world.goes_wrong(rate / 2) {
            world.fired(Fault::ReceiptTwice);
            let again = world.now().plus_millis(wait_ms + chance.between(0, 60_000));
            world.later(again, Happening::Post(vec![Arc::clone(&body)], 0));
        }
        world.later(world.now().plus_millis(wait_ms), Happening::Post(vec![body], 0));
    }
}

/// Posts a message of an applicant, with what may happen to it on the way.
pub fn posts(world: &World, body: Arc<Body>) {
    let (now, rate, chance) = (world.now(), world.mood.webhook, &world.chance);
    if world.goes_wrong(rate / 2) {
        world.fired(Fault::WebhookTwice);
        let spread = if chance.permille(500) { 50 } else { 600_000 };
        world.later(now.plus_millis(chance.between(0, spread)), Happening::Post(vec![Arc::clone(&body)], 0));
    }
    let mut wait_ms = chance.between(20, 400);
    if world.goes_wrong(rate / 2) {
        wait_ms += chance.between(0, 20_000);
    }
    if world.goes_wrong(rate / 20) {
        world.fired(Fault::WebhookLate);
        wait_ms += chance.between(1, 8) * 3_600_000;
    } else if world.goes_wrong(rate / 50) {
        world.fired(Fault::WebhookTooLate);
        wait_ms += chance.between(8 * 24 + 1, 9 * 24) * 3_600_000;
    }
    world.later(now.plus_millis(wait_ms), Happening::Post(vec![body], 0));
}

/// How long Meta waits before it posts again what was not answered 200.
#[must_use]
pub fn comes_again_ms(tries: u32) -> i64 {
    *script::AGAIN_MS.get(tries as usize).unwrap_or(&3_600_000)
}
