//! `step`: one input, one change. Total and pure.

mod account;
mod choose;
mod consent;
mod draft;
mod job;
mod message;
mod photo;
mod retain;
mod review;
mod say;
mod timer;

use portico_vocab::CaseVersion;

use crate::{Case, Change, Ctx, Input, InputKind, Marks, Opening, Outcome, Stage, Why, invariant};
use draft::Draft;

/// The first change of a new case. Never fails.
pub fn open(opening: &Opening, input: &Input, ctx: &Ctx<'_>) -> Change {
    let blank = Case {
        id: opening.id,
        cell: opening.cell,
        version: CaseVersion(0),
        opened_at: opening.at,
        updated_at: opening.at,
        phone_number: opening.phone_number.clone(),
        contact: crate::Contact::default(),
        language: opening.language.clone(),
        stage: Stage::Consenting { early: Vec::new() },
        evidence: Vec::new(),
        findings: Vec::new(),
        questions: Default::default(),
        attempts: Default::default(),
        awaiting: None,
        told: Default::default(),
        timers: Default::default(),
        asked_after: Default::default(),
        deleted: Vec::new(),
        started_at: opening.at,
        renewed_at: None,
        stopped_at: None,
        newest_message_at: portico_vocab::Timestamp::from_micros(0),
        events: 0,
        marks: Marks::default(),
    };
    let mut change = step(&blank, input, ctx);
    change.expects = None;
    change
}

/// Whatever happens to a case, decided. Never fails: a refusal is also a change worth recording.
pub fn step(case: &Case, input: &Input, ctx: &Ctx<'_>) -> Change {
    let mut draft = Draft::new(case, ctx);
    let outcome = dispatch(&mut draft, &input.kind);
    let change = draft.finish(input.id, outcome);
    debug_assert!(
        invariant::of_change(case, &change).is_empty(),
        "{:?} after {}",
        invariant::of_change(case, &change),
        input.kind.name()
    );
    debug_assert!(
        invariant::of_case(&change.next, ctx.policy).is_empty(),
        "{:?} after {}",
        invariant::of_case(&change.next, ctx.policy),
        input.kind.name()
    );
    change
}

fn dispatch(draft: &mut Draft<'_>, kind: &InputKind) -> Outcome {
    match kind {
        InputKind::Message { message, answers, stopped_at, custody } => {
            message::step(draft, message, answers.as_ref(), *stopped_at, custody.received_at)
        }
        InputKind::TakenIn { evidence, result } => job::taken_in(draft, *evidence, result),
        InputKind::Read { evidence, findings } => job::read(draft, *evidence, findings),
        InputKind::Assessed { dossier, findings } => job::assessed(draft, *dossier, findings),
        InputKind::Timer { timer, set_by } => timer::step(draft, *timer, *set_by),
        InputKind::Retained { until, cannot_lock } => retain::retained(draft, *until, cannot_lock.as_deref()),
        InputKind::Undelivered { outbound, text, .. } => account::undelivered(draft, *outbound, *text),
        InputKind::Review { reviewer, action } => review::step(draft, reviewer, action),
        InputKind::ApiDecide { client, officer, decide } => {
            review::decide(draft, &format!("client:{client}/{officer}"), decide)
        }
        InputKind::ApiFinding { finding, .. } => account::finding(draft, finding),
        InputKind::ApiAccount { report, .. } => account::report(draft, report),
        InputKind::Superseded { .. } => message::supersede(draft),
    }
}

pub(crate) const ENDED: Outcome = Outcome::Ignored(Why::Ended);
