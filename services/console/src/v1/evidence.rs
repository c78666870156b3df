//! `GET /v1/cases/{id}/evidence` and `…/evidence/{eid}`: the pictures of a case.
//!
//! Only the stored derivative leaves: re-encoded, without metadata. The digest of what WhatsApp gave us stands beside it.

use axum::extract::RawPathParams;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use portico_case::{Case, Evidence, EvidenceState, Taken};
use portico_cell::Which;
use portico_vocab::{EvidenceId, Sha256, Slot};
use portico_whatsapp::inbound::Forwarded;
use schemars::JsonSchema;
use serde::Serialize;

use super::cursor::Page;
use super::gate::{Door, Visit};
use super::problem::Problem;
use super::reasons;
use super::wire::{self, Digest, Time};

/// What pictures are stored as.
pub(crate) const MEDIA_TYPE: &str = "image/jpeg";

/// RFC 9530: lets the reader check the picture against the list.
const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");

/// One picture.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Evidence")]
pub(crate) struct EvidenceView {
    #[schemars(schema_with = "wire::evidence_id")]
    id: EvidenceId,
    /// `selfie` or the kind of document; missing while it has no place.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "wire::slot")]
    slot: Option<Slot>,
    /// `fetching`, `reading`, `accepted`, `rejected`, `lost`, `revoked`, `replaced`, `repeated`.
    state: &'static str,
    /// Why it will not do.
    #[schemars(schema_with = "wire::shown_reasons")]
    reasons: Vec<&'static str>,
    /// WhatsApp's time.
    sent_at: Time,
    /// Forwarded pictures may be anyone's.
    forwarded: bool,
    /// The bytes WhatsApp gave us, which are not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<OriginalView>,
    /// What is stored of it.
    derivatives: Vec<DerivativeView>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Original")]
struct OriginalView {
    sha256: Digest,
    size: u64,
    /// By content: `jpeg`, `png`, `webp`.
    r#type: String,
    width: u32,
    height: u32,
    /// Which announced digests agreed: `both`, `webhook`, `graph`, `unverifiable`.
    hash_check: String,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Derivative")]
struct DerivativeView {
    /// `image` is what `href` gives.
    name: &'static str,
    sha256: Digest,
    size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    href: Option<String>,
}

pub(crate) async fn list(
    Extension(visit): Extension<Visit>,
    Extension(door): Extension<Door>,
) -> Result<Json<Page<EvidenceView>>, Problem> {
    door.record(&visit, "evidence").await?;
    let case = door.cell.load_whole(door.id).await?.case;
    let items = case.evidence.iter().map(|item| view(&visit, &case, item)).collect();
    Ok(Json(Page::whole(items)))
}

pub(crate) async fn get(
    Extension(visit): Extension<Visit>,
    Extension(door): Extension<Door>,
    params: RawPathParams,
) -> Result<Response, Problem> {
    let named = params.iter().find(|(name, _)| *name == "eid");
    let id = named.and_then(|(_, id)| EvidenceId::parse(id).ok()).ok_or(Problem::NotFound)?;
    let bytes = door.cell.picture(door.id, id, Which::Image, &visit.access()).await?;
    let digest = format!("sha-256=:{}:", Sha256::of(&bytes).to_base64());
    let mut response = ([(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE))], bytes).into_response();
    if let Ok(digest) = HeaderValue::from_str(&digest) {
        response.headers_mut().insert(REPR_DIGEST, digest);
    }
    Ok(response)
}

fn view(visit: &Visit, case: &Case, item: &Evidence) -> EvidenceView {
    let document = case.stage.agreed().and_then(|agreed| agreed.document);
    let kind = match item.slot {
        Some(Slot::Selfie) => Some("selfie"),
        Some(Slot::DocumentFront | Slot::DocumentBack) => document.map(|kind| kind.as_str()),
        None => None,
    };
    let reason = match item.state {
        EvidenceState::Rejected { reason } | EvidenceState::Lost { reason } | EvidenceState::Replaced { reason } => {
            Some(reason)
        }
        _ => None,
    };
    EvidenceView {
        id: item.id,
        kind,
        slot: item.slot,
        state: item.state.as_str(),
        reasons: reasons::shown(reason.as_slice(), &visit.client),
        sent_at: Time(item.sent_at),
        forwarded: item.forwarded != Forwarded::No,
        original: item.taken.as_ref().map(original),
        derivatives: item.taken.as_ref().map(|taken| derivatives(case, item.id, taken)).unwrap_or_default(),
    }
}

fn original(taken: &Taken) -> OriginalView {
    OriginalView {
        sha256: Digest(taken.original_sha256),
        size: taken.original_size,
        r#type: taken.facts.kind.clone(),
        width: taken.facts.original_width,
        height: taken.facts.original_height,
        hash_check: taken.facts.hash_check.clone(),
    }
}

fn derivatives(case: &Case, id: EvidenceId, taken: &Taken) -> Vec<DerivativeView> {
    let href = format!("/v1/cases/{}/evidence/{id}", case.id);
    let one = |name, object: &portico_case::StoredObject, href| DerivativeView {
        name,
        sha256: Digest(object.sha256),
        size: object.size,
        href,
    };
    vec![one("image", &taken.image, Some(href)), one("thumbnail", &taken.thumbnail, None)]
}
