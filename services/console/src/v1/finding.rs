//! `POST /v1/cases/{id}/findings`: a check the bank ran itself, such as screening or a registry.

use axum::Extension;
use axum::response::Response;
use portico_case::{InputKind, Why};
use portico_vocab::{CheckKind, Finding, FindingResult};
use schemars::JsonSchema;
use serde::Deserialize;

use super::decision::{plain_name, reason_codes, word};
use super::gate::{Door, Visit};
use super::once::{Posted, once};
use super::problem::Problem;
use super::receipt::{input, land};
use super::wire;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "FindingRequest")]
pub(crate) struct FindingBody {
    /// A check of the case as a whole; those of one picture are Portico's.
    #[schemars(schema_with = "wire::check")]
    check: String,
    #[schemars(schema_with = "wire::result")]
    result: String,
    #[schemars(schema_with = "wire::reasons")]
    #[serde(default)]
    reasons: Vec<String>,
    /// The bank's own reference of the run: letters, digits and `._-`, at most 64. Reviewers read it as the source.
    #[schemars(regex(pattern = r"^[A-Za-z0-9._-]{1,64}$"))]
    r#ref: String,
}

pub(crate) async fn post(
    Extension(visit): Extension<Visit>,
    Extension(door): Extension<Door>,
    posted: Posted,
) -> Result<Response, Problem> {
    let finding = posted.read::<FindingBody>()?.finding(&visit)?;
    let kind = InputKind::ApiFinding { client: visit.client.name.clone(), finding };
    let input = input(&door, &visit, &posted.key, kind);
    let work = {
        let door = door.clone();
        async move { land(&door, input, |why, _| async move { refused(why) }).await }
    };
    once(visit, door, &posted, work).await
}

fn refused(_: Why) -> Problem {
    Problem::WrongStage { why: "findings are taken from consent until the case ends" }
}

impl FindingBody {
    fn finding(self, visit: &Visit) -> Result<Finding, Problem> {
        let check = word("check", &self.check, CheckKind::parse)?;
        if check.is_picture_quality() || check == CheckKind::Repeat {
            return Err(Problem::FieldInvalid {
                field: "check".to_owned(),
                expected: "a check of the case as a whole: those of one picture are made by Portico".to_owned(),
            });
        }
        plain_name("ref", &self.r#ref)?;
        Ok(Finding {
            check,
            result: word("result", &self.result, FindingResult::parse)?,
            evidence: None,
            reasons: reason_codes(&self.reasons)?,
            score_milli: None,
            clear_from_milli: None,
            source: format!("{}/{}", visit.client.actor(), self.r#ref),
        })
    }
}
