//! A request to `/messages`, parsed within Meta's limits (domain notes section 3; OAS InteractiveObject, ActionObject,
//! SectionObject; M: Interactive list messages, 2025-11-03). Lengths are characters, not bytes.
//!
//! *Invariant:* an [`Outgoing`] is something a phone can show. The limits are stated here a second time, on purpose:
//! the sender's own check must not be the only one.

use std::collections::BTreeSet;

use portico_vocab::{E164, UserId, Wamid};
use serde_json::Value;

use crate::graph::answer::GraphError;
use crate::sent::{Choice, SentContent};

type Parsed<T> = Result<T, GraphError>;

pub(super) enum Request {
    Mark(Mark),
    Send(Outgoing),
}

pub(super) struct Mark {
    pub message: Wamid,
    pub typing: bool,
}

pub(super) struct Outgoing {
    pub address: Address,
    pub content: SentContent,
    pub context: Option<Wamid>,
    pub callback: Option<String>,
}

/// Whom a message is for. If both keys are present, `to` wins.
pub(super) enum Address {
    Phone { digits: String, input: String },
    UserId(String),
    UserIdInTo(String),
}

impl Address {
    /// As the directory of people knows it.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Phone { digits: text, .. } | Self::UserId(text) | Self::UserIdInTo(text) => text,
        }
    }

    /// As the request spelled it.
    pub(super) fn input(&self) -> &str {
        match self {
            Self::Phone { input, .. } => input,
            Self::UserId(text) | Self::UserIdInTo(text) => text,
        }
    }

    fn parse(raw: &Value) -> Parsed<Self> {
        match (text(raw, "/to"), text(raw, "/recipient")) {
            (Some(to), _) if UserId::looks_like(to) => Ok(Self::UserIdInTo(to.to_owned())),
            (Some(to), _) => {
                let number = E164::parse(to).map_err(|_| GraphError::value("to is not a phone number"))?;
                Ok(Self::Phone { digits: number.as_str().to_owned(), input: to.to_owned() })
            }
            (None, Some(id)) if UserId::looks_like(id) => Ok(Self::UserId(id.to_owned())),
            (None, Some(_)) => Err(GraphError::value("recipient is not a business-scoped user id")),
            (None, None) => Err(GraphError::missing("to")),
        }
    }
}

impl Request {
    pub(super) fn parse(raw: &Value) -> Parsed<Self> {
        if text(raw, "/messaging_product") != Some("whatsapp") {
            return Err(GraphError { code: 100, details: "messaging_product must be whatsapp".into() });
        }
        if let Some(status) = text(raw, "/status") {
            if status != "read" {
                return Err(GraphError::value("status must be read"));
            }
            let typing = raw.get("typing_indicator").is_some();
            if typing && text(raw, "/typing_indicator/type") != Some("text") {
                return Err(GraphError::value("typing_indicator type must be text"));
            }
            return Ok(Self::Mark(Mark { message: wamid(raw, "/message_id")?, typing }));
        }
        let address = Address::parse(raw)?;
        let callback = optional(raw, "/biz_opaque_callback_data", 512)?;
        let context = if raw.get("context").is_some() { Some(wamid(raw, "/context/message_id")?) } else { None };
        Ok(Self::Send(Outgoing { address, content: content(raw)?, context, callback }))
    }
}

fn content(raw: &Value) -> Parsed<SentContent> {
    match text(raw, "/type").unwrap_or("text") {
        "text" => Ok(SentContent::Text { body: required(raw, "/text/body", 4096)? }),
        "image" => {
            let source = picture(raw, "/image")?.ok_or_else(|| GraphError::missing("image.id or image.link"))?;
            Ok(SentContent::Picture { source, caption: optional(raw, "/image/caption", 1024)? })
        }
        "template" => Ok(SentContent::Template {
            name: required(raw, "/template/name", 512)?,
            language: required(raw, "/template/language/code", 15)?,
        }),
        "interactive" => interactive(raw.get("interactive").unwrap_or(&Value::Null)),
        _ => Err(GraphError { code: 100, details: "type is not one of the message types".into() }),
    }
}

fn interactive(raw: &Value) -> Parsed<SentContent> {
    let footer = optional(raw, "/footer/text", 60)?;
    match text(raw, "/type") {
        Some("button") => Ok(SentContent::Buttons {
            header: header(raw)?,
            picture: picture(raw, "/header/image")?,
            body: required(raw, "/body/text", 1024)?,
            footer,
            choices: buttons(raw)?,
        }),
        Some("list") => {
            if raw.get("header").is_some() && text(raw, "/header/type") != Some("text") {
                return Err(GraphError::value("header of a list must be text"));
            }
            Ok(SentContent::List {
                header: header(raw)?,
                // 4096 by Meta's page on lists; 1024 in its OpenAPI description.
                body: required(raw, "/body/text", 4096)?,
                footer,
                button: required(raw, "/action/button", 20)?,
                choices: rows(raw)?,
            })
        }
        Some("cta_url") => {
            let url = required(raw, "/action/parameters/url", 2000)?;
            if !(url.starts_with("https://") || url.starts_with("http://")) {
                return Err(GraphError::value("url must begin with https:// or http://"));
            }
            let title = required(raw, "/action/parameters/display_text", 20)?;
            Ok(SentContent::Link { header: header(raw)?, body: required(raw, "/body/text", 1024)?, footer, title, url })
        }
        Some(what @ ("location_request_message" | "request_contact_info")) => {
            Ok(SentContent::Ask { what: what.to_owned(), body: required(raw, "/body/text", 1024)? })
        }
        Some("flow") => {
            required(raw, "/action/parameters/flow_token", 1024)?;
            let button = required(raw, "/action/parameters/flow_cta", 30)?;
            Ok(SentContent::Flow { body: required(raw, "/body/text", 1024)?, button })
        }
        _ => Err(GraphError::value("interactive type is not known")),
    }
}

