//! What happened, entry by entry with its digest, and where each picture came from.

use std::collections::BTreeMap;

use portico_case::{Custody, Evidence, InputKind, Taken};
use portico_cell::HistoryItem;
use portico_vocab::Wamid;
use portico_whatsapp::inbound::{Content, Forwarded};

use super::sight::Sight;
use crate::pages::moment::Moment;
use crate::pages::words;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EntryLine {
    pub version: u64,
    pub at: Moment,
    pub what: String,
    pub actor: String,
    /// Empty when it was applied.
    pub outcome: String,
    pub digest: String,
    pub digest_short: String,
}

/// One picture's chain of custody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CustodyLine {
    pub label: String,
    pub facts: Vec<(&'static str, String)>,
}

pub(crate) fn entries(sight: &Sight) -> Vec<EntryLine> {
    sight.history.iter().map(|item| entry(sight, item)).collect()
}

fn entry(sight: &Sight, item: &HistoryItem) -> EntryLine {
    let entry = &item.entry;
    let digest = entry.digest.to_hex();
    EntryLine {
        version: entry.version.0,
        at: Moment::clock(entry.at, sight.now, sight.zone()),
        what: what(item),
        actor: words::actor(&entry.actor),
        outcome: words::input_outcome(&entry.outcome),
        digest_short: digest[..12].to_owned(),
        digest,
    }
}

/// In words; a message by what it held, while the case key still opens it.
fn what(item: &HistoryItem) -> String {
    let content = item.recorded.as_ref().and_then(|recorded| match &recorded.input.kind {
        InputKind::Message { message, .. } => Some(&message.content),
        _ => None,
    });
    match content {
        Some(Content::Media { .. }) => "The applicant sent a picture or file".to_owned(),
        Some(Content::Tap { .. }) => "The applicant tapped".to_owned(),
        Some(Content::Revoke { .. }) => "The applicant deleted a message".to_owned(),
        Some(Content::System { .. }) => "WhatsApp reported a change of the sender".to_owned(),
        _ => words::input(&item.entry.kind),
    }
}

/// What happened since the reviewer's page was drawn, for the page that says it has grown stale.
pub(crate) fn since(sight: &Sight, version: u64) -> Vec<EntryLine> {
    entries(sight).into_iter().filter(|line| line.version > version).collect()
}

pub(crate) fn custody(sight: &Sight) -> Vec<CustodyLine> {
    let arrivals = arrivals(&sight.history);
    sight.case.evidence.iter().map(|item| line(sight, item, arrivals.get(&item.wamid).copied())).collect()
}

/// How each message came to us.
fn arrivals(history: &[HistoryItem]) -> BTreeMap<&Wamid, &Custody> {
    let recorded = history.iter().filter_map(|item| item.recorded.as_ref());
    recorded
        .filter_map(|recorded| match &recorded.input.kind {
            InputKind::Message { message, custody, .. } => Some((&message.wamid, custody)),
            _ => None,
        })
        .collect()
}

fn line(sight: &Sight, item: &Evidence, arrival: Option<&Custody>) -> CustodyLine {
    let place = item.slot.map_or("not placed", |slot| sight.slot_label(slot));
    let mut facts = Vec::new();
    if let Some(digest) = arrival.and_then(|custody| custody.body_sha256) {
        facts.push(("webhook body, signature checked", digest.to_hex()));
    }
    if let Some(digest) = item.media.declared_sha256 {
        facts.push(("announced by WhatsApp", digest.to_hex()));
    }
    if let Some(taken) = &item.taken {
        facts.extend(taken_facts(taken));
    }
    let forwarded = match item.forwarded {
        Forwarded::No => None,
        Forwarded::Yes => Some("forwarded: it may be anyone’s"),
        Forwarded::Frequently => Some("forwarded many times: it may be anyone’s"),
    };
    facts.extend(forwarded.map(|text| ("origin", text.to_owned())));
    CustodyLine { label: format!("{place} · {}", item.id.short()), facts }
}

fn taken_facts(taken: &Taken) -> Vec<(&'static str, String)> {
    let facts = &taken.facts;
    let agreed = match facts.hash_check.as_str() {
        "both" => "both announced digests agree",
        "webhook" => "the digest of the webhook agrees",
        "graph" => "the digest of the download agrees",
        _ => "WhatsApp announced no usable digest",
    };
    let (width, height) = (facts.original_width, facts.original_height);
    let mut lines = vec![
        ("as downloaded", taken.original_sha256.to_hex()),
        ("compared", agreed.to_owned()),
        ("as stored, without metadata", taken.image.sha256.to_hex()),
        ("original", format!("{}, {width} × {height}, {} bytes", facts.kind, taken.original_size)),
    ];
    if !facts.declared_matches {
        lines.push(("type", "not the one WhatsApp declared".to_owned()));
    }
    if facts.had_gps {
        lines.push(("removed", "a place of taking (GPS)".to_owned()));
    }
    lines
}
