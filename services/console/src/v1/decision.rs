//! `POST /v1/cases/{id}/decision`: a decision made in the bank's own system.
//!
//! It obeys what a reviewer's obeys: `step` refuses on the same list of objections, and all of them are told at once.

use axum::Extension;
use axum::response::Response;
use portico_case::{Attestation, Case, Decide, InputKind, Objection, Why, objections};
use portico_vocab::{CheckKind, DossierDigest, OutcomeName, ParseError, Pii, ReasonCode};
use schemars::JsonSchema;
use serde::Deserialize;

use super::gate::{Door, Visit};
use super::once::{Posted, once};
use super::problem::Problem;
use super::receipt::{input, land};
use super::wire::{self, Digest};

const ATTESTATION_MAX: usize = 500;
const NOTE_MAX: usize = 4000;

/// `limits` come from the country's profile and cannot be given.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "DecisionRequest")]
pub(crate) struct DecisionBody {
    #[schemars(schema_with = "wire::outcome")]
    outcome: String,
    #[schemars(schema_with = "wire::reasons")]
    #[serde(default)]
    reasons: Vec<String>,
    officer: Officer,
    /// For colleagues; the applicant never reads it.
    note: Option<String>,
    /// Answers for checks that were `unavailable`.
    #[serde(default)]
    attest: Vec<Attest>,
    /// The dossier that was decided on, as the case showed it; another one by now is a 409.
    dossier: Option<String>,
}

/// The named person who decided.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Officer {
    /// The bank's own id of the person: letters, digits and `._-`, at most 64. Histories and events name it.
    #[schemars(regex(pattern = r"^[A-Za-z0-9._-]{1,64}$"))]
    id: String,
    /// In what capacity: of the same form.
    #[schemars(regex(pattern = r"^[A-Za-z0-9._-]{1,64}$"))]
    role: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Attestation")]
struct Attest {
    #[schemars(schema_with = "wire::check")]
    check: String,
    /// Why the person answers for it; at most 500 characters.
    reason: String,
}

pub(crate) async fn post(
    Extension(visit): Extension<Visit>,
    Extension(door): Extension<Door>,
    posted: Posted,
) -> Result<Response, Problem> {
    let body: DecisionBody = posted.read()?;
    let officer = body.officer.name()?;
    let decide = body.decide()?;
    let kind = InputKind::ApiDecide { client: visit.client.name.clone(), officer, decide: decide.clone() };
    let input = input(&door, &visit, &posted.key, kind);
    let work = {
        let door = door.clone();
        async move { land(&door, input, |why, case| refused(&door, decide, why, case)).await }
    };
    once(visit, door, &posted, work).await
}

/// Everything that stands against it, from the rules `step` refused by.
async fn refused(door: &Door, decide: Decide, why: Why, case: Case) -> Problem {
    let policy = match door.cell.policy_of(&case).await {
        Ok(policy) => policy,
        Err(error) => return error.into(),
    };
    if why == Why::WrongStage {
        return Problem::WrongStage { why: "only a case in review can be decided" };
    }
    let mut found = objections(&case, &decide, &policy);
    if !found.iter().any(|objection| objection.why == why) {
        // The case has moved on since it was refused.
        let text = format!("refused because of {}", why.as_str());
        found = vec![Objection { why, text, check: None, slot: None }];
    }
    Problem::DecisionRefused { objections: found }
}

impl Officer {
    /// `id:role`, as histories and events name the decider.
    fn name(&self) -> Result<String, Problem> {
        for (field, text) in [("officer.id", &self.id), ("officer.role", &self.role)] {
            plain_name(field, text)?;
        }
        Ok(format!("{}:{}", self.id, self.role))
    }
}

/// Letters, digits and `._-`: nothing that could be a sentence about somebody.
pub(crate) fn plain_name(field: &str, text: &str) -> Result<(), Problem> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if (1..=64).contains(&text.len()) && text.bytes().all(plain) {
        return Ok(());
    }
    Err(Problem::FieldInvalid {
        field: field.to_owned(),
        expected: "1 to 64 letters, digits, `.`, `_` or `-`".to_owned(),
    })
}

/// `text` as the word it must be.
pub(crate) fn word<T>(
    field: impl Into<String>,
    text: &str,
    parse: impl Fn(&str) -> Result<T, ParseError>,
) -> Result<T, Problem> {
    parse(text).map_err(|error| Problem::FieldInvalid { field: field.into(), expected: error.expected.to_owned() })
}

/// The reasons of a body, each named by its place when it is none.
pub(crate) fn reason_codes(texts: &[String]) -> Result<Vec<ReasonCode>, Problem> {
    let each = texts.iter().enumerate();
    each.map(|(place, text)| word(format!("reasons[{place}]"), text, ReasonCode::parse)).collect()
}

/// Trimmed text of at most `max` characters.
pub(crate) fn text(field: &str, text: &str, max: usize) -> Result<String, Problem> {
    let text = text.trim();
    if (1..=max).contains(&text.chars().count()) {
        return Ok(text.to_owned());
    }
    Err(Problem::FieldInvalid { field: field.to_owned(), expected: format!("1 to {max} characters of text") })
}

impl DecisionBody {
    fn decide(self) -> Result<Decide, Problem> {
        let each = self.attest.iter().enumerate();
        let attest = each.map(|(place, attest)| {
            Ok(Attestation {
                check: word(format!("attest[{place}].check"), &attest.check, CheckKind::parse)?,
                reason: text(&format!("attest[{place}].reason"), &attest.reason, ATTESTATION_MAX)?,
            })
        });
        let dossier = self.dossier.map(|text| {
            let digest = Digest::parse(&text).map(|Digest(digest)| DossierDigest(digest));
            digest.ok_or_else(|| Problem::FieldInvalid {
                field: "dossier".to_owned(),
                expected: Digest::EXPECTED.to_owned(),
            })
        });
        Ok(Decide {
            outcome: word("outcome", &self.outcome, OutcomeName::parse)?,
            reasons: reason_codes(&self.reasons)?,
            note: self.note.map(|note| text("note", &note, NOTE_MAX)).transpose()?.map(Pii::new),
            attest: attest.collect::<Result<_, Problem>>()?,
            dossier: dossier.transpose()?,
        })
    }
}
