//! What the phone page shows.

use askama::Template;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use portico_vocab::MediaId;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Error;
use crate::applicant::ApplicantId;
use crate::phone::answer::Refusal;
use crate::simulator::Simulator;
use crate::specimens::{self, Specimen, specimens};

#[derive(Template)]
#[template(path = "phone.html")]
struct Phone {
    specimens: &'static [Specimen],
}

pub(crate) async fn page() -> Response {
    crate::page::html(&Phone { specimens: specimens() })
}

/// The banks one can write to and the people one can be.
pub(crate) async fn people(State(simulator): State<Simulator>) -> Json<Value> {
    let numbers = simulator.0.config.numbers.iter();
    let banks: Vec<_> =
        numbers.map(|n| json!({"country": n.country, "name": n.bank_name, "language": n.languages.first()})).collect();
    Json(json!({"banks": banks, "people": simulator.applicants()}))
}

#[derive(Deserialize)]
pub(crate) struct Seen {
    rev: Option<u64>,
}

/// The chat, or 204 when the page has it already.
pub(crate) async fn chat(
    State(simulator): State<Simulator>,
    Path(who): Path<ApplicantId>,
    Query(seen): Query<Seen>,
) -> Result<Response, impl IntoResponse> {
    let now = simulator.now();
    let mut world = simulator.world();
    let thread = match world.thread_mut(&who) {
        Ok(thread) => thread,
        Err(error) => return Err(Refusal::from(error)),
    };
    thread.watched = Some(now);
    if thread.typing_until.is_some_and(|until| until <= now) {
        thread.typing_until = None;
        thread.changed();
    }
    if seen.rev == Some(thread.rev) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(Json(json!({
        "rev": thread.rev, "person": thread.applicant, "typing": thread.typing_until.is_some(), "items": thread.items,
    }))
    .into_response())
}

/// A file in the chat, as its sender's phone still has it: expiry at Meta does not matter here.
pub(crate) async fn media(State(simulator): State<Simulator>, Path(id): Path<String>) -> Response {
    let medium = MediaId::parse(&id).ok().and_then(|id| simulator.world().medium(&id).cloned());
    match medium {
        // An applicant's file may be anything: only pictures and sound are shown, the rest is saved.
        Some(medium) if medium.mime.starts_with("image/") || medium.mime.starts_with("audio/") => {
            ([(header::CONTENT_TYPE, medium.mime)], medium.bytes).into_response()
        }
        Some(medium) => ([(header::CONTENT_DISPOSITION, "attachment")], medium.bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

pub(crate) async fn specimen(Path(name): Path<String>) -> Result<Response, impl IntoResponse> {
    match specimens::specimen(&name) {
        Some(specimen) => {
            let headers = [(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "max-age=3600")];
            Ok((headers, specimen.bytes).into_response())
        }
        None => Err(Refusal::from(Error::NoSpecimen)),
    }
}
