//! What the person at the phone page does: each act becomes a webhook through the control interface.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use portico_vocab::{CountryCode, Wamid};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Error;
use crate::applicant::{Applicant, ApplicantId, Shown};
use crate::assets::VOICE_NOTE;
use crate::inbound::{Attachment, Content, Inbound, MediaKind, Mischief};
use crate::phone::answer::Refusal;
use crate::simulator::Simulator;
use crate::specimens;
use crate::thread::Said;

type Answer = Result<Json<Value>, Refusal>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPerson {
    country: CountryCode,
    shown: Shown,
}

pub(crate) async fn new_person(
    State(simulator): State<Simulator>,
    Json(new): Json<NewPerson>,
) -> Result<Json<Applicant>, Refusal> {
    Ok(Json(simulator.new_applicant(new.country, new.shown)?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonChange {
    shown: Option<Shown>,
    reads: Option<bool>,
}

pub(crate) async fn change_person(
    State(simulator): State<Simulator>,
    Path(who): Path<ApplicantId>,
    Json(change): Json<PersonChange>,
) -> Answer {
    if let Some(shown) = change.shown {
        simulator.show_as(&who, shown)?;
    }
    if let Some(reads) = change.reads {
        simulator.send_read_receipts(&who, reads)?;
    }
    Ok(Json(json!({})))
}

/// What the page asks to be said.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Act {
    Text { body: String, context: Option<Wamid> },
    Tap { on: Wamid, reply: String },
    Specimen { name: String, as_file: bool, caption: Option<String> },
    Voice,
    Poll,
    Edit { original: Wamid, body: String },
    Delete { original: Wamid },
    Forward { original: Wamid },
}

/// The toggles of the mischief drawer.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Toggle {
    Twice,
    Held,
    Late,
    Forged,
    Expired,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Saying {
    act: Act,
    #[serde(default)]
    mischief: Vec<Toggle>,
}

pub(crate) async fn say(
    State(simulator): State<Simulator>,
    Path(who): Path<ApplicantId>,
    Json(saying): Json<Saying>,
) -> Answer {
    let mischief = simulator.mischief(&saying.mischief);
    let inbound = match saying.act {
        Act::Tap { on, reply } => {
            let wamid = simulator.tap_with(&who, &on, &reply, &mischief).await?;
            return Ok(Json(json!({"wamid": wamid})));
        }
        Act::Text { body, context } => {
            let text = Inbound::text(&body);
            context.map_or(text.clone(), |wamid| text.answering(&wamid))
        }
        Act::Specimen { name, as_file, caption } => {
            let specimen = specimens::specimen(&name).ok_or(Error::NoSpecimen)?;
            let bytes = Bytes::from_static(specimen.bytes);
            let file = if as_file {
                Attachment::file(bytes, "image/jpeg", &format!("{name}.jpg"))
            } else {
                Attachment::photo(bytes)
            };
            Inbound::media(Attachment { caption, ..file })
        }
        Act::Voice => Inbound::media(Attachment::voice(Bytes::from_static(VOICE_NOTE))),
        Act::Poll => Inbound::new(Content::Unsupported),
        Act::Edit { original, body } => Inbound::new(Content::Edit { original, body }),
        Act::Delete { original } => Inbound::new(Content::Revoke { original }),
        Act::Forward { original } => simulator.forward(&who, &original)?,
    };
    let wamid = simulator.send(&who, inbound, &mischief).await?;
    Ok(Json(json!({"wamid": wamid})))
}

/// How a file from the person's own disk is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parcelled {
    kind: MediaKind,
    mime: String,
    name: String,
    #[serde(default)]
    caption: String,
    /// The toggles as a JSON list: a query has no other way to carry one.
    #[serde(default)]
    mischief: String,
}

pub(crate) async fn attach(
    State(simulator): State<Simulator>,
    Path(who): Path<ApplicantId>,
    Query(how): Query<Parcelled>,
    bytes: Bytes,
) -> Answer {
    let toggles: Vec<Toggle> = serde_json::from_str(&how.mischief).unwrap_or_default();
    let mischief = simulator.mischief(&toggles);
    let file = Attachment {
        filename: (how.kind == MediaKind::Document).then_some(how.name),
        caption: Some(how.caption).filter(|caption| !caption.is_empty()),
        ..Attachment::new(bytes, &how.mime, how.kind)
    };
    let wamid = simulator.send(&who, Inbound::media(file), &mischief).await?;
    Ok(Json(json!({"wamid": wamid})))
}

impl Simulator {
    fn mischief(&self, toggles: &[Toggle]) -> Mischief {
        let on = |toggle| toggles.contains(&toggle);
        Mischief {
            times: if on(Toggle::Twice) { 2 } else { 1 },
            forged: on(Toggle::Forged),
            delay: if on(Toggle::Late) { self.0.config.pace.late } else { Duration::ZERO },
            hold: on(Toggle::Held),
            stamped: None,
            expired_media: on(Toggle::Expired),
        }
    }

    /// The same content again, marked as forwarded. Files travel under a new id.
    fn forward(&self, who: &ApplicantId, original: &Wamid) -> Result<Inbound, Error> {
        let world = self.world();
        let said = world.thread(who)?.said(original).ok_or(Error::NoMessage)?;
        let inbound = match &said.content {
            Said::Text { body } => Inbound::text(body),
            Said::Media { media, media_kind, mime, caption, filename, .. } => {
                let medium = world.medium(media).ok_or(Error::NoMessage)?;
                let file = Attachment::new(medium.bytes.clone(), mime, *media_kind);
                Inbound::media(Attachment { caption: caption.clone(), filename: filename.clone(), ..file })
            }
            _ => return Err(Error::NoMessage),
        };
        Ok(inbound.forwarded())
    }
}
