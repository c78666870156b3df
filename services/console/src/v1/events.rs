//! `GET /v1/events`: the same events that are delivered, in the order of the cell's log.
//!
//! An event has its place once all before it have theirs, so `after` never skips one.

use axum::http::Uri;
use axum::{Extension, Json};
use portico_cell::{Cell, CellError};
use portico_ledger::envelope::{EVENT_TYPES, envelope};
use portico_ledger::{EventFilter, FeedRow};
use portico_vocab::{CaseId, CountryCode};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::cursor::{AfterEvent, Page, decode, encode};
use super::gate::Visit;
use super::problem::Problem;
use super::query;
use super::wire;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventsQuery {
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 1000.
    #[schemars(schema_with = "wire::limit")]
    limit: Option<String>,
    #[schemars(schema_with = "wire::event_type")]
    r#type: Option<String>,
    #[schemars(schema_with = "wire::case_id")]
    case: Option<String>,
    /// Needed when the client works with several countries.
    #[schemars(schema_with = "wire::country")]
    country: Option<String>,
}

/// A CloudEvents 1.0 envelope, byte for byte as deliveries bear it but for `previous`. Silent reasons are `internal` in it
/// for everyone: who may know them reads them from the case.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct Event(Box<RawValue>);

impl JsonSchema for Event {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Event".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let event_id = wire::event_id(generator);
        json_schema!({
            "type": "object",
            "description": "A CloudEvents 1.0 envelope, as deliveries bear it. No personal data.",
            "required": ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "data"],
            "properties": {
                "specversion": { "const": "1.0" },
                "id": event_id,
                "source": { "type": "string", "examples": ["portico/IN"] },
                "type": wire::event_type(generator),
                "subject": wire::case_id(generator),
                "time": { "type": "string", "format": "date-time" },
                "datacontenttype": { "const": "application/json" },
                "dataschema": { "type": "string", "format": "uri" },
                "data": {
                    "type": "object",
                    "required": ["case_id", "seq", "previous", "country", "history_digest"],
                    "properties": {
                        "case_id": wire::case_id(generator),
                        "seq": { "type": "integer", "minimum": 1, "description": "Counts every event of the case." },
                        "previous": {
                            "anyOf": [wire::event_id(generator), { "type": "null" }],
                            "description": "The case's event before this one.",
                        },
                        "country": wire::country(generator),
                        "history_digest": { "type": "string", "pattern": "^sha256:[0-9a-f]{64}$" },
                    },
                    "additionalProperties": true,
                },
            },
        })
    }
}

pub(crate) async fn list(Extension(visit): Extension<Visit>, uri: Uri) -> Result<Json<Page<Event>>, Problem> {
    let asked: EventsQuery = query::read(&uri)?;
    let country = query::word("country", asked.country.as_deref(), CountryCode::parse)?;
    let cell = visit.api.cell_of_list(&visit.client, country)?;
    let country = cell.country();
    let list = country.as_str().as_bytes();
    let after = asked.after.map(|after| decode(list, &after)).transpose()?.unwrap_or(AfterEvent(0));
    let filter = EventFilter {
        after: after.0,
        limit: query::limit(asked.limit.as_deref())?,
        kind: known_type(asked.r#type)?,
        case: query::word("case", asked.case.as_deref(), CaseId::parse)?,
    };
    let rows = cell.ledger().events(&filter).await?;
    // Even the last page says where it ended: a reader comes back for what happens next.
    let next = rows.last().map(|row| encode(list, &AfterEvent(row.position)));
    let items = rows.iter().map(|row| event(&cell, row)).collect::<Result<_, Problem>>()?;
    Ok(Json(Page { items, next }))
}

fn known_type(kind: Option<String>) -> Result<Option<String>, Problem> {
    match kind {
        Some(kind) if !EVENT_TYPES.contains(&kind.as_str()) => {
            Err(Problem::QueryInvalid { parameter: "type", expected: format!("one of: {}", EVENT_TYPES.join(" ")) })
        }
        known => Ok(known),
    }
}

fn event(cell: &Cell, row: &FeedRow) -> Result<Event, Problem> {
    let bytes = envelope(cell.id(), &row.event, row.previous, &row.history_digest)?;
    let json = serde_json::from_slice(&bytes).map_err(|_| CellError::Unreadable { what: "event" })?;
    Ok(Event(json))
}
