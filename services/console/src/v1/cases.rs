//! `GET /v1/cases`: the cases of one country, newest last, by what can be shown without opening one.

use axum::http::Uri;
use axum::{Extension, Json};
use portico_cell::Cell;
use portico_ledger::{CaseFilter, CaseRow};
use portico_vocab::{CaseId, CountryCode, DocumentKind, OutcomeName, StageName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::case::Links;
use super::cursor::{Page, decode, encode};
use super::gate::Visit;
use super::problem::Problem;
use super::query;
use super::wire::{self, Time};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CasesQuery {
    #[schemars(schema_with = "wire::stage")]
    stage: Option<String>,
    #[schemars(schema_with = "wire::outcome")]
    outcome: Option<String>,
    /// Needed when the client works with several countries.
    #[schemars(schema_with = "wire::country")]
    country: Option<String>,
    /// The bank's own reference, as an invitation gave it.
    reference: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 1000.
    #[schemars(schema_with = "wire::limit")]
    limit: Option<String>,
}

/// A case in a list.
#[derive(Serialize, JsonSchema)]
pub(crate) struct CaseSummary {
    #[schemars(schema_with = "wire::case_id")]
    id: CaseId,
    #[schemars(schema_with = "wire::country")]
    country: CountryCode,
    #[schemars(schema_with = "wire::stage")]
    stage: StageName,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "wire::outcome")]
    outcome: Option<OutcomeName>,
    opened_at: Time,
    updated_at: Time,
    reference: Option<String>,
    /// What the applicant chose to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "wire::document")]
    document: Option<DocumentKind>,
    erased: bool,
    links: Links,
}

pub(crate) async fn list(Extension(visit): Extension<Visit>, uri: Uri) -> Result<Json<Page<CaseSummary>>, Problem> {
    let asked: CasesQuery = query::read(&uri)?;
    let country = query::word("country", asked.country.as_deref(), CountryCode::parse)?;
    let cell = visit.api.cell_of_list(&visit.client, country)?;
    let list = cell.country();
    let filter = CaseFilter {
        stage: query::word("stage", asked.stage.as_deref(), StageName::parse)?,
        outcome: query::word("outcome", asked.outcome.as_deref(), OutcomeName::parse)?,
        after: asked.after.map(|after| decode(list.as_str().as_bytes(), &after)).transpose()?,
        limit: query::limit(asked.limit.as_deref())?,
    };
    // Invitations tie a case to the bank's reference, and no case of this build began by one: none has the one asked for.
    if asked.reference.is_some() {
        return Ok(Json(Page::whole(Vec::new())));
    }
    let page = cell.ledger().cases(&filter).await?;
    Ok(Json(Page {
        next: page.next.map(|next| encode(list.as_str().as_bytes(), &next)),
        items: page.rows.iter().map(|row| summary(&cell, row)).collect(),
    }))
}

fn summary(cell: &Cell, row: &CaseRow) -> CaseSummary {
    CaseSummary {
        id: row.id,
        country: cell.country(),
        stage: row.stage,
        outcome: row.outcome,
        opened_at: Time(row.opened_at),
        updated_at: Time(row.updated_at),
        reference: None,
        document: document(row),
        erased: row.key.is_none(),
        links: Links::of(row.id, cell.country()),
    }
}

/// From the plain summary beside the row.
fn document(row: &CaseRow) -> Option<DocumentKind> {
    #[derive(Deserialize)]
    struct Summary {
        document: Option<DocumentKind>,
    }
    serde_json::from_str::<Summary>(&row.summary).ok()?.document
}