fn buttons(raw: &Value) -> Parsed<Vec<Choice>> {
    let buttons = array(raw, "/action/buttons");
    if !(1..=3).contains(&buttons.len()) {
        return Err(GraphError::value("buttons: 1 to 3 are allowed"));
    }
    let choices = buttons
        .iter()
        .map(|button| {
            if text(button, "/type") != Some("reply") {
                return Err(GraphError::value("button type must be reply"));
            }
            let id = reply_id(button, "/reply/id", 256)?;
            Ok(Choice { id, title: required(button, "/reply/title", 20)?, description: None, section: None })
        })
        .collect::<Parsed<Vec<_>>>()?;
    unique(&choices, |choice| &choice.id, "button ids")?;
    unique(&choices, |choice| &choice.title, "button titles")?;
    Ok(choices)
}

fn rows(raw: &Value) -> Parsed<Vec<Choice>> {
    let sections = array(raw, "/action/sections");
    if !(1..=10).contains(&sections.len()) {
        return Err(GraphError::value("sections: 1 to 10 are allowed"));
    }
    let mut choices = Vec::new();
    for section in sections {
        let title = optional(section, "/title", 24)?;
        if title.is_none() && sections.len() > 1 {
            return Err(GraphError::value("section title is required when there is more than one section"));
        }
        for row in array(section, "/rows") {
            choices.push(Choice {
                id: reply_id(row, "/id", 200)?,
                title: required(row, "/title", 24)?,
                description: optional(row, "/description", 72)?,
                section: title.clone(),
            });
        }
    }
    // Ten in total, over all sections.
    if !(1..=10).contains(&choices.len()) {
        return Err(GraphError::value("rows: 1 to 10 are allowed in total"));
    }
    unique(&choices, |choice| &choice.id, "row ids")?;
    Ok(choices)
}

fn header(raw: &Value) -> Parsed<Option<String>> {
    if text(raw, "/header/type") == Some("text") { optional(raw, "/header/text", 60) } else { Ok(None) }
}

/// A picture is named by an uploaded id or by a link, never by both.
fn picture(raw: &Value, at: &str) -> Parsed<Option<String>> {
    let Some(picture) = raw.pointer(at) else { return Ok(None) };
    match (text(picture, "/id"), text(picture, "/link")) {
        (Some(source), None) | (None, Some(source)) => Ok(Some(source.to_owned())),
        _ => Err(GraphError::value("a picture needs an id or a link, and not both")),
    }
}

fn reply_id(raw: &Value, at: &str, max: usize) -> Parsed<String> {
    let id = required(raw, at, max)?;
    if id.trim() == id { Ok(id) } else { Err(GraphError::value("ids may not begin or end with a space")) }
}

fn unique<'a>(choices: &'a [Choice], key: impl Fn(&'a Choice) -> &'a String, what: &str) -> Parsed<()> {
    let distinct: BTreeSet<_> = choices.iter().map(key).collect();
    if distinct.len() == choices.len() { Ok(()) } else { Err(GraphError::value(format!("{what} must be unique"))) }
}

fn wamid(raw: &Value, at: &str) -> Parsed<Wamid> {
    let name = name(at);
    let text = text(raw, at).ok_or_else(|| GraphError::missing(&name))?;
    Wamid::parse(text).map_err(|_| GraphError::value(format!("{name} is not a message id")))
}

fn required(raw: &Value, at: &str, max: usize) -> Parsed<String> {
    optional(raw, at, max)?.ok_or_else(|| GraphError::missing(&name(at)))
}

/// Text of 1 to `max` characters, or nothing at all.
fn optional(raw: &Value, at: &str, max: usize) -> Parsed<Option<String>> {
    let Some(value) = raw.pointer(at) else { return Ok(None) };
    let text = value.as_str().ok_or_else(|| GraphError::value(format!("{} must be a string", name(at))))?;
    if (1..=max).contains(&text.chars().count()) {
        Ok(Some(text.to_owned()))
    } else {
        Err(GraphError::value(format!("{} length invalid. Min length: 1, Max length: {max}", name(at))))
    }
}

