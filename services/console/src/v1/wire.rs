//! The forms values take in JSON, and their schemas.
//!
//! Words come from the vocabulary's own lists, so that the OpenAPI document cannot name another set than the code knows.

use portico_vocab::{
    CaseId, CheckKind, DocumentKind, DossierDigest, EventId, EvidenceId, FindingResult, OutcomeName, ReasonCode,
    Sha256, Slot, StageName, Timestamp,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

/// RFC 3339 in UTC, to the second.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Time(pub(crate) Timestamp);

/// `sha256:` and 64 lower-case hex digits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Digest(pub(crate) Sha256);

impl Digest {
    pub(crate) const EXPECTED: &'static str = "sha256: and 64 hex digits, as the case shows it";

    /// The prefix may be missing.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix("sha256:").unwrap_or(text);
        (hex.len() == 64).then(|| Sha256::parse(hex).ok().map(Self))?
    }
}

impl From<DossierDigest> for Digest {
    fn from(digest: DossierDigest) -> Self {
        Self(digest.0)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_rfc3339())
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("sha256:{}", self.0))
    }
}

impl JsonSchema for Time {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Time".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time", "examples": ["2026-11-22T09:30:00Z"] })
    }
    fn inline_schema() -> bool {
        true
    }
}

impl JsonSchema for Digest {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Digest".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^sha256:[0-9a-f]{64}$" })
    }
    fn inline_schema() -> bool {
        true
    }
}

fn id(prefix: &str) -> Schema {
    json_schema!({ "type": "string", "pattern": format!("^{prefix}_[0-9a-hjkmnp-tv-z]{{26}}$") })
}

pub(crate) fn case_id(_: &mut SchemaGenerator) -> Schema {
    id(CaseId::PREFIX)
}

pub(crate) fn evidence_id(_: &mut SchemaGenerator) -> Schema {
    id(EvidenceId::PREFIX)
}

pub(crate) fn evidence_id_or_null(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "anyOf": [evidence_id(generator), { "type": "null" }] })
}

pub(crate) fn event_id(_: &mut SchemaGenerator) -> Schema {
    id(EventId::PREFIX)
}

pub(crate) fn country(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": "^[A-Z]{2}$", "description": "ISO 3166-1 alpha-2" })
}

pub(crate) fn countries(generator: &mut SchemaGenerator) -> Schema {
    list(country(generator))
}

fn list(items: Schema) -> Schema {
    json_schema!({ "type": "array", "items": items })
}

fn words<'a>(words: impl Iterator<Item = &'a str>) -> Schema {
    let words: Vec<&str> = words.collect();
    json_schema!({ "type": "string", "enum": words })
}

pub(crate) fn stage(_: &mut SchemaGenerator) -> Schema {
    words(StageName::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn outcome(_: &mut SchemaGenerator) -> Schema {
    words(OutcomeName::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn check(_: &mut SchemaGenerator) -> Schema {
    words(CheckKind::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn result(_: &mut SchemaGenerator) -> Schema {
    words(FindingResult::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn slot(_: &mut SchemaGenerator) -> Schema {
    words(Slot::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn document(_: &mut SchemaGenerator) -> Schema {
    words(DocumentKind::ALL.iter().map(|word| word.as_str()))
}

/// What a client may give.
pub(crate) fn reasons(_: &mut SchemaGenerator) -> Schema {
    list(words(ReasonCode::ALL.iter().map(|word| word.as_str())))
}

/// What a client reads: `internal` stands for those it may not know.
pub(crate) fn shown_reasons(_: &mut SchemaGenerator) -> Schema {
    list(words(ReasonCode::ALL.iter().map(|word| word.as_str()).chain(["internal"])))
}

pub(crate) fn event_type(_: &mut SchemaGenerator) -> Schema {
    words(portico_ledger::envelope::EVENT_TYPES.iter().copied())
}

pub(crate) fn limit(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "minimum": 1, "maximum": 1000, "default": 100 })
}
