//! The bodies of the requests we send (docs/domain/whatsapp.md section 3).
//!
//! *Invariant:* a phone number goes into `to`, a user id into `recipient`, never both and never swapped.

use portico_vocab::{E164, OutboundId, Pii, Purpose, UserId, Wamid};
use serde_json::{Value, json};

use super::limits::{self, LimitError};
use crate::inbound::SenderIds;
use crate::texts::{Action, Rendered};

/// Whom to send to. A user id put into `to` is accepted by Meta and never delivered, so the two never mix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    Phone(Pii<E164>),
    UserId(Pii<UserId>),
}

impl Recipient {
    /// The phone when it is known, because every kind of message may go there; else the user id.
    #[must_use]
    pub fn of(sender: &SenderIds) -> Option<Self> {
        let phone = sender.phone.clone().map(Self::Phone);
        phone.or_else(|| sender.user_id.clone().map(Self::UserId))
    }
}

/// The request that says `rendered` to `to`. `callback` is echoed in every receipt; `answers` quotes a message of theirs.
///
/// # Errors
/// When the text breaks one of Meta's limits.
pub fn message(
    rendered: &Rendered,
    to: &Recipient,
    callback: &OutboundId,
    answers: Option<&Wamid>,
) -> Result<Value, LimitError> {
    limits::check(rendered)?;
    let mut message = json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "biz_opaque_callback_data": callback.to_string(),
    });
    match to {
        Recipient::Phone(number) => message["to"] = number.expose(Purpose::Send).as_str().into(),
        Recipient::UserId(id) => message["recipient"] = id.expose(Purpose::Send).as_str().into(),
    }
    if let Some(wamid) = answers {
        message["context"] = json!({ "message_id": wamid.as_str() });
    }
    match interactive(rendered) {
        Some(interactive) => {
            message["type"] = "interactive".into();
            message["interactive"] = interactive;
        }
        None => {
            message["type"] = "text".into();
            message["text"] = json!({ "body": rendered.body, "preview_url": false });
        }
    }
    Ok(message)
}

fn interactive(rendered: &Rendered) -> Option<Value> {
    let (kind, action) = match &rendered.action {
        Action::None => return None,
        Action::Buttons(buttons) => {
            let buttons: Vec<_> = buttons
                .iter()
                .map(|button| json!({ "type": "reply", "reply": { "id": button.id, "title": button.title } }))
                .collect();
            ("button", json!({ "buttons": buttons }))
        }
        Action::List { button, rows } => {
            let rows: Vec<_> = rows
                .iter()
                .map(|row| {
                    let mut value = json!({ "id": row.id, "title": row.title });
                    if !row.description.is_empty() {
                        value["description"] = row.description.as_str().into();
                    }
                    value
                })
                .collect();
            // A list of one section; Meta's page wants a title for it, and the button's is the natural one.
            ("list", json!({ "button": button, "sections": [{ "title": button, "rows": rows }] }))
        }
        Action::Link { title, url } => {
            ("cta_url", json!({ "name": "cta_url", "parameters": { "display_text": title, "url": url } }))
        }
    };
    let mut interactive = json!({ "type": kind, "body": { "text": rendered.body }, "action": action });
    if let Some(footer) = &rendered.footer {
        interactive["footer"] = json!({ "text": footer });
    }
    Some(interactive)
}

/// Marks `wamid` and what came before it as read; with `typing` the sign shows until we answer, at most 25 seconds.
#[must_use]
pub fn mark_read(wamid: &Wamid, typing: bool) -> Value {
    let mut request = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": wamid.as_str() });
    if typing {
        request["typing_indicator"] = json!({ "type": "text" });
    }
    request
}
