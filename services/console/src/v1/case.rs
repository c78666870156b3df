//! `GET /v1/cases/{id}`: where a case stands. Nothing personal.

use axum::{Extension, Json};
use portico_case::{
    Account, AccountStatus, Case, Decision, EffectiveFinding, Stage, dossier_digest, effective_findings,
};
use portico_cell::{Loaded, OpenedCase};
use portico_ledger::CaseRow;
use portico_policy::PolicyPin;
use portico_vocab::{CaseId, CheckKind, CountryCode, EvidenceId, FindingResult, OutcomeName, Slot, StageName};
use schemars::JsonSchema;
use serde::Serialize;

use super::client::ApiClient;
use super::gate::{Door, Visit};
use super::problem::Problem;
use super::reasons;
use super::wire::{self, Digest, Time};

/// Where a case stands.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Case")]
pub(crate) struct CaseView {
    #[schemars(schema_with = "wire::case_id")]
    id: CaseId,
    #[schemars(schema_with = "wire::country")]
    country: CountryCode,
    #[schemars(schema_with = "wire::stage")]
    stage: StageName,
    opened_at: Time,
    updated_at: Time,
    /// The policy the case is judged by, pinned at consent; null before.
    policy: Option<PolicyView>,
    /// The bank's own reference, when the case began by an invitation.
    reference: Option<String>,
    /// What is still to come from the applicant: `consent`, `document`, or the slots without an accepted picture.
    outstanding: Vec<&'static str>,
    findings: Vec<FindingView>,
    /// Digest of all a decision is about; give it with a decision, so that it is made on what was read. Null once erased.
    dossier: Option<Digest>,
    /// Since when and why the case is before a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<ReviewView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<DecisionView>,
    /// The message that tells the applicant of the decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    told: Option<ToldView>,
    /// What became of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<AccountView>,
    /// The case key is destroyed: nothing personal can be read any more.
    erased: bool,
    links: Links,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Policy")]
pub(crate) struct PolicyView {
    id: String,
    hash: Digest,
}

impl From<&PolicyPin> for PolicyView {
    fn from(pin: &PolicyPin) -> Self {
        Self { id: pin.id.clone(), hash: Digest(pin.hash) }
    }
}

/// One check of one picture, or of the whole case.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Finding")]
pub(crate) struct FindingView {
    #[schemars(schema_with = "wire::check")]
    check: CheckKind,
    #[schemars(schema_with = "wire::result")]
    result: FindingResult,
    #[schemars(schema_with = "wire::shown_reasons")]
    reasons: Vec<&'static str>,
    /// A decision needs a result of it.
    required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "wire::slot")]
    slot: Option<Slot>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "wire::evidence_id")]
    evidence: Option<EvidenceId>,
    /// Who found it; missing when nobody ran the check.
    #[serde(skip_serializing_if = "String::is_empty")]
    source: String,
}

