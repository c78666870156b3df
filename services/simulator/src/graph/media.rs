//! Media: look-up, download, upload, deletion (M: Media, 2026-06-16).
//!
//! Two steps with the same token: an id gives a URL that lives five minutes, the URL gives the bytes. A URL that is
//! too old, changed or of a file that is gone is 404.

use axum::Json;
use axum::body::Body;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use portico_vocab::{MediaId, Sha256};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::config::Number;
use crate::fault::Fault;
use crate::graph::answer::GraphError;
use crate::media::{MAX_BYTES, Medium, UPLOADED_DAYS};
use crate::requests::Operation;
use crate::routes::MEDIA;
use crate::simulator::Simulator;

#[derive(Deserialize)]
pub(crate) struct Owner {
    phone_number_id: Option<String>,
}

/// `GET /{id}`: a file's URL, or what is known of a number.
pub(crate) async fn lookup(
    State(simulator): State<Simulator>,
    Path((version, id)): Path<(String, String)>,
    Query(owner): Query<Owner>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, GraphError> {
    let number = simulator.number_by_id(&id).cloned();
    let operation = if number.is_some() { Operation::Question } else { Operation::MediaLookup };
    let fault = simulator.enter(operation, &method, format!("/{version}/{id}"), &headers)?;
    if let Some(number) = number {
        return Ok(Json(simulator.describe(&number)).into_response());
    }
    match fault {
        Some(Fault::LookupGone) => return Err(GraphError::no_object()),
        Some(Fault::LookupFails) => return Err(GraphError::of(131_000)),
        Some(Fault::LookupHangs) => return Err(simulator.say_nothing().await),
        _ => {}
    }
    let (id, medium) = find(&simulator, &id)?;
    // The query is optional, but when given it must name the number that received the file.
    if owner.phone_number_id.is_some_and(|given| given != medium.owner.as_str()) {
        return Err(GraphError::no_object());
    }
    let size = if fault == Some(Fault::LookupTooLarge) { 150 * 1024 * 1024 } else { medium.bytes.len() };
    let query = simulator.0.urls.query(&id, simulator.now());
    Ok(Json(json!({
        "messaging_product": "whatsapp",
        "url": format!("{}{MEDIA}?{query}", simulator.0.config.public_url),
        "mime_type": medium.mime,
        // Hex here, base64 in the webhook: both as Meta does.
        "sha256": medium.sha256.to_hex(),
        "file_size": size.to_string(),
        "id": id,
    }))
    .into_response())
}

#[derive(Deserialize)]
pub(crate) struct Ticket {
    mid: String,
    ext: i64,
    hash: String,
}

/// `GET /whatsapp_business/attachments/?mid&ext&hash`: the bytes.
pub(crate) async fn download(
    State(simulator): State<Simulator>,
    Query(ticket): Query<Ticket>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, GraphError> {
    let path = "/whatsapp_business/attachments/".to_owned();
    let fault = simulator.enter(Operation::MediaDownload, &method, path, &headers)?;
    let not_found = || Ok(StatusCode::NOT_FOUND.into_response());
    let Ok((id, medium)) = find(&simulator, &ticket.mid) else { return not_found() };
    if !simulator.0.urls.accepts(&id, ticket.ext, &ticket.hash, simulator.now()) {
        return not_found();
    }
    let body = match fault {
        Some(Fault::DownloadGone) => return not_found(),
        Some(Fault::DownloadFails) => return Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response()),
        Some(Fault::DownloadHangs) => return Err(simulator.say_nothing().await),
        Some(Fault::DownloadRedirects) => {
            return Ok((StatusCode::FOUND, [(header::LOCATION, "http://127.0.0.1:9/elsewhere")]).into_response());
        }
        Some(Fault::DownloadSwells) => return Ok((of_type(&medium.mime), without_end()).into_response()),
        Some(Fault::DownloadBreaksOff) => {
            let length = [(header::CONTENT_LENGTH, medium.bytes.len().to_string())];
            return Ok((of_type(&medium.mime), length, half_of(&medium.bytes)).into_response());
        }
        Some(Fault::DownloadOtherBytes) => medium.bytes.iter().map(|byte| byte ^ 0x55).collect::<Vec<_>>().into(),
        _ => medium.bytes,
    };
    Ok((of_type(&medium.mime), body).into_response())
}

/// `DELETE /{media-id}`.
pub(crate) async fn delete(
    State(simulator): State<Simulator>,
    Path((version, id)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, GraphError> {
    simulator.enter(Operation::MediaDelete, &method, format!("/{version}/{id}"), &headers)?;
    let (id, _) = find(&simulator, &id)?;
    let success = simulator.world().forget_medium(&id);
    Ok(Json(json!({ "success": success })).into_response())
}

/// `POST /{phone-number-id}/media`: multipart with `messaging_product`, `type`, `file`.
pub(crate) async fn upload(
    State(simulator): State<Simulator>,
    Path((version, number)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
    mut form: Multipart,
) -> Result<Response, GraphError> {
    simulator.enter(Operation::MediaUpload, &method, format!("/{version}/{number}/media"), &headers)?;
    let owner = simulator.number_by_id(&number).ok_or_else(GraphError::no_object)?.phone_number_id.clone();
    let (mut file, mut mime) = (None, None);
    while let Some(field) = form.next_field().await.map_err(|_| GraphError::of(131_053))? {
        match field.name() {
            Some("file") => {
                mime = mime.or_else(|| field.content_type().map(str::to_owned));
                file = Some(field.bytes().await.map_err(|_| GraphError::of(131_053))?);
            }
            Some("type") => mime = Some(field.text().await.map_err(|_| GraphError::of(131_053))?),
            _ => {}
        }
    }
    let bytes = file.ok_or_else(|| GraphError::missing("file"))?;
    let mime = mime.ok_or_else(|| GraphError::missing("type"))?;
    let id = simulator.new_media_id().map_err(|_| GraphError::of(131_000))?;
    let expires = simulator.now().plus_days(UPLOADED_DAYS);
    let medium = Medium { sha256: Sha256::of(&bytes), bytes, mime, owner, expires };
    simulator.world().keep(id.clone(), medium);
    Ok(Json(json!({ "id": id })).into_response())
}

impl Simulator {
    /// What Meta shows of a number; every field at once, whichever were asked for.
    fn describe(&self, number: &Number) -> Value {
        let world = self.world();
        let mut shown = json!({
            "id": number.phone_number_id, "verified_name": number.bank_name,
            "display_phone_number": number.display_number, "platform_type": "CLOUD_API",
            "throughput": {"level": "STANDARD"},
        });
        let mut callbacks = Map::from_iter([("application".to_owned(), json!(self.0.config.webhook_url))]);
        let account = world.business.accounts.get(&number.waba_id);
        if let Some(uri) = account.and_then(|account| account.override_callback_uri.as_deref()) {
            callbacks.insert("whatsapp_business_account".to_owned(), json!(uri));
        }
        if let Some(standing) = world.business.numbers.get(&number.phone_number_id) {
            shown["status"] = json!(standing.status);
            shown["quality_rating"] = json!(standing.quality_rating);
            shown["name_status"] = json!(standing.name_status);
            callbacks.extend(standing.override_callback_uri.iter().map(|uri| ("phone_number".to_owned(), json!(uri))));
        }
        shown["webhook_configuration"] = Value::Object(callbacks);
        shown
    }
}

/// A file that is there and has not expired.
fn find(simulator: &Simulator, id: &str) -> Result<(MediaId, Medium), GraphError> {
    let id = MediaId::parse(id).map_err(|_| GraphError::no_object())?;
    let medium = simulator.world().medium(&id).cloned().ok_or_else(GraphError::no_object)?;
    if medium.alive(simulator.now()) { Ok((id, medium)) } else { Err(GraphError::no_object()) }
}

fn of_type(mime: &str) -> [(header::HeaderName, String); 1] {
    [(header::CONTENT_TYPE, mime.to_owned())]
}

/// Half of the bytes, then a broken connection.
fn half_of(bytes: &Bytes) -> Body {
    let half = bytes.slice(..bytes.len() / 2);
    let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    Body::from_stream(stream::iter([Ok(half), Err(broken)]))
}

/// Half as much again as WhatsApp carries, without saying so beforehand.
fn without_end() -> Body {
    let chunk = Bytes::from_static(&[0; 64 * 1024]);
    let chunks = (MAX_BYTES + MAX_BYTES / 2) / chunk.len();
    Body::from_stream(stream::iter((0..chunks).map(move |_| Ok::<_, std::io::Error>(chunk.clone()))))
}
