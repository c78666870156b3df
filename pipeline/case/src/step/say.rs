//! Which text says what; the words themselves are the bundles'.

use portico_vocab::{DocumentKind, ReasonCode, Slot};
use portico_whatsapp::texts::{Tell, TextKey, Value};

use super::draft::Draft;
use crate::{Question, Stage, slots};

impl Draft<'_> {
    fn reference(&self) -> Value {
        Value::Text(self.next.short().to_uppercase())
    }

    fn with_document(&self, tell: Tell) -> Tell {
        match self.document() {
            Some(kind) => tell.with("document", Value::Document(kind)),
            None => tell,
        }
    }

    /// The notice and its question; the only thing asked before consent.
    pub(super) fn ask_consent(&mut self) {
        self.ask(Question::Consent, Tell::of(TextKey::Notice));
    }

    pub(super) fn ask_document(&mut self) {
        let documents = Value::Documents(self.policy.documents());
        self.ask(Question::Document, Tell::of(TextKey::DocumentChoose).with("documents", documents));
    }

    pub(super) fn ask_document_if_quiet(&mut self) {
        if !self.just_asked(Question::Document, TextKey::DocumentChoose) {
            self.ask_document();
        }
    }

    /// Asks for the next picture, unless it has been asked for already or one is still being looked at: the thanks for
    /// that one and the request for the next are one message.
    pub(super) fn ask_next_photo(&mut self) {
        if slots::any_on_the_way(&self.next) {
            return;
        }
        let Some(slot) = slots::next_empty(&self.next) else {
            return;
        };
        if self.next.awaiting == Some(slot) {
            return;
        }
        self.ask_photo(slot);
    }

    pub(super) fn ask_photo(&mut self, slot: Slot) {
        let (step, total) = self.step_of(slot);
        let key = match slot {
            Slot::DocumentFront => TextKey::DocumentFront,
            Slot::DocumentBack => TextKey::DocumentBack,
            Slot::Selfie => TextKey::SelfieAsk,
        };
        let tell = Tell::of(key).with("step", Value::Count(step)).with("total", Value::Count(total));
        let tell = if slot == Slot::Selfie { tell } else { self.with_document(tell) };
        self.next.awaiting = Some(slot);
        self.tell(tell);
    }

    /// Names one defect of one photo and its mend, as a reply to that photo.
    pub(super) fn ask_retake(&mut self, slot: Slot, reason: ReasonCode, attempt: u32, of: &crate::Evidence) {
        let key = TextKey::retake(reason, attempt).unwrap_or(TextKey::RetakeAgain);
        let got = if slot == Slot::DocumentBack { Slot::DocumentFront } else { Slot::DocumentBack };
        let tell = Tell::of(key)
            .with("side", Value::Slot(slot))
            .with("got", Value::Slot(got))
            .with("reason", Value::Reason(reason));
        let mut tell = self.with_document(tell);
        // A text that speaks of the document waits until one is chosen.
        if key.needs().iter().any(|name| !tell.values.contains_key(*name)) {
            tell.key = TextKey::RetakeAgain;
        }
        self.next.awaiting = Some(slot);
        self.tell_about(fitting(tell), of.wamid.clone(), of.sent_at);
    }

    /// A reviewer wants a new photo.
    pub(super) fn ask_requested(&mut self, slot: Slot, reason: ReasonCode) {
        let tell =
            Tell::of(TextKey::RetakeRequested).with("side", Value::Slot(slot)).with("reason", Value::Reason(reason));
        let tell = self.with_document(tell);
        self.next.awaiting = Some(slot);
        self.tell(tell);
    }

    fn missing(&self) -> Vec<Slot> {
        let outstanding = self.next.outstanding();
        if outstanding.is_empty() && self.next.required_slots().is_empty() {
            return vec![Slot::DocumentFront, Slot::Selfie];
        }
        outstanding
    }

    fn have(&self) -> Vec<Slot> {
        let missing = self.missing();
        self.next.required_slots().iter().copied().filter(|slot| !missing.contains(slot)).collect()
    }

    pub(super) fn say_status(&mut self) {
        let tell = match &self.next.stage {
            Stage::InReview { .. } if !slots::complete(&self.next) => Tell::of(TextKey::PersonComing),
            Stage::InReview { since, .. } => {
                Tell::of(TextKey::StatusReview).with("ref", self.reference()).with("since", Value::Date(*since))
            }
            Stage::Checking { .. } => Tell::of(TextKey::StatusReview)
                .with("ref", self.reference())
                .with("since", Value::Date(self.next.updated_at)),
            _ => {
                let missing = self.missing();
                let total = self.next.required_slots().len().max(2);
                let done = total.saturating_sub(missing.len());
                Tell::of(TextKey::StatusCollecting)
                    .with("ref", self.reference())
                    .with("done", count(done))
                    .with("total", count(total))
                    .with("missing", Value::Slots(missing))
            }
        };
        self.tell_once(tell);
    }

    pub(super) fn say_help(&mut self) {
        let help = Tell::of(TextKey::Help);
        // Before consent nothing is asked for.
        self.tell_once(match self.agreed() {
            Some(_) => help.with("missing", Value::Slots(self.missing())),
            None => help,
        });
    }

    /// Where things stand, and what comes next.
    pub(super) fn say_welcome_back(&mut self) {
        let collecting = matches!(self.next.stage, Stage::Collecting { .. });
        if collecting && self.document().is_none() {
            return self.ask_document_if_quiet();
        }
        let (have, missing) = (self.have(), self.missing());
        if !collecting || have.is_empty() || missing.is_empty() {
            return self.say_status();
        }
        let tell =
            Tell::of(TextKey::WelcomeBack).with("have", Value::Slots(have)).with("missing", Value::Slots(missing));
        self.tell_once(tell);
    }

    pub(super) fn say_not_a_photo(&mut self) {
        if !matches!(self.next.stage, Stage::Collecting { .. }) {
            return self.say_status();
        }
        let missing = Value::Slots(self.missing());
        self.tell_once(Tell::of(TextKey::NotAPhoto).with("missing", missing));
    }

    /// A file beyond what WhatsApp carries is mended like one beyond what we take.
    pub(super) fn say_too_large(&mut self) {
        let Some(slot) = slots::next_empty(&self.next).filter(|_| matches!(self.next.stage, Stage::Collecting { .. }))
        else {
            return self.say_not_a_photo();
        };
        let tell = self.with_document(Tell::of(TextKey::RetakeTooLarge).with("side", Value::Slot(slot)));
        self.tell_once(tell);
    }

    /// Free text is kept for the reviewer; the applicant hears what comes next.
    pub(super) fn say_text_kept(&mut self) {
        if !matches!(self.next.stage, Stage::Collecting { .. }) {
            self.say_status();
        } else if self.document().is_none() {
            self.ask_document_if_quiet();
        } else {
            let missing = Value::Slots(self.missing());
            self.tell_once(Tell::of(TextKey::TextKept).with("missing", missing));
        }
    }

    pub(super) fn say_withdrawn(&mut self) {
        let date = Value::Date(self.purge_at());
        self.tell(Tell::of(TextKey::Withdrawn).with("date", date));
    }

    pub(super) fn say_not_needed(&mut self) {
        let tell = Tell::of(TextKey::PhotoNotNeeded).with("ref", self.reference());
        self.tell_once(tell);
    }

    pub(super) fn say_checking(&mut self) {
        let tell = Tell::of(TextKey::Checking).with("ref", self.reference());
        self.tell_once(tell);
    }

    pub(super) fn say_later(&mut self) {
        if slots::complete(&self.next) {
            return self.say_status();
        }
        let keep_until = Value::Date(self.now.plus_days(self.policy.choices.expire_days));
        let tell = Tell::of(TextKey::Later).with("ref", self.reference()).with("keep_until", keep_until);
        self.tell_once(tell);
    }

    pub(super) fn say_restart(&mut self, ended_at: portico_vocab::Timestamp) {
        self.tell_once(Tell::of(TextKey::RestartAsk).with("date", Value::Date(ended_at)));
    }

    /// The verdict's text: neutral for silent reasons, never more than the reason.
    pub(super) fn verdict(&self, decision: &crate::Decision) -> Tell {
        use portico_vocab::OutcomeName::{Approved, ApprovedLimited, Declined, HandedOff};
        match decision.outcome {
            Approved => Tell::of(TextKey::VerdictApproved),
            ApprovedLimited => {
                let until = decision.limits.as_ref().and_then(|l| l.until).unwrap_or(decision.at);
                Tell::of(TextKey::VerdictLimited).with("limit_until", Value::Date(until))
            }
            HandedOff => Tell::of(TextKey::VerdictHandoff),
            Declined => {
                let key = TextKey::decline(&decision.reasons);
                let reason = decision.reasons.first().copied().unwrap_or(ReasonCode::ApplicantRequest);
                fitting(Tell::of(key).with("ref", self.reference()).with("reason", Value::Reason(reason)))
            }
        }
    }

    pub(super) fn say_account_delayed(&mut self) {
        let tell = Tell::of(TextKey::AccountDelayed)
            .with("ref", self.reference())
            .with("date", Value::Date(self.now.plus_days(3)));
        self.tell(tell);
    }
}

/// Only the values the text takes: what is sealed is what is said.
fn fitting(mut tell: Tell) -> Tell {
    let key = tell.key;
    tell.values.retain(|name, _| key.needs().contains(&name.as_str()) || key.takes().contains(&name.as_str()));
    tell
}

fn count(n: usize) -> Value {
    Value::Count(u32::try_from(n).unwrap_or(u32::MAX))
}

/// The kind a `document:<kind>` reply names.
pub(super) fn document_of(reply_id: &str) -> Option<DocumentKind> {
    reply_id.strip_prefix("document:").and_then(|kind| DocumentKind::parse(kind).ok())
}
