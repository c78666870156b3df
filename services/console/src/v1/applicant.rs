//! `GET /v1/cases/{id}/applicant`: who the applicant is, as far as anyone knows.
//!
//! This build reads no documents, so nothing about the person is known but what they say of themselves in the chat: `best`
//! holds the document they chose and no more. What reading documents will add are new members, never other ones.

use axum::{Extension, Json};
use portico_case::Case;
use portico_vocab::{CaseId, CountryCode, DocumentKind, EvidenceId, Purpose};
use schemars::JsonSchema;
use serde::Serialize;

use super::gate::{Door, Visit};
use super::problem::Problem;
use super::wire;

/// Personal data. A member that is missing is not known.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Applicant")]
pub(crate) struct ApplicantView {
    #[schemars(schema_with = "wire::case_id")]
    case_id: CaseId,
    best: Best,
    claims: Vec<Claim>,
}

/// What holds, of all that is claimed.
#[derive(Serialize, JsonSchema)]
struct Best {
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<DocumentView>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Document")]
struct DocumentView {
    #[schemars(schema_with = "wire::document")]
    kind: DocumentKind,
    /// On whose list of accepted documents it was chosen.
    #[schemars(schema_with = "wire::country")]
    country: CountryCode,
}

/// One attribute, asserted or read off evidence.
#[derive(Serialize, JsonSchema)]
struct Claim {
    /// `name`.
    name: &'static str,
    value: String,
    source: Source,
    /// Whether a check has borne it out.
    verified: bool,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ClaimSource")]
struct Source {
    /// `profile`: the name the sender chose in WhatsApp.
    kind: &'static str,
    /// The picture it was read off.
    #[schemars(schema_with = "wire::evidence_id_or_null")]
    evidence: Option<EvidenceId>,
    /// Where on the picture: left, top, width, height in its pixels.
    r#box: Option<[u32; 4]>,
}

pub(crate) async fn get(
    Extension(visit): Extension<Visit>,
    Extension(door): Extension<Door>,
) -> Result<Json<ApplicantView>, Problem> {
    door.record(&visit, "applicant").await?;
    let case = door.cell.load_whole(door.id).await?.case;
    Ok(Json(ApplicantView { case_id: case.id, best: best(&case), claims: claims(&case) }))
}

fn best(case: &Case) -> Best {
    let kind = case.stage.agreed().and_then(|agreed| agreed.document);
    Best { document: kind.map(|kind| DocumentView { kind, country: case.cell.country() }) }
}

/// Nothing before consent: until then a sender is nobody's applicant.
fn claims(case: &Case) -> Vec<Claim> {
    let name = case.contact.profile_name.as_ref().filter(|_| case.stage.agreed().is_some());
    name.map(|name| Claim {
        name: "name",
        value: name.expose(Purpose::Show).clone(),
        source: Source { kind: "profile", evidence: None, r#box: None },
        verified: false,
    })
    .into_iter()
    .collect()
}
