//! `GET /console/case/{id}/pulse`: the digest of the dossier, for the module that tells a page it has grown stale.
//!
//! It answers with a digest and nothing personal, so it is no access; and it never changes what is being typed.

use axum::Extension;
use axum::extract::{Path, State};
use portico_case::dossier_digest;
use portico_cell::Loaded;
use portico_vocab::CaseId;

use crate::desk::Desk;
use crate::error::Error;
use crate::session::Reviewer;

pub(crate) async fn get(
    State(desk): State<Desk>,
    Extension(reviewer): Extension<Reviewer>,
    Path(id): Path<String>,
) -> Result<String, Error> {
    let id = CaseId::parse(&id).map_err(|_| Error::NotFound)?;
    let (_, loaded) = desk.find(&reviewer, id).await?;
    let Loaded::Whole(opened) = loaded else { return Err(Error::Shredded) };
    Ok(dossier_digest(&opened.case).to_string())
}
