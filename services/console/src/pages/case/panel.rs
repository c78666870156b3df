//! The right-hand pane: what can be decided, or what has been.

use askama::Template;
use askama::filters::HtmlSafe;
use portico_case::{Decision, InputKind, ReviewAction, Stage, dossier_digest, objections};
use portico_vocab::{CheckKind, OutcomeName, Purpose, ReasonCode, Slot};

use super::draft::Draft;
use super::picture;
use super::preview::{self, Preview};
use super::seen::Seen;
use super::sight::Sight;
use crate::pages::moment::Moment;
use crate::pages::words;

/// What the pane holds, by stage.
pub(crate) enum Panel {
    /// In review: the form.
    Open(Box<DecideForm>),
    /// Somebody else is at work: the applicant or the machine.
    Waiting {
        words: &'static str,
        outstanding: Vec<&'static str>,
    },
    Decided(Box<DecisionView>),
    /// Ended without a decision.
    Ended {
        words: &'static str,
    },
}

/// The form of a decision and, below it, the one for a new photo.
#[derive(Template)]
#[template(path = "case/decide.html")]
pub(crate) struct DecideForm {
    pub action: String,
    pub csrf: String,
    pub seen: Seen,
    pub outcomes: Vec<OutcomeChoice>,
    pub reasons: Vec<ReasonChoice>,
    pub attests: Vec<AttestRow>,
    pub note: String,
    pub preview: Preview,
    /// What stands against this form as it was sent.
    pub objections: Vec<String>,
    /// Who else holds the case: then nothing can be sent.
    pub held_by: Option<String>,
    pub slots: Vec<(Slot, &'static str)>,
    pub photo_reasons: Vec<(&'static str, &'static str)>,
    /// Chosen in the form for a new photo, with the text it would send.
    pub photo: Option<(Slot, ReasonCode, Preview)>,
}

impl DecideForm {
    fn asks_for(&self, slot: &Slot) -> bool {
        self.photo.as_ref().is_some_and(|(chosen, ..)| chosen == slot)
    }

