//! The chat, both sides, in the order of cause and effect.
//!
//! The applicant's side comes from the history, ours from the messages beside it. Everything an applicant wrote is text
//! to be escaped and nothing more; WhatsApp's `*bold*` is the only mark that is read.

use std::collections::BTreeMap;

use portico_case::{InputKind, Recorded};
use portico_cell::{HistoryItem, ToldItem};
use portico_vocab::{EvidenceId, OutboundId, Purpose, Wamid};
use portico_whatsapp::inbound::{Content, Inbound, MediaKind, MediaRef, SystemChange};
use portico_whatsapp::texts::{Action, Rendered};

use super::sight::Sight;
use crate::pages::moment::Moment;
use crate::pages::words;

/// One bubble with its time and, for ours, how far it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub ours: bool,
    pub at: Moment,
    pub bubble: Bubble,
    /// Class and words.
    pub delivery: Option<(&'static str, String)>,
}

/// What stands in a bubble.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bubble {
    pub body: Vec<Span>,
    pub footer: Option<String>,
    pub buttons: Vec<String>,
    /// Not said but done: a tap, a photo, a deletion.
    pub is_act: bool,
    /// The picture it brought.
    pub picture: Option<EvidenceId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    pub bold: bool,
    pub text: String,
}

/// Both sides; ours stand right after the entry that caused them.
pub(crate) fn lines(sight: &Sight) -> Vec<Line> {
    let titles = titles(&sight.messages);
    let inbound =
        sight.history.iter().filter_map(|item| Some((item.entry.version.0, 0, theirs(sight, item, &titles)?)));
    let outbound = sight.messages.iter().map(|item| (item.row.version.0, item.row.ordinal + 1, ours(sight, item)));
    let mut lines: Vec<_> = inbound.chain(outbound).collect();
    lines.sort_by_key(|(version, order, _)| (*version, *order));
    lines.into_iter().map(|(_, _, line)| line).collect()
}

fn theirs(sight: &Sight, item: &HistoryItem, titles: &BTreeMap<(OutboundId, String), String>) -> Option<Line> {
    let Some(Recorded { input, .. }) = &item.recorded else { return None };
    let InputKind::Message { message, answers, .. } = &input.kind else { return None };
    let tapped = |id: &str| {
        let title = answers.as_ref().and_then(|answered| titles.get(&(answered.outbound, id.to_owned())));
        title.cloned().unwrap_or_else(|| id.to_owned())
    };
    let at = Moment::clock(message.sent_at, sight.now, sight.zone());
    Some(Line { ours: false, at, bubble: said(sight, message, tapped), delivery: None })
}

fn said(sight: &Sight, message: &Inbound, tapped: impl Fn(&str) -> String) -> Bubble {
    match &message.content {
        Content::Text { body } => Bubble { body: spans(body.expose(Purpose::Show)), ..Bubble::default() },
        Content::Media { media } => photo(sight, &message.wamid, media),
        Content::Tap { reply_id } => act(format!("tapped “{}”", tapped(reply_id))),
        Content::Edit { body, .. } => {
            let body = body.as_ref().map(|body| body.expose(Purpose::Show).as_str()).unwrap_or_default();
            act(format!("changed a message to “{body}”"))
        }
        Content::Revoke { .. } => act("deleted a message".to_owned()),
        Content::Reaction { emoji, .. } => {
            act(emoji.as_ref().map_or("took a reaction back".to_owned(), |emoji| format!("reacted {emoji}")))
        }
        Content::Location => act("sent a place (not kept)".to_owned()),
        Content::Contacts { .. } => act("sent contact cards".to_owned()),
        Content::Order => act("sent an order".to_owned()),
        Content::System { change } => act(changed(change).to_owned()),
        Content::FlowReply { .. } => act("filled in a form".to_owned()),
        Content::Unsupported { .. } => act("sent something WhatsApp could not pass on".to_owned()),
        Content::Unknown { .. } => act("sent something of a kind this build does not know".to_owned()),
    }
}

