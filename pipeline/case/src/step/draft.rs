//! A change in the making: the next case and its effects, with the few verbs every step uses.

use std::mem;

use portico_policy::Policy;
use portico_vocab::{CaseVersion, IdStream, InputId, OutboundId, Slot, Timestamp, Wamid};
use portico_whatsapp::texts::{Tell, TextKey};
use serde_json::Value;

use crate::{
    Agreed, Announcement, Answered, Asked, Case, Change, Ctx, Effect, Effects, Evidence, EvidenceState, JobSpec,
    Outcome, Question, Referral, Stage, TellEffect, TimerKind, WithdrawnWhy,
};

/// One polite answer to a flood: the same text is not told again within this time.
const QUIET_SECONDS: i64 = 60;

/// Long enough to send the text that says it is over, tries again included.
const LAST_WORD_SECONDS: i64 = 3600;

pub(crate) struct Draft<'a> {
    pub(crate) next: Case,
    pub(crate) now: Timestamp,
    pub(crate) policy: &'a Policy,
    pub(crate) ids: IdStream,
    before: CaseVersion,
    effects: Vec<Effect>,
    shred: bool,
    /// The message being answered.
    pub(crate) answering: Option<Answering>,
}

/// The message a step answers: what the gate weighs against the stop-list.
#[derive(Debug, Clone)]
pub(crate) struct Answering {
    pub(crate) sent_at: Timestamp,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(case: &Case, ctx: &Ctx<'a>) -> Self {
        let mut next = case.clone();
        next.version = case.version.next();
        next.updated_at = ctx.now;
        Self {
            next,
            now: ctx.now,
            policy: ctx.policy,
            ids: ctx.ids.clone(),
            before: case.version,
            effects: Vec::new(),
            shred: false,
            answering: None,
        }
    }

    pub(crate) fn finish(mut self, consumes: InputId, outcome: Outcome) -> Change {
        if !self.is_looking() {
            self.next.timers.remove(&TimerKind::Wait);
        }
        Change {
            consumes,
            expects: Some(self.before),
            outcome,
            next: self.next,
            effects: Effects(self.effects),
            shred: self.shred,
        }
    }

    pub(crate) fn is_first(&self) -> bool {
        self.before == CaseVersion(0)
    }

    pub(crate) fn run(&mut self, job: JobSpec) {
        self.run_at(job, self.now);
    }

    pub(crate) fn run_at(&mut self, job: JobSpec, at: Timestamp) {
        self.effects.push(Effect::Run { job, at });
    }

    /// Tells the applicant, and remembers when.
    pub(crate) fn tell(&mut self, tell: Tell) -> OutboundId {
        let id = self.ids.outbound();
        self.next.told.insert(tell.key, self.now);
        let answers_at = self.answering.as_ref().map(|a| a.sent_at);
        self.effects.push(Effect::Tell(TellEffect { id, tell, quotes: None, answers_at }));
        id
    }

    /// Tells, as a reply to one message: an applicant who sent three photos must see which one is meant.
    pub(crate) fn tell_about(&mut self, tell: Tell, quotes: Wamid, sent_at: Timestamp) {
        let id = self.ids.outbound();
        self.next.told.insert(tell.key, self.now);
        self.effects.push(Effect::Tell(TellEffect { id, tell, quotes: Some(quotes), answers_at: Some(sent_at) }));
    }

    /// Tells, unless the same text went out within the last minute.
    pub(crate) fn tell_once(&mut self, tell: Tell) {
        if !self.told_lately(tell.key) {
            self.tell(tell);
        }
    }

    pub(crate) fn told_lately(&self, key: TextKey) -> bool {
        self.next.told.get(&key).is_some_and(|at| self.now.seconds_since(*at) < QUIET_SECONDS)
    }

    /// Asked within the last minute, or after the applicant wrote what is being answered: once more would only be noise.
    pub(crate) fn just_asked(&self, question: Question, key: TextKey) -> bool {
        let asked_since = self.next.questions.get(&question).zip(self.answering.as_ref());
        self.told_lately(key) || asked_since.is_some_and(|(asked, answering)| answering.sent_at < asked.at)
    }

    /// Asks a question a tap may answer; its newest message is the only one that counts.
    pub(crate) fn ask(&mut self, question: Question, tell: Tell) {
        let outbound = self.tell(tell);
        let before = self.next.questions.get(&question).map(|asked| asked.outbound);
        self.next.questions.insert(question, Asked { outbound, at: self.now, before });
    }

    /// Whether a tap answers what was this case's newest message of that kind when it was made.
    pub(crate) fn is_newest(&self, question: Question, answers: Option<&Answered>, sent_at: Timestamp) -> bool {
        let (Some(asked), Some(answered)) = (self.next.questions.get(&question), answers) else { return false };
        let made_before = sent_at.as_seconds() < asked.at.as_seconds();
        asked.outbound == answered.outbound || (made_before && asked.before == Some(answered.outbound))
    }