    fn asks_because(&self, code: &str) -> bool {
        self.photo.as_ref().is_some_and(|(_, reason, _)| reason.as_str() == code)
    }
}

impl HtmlSafe for DecideForm {}

pub(crate) struct OutcomeChoice {
    pub code: &'static str,
    pub label: &'static str,
    pub key: &'static str,
    pub chosen: bool,
    /// Why it cannot be chosen now, whatever is attested.
    pub hindrance: Option<String>,
}

pub(crate) struct ReasonChoice {
    pub code: &'static str,
    pub label: &'static str,
    /// `1` to `9`; none after that.
    pub key: Option<usize>,
    pub chosen: bool,
    /// The applicant reads a neutral text.
    pub silent: bool,
}

pub(crate) struct AttestRow {
    pub check: CheckKind,
    pub label: &'static str,
    pub reason: String,
    pub ticked: bool,
    /// An approval was sent without it.
    pub wanted: bool,
}

#[derive(Template)]
#[template(path = "case/decision.html")]
pub(crate) struct DecisionView {
    pub outcome: &'static str,
    pub code: &'static str,
    pub by: Vec<String>,
    pub at: Moment,
    pub reasons: Vec<&'static str>,
    pub limits_until: Option<Moment>,
    pub attested: Vec<(&'static str, String)>,
    pub policy: String,
    /// What the decider left for colleagues.
    pub note: Option<String>,
}

impl HtmlSafe for DecisionView {}

/// What the form knew when it was sent and came back.
#[derive(Default)]
pub(crate) struct Returned {
    pub draft: Option<Draft>,
    pub objections: Vec<String>,
    /// Checks the objections ask to attest.
    pub wanted: Vec<CheckKind>,
    pub photo: Option<(Slot, ReasonCode, Preview)>,
}

pub(crate) fn of(sight: &Sight, reviewer: &str, csrf: &str, seen: Seen, returned: Returned) -> Panel {
    match &sight.case.stage {
        Stage::InReview { .. } => Panel::Open(Box::new(form(sight, reviewer, csrf, seen, returned))),
        Stage::Decided { decision, .. } => Panel::Decided(Box::new(decided(sight, decision))),
        Stage::Withdrawn { .. } | Stage::Expired { .. } => {
            Panel::Ended { words: words::stage(sight.case.stage_name()) }
        }
        Stage::Consenting { .. } | Stage::Collecting { .. } | Stage::Checking { .. } => Panel::Waiting {
            words: words::stage(sight.case.stage_name()),
            outstanding: sight.case.outstanding().into_iter().map(|slot| sight.slot_label(slot)).collect(),
        },
    }
}

fn form(sight: &Sight, reviewer: &str, csrf: &str, seen: Seen, returned: Returned) -> DecideForm {
    let draft = returned.draft.unwrap_or_else(|| Draft::blank(sight));
    DecideForm {
        action: format!("/console/case/{}", sight.case.id),
        csrf: csrf.to_owned(),
        seen,
        outcomes: sight.policy.profile.outcomes.iter().map(|outcome| outcome_choice(sight, &draft, *outcome)).collect(),
        reasons: reason_choices(&draft),
        attests: attest_rows(&draft, &returned.wanted),
        note: draft.note_text().to_owned(),
        preview: preview::of_decision(sight, &draft),
        objections: returned.objections,
        held_by: sight.held_by_other(reviewer).map(|claim| claim.reviewer.clone()),
        slots: picture::slots(sight),
        photo_reasons: picture::photo_reasons(),
        photo: returned.photo,
    }
}

fn outcome_choice(sight: &Sight, draft: &Draft, outcome: OutcomeName) -> OutcomeChoice {
    let chosen = Draft { outcome: Some(outcome), ..draft.clone() }.with_all_attested();
    let standing =
        chosen.decide(dossier_digest(&sight.case)).map(|decide| objections(&sight.case, &decide, &sight.policy));
    let hindrance = standing.unwrap_or_default().into_iter().next().map(|objection| objection.text);
    OutcomeChoice {
        code: outcome.as_str(),
        label: words::outcome(outcome),
        key: words::outcome_key(outcome),
        chosen: draft.outcome == Some(outcome),
        // A decline only wants its reasons, and those are chosen right below.
        hindrance: hindrance.filter(|_| outcome.is_approval()),
    }
}

fn reason_choices(draft: &Draft) -> Vec<ReasonChoice> {
    let may_decline = ReasonCode::ALL.iter().filter(|reason| reason.may_decline());
    let choice = |(index, reason): (usize, &ReasonCode)| ReasonChoice {
        code: reason.as_str(),
        label: reason.internal_text(),
        key: (index < 9).then_some(index + 1),
        chosen: draft.reasons.contains(reason),
        silent: reason.is_silent(),
    };
    may_decline.enumerate().map(choice).collect()
}

fn attest_rows(draft: &Draft, wanted: &[CheckKind]) -> Vec<AttestRow> {
    let row = |(check, attest): (&CheckKind, &super::draft::Attest)| AttestRow {
        check: *check,
        label: words::check(*check),
        reason: attest.reason.clone(),
        ticked: attest.ticked,
        wanted: wanted.contains(check),
    };
    draft.attest.iter().map(row).collect()
}

fn decided(sight: &Sight, decision: &Decision) -> DecisionView {
    let limits_until = decision.limits.as_ref().and_then(|limits| limits.until);
    DecisionView {
        outcome: words::outcome_done(decision.outcome),
        code: decision.outcome.as_str(),
        by: decision.decided_by.iter().map(|actor| words::actor(actor)).collect(),
        at: Moment::clock(decision.at, sight.now, sight.zone()),
        reasons: decision.reasons.iter().map(|reason| reason.internal_text()).collect(),
        limits_until: limits_until.map(|at| Moment::date(at, sight.zone())),
        attested: decision.attested.iter().map(|a| (words::check(a.check), a.reason.clone())).collect(),
        policy: format!("{} {}", decision.policy.id, &decision.policy.hash.to_hex()[..12]),
        note: note(sight),
    }
}

/// The note stands in the entry that decided, nowhere else.
fn note(sight: &Sight) -> Option<String> {
    let applied = sight.history.iter().filter(|item| item.entry.outcome == "applied");
    applied.rev().find_map(|item| match &item.recorded.as_ref()?.input.kind {
        InputKind::Review { action: ReviewAction::Decide(decide), .. } | InputKind::ApiDecide { decide, .. } => {
            decide.note.as_ref().map(|note| note.expose(Purpose::Show).clone())
        }
        _ => None,
    })
}
