//! A shell in memory: routes, steps, remembers what was told, and runs jobs when the test says so.
//!
//! It does what `storage/cell` and `services/workers` do, without a ledger: one sender, inputs consumed once, a
//! stop-list, our own messages, a queue of jobs. Every step is made twice and must give the same bytes.

use std::collections::BTreeSet;

use portico_case::{
    AccountReport, Answered, Case, Change, Ctx, Custody, Decide, Effect, Input, InputKind, JobSpec, Known, Opening,
    Outcome, Recorded, ReviewAction, Route, STEP_VERSION, TellEffect, TimerKind, Why, command_of, dossier_digest,
    invariant, open, route, step,
};
use portico_policy::Policy;
use portico_vocab::{
    CaseId, CaseVersion, CellId, CountryCode, EvidenceId, IdStream, InputId, Language, MediaId, OutboundId,
    PhoneNumberId, Pii, Sha256, Timestamp, UserId, Wamid,
};
use portico_whatsapp::command::Command;
use portico_whatsapp::inbound::{Content, Context, Inbound, MediaKind, MediaRef, SenderIds};
use portico_whatsapp::texts::TextKey;

use crate::machine;

/// 2026-11-22T09:00:00Z.
pub const START: Timestamp = Timestamp::from_seconds(1_795_338_000);

/// One applicant, one cell.
#[derive(Clone)]
pub struct Chat {
    pub policy: Policy,
    pub now: Timestamp,
    /// In order of opening.
    pub cases: Vec<Case>,
    pub stopped_at: Option<Timestamp>,
    /// What we told, in order.
    pub told: Vec<(CaseId, TellEffect)>,
    pub jobs: Vec<(CaseId, JobSpec)>,
    pub timers: Vec<(CaseId, TimerKind, CaseVersion, Timestamp)>,
    pub swept: Vec<String>,
    pub shredded: Vec<CaseId>,
    /// Whether the bucket has Object Lock.
    pub can_lock: bool,
    pub locked: Vec<(String, Timestamp)>,
    pub history: Vec<(Recorded, Change)>,
    pub log: Vec<String>,
    consumed: BTreeSet<InputId>,
    messages: u32,
}

impl Chat {
    pub fn in_country(country: &str) -> Self {
        Self {
            policy: Policy::shipped(CountryCode::parse(country).unwrap(), "default").unwrap(),
            now: START,
            cases: Vec::new(),
            stopped_at: None,
            told: Vec::new(),
            jobs: Vec::new(),
            timers: Vec::new(),
            swept: Vec::new(),
            shredded: Vec::new(),
            can_lock: true,
            locked: Vec::new(),
            history: Vec::new(),
            log: Vec::new(),
            consumed: BTreeSet::new(),
            messages: 0,
        }
    }

    /// Brazil: every outcome is allowed there.
    pub fn new() -> Self {
        Self::in_country("BR")
    }

    /// The newest case.
    pub fn case(&self) -> &Case {
        self.cases.last().unwrap()
    }

