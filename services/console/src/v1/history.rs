//! `GET /v1/cases/{id}/history`: what happened, entry by entry.
//!
//! A WhatsApp `wamid` holds the applicant's phone number in base64, so it is shown to those only who may know the applicant,
//! and then the look is recorded. It outlives nothing: once the case key is destroyed, entries keep their digests alone.

use axum::http::Uri;
use axum::{Extension, Json};
use portico_case::InputKind;
use portico_cell::HistoryItem;
use portico_vocab::{Sha256, StageName, Wamid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::client::Scope;
use super::cursor::{AfterEntry, Page, decode, encode};
use super::gate::{Door, Visit};
use super::problem::Problem;
use super::query;
use super::wire::{self, Digest, Time};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HistoryQuery {
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 1000.
    #[schemars(schema_with = "wire::limit")]
    limit: Option<String>,
}

/// One input and what it came to.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Entry")]
pub(crate) struct EntryView {
    /// From 1, without gaps.
    seq: u64,
    at: Time,
    /// `message`, `job:take_in`, `review:decide`, `api:account`, …
    kind: String,
    /// `applicant`, `machine`, `reviewer:…`, `client:…`.
    actor: String,
    /// The keyed id it was consumed under, once only; missing once erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<String>,
    /// `applied`, `ignored:why`, `refused:why`.
    outcome: String,
    /// The stage it left the case in.
    #[schemars(schema_with = "wire::stage")]
    stage: StageName,
    /// Chained: it covers the digest of the entry before.
    digest: Digest,
    /// WhatsApp's id of the message; only with `applicant:read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    wamid: Option<String>,
}

pub(crate) async fn list(
    Extension(visit): Extension<Visit>,
    Extension(door): Extension<Door>,
    uri: Uri,
) -> Result<Json<Page<EntryView>>, Problem> {
    let asked: HistoryQuery = query::read(&uri)?;
    let list = door.id.as_bytes();
    let after = asked.after.map(|after| decode(list, &after)).transpose()?.unwrap_or(AfterEntry(0));
    let limit = query::limit(asked.limit.as_deref())?;
    let shows_wamids = visit.client.holds(Scope::ApplicantRead);
    if shows_wamids {
        door.record(&visit, "history").await?;
    }
    // One more than asked for tells whether there is a next page.
    let mut entries = door.cell.history(door.id, after.0, limit + 1).await?;
    let more = entries.len() > limit as usize;
    entries.truncate(limit as usize);
    let next = entries.last().filter(|_| more).map(|item| encode(list, &AfterEntry(item.entry.version.0)));
    let items = entries.into_iter().map(|item| view(item, shows_wamids)).collect();
    Ok(Json(Page { items, next }))
}

fn view(item: HistoryItem, shows_wamids: bool) -> EntryView {
    let wamid = wamid(&item).filter(|_| shows_wamids).map(|wamid| wamid.as_str().to_owned());
    let HistoryItem { entry, recorded } = item;
    EntryView {
        seq: entry.version.0,
        at: Time(entry.at),
        kind: entry.kind,
        actor: entry.actor,
        input: recorded.map(|recorded| Sha256::from_bytes(*recorded.input.id.as_bytes()).to_hex()),
        outcome: entry.outcome,
        stage: entry.stage,
        digest: Digest(entry.digest),
        wamid,
    }
}

fn wamid(item: &HistoryItem) -> Option<&Wamid> {
    match &item.recorded.as_ref()?.input.kind {
        InputKind::Message { message, .. } => Some(&message.wamid),
        _ => None,
    }
}
