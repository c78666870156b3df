//! `POST /console/case/{id}/claim` and `…/release`: the hold of a case, beside it.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use portico_vocab::CaseId;

use super::act;
use crate::desk::Desk;
use crate::error::Error;
use crate::pages::said::{Said, What};
use crate::session::{Reviewer, SignedForm};

/// Takes or prolongs it. When a colleague was faster, the page says so.
pub(crate) async fn take(
    State(desk): State<Desk>,
    Extension(reviewer): Extension<Reviewer>,
    Path(id): Path<String>,
    _form: SignedForm,
) -> Result<Response, Error> {
    let id = CaseId::parse(&id).map_err(|_| Error::NotFound)?;
    let (cell, _) = desk.find(&reviewer, id).await?;
    let held = act::claim(&desk, &cell, &reviewer, id).await?;
    let what = if held.reviewer == reviewer.id { What::Claimed } else { What::Taken };
    Said::of(what, &id.short()).at(&format!("/console/case/{id}"))
}

pub(crate) async fn release(
    State(desk): State<Desk>,
    Extension(reviewer): Extension<Reviewer>,
    Path(id): Path<String>,
    _form: SignedForm,
) -> Result<Response, Error> {
    let id = CaseId::parse(&id).map_err(|_| Error::NotFound)?;
    let (cell, _) = desk.find(&reviewer, id).await?;
    cell.ledger().release_case(id, &reviewer.id).await?;
    Said::of(What::Released, &id.short()).at("/console")
}