    pub(crate) fn announce(&mut self, kind: &'static str, data: Value) {
        self.next.events += 1;
        let id = self.ids.event();
        self.effects.push(Effect::Announce(Announcement { id, seq: self.next.events, kind, data }));
    }

    /// Sets a timer; an earlier one of its kind becomes stale.
    pub(crate) fn set_timer(&mut self, timer: TimerKind, at: Timestamp) {
        let set_by = self.next.version;
        self.next.timers.insert(timer, set_by);
        self.run_at(JobSpec::Timer { timer, set_by }, at);
    }

    /// Whether a picture is being fetched or read, so that an answer is still owed.
    pub(crate) fn is_looking(&self) -> bool {
        let under_way = |item: &Evidence| matches!(item.state, EvidenceState::Fetching | EvidenceState::Reading);
        !self.next.stage_name().is_end() && self.next.evidence.iter().any(under_way)
    }

    pub(crate) fn shred(&mut self) {
        self.shred = true;
    }

    /// Takes the stage out to build the one after it.
    fn take_stage(&mut self) -> Stage {
        mem::replace(&mut self.next.stage, Stage::Consenting { early: Vec::new() })
    }

    /// What was agreed so far, taken out of whatever stage holds it.
    pub(crate) fn agreed(&self) -> Option<Agreed> {
        self.next.stage.agreed().cloned()
    }

    pub(crate) fn collect(&mut self, agreed: Agreed) {
        self.next.stage = Stage::Collecting { agreed };
    }

    /// Consent is given. A case before a person stays there, and collects.
    pub(crate) fn agree(&mut self, given: Agreed) {
        match &mut self.next.stage {
            Stage::InReview { agreed, .. } => *agreed = Some(given),
            _ => self.collect(given),
        }
    }

    /// The slot is asked for again: what came before does not take it.
    pub(crate) fn ask_again(&mut self, slot: Slot) {
        let so_far = u32::try_from(self.next.evidence.len()).unwrap_or(u32::MAX);
        self.next.asked_after.insert(slot, so_far);
    }

    pub(crate) fn check(&mut self, agreed: Agreed) {
        self.next.stage = Stage::Checking { agreed };
        self.run(JobSpec::Decide);
    }

    /// Before a person; a case already there takes one more reason.
    pub(crate) fn refer(&mut self, referral: Referral) {
        let stage = self.take_stage();
        let (agreed, since, mut why, early) = match stage {
            Stage::InReview { agreed, since, why, early } => (agreed, since, why, early),
            Stage::Consenting { early } => (None, self.now, Vec::new(), early),
            other => (other.agreed().cloned(), self.now, Vec::new(), Vec::new()),
        };
        let announced = !why.is_empty();
        if !why.contains(&referral) {
            why.push(referral.clone());
        }
        self.next.stage = Stage::InReview { agreed, since, why, early };
        if !announced {
            self.announce("kyc.review.requested", serde_json::json!({ "why": referral.as_str() }));
        }
    }

    /// Ends the case without a decision and sets the day on which everything is destroyed.
    pub(crate) fn withdraw(&mut self, why: WithdrawnWhy, at: Timestamp) {
        let agreed = self.agreed();
        self.take_stage();
        self.next.stage = Stage::Withdrawn { agreed, at, why };
        self.close();
        self.announce("kyc.consent.withdrawn", serde_json::json!({ "why": why.as_str() }));
    }

    pub(crate) fn expire(&mut self) {
        let agreed = self.agreed();
        self.take_stage();
        self.next.stage = Stage::Expired { agreed, at: self.now };
        self.close();
        self.announce("kyc.case.expired", serde_json::json!({}));
    }

    fn close(&mut self) {
        self.next.timers.remove(&TimerKind::Expire);
        self.next.questions.clear();
        self.next.awaiting = None;
        self.set_timer(TimerKind::Purge, self.purge_at());
    }

    pub(crate) fn purge_at(&self) -> Timestamp {
        // Even "at once" lets the last word to the applicant leave first: it is sealed under the key that is destroyed.
        self.now.plus_days(self.policy.choices.purge_days).max(self.now.plus_seconds(LAST_WORD_SECONDS))
    }

    pub(crate) fn document(&self) -> Option<portico_vocab::DocumentKind> {
        self.next.stage.agreed().and_then(|agreed| agreed.document)
    }

    /// Step n of m, as texts count them.
    pub(crate) fn step_of(&self, slot: Slot) -> (u32, u32) {
        let slots = self.next.required_slots();
        let place = slots.iter().position(|s| *s == slot).unwrap_or(0);
        (u32::try_from(place + 1).unwrap_or(1), u32::try_from(slots.len()).unwrap_or(1))
    }
}