impl FindingView {
    pub(crate) fn of(row: EffectiveFinding, client: &ApiClient) -> Self {
        Self {
            check: row.check,
            result: row.result,
            reasons: reasons::shown(&row.reasons, client),
            required: row.required,
            slot: row.slot,
            evidence: row.evidence,
            source: row.source,
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Review")]
struct ReviewView {
    since: Time,
    why: Vec<&'static str>,
}

/// The one final outcome.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Decision")]
struct DecisionView {
    #[schemars(schema_with = "wire::outcome")]
    outcome: OutcomeName,
    #[serde(skip_serializing_if = "Option::is_none")]
    limits: Option<LimitsView>,
    #[schemars(schema_with = "wire::shown_reasons")]
    reasons: Vec<&'static str>,
    decided_by: Vec<String>,
    /// Missing, like all but the outcome, once the case is erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Time>,
    /// What was decided on.
    #[serde(skip_serializing_if = "Option::is_none")]
    dossier: Option<Digest>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Limits")]
struct LimitsView {
    code: String,
    /// The day they must be lifted by, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Told")]
struct ToldView {
    /// `queued`, `sending`, `unknown`, `parked`, `held`, `sent`, `failed`, `delivered`, `read`.
    state: &'static str,
    at: Time,
    /// Why it was held or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Account")]
struct AccountView {
    /// `pending`, `opened`, `failed`.
    status: &'static str,
    at: Time,
}

impl AccountView {
    fn of(account: &Account) -> Self {
        let status = match account.status {
            AccountStatus::Pending => "pending",
            AccountStatus::Opened => "opened",
            AccountStatus::Failed => "failed",
        };
        Self { status, at: Time(account.at) }
    }
}

/// Where to read on.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Links {
    #[serde(rename = "self")]
    case: String,
    applicant: String,
    evidence: String,
    history: String,
    events: String,
}

impl Links {
    pub(crate) fn of(id: CaseId, country: CountryCode) -> Self {
        let case = format!("/v1/cases/{id}");
        Self {
            applicant: format!("{case}/applicant"),
            evidence: format!("{case}/evidence"),
            history: format!("{case}/history"),
            events: format!("/v1/events?country={country}&case={id}"),
            case,
        }
    }
}

pub(crate) async fn get(
    Extension(visit): Extension<Visit>,
    Extension(door): Extension<Door>,
) -> Result<Json<CaseView>, Problem> {
    match door.cell.load(door.id).await? {
        Some(Loaded::Whole(opened)) => whole(&visit, &door, &opened).await.map(Json),
        Some(Loaded::Shredded(row)) => Ok(Json(erased(&door, &row))),
        None => Err(Problem::NotFound),
    }
}

async fn whole(visit: &Visit, door: &Door, opened: &OpenedCase) -> Result<CaseView, Problem> {
    let case = &opened.case;
    let policy = door.cell.policy_of(case).await?;
    let decision = case.stage.decision();
    let told = match decision.and_then(|decision| decision.told) {
        Some(id) => door.cell.ledger().outbound(id).await?,
        None => None,
    };
    let findings = effective_findings(case, &policy).into_iter();
    Ok(CaseView {
        policy: case.stage.agreed().map(|agreed| PolicyView::from(&agreed.policy)),
        outstanding: outstanding(case),
        findings: findings.map(|row| FindingView::of(row, &visit.client)).collect(),
        dossier: Some(dossier_digest(case).into()),
        review: review(&case.stage),
        decision: decision.map(|decision| decided(decision, &visit.client)),
        told: told.map(|row| ToldView { state: row.state.as_str(), at: Time(row.state_at), detail: row.detail }),
        account: case.marks.account.as_ref().map(AccountView::of),
        erased: false,
        ..plain(door, &opened.row)
    })
}

/// What the plain columns of the row tell.
fn plain(door: &Door, row: &CaseRow) -> CaseView {
    CaseView {
        id: row.id,
        country: door.cell.country(),
        stage: row.stage,
        opened_at: Time(row.opened_at),
        updated_at: Time(row.updated_at),
        policy: None,
        reference: None,
        outstanding: Vec::new(),
        findings: Vec::new(),
        dossier: None,
        review: None,
        decision: None,
        told: None,
        account: None,
        erased: true,
        links: Links::of(row.id, door.cell.country()),
    }
}

fn erased(door: &Door, row: &CaseRow) -> CaseView {
    let decision = row.outcome.map(|outcome| DecisionView {
        outcome,
        limits: None,
        reasons: Vec::new(),
        decided_by: Vec::new(),
        at: None,
        dossier: None,
    });
    CaseView { decision, ..plain(door, row) }
}

/// What the applicant still has to bring.
fn outstanding(case: &Case) -> Vec<&'static str> {
    match &case.stage {
        Stage::Consenting { .. } => vec!["consent"],
        Stage::Collecting { agreed } if agreed.document.is_none() => vec!["document"],
        stage if stage.name().is_end() => Vec::new(),
        _ => case.outstanding().into_iter().map(Slot::as_str).collect(),
    }
}

fn review(stage: &Stage) -> Option<ReviewView> {
    match stage {
        Stage::InReview { since, why, .. } => {
            Some(ReviewView { since: Time(*since), why: why.iter().map(|referral| referral.as_str()).collect() })
        }
        _ => None,
    }
}

fn decided(decision: &Decision, client: &ApiClient) -> DecisionView {
    DecisionView {
        outcome: decision.outcome,
        limits: decision.limits.as_ref().map(|limits| LimitsView {
            code: limits.code.clone(),
            until: limits.until.map(|at| at.to_rfc3339().chars().take(10).collect()),
        }),
        reasons: reasons::shown(&decision.reasons, client),
        decided_by: decision.decided_by.clone(),
        at: Some(Time(decision.at)),
        dossier: Some(decision.dossier.into()),
    }
}
