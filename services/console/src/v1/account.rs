//! `POST /v1/cases/{id}/account`: what became of the account, told to the customer.

use axum::Extension;
use axum::response::Response;
use portico_case::{AccountReport, AccountStatus, InputKind, Why};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::decision::text;
use super::gate::{Door, Visit};
use super::once::{Posted, once};
use super::problem::Problem;
use super::receipt::{input, land};

const DISPLAY_MAX: usize = 100;
const REASON_MAX: usize = 500;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AccountRequest")]
pub(crate) struct AccountBody {
    #[serde(default)]
    status: Status,
    /// What the customer reads, such as `••1234`; never more than four digits in a row.
    display: Option<String>,
    /// For reviewers: why it failed.
    reason: Option<String>,
    /// It failed, and the bank will try again: the customer is told to wait.
    #[serde(default)]
    retryable: bool,
}

#[derive(Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "AccountStatus", inline)]
enum Status {
    #[default]
    Opened,
    Pending,
    Failed,
}

pub(crate) async fn post(
    Extension(visit): Extension<Visit>,
    Extension(door): Extension<Door>,
    posted: Posted,
) -> Result<Response, Problem> {
    let report = posted.read::<AccountBody>()?.report()?;
    let kind = InputKind::ApiAccount { client: visit.client.name.clone(), report };
    let input = input(&door, &visit, &posted.key, kind);
    let work = {
        let door = door.clone();
        async move { land(&door, input, |why, _| async move { refused(why) }).await }
    };
    once(visit, door, &posted, work).await
}

fn refused(why: Why) -> Problem {
    match why {
        Why::TooManyDigits => Problem::FieldInvalid {
            field: "display".to_owned(),
            expected: "at most four digits in a row: an account number does not belong in a chat".to_owned(),
        },
        _ => Problem::WrongStage { why: "only an approved case, or one handed off, has an account" },
    }
}

impl AccountBody {
    fn report(self) -> Result<AccountReport, Problem> {
        let status = match self.status {
            Status::Opened => AccountStatus::Opened,
            Status::Pending => AccountStatus::Pending,
            Status::Failed => AccountStatus::Failed,
        };
        Ok(AccountReport {
            status,
            display: self.display.map(|display| text("display", &display, DISPLAY_MAX)).transpose()?,
            reason: self.reason.map(|reason| text("reason", &reason, REASON_MAX)).transpose()?,
            retryable: self.retryable,
        })
    }
}