fn photo(sight: &Sight, wamid: &Wamid, media: &MediaRef) -> Bubble {
    let evidence = sight.case.evidence.iter().find(|item| item.wamid == *wamid);
    let what = match media.kind {
        MediaKind::Image => "a photo",
        MediaKind::Document => "a file",
        MediaKind::Video => "a video",
        MediaKind::Audio => "an audio file",
        MediaKind::Sticker => "a sticker",
        MediaKind::Voice => "a voice note",
    };
    let place = evidence.and_then(|item| item.slot).map(|slot| format!(" → {}", sight.slot_label(slot)));
    let caption = media.caption.as_ref().map(|caption| format!(": {}", caption.expose(Purpose::Show)));
    let text = format!("sent {what}{}{}", place.unwrap_or_default(), caption.unwrap_or_default());
    Bubble { picture: evidence.filter(|item| item.taken.is_some()).map(|item| item.id), ..act(text) }
}

const fn changed(change: &SystemChange) -> &'static str {
    match change {
        SystemChange::Number { .. } => "WhatsApp: the number changed",
        SystemChange::UserId { .. } => "WhatsApp: the user id changed",
        SystemChange::Identity { .. } => "WhatsApp: another device or a new installation",
        SystemChange::Other => "WhatsApp reported a change",
    }
}

fn act(text: String) -> Bubble {
    Bubble { body: vec![Span { bold: false, text }], is_act: true, ..Bubble::default() }
}

fn ours(sight: &Sight, item: &ToldItem) -> Line {
    let bubble = item.rendered.as_ref().map_or_else(|| act(format!("({})", item.row.text)), bubble);
    let delivery = Some(words::delivery(item.row.state, item.row.detail.as_deref()));
    Line { ours: true, at: Moment::clock(item.row.at, sight.now, sight.zone()), bubble, delivery }
}

/// A text as the applicant sees it.
pub(crate) fn bubble(rendered: &Rendered) -> Bubble {
    let buttons = match &rendered.action {
        Action::None => Vec::new(),
        Action::Buttons(buttons) => buttons.iter().map(|button| button.title.clone()).collect(),
        Action::List { rows, .. } => rows.iter().map(|row| row.title.clone()).collect(),
        Action::Link { title, .. } => vec![title.clone()],
    };
    Bubble { body: spans(&rendered.body), footer: rendered.footer.clone(), buttons, ..Bubble::default() }
}

/// What each button we sent was called, so that a tap reads as what was tapped.
fn titles(messages: &[ToldItem]) -> BTreeMap<(OutboundId, String), String> {
    let mut titles = BTreeMap::new();
    for item in messages {
        let named: Vec<(&String, &String)> = match item.rendered.as_ref().map(|rendered| &rendered.action) {
            Some(Action::Buttons(buttons)) => buttons.iter().map(|b| (&b.id, &b.title)).collect(),
            Some(Action::List { rows, .. }) => rows.iter().map(|row| (&row.id, &row.title)).collect(),
            _ => Vec::new(),
        };
        titles.extend(named.into_iter().map(|(id, title)| ((item.row.id, id.clone()), title.clone())));
    }
    titles
}

/// `*bold*` within one line, as WhatsApp reads it; a lone star is a star.
fn spans(text: &str) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut push = |bold: bool, text: &str| match spans.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.bold == bold => last.text.push_str(text),
        _ => spans.push(Span { bold, text: text.to_owned() }),
    };
    let mut rest = text;
    while let Some(open) = rest.find('*') {
        let after = &rest[open + 1..];
        let Some(close) = close_of(after) else {
            push(false, &rest[..=open]);
            rest = after;
            continue;
        };
        push(false, &rest[..open]);
        push(true, &after[..close]);
        rest = &after[close + 1..];
    }
    push(false, rest);
    spans
}

/// Where bold text ends: within the line, with no space just inside either star.
fn close_of(after: &str) -> Option<usize> {
    let at = after.find(['*', '\n']).filter(|at| after[*at..].starts_with('*'))?;
    let inside = &after[..at];
    (!inside.is_empty() && inside.trim() == inside).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bold_is_read_as_whatsapp_does() {
        let shown = |text: &str| {
            spans(text)
                .iter()
                .map(|s| if s.bold { format!("[{}]", s.text) } else { s.text.clone() })
                .collect::<String>()
        };
        for (text, expected) in [
            ("plain", "plain"),
            ("*We ask for:* a photo", "[We ask for:] a photo"),
            ("2 * 3 and *x\ny*", "2 * 3 and *x\ny*"),
            ("**", "**"),
            ("*a* and *b*", "[a] and [b]"),
        ] {
            assert_eq!(shown(text), expected);
        }
    }
}
