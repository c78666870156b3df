//! Every order in which WhatsApp could deliver a six-message onboarding, with every message twice, and with a crash after
//! each commit: all end alike.
//!
//! The six are hello, the tap that consents, the tap that chooses a document, and three photos; WhatsApp's times are
//! those of this order, whatever the order of delivery. A tap cannot come before the message it is made on, so consent is
//! never the first, and the choice comes after the consent: 240 orders.
//!
//! Pictures are looked at either as they come or only after the last message. Looked at late, each stands where its time
//! puts it; looked at early, a picture that was accepted keeps its slot, so only which slots are filled is the same
//! (docs: `pipeline/case/src/slots.rs`).
//!
//! A message that comes again must change nothing, wherever it comes; that is tried for each at each place, and from it
//! follows every subset of duplicates at once. Some orders are run with every subset all the same. *Invariant:* a run is a list of deliveries and at most one crash; nothing is
//! drawn.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use anyhow::{Context as _, Result, bail};
use portico_case::EvidenceState;
use portico_cell::Loaded;
use portico_ledger::Queue;
use portico_vocab::{Sha256, Slot, StageName};
use serde_json::{Value, json};

use crate::applicant::{Applicant, Called};
use crate::darkroom::Picture;
use crate::engine::{Engine, Kind};
use crate::fault::Mood;
use crate::intake;
use crate::process::{Process, Shared};
use crate::simulate::Order;
use crate::wire::{self, Body};
use crate::world::World;

/// One of the six, by its place in the order in which they were sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Message {
    Hello,
    Consent,
    Choice,
    Front,
    Back,
    Selfie,
}

pub const ALL: [Message; 6] =
    [Message::Hello, Message::Consent, Message::Choice, Message::Front, Message::Back, Message::Selfie];

/// When pictures are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    AsTheyCome,
    AfterTheLast,
}

/// What a run comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    pub cases: usize,
    pub stage: StageName,
    /// The pictures accepted, by slot.
    pub slots: BTreeMap<Slot, Sha256>,
    /// Commits on the way.
    pub commits: u64,
}

impl End {
    /// What is the same whenever pictures are looked at.
    #[must_use]
    pub fn outline(&self) -> (usize, StageName, Vec<Slot>) {
        (self.cases, self.stage, self.slots.keys().copied().collect())
    }
}

/// Every order in which they could come.
#[must_use]
pub fn orders() -> Vec<[Message; 6]> {
    let mut orders = Vec::new();
    permute(ALL, 0, &mut orders);
    let place = |order: &[Message; 6], message| order.iter().position(|known| *known == message);
    orders
        .retain(|order| order[0] != Message::Consent && place(order, Message::Consent) < place(order, Message::Choice));
    orders.retain(|order| order[0] != Message::Choice);
    orders.sort_unstable();
    orders
}

fn permute(mut order: [Message; 6], from: usize, orders: &mut Vec<[Message; 6]>) {
    if from + 1 == order.len() {
        return orders.push(order);
    }
    for other in from..order.len() {
        order.swap(from, other);
        permute(order, from + 1, orders);
        order.swap(from, other);
    }
}

/// One run.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    pub order: &'a [Message],
    /// Those that are delivered twice, a bit each.
    pub twice: u8,
    pub looks: Looks,
    /// After each delivery, everything delivered so far comes once more, which must change nothing: then it does not
    /// matter which of them come twice, how often or where.
    pub all_again: bool,
    /// The process dies when so many commits have been made, before anybody hears of the last.
    pub crash_after: Option<u64>,
}

impl<'a> Plan<'a> {
    /// Each once, and nothing else.
    #[must_use]
    pub const fn plain(order: &'a [Message], looks: Looks) -> Self {
        Self { order, twice: 0, looks, all_again: false, crash_after: None }
    }
}

struct Run {
    world: Arc<World>,
    process: Process,
    crash_after: Option<u64>,
    bodies: BTreeMap<Message, Arc<Body>>,
}

/// Makes a run and says what it came to.
///
/// # Errors
/// When a message cannot be made, or the run does not come to rest.
pub fn run(plan: &Plan<'_>) -> Result<End> {
    let order = Order { mood: Some(Mood::default()), ..Order::of(7) };
    let world = World::new(&order, Engine::fresh(Kind::Memory)?);
    world.calm_down();
    // All six have been sent: a time of the future would count as now.
    world.pass(crate::world::BEGIN.plus_seconds(60));
    let shared = Shared::new(Arc::clone(&world));
    let judge = shared.judge()?;
    world.engine.run(world.engine.ledger.put_policy(judge.policy().pin().hash, &judge.policy().to_json()))?;
    world.meta.lock().applicants.push(Applicant::new(0, Called::Both, 0));
    let process = shared.process(0)?;
    let mut run = Run { world, process, crash_after: plan.crash_after, bodies: BTreeMap::new() };
    for message in plan.order {
        let body = run.body(*message)?;
        let times = 1 + usize::from(plan.twice & (1 << (*message as u8)) != 0);
        for _ in 0..times {
            run.post(&body)?;
            let queues: &[Queue] = match plan.looks {
                Looks::AsTheyCome => {
                    &[Queue::Sort, Queue::TakeIn, Queue::Read, Queue::Decide, Queue::Tell, Queue::Sweep]
                }
                Looks::AfterTheLast => &[Queue::Sort, Queue::Tell],
            };
            run.settle(queues)?;
        }
        if plan.all_again {
            run.everything_again()?;
        }
    }
    run.settle(&[Queue::Sort, Queue::TakeIn, Queue::Read, Queue::Decide, Queue::Tell, Queue::Sweep])?;
    let findings = std::mem::take(&mut run.world.book.lock().findings);
    if !findings.is_empty() {
        bail!("{}", findings.join("; "));
    }
    run.world.engine.run(end(&run.world, &judge))
}