fn text<'a>(raw: &'a Value, at: &str) -> Option<&'a str> {
    raw.pointer(at).and_then(Value::as_str)
}

fn array<'a>(raw: &'a Value, at: &str) -> &'a [Value] {
    raw.pointer(at).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// `/text/body` as `text.body`.
fn name(at: &str) -> String {
    at.trim_start_matches('/').replace('/', ".")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(interactive: &Value) -> Option<u32> {
        let raw = json!({"messaging_product": "whatsapp", "to": "911000000001", "type": "interactive",
            "interactive": interactive});
        Request::parse(&raw).err().map(|error| error.code)
    }

    fn with_buttons(buttons: &[(&str, &str)]) -> Value {
        let buttons: Vec<_> =
            buttons.iter().map(|(id, title)| json!({"type": "reply", "reply": {"id": id, "title": title}})).collect();
        json!({"type": "button", "body": {"text": "?"}, "action": {"buttons": buttons}})
    }

    fn with_rows(sections: &[(Option<&str>, usize)]) -> Value {
        let mut serial = 0;
        let sections: Vec<_> = sections
            .iter()
            .map(|(title, count)| {
                let rows: Vec<_> = (0..*count)
                    .map(|_| {
                        serial += 1;
                        json!({"id": format!("row:{serial}"), "title": "row"})
                    })
                    .collect();
                title.map_or_else(|| json!({"rows": rows}), |title| json!({"title": title, "rows": rows}))
            })
            .collect();
        json!({"type": "list", "body": {"text": "?"}, "action": {"button": "Choose", "sections": sections}})
    }

    #[test]
    fn lengths_are_characters_up_to_and_including_the_limit() {
        // Twenty letters of Devanagari are sixty bytes.
        let long = "क".repeat(20);
        assert_eq!(refusal(&with_buttons(&[("a", &long)])), None);
        assert_eq!(refusal(&with_buttons(&[("a", &format!("{long}क"))])), Some(131_009));
        assert_eq!(refusal(&with_buttons(&[("a", "")])), Some(131_009));
    }

    #[test]
    fn buttons_are_one_to_three_with_unique_ids_and_titles() {
        assert_eq!(refusal(&with_buttons(&[])), Some(131_009));
        assert_eq!(refusal(&with_buttons(&[("a", "A"), ("b", "B"), ("c", "C")])), None);
        assert_eq!(refusal(&with_buttons(&[("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")])), Some(131_009));
        assert_eq!(refusal(&with_buttons(&[("a", "A"), ("a", "B")])), Some(131_009));
        assert_eq!(refusal(&with_buttons(&[("a", "A"), ("b", "A")])), Some(131_009));
        assert_eq!(refusal(&with_buttons(&[(" a", "A")])), Some(131_009), "no space at the edge of an id");
    }

    #[test]
    fn rows_are_ten_in_all_and_many_sections_need_titles() {
        assert_eq!(refusal(&with_rows(&[(None, 10)])), None);
        assert_eq!(refusal(&with_rows(&[(None, 11)])), Some(131_009));
        assert_eq!(refusal(&with_rows(&[(Some("one"), 6), (Some("two"), 5)])), Some(131_009));
        assert_eq!(refusal(&with_rows(&[(Some("one"), 5), (None, 5)])), Some(131_009));
        assert_eq!(refusal(&with_rows(&[(None, 0)])), Some(131_009));
    }

    #[test]
    fn what_is_missing_and_what_is_unknown_have_their_own_codes() {
        let send = |raw: Value| Request::parse(&raw).err().map(|error| error.code);
        assert_eq!(send(json!({"to": "911000000001", "text": {"body": "hi"}})), Some(100));
        assert_eq!(send(json!({"messaging_product": "whatsapp", "text": {"body": "hi"}})), Some(131_008));
        assert_eq!(send(json!({"messaging_product": "whatsapp", "to": "911000000001", "type": "fax"})), Some(100));
        assert_eq!(send(json!({"messaging_product": "whatsapp", "to": "911000000001", "type": "text"})), Some(131_008));
        let body = "🙂".repeat(4096);
        assert_eq!(send(json!({"messaging_product": "whatsapp", "to": "+911000000001", "text": {"body": body}})), None);
    }

    #[test]
    fn to_wins_over_recipient_and_a_user_id_there_is_the_trap() {
        let parse = |raw| match Request::parse(&raw).map_err(|error| error.code) {
            Ok(Request::Send(outgoing)) => outgoing.address,
            _ => panic!("expected a message"),
        };
        let both = json!({"messaging_product": "whatsapp", "to": "911000000001", "recipient": "IN.1",
            "text": {"body": "hi"}});
        assert!(matches!(parse(both), Address::Phone { .. }));
        let trap = json!({"messaging_product": "whatsapp", "to": "IN.123", "text": {"body": "hi"}});
        assert!(matches!(parse(trap), Address::UserIdInTo(_)));
        let right = json!({"messaging_product": "whatsapp", "recipient": "IN.123", "text": {"body": "hi"}});
        assert!(matches!(parse(right), Address::UserId(_)));
    }
}