    pub fn stage(&self) -> &'static str {
        self.cases.last().map_or("none", |case| case.stage_name().as_str())
    }

    pub fn wait(&mut self, seconds: i64) -> &mut Self {
        self.now = self.now.plus_seconds(seconds);
        self
    }

    // What the applicant does: made now, not yet delivered.

    pub fn message(&mut self, content: Content) -> Inbound {
        self.messages += 1;
        Inbound {
            wamid: Wamid::parse(&format!("wamid.in.{}", self.messages)).unwrap(),
            sender: SenderIds { user_id: Some(Pii::new(UserId::parse("BR.1").unwrap())), ..SenderIds::default() },
            sent_at: Timestamp::from_seconds(self.now.as_seconds()),
            profile_name: None,
            context: None,
            group: false,
            content,
        }
    }

    pub fn text(&mut self, body: &str) -> Inbound {
        self.message(Content::Text { body: Pii::new(body.to_owned()) })
    }

    pub fn photo(&mut self, name: &str) -> Inbound {
        self.media(MediaKind::Image, name, true)
    }

    pub fn media(&mut self, kind: MediaKind, name: &str, announced: bool) -> Inbound {
        let media = MediaRef {
            kind,
            id: MediaId::parse(name).unwrap(),
            declared_mime: None,
            declared_sha256: announced.then(|| Sha256::of(name.as_bytes())),
            file_name: None,
            caption: None,
        };
        self.message(Content::Media { media })
    }

    /// A tap on the newest message of ours that bears such a button.
    pub fn tap(&mut self, reply_id: &str) -> Inbound {
        let on = self.newest(text_of(reply_id));
        self.tap_on(on, reply_id)
    }

    pub fn tap_on(&mut self, on: Option<OutboundId>, reply_id: &str) -> Inbound {
        let mut message = self.message(Content::Tap { reply_id: reply_id.to_owned() });
        message.context = on.map(|id| Context { answers: Some(our_wamid(id)), forwarded: Default::default() });
        message
    }

    /// The newest message of ours with this text.
    pub fn newest(&self, text: TextKey) -> Option<OutboundId> {
        self.told.iter().rev().find(|(_, told)| told.tell.key == text).map(|(_, told)| told.id)
    }

    // The same, delivered at once.

    pub fn says(&mut self, body: &str) -> &mut Self {
        let message = self.text(body);
        self.deliver(&message);
        self
    }

    pub fn sends(&mut self, name: &str) -> &mut Self {
        let message = self.photo(name);
        self.deliver(&message);
        self
    }

    pub fn taps(&mut self, reply_id: &str) -> &mut Self {
        let message = self.tap(reply_id);
        self.deliver(&message);
        self
    }

    pub fn deletes(&mut self, of: &Inbound) -> &mut Self {
        let message = self.message(Content::Revoke { original: of.wamid.clone() });
        self.deliver(&message);
        self
    }

    /// Sorts one message: to its case, to a new one, or nowhere. A message of a wamid seen before changes nothing.
    pub fn deliver(&mut self, message: &Inbound) -> Option<Outcome> {
        let id = input_id(message.wamid.as_str());
        if self.consumed.contains(&id) {
            return None;
        }
        self.log.push(crate::transcript::said(self, message));
        let newest = self.cases.last();
        let known = Known {
            open: newest.filter(|case| !case.stage_name().is_end()).map(|case| case.id),
            ended: newest
                .filter(|case| case.stage_name().is_end() && !self.shredded.contains(&case.id))
                .map(|case| (case.id, case.stage_name())),
        };
        match route(message, known, self.now) {
            Route::To(case) => {
                let kind = self.message_input(message, Some(case));
                Some(self.apply(case, Input { id, kind }))
            }
            Route::Open => {
                let kind = self.message_input(message, None);
                Some(self.open(Input { id, kind }))
            }
            Route::Stray(why) => {
                self.consumed.insert(id);
                if command_of(message) == Some(Command::Stop) {
                    self.stopped_at = self.stopped_at.max(Some(message.sent_at.min(self.now)));
                }
                self.log.push(format!("    stray:{why}"));
                None
            }
        }
    }

    pub fn message_input(&self, message: &Inbound, case: Option<CaseId>) -> InputKind {
        let answers = message.context.as_ref().and_then(|context| context.answers.as_ref());
        let answers = self
            .told
            .iter()
            .find(|(of, told)| Some(*of) == case && answers.is_some_and(|wamid| *wamid == our_wamid(told.id)));
        InputKind::Message {
            message: Box::new(message.clone()),
            answers: answers.map(|(_, told)| Answered {
                outbound: told.id,
                text: told.tell.key,
                text_hash: Some(Sha256::of(told.tell.key.as_str().as_bytes())),
            }),
            stopped_at: self.stopped_at,
            custody: Custody { received_at: self.now, ..Custody::default() },
        }
    }

    fn open(&mut self, input: Input) -> Outcome {
        let number = u8::try_from(self.cases.len()).unwrap();
        let opening = Opening {
            id: CaseId::new(self.now, [number; 10]),
            cell: CellId::of(self.policy.profile.country),
            phone_number: PhoneNumberId::parse("106540352242922").unwrap(),
            language: Language::english(),
            at: self.now,
        };
        let ids = IdStream::new(opening.id, CaseVersion(1));
        let policy = self.policy.clone();
        let ctx = Ctx { now: self.now, policy: &policy, ids };
        let change = open(&opening, &input, &ctx);
        assert_eq!(change, open(&opening, &input, &ctx), "the same inputs give the same change");
        self.cases.push(change.next().clone());
        self.commit(input, Some(opening), change)
    }

    /// One input to one case, as the shell does it.
    pub fn apply(&mut self, id: CaseId, input: Input) -> Outcome {
        let before = self.cases.iter().find(|case| case.id == id).unwrap().clone();
        let ids = IdStream::new(id, before.version.next());
        let policy = self.policy.clone();
        let ctx = Ctx { now: self.now, policy: &policy, ids };
        let change = step(&before, &input, &ctx);
        assert_eq!(change, step(&before, &input, &ctx), "the same inputs give the same change");
        assert_eq!(invariant::of_change(&before, &change), Vec::<&str>::new());
        *self.cases.iter_mut().find(|case| case.id == id).unwrap() = change.next().clone();
        self.commit(input, None, change)
    }

    fn commit(&mut self, input: Input, opening: Option<Opening>, change: Change) -> Outcome {
        let case = change.next().id;
        assert_eq!(invariant::of_case(change.next(), &self.policy), Vec::<&str>::new());
        assert!(self.consumed.insert(input.id), "an input is consumed once");
        self.move_stop_list(&input, &change);
        self.log.push(crate::transcript::came_to(&change));
        for effect in change.effects() {
            self.log.extend(crate::transcript::effect(effect));
            match effect {
                Effect::Run { job: JobSpec::Timer { timer, set_by }, at } => {
                    self.timers.push((case, *timer, *set_by, *at));
                }
                Effect::Run { job: JobSpec::Sweep { objects }, .. } => self.swept.extend(objects.iter().cloned()),
                Effect::Run { job, .. } => self.jobs.push((case, job.clone())),
                Effect::Tell(tell) => self.told.push((case, tell.clone())),
                Effect::Announce(_) => {}
            }
        }
        if change.shreds() {
            self.shredded.push(case);
        }
        let outcome = change.outcome().clone();
        let policy = self.policy.pin().hash;
        self.history.push((Recorded { step_version: STEP_VERSION, opening, now: self.now, policy, input }, change));
        outcome
    }

    /// As `storage/cell` keeps the stop-list.
    fn move_stop_list(&mut self, input: &Input, change: &Change) {
        let InputKind::Message { message, .. } = &input.kind else { return };
        let at = message.sent_at.min(self.now);
        let opened = change.expects().is_none() && change.next().stage_name().as_str() != "withdrawn";
        match command_of(message) {
            Some(Command::Stop) if *change.outcome() != Outcome::Ignored(Why::OlderThanStart) => {
                self.stopped_at = self.stopped_at.max(Some(at));
            }
            Some(Command::Start) => self.stopped_at = self.stopped_at.filter(|stop| *stop >= at),
            _ if opened => self.stopped_at = self.stopped_at.filter(|stop| *stop >= at),
            _ => {}
        }
    }

    // Jobs.

    /// Runs the queued job at `index`; what it brings comes back as an input.
    pub fn run_job(&mut self, index: usize) {
        let (id, job) = self.jobs.remove(index);
        let case = self.cases.iter().find(|case| case.id == id).unwrap();
        let kind = match job {
            JobSpec::TakeIn { evidence, media } => {
                InputKind::TakenIn { evidence, result: machine::taken_in(media.id.as_str()) }
            }
            JobSpec::Read { evidence } => {
                let Some(item) = case.evidence(evidence) else { return };
                InputKind::Read { evidence, findings: machine::read(evidence, item.media.id.as_str()) }
            }
            JobSpec::Decide => InputKind::Assessed {
                dossier: dossier_digest(case),
                findings: machine::unavailable(case, &self.policy),
            },
            JobSpec::Retain { objects, until } => {
                let cannot_lock = (!self.can_lock).then(|| "Object Lock is off on this bucket".to_owned());
                if self.can_lock {
                    self.locked.extend(objects.into_iter().map(|object| (object, until)));
                }
                InputKind::Retained { until, cannot_lock }
            }
            JobSpec::Tell { .. } | JobSpec::Timer { .. } | JobSpec::Sweep { .. } => return,
        };
        if !self.shredded.contains(&id) {
            self.input(kind);
        }
    }

    pub fn run_jobs(&mut self) -> &mut Self {
        while !self.jobs.is_empty() {
            self.run_job(0);
        }
        self
    }

    /// Any other input to the newest case, under an id of its own.
    pub fn input(&mut self, kind: InputKind) -> Outcome {
        let id = input_id(&format!("{}/{}", kind.name(), self.history.len()));
        self.log.push(format!("# {}", kind.name()));
        self.apply(self.case().id, Input { id, kind })
    }

    /// Lets the live timer of this kind fire when it is due.
    pub fn fire(&mut self, timer: TimerKind) -> Outcome {
        let (_, _, set_by, at) = *self.timers.iter().rev().find(|(_, kind, ..)| *kind == timer).unwrap();
        self.now = self.now.max(at);
        self.input(InputKind::Timer { timer, set_by })
    }

    // People and systems of the bank.

    pub fn review(&mut self, action: ReviewAction) -> Outcome {
        self.input(InputKind::Review { reviewer: "a.reviewer".to_owned(), action })
    }

    pub fn decide(&mut self, decide: Decide) -> Outcome {
        self.review(ReviewAction::Decide(decide))
    }

    pub fn account(&mut self, report: AccountReport) -> Outcome {
        self.input(InputKind::ApiAccount { client: "core-banking".to_owned(), report })
    }

    /// The picture sent under this name, the newest of them.
    pub fn evidence(&self, name: &str) -> EvidenceId {
        self.case().evidence.iter().rfind(|item| item.media.id.as_str() == name).unwrap().id
    }

    /// What stands in each slot, by name.
    pub fn slots(&self) -> Vec<(&'static str, String)> {
        let case = self.case();
        let held = |slot| case.evidence.iter().find(|item| item.slot == Some(slot) && item.holds_slot());
        case.required_slots()
            .iter()
            .map(|slot| (slot.as_str(), held(*slot).map_or("-".to_owned(), |item| item.media.id.to_string())))
            .collect()
    }

    /// How often a text was told.
    pub fn times(&self, key: TextKey) -> usize {
        self.told.iter().filter(|(_, told)| told.tell.key == key).count()
    }
}

pub fn input_id(text: &str) -> InputId {
    InputId::from_digest(Sha256::of(text.as_bytes()))
}

fn our_wamid(id: OutboundId) -> Wamid {
    Wamid::parse(&format!("wamid.{id}")).unwrap()
}

/// Which text bears the button.
pub fn text_of(reply_id: &str) -> TextKey {
    match reply_id {
        "person:ask" | "status:show" => TextKey::Help,
        "case:restart" | "case:leave" => TextKey::RestartAsk,
        _ if reply_id.starts_with("document:") => TextKey::DocumentChoose,
        _ => TextKey::Notice,
    }
}