async fn end(world: &World, judge: &portico_cell::Cell) -> Result<End> {
    let ids = world.engine.ledger.case_ids(None, 100).await?;
    let id = *ids.first().context("no case was opened")?;
    let Some(Loaded::Whole(opened)) = judge.load(id).await? else { bail!("the case cannot be read") };
    let accepted = opened.case.evidence.iter().filter(|item| item.state == EvidenceState::Accepted);
    let slots = accepted.filter_map(|item| Some((item.slot?, item.taken.as_ref()?.original_sha256)));
    let stage = opened.case.stage_name();
    Ok(End { cases: ids.len(), stage, slots: slots.collect(), commits: world.book.lock().commits })
}

impl Run {
    /// The message as WhatsApp has it: its time is that of the order in which they were sent.
    fn body(&mut self, message: Message) -> Result<Arc<Body>> {
        if let Some(known) = self.bodies.get(&message) {
            return Ok(Arc::clone(known));
        }
        let (content, context) = self.content(message)?;
        let mut meta = self.world.meta.lock();
        let sent_at = crate::world::BEGIN.plus_seconds(message as i64);
        let wamid = meta.wamid();
        let change = wire::message(&meta.applicants[0].names(), &wamid, sent_at, context.as_deref(), content);
        let body = meta.body(change, sent_at, format!("{message:?}"));
        drop(meta);
        self.bodies.insert(message, Arc::clone(&body));
        Ok(body)
    }

    fn content(&self, message: Message) -> Result<(Value, Option<String>)> {
        let tap = |reply: &str| {
            let shown = self.world.meta.lock().shown.clone();
            let on = shown.iter().rev().find(|shown| shown.replies.iter().any(|id| id == reply));
            let on = on.with_context(|| format!("nothing to tap {reply} on"))?;
            let reply = json!({ "type": "button_reply", "button_reply": { "id": reply, "title": "." } });
            Ok((json!({ "type": "interactive", "interactive": reply }), Some(on.wamid.clone())))
        };
        let photo = |n: usize| {
            let picture = Picture::good(n);
            let id = self.world.meta.lock().upload(picture);
            let sha256 = Sha256::of(&picture.bytes()).to_base64();
            Ok((json!({ "type": "image", "image": { "id": id, "mime_type": "image/png", "sha256": sha256 } }), None))
        };
        match message {
            Message::Hello => Ok((json!({ "type": "text", "text": { "body": "hello" } }), None)),
            Message::Consent => tap("consent:accept"),
            Message::Choice => tap(DOCUMENT),
            Message::Front => photo(1),
            Message::Back => photo(2),
            Message::Selfie => photo(3),
        }
    }

    fn post(&mut self, body: &Arc<Body>) -> Result<()> {
        for _ in 0..3 {
            let (world, cell) = (Arc::clone(&self.world), self.process.cell.clone());
            let today = Arc::clone(&self.process.today);
            if self.drive(intake::post(world, cell, today, vec![Arc::clone(body)]))? == Some(true) {
                return Ok(());
            }
        }
        bail!("a webhook is not taken")
    }

    fn everything_again(&mut self) -> Result<()> {
        let commits = self.world.book.lock().commits;
        for body in self.bodies.clone().into_values() {
            self.post(&body)?;
            self.settle(&[Queue::Sort])?;
        }
        if self.world.book.lock().commits != commits {
            bail!("a message that came again changed something");
        }
        Ok(())
    }

    /// Runs what is due of these queues until nothing is.
    fn settle(&mut self, queues: &[Queue]) -> Result<()> {
        for _ in 0..200 {
            let agenda = self.world.book.lock().agenda();
            let near = self.world.now().plus_seconds(600);
            let next = agenda.values().filter(|(queue, due)| queues.contains(queue) && *due < near);
            let Some((queue, due)) = next.min_by_key(|(_, due)| *due).copied() else { return Ok(()) };
            self.world.pass(due);
            let workers = self.process.workers.clone();
            self.drive(async move { workers.run_one(queue).await })?;
        }
        bail!("it does not come to rest")
    }

    /// Polls to the end, or to the crash; `None` when it died.
    fn drive<T>(&mut self, work: impl Future<Output = T>) -> Result<Option<T>> {
        let mut work = std::pin::pin!(work);
        loop {
            if let Poll::Ready(done) = work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                return Ok(Some(done));
            }
            let commits = self.world.book.lock().commits;
            if self.crash_after.is_some_and(|after| commits >= after) {
                self.crash_after = None;
                self.process.begin_anew()?;
                return Ok(None);
            }
        }
    }
}

/// One with a front and a back.
const DOCUMENT: &str = "document:national_id";
