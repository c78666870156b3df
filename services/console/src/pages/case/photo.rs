//! What a reviewer does with one picture: ask for a new one, move it to its slot, accept it after all.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use portico_case::ReviewAction;
use portico_vocab::{EvidenceId, ReasonCode, Slot};

use super::act::{Came, Click};
use super::draft::Draft;
use super::page::Turn;
use super::panel::Returned;
use super::preview;
use crate::desk::Desk;
use crate::error::Error;
use crate::pages::queue;
use crate::pages::said::What;
use crate::session::{Reviewer, SignedForm};

/// `POST /console/case/{id}/ask-photo`: `slot`, `photo_reason`. The case then waits for the applicant.
pub(crate) async fn ask(
    State(desk): State<Desk>,
    Extension(reviewer): Extension<Reviewer>,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: SignedForm,
) -> Result<Response, Error> {
    let mut click = Click::read(desk, reviewer, &id, &headers, &form).await?;
    let (slot, reason) = (slot(&form)?, reason(&form)?);
    let draft = Draft::read(&form, &click.sight)?;
    if form.get("preview").is_some() {
        let mut returned = Returned { draft: Some(draft), ..Returned::default() };
        returned.photo = Some((slot, reason, preview::of_photo(&click.sight, slot, reason)));
        return click.back(StatusCode::OK, Turn { returned, ..Turn::default() });
    }
    let action = ReviewAction::AskPhoto { slot, reason, dossier: click.seen.dossier };
    match click.apply(action, Returned { draft: Some(draft), ..Returned::default() }).await? {
        Came::Back(page) => Ok(page),
        Came::Done => {
            let next = queue::take_next(&click.desk, &click.reviewer).await?;
            click.said(What::PhotoAsked).at(&next)
        }
    }
}

/// `POST /console/case/{id}/place`: `evidence`, `slot`. What stood in the slot takes its place.
pub(crate) async fn place(
    State(desk): State<Desk>,
    Extension(reviewer): Extension<Reviewer>,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: SignedForm,
) -> Result<Response, Error> {
    let mut click = Click::read(desk, reviewer, &id, &headers, &form).await?;
    let dossier = click.seen.dossier;
    let action = ReviewAction::Place { evidence: evidence(&form)?, slot: slot(&form)?, dossier };
    let came = click.apply(action, Returned::default()).await?;
    stay(&click, came, What::Placed)
}

/// `POST /console/case/{id}/accept`: `evidence`. A named reviewer overrules the machine's verdict on its quality.
pub(crate) async fn accept(
    State(desk): State<Desk>,
    Extension(reviewer): Extension<Reviewer>,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: SignedForm,
) -> Result<Response, Error> {
    let mut click = Click::read(desk, reviewer, &id, &headers, &form).await?;
    let dossier = click.seen.dossier;
    let action = ReviewAction::AcceptPhoto { evidence: evidence(&form)?, dossier };
    let came = click.apply(action, Returned::default()).await?;
    stay(&click, came, What::Accepted)
}

fn stay(click: &Click, came: Came, what: What) -> Result<Response, Error> {
    match came {
        Came::Back(page) => Ok(page),
        Came::Done => click.said(what).at(&click.path()),
    }
}

fn slot(form: &SignedForm) -> Result<Slot, Error> {
    let slot = form.get("slot").and_then(|text| Slot::parse(text).ok());
    slot.ok_or(Error::BadField { field: "slot", expected: "one of the places on the page" })
}

fn reason(form: &SignedForm) -> Result<ReasonCode, Error> {
    let reason = form.get("photo_reason").and_then(|text| ReasonCode::parse(text).ok());
    reason.ok_or(Error::BadField { field: "photo_reason", expected: "one of the reasons on the page" })
}

fn evidence(form: &SignedForm) -> Result<EvidenceId, Error> {
    let evidence = form.get("evidence").and_then(|text| EvidenceId::parse(text).ok());
    evidence.ok_or(Error::BadField { field: "evidence", expected: "a picture of this case" })
}
