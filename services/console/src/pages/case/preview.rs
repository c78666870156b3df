//! What the applicant will read, before it is sent.
//!
//! The page does not guess: it rehearses the click with the pure `step` and shows the message that comes out, so the
//! preview cannot differ from what will be told. `GET /console/case/{id}/preview` does the same for the module that
//! follows the form; its address holds codes only.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Response};
use portico_case::{Ctx, Effect, Input, InputKind, ReviewAction, dossier_digest, objections, step};
use portico_vocab::{CaseId, IdStream, InputId, OutcomeName, ReasonCode, Sha256, Slot};
use portico_whatsapp::texts::Tell;
use serde::Deserialize;

use super::chat::{Bubble, bubble};
use super::draft::Draft;
use super::sight::Sight;
use crate::desk::Desk;
use crate::error::Error;
use crate::session::Reviewer;

/// The message, or why there is none yet.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "case/preview.html")]
pub(crate) struct Preview {
    bubble: Option<Bubble>,
    /// BCP 47, as HTML spells it.
    language: String,
    /// What forbids the click as it stands.
    hindrances: Vec<String>,
}

impl HtmlSafe for Preview {}

/// What choosing this outcome would tell, were everything attested.
pub(crate) fn of_decision(sight: &Sight, draft: &Draft) -> Preview {
    let Some(decide) = draft.clone().with_all_attested().decide(dossier_digest(&sight.case)) else {
        return hint("Choose an outcome to see what the applicant will read.");
    };
    let hindrances: Vec<_> =
        objections(&sight.case, &decide, &sight.policy).into_iter().map(|objection| objection.text).collect();
    if hindrances.is_empty() {
        of_action(sight, ReviewAction::Decide(decide))
    } else {
        Preview { bubble: None, language: String::new(), hindrances }
    }
}

/// What asking for a new photo would tell.
pub(crate) fn of_photo(sight: &Sight, slot: Slot, reason: ReasonCode) -> Preview {
    of_action(sight, ReviewAction::AskPhoto { slot, reason, dossier: dossier_digest(&sight.case) })
}

fn of_action(sight: &Sight, action: ReviewAction) -> Preview {
    let Some(tell) = rehearse(sight, action) else { return hint("Nothing would be sent.") };
    match sight.texts.render(&sight.case.language, &tell, &sight.setting) {
        Ok(rendered) => {
            let language = rendered.language.as_str().replace('_', "-");
            Preview { bubble: Some(bubble(&rendered)), language, hindrances: Vec::new() }
        }
        Err(error) => hint(&format!("The text cannot be made: {error}.")),
    }
}

/// The first message of the change this click would make. Pure: nothing is recorded, and no id of it is ever used.
fn rehearse(sight: &Sight, action: ReviewAction) -> Option<Tell> {
    let kind = InputKind::Review { reviewer: "rehearsal".to_owned(), action };
    let input = Input { id: InputId::from_digest(Sha256::of(b"rehearsal")), kind };
    let ids = IdStream::new(sight.case.id, sight.case.version.next());
    let change = step(&sight.case, &input, &Ctx { now: sight.now, policy: &sight.policy, ids });
    change.effects().iter().find_map(|effect| match effect {
        Effect::Tell(told) => Some(told.tell.clone()),
        _ => None,
    })
}

fn hint(text: &str) -> Preview {
    Preview { bubble: None, language: String::new(), hindrances: vec![text.to_owned()] }
}

/// `outcome` with `reasons`, or `slot` with `reason`: codes of the catalogue.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    outcome: Option<String>,
    #[serde(default)]
    reasons: String,
    slot: Option<String>,
    reason: Option<String>,
}

/// `GET /console/case/{id}/preview`
pub(crate) async fn get(
    State(desk): State<Desk>,
    Extension(reviewer): Extension<Reviewer>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    let id = CaseId::parse(&id).map_err(|_| Error::NotFound)?;
    let (_, sight) = Sight::load(&desk, &reviewer, id, "preview").await?;
    Ok(Html(answer(&sight, &asked)?.render()?).into_response())
}

fn answer(sight: &Sight, asked: &Asked) -> Result<Preview, Error> {
    let code = |_| Error::BadField { field: "preview", expected: "codes of the catalogue" };
    if let (Some(slot), Some(reason)) = (&asked.slot, &asked.reason) {
        return Ok(of_photo(sight, Slot::parse(slot).map_err(code)?, ReasonCode::parse(reason).map_err(code)?));
    }
    let mut draft = Draft::blank(sight);
    draft.outcome = asked.outcome.as_deref().map(OutcomeName::parse).transpose().map_err(code)?;
    let reasons = asked.reasons.split(',').filter(|word| !word.is_empty());
    draft.reasons = reasons.map(ReasonCode::parse).collect::<Result<_, _>>().map_err(code)?;
    Ok(of_decision(sight, &draft))
}
