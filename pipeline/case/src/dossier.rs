//! What a decision is about, and what forbids it.

use portico_policy::Policy;
use portico_vocab::{
    CheckKind, DossierDigest, EvidenceId, Finding, FindingResult, OutcomeName, ReasonCode, Sha256, Slot,
};
use serde::Serialize;

use crate::{Case, Decide, Evidence, Why};

/// The latest word on one check of one picture, or of the case.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EffectiveFinding {
    pub check: CheckKind,
    pub result: FindingResult,
    pub reasons: Vec<ReasonCode>,
    /// Whether a decision needs a result of it.
    pub required: bool,
    pub evidence: Option<EvidenceId>,
    pub slot: Option<Slot>,
    pub score_milli: Option<i64>,
    pub clear_from_milli: Option<i64>,
    /// Who found it; empty for a check nothing has run.
    pub source: String,
}

/// Digest of stage, document, the pictures that count, and the findings. Leases, receipts and chat do not enter, so a
/// reviewer's page goes stale only when what they decide on has changed.
#[must_use]
pub fn dossier_digest(case: &Case) -> DossierDigest {
    let agreed = case.stage.agreed();
    let pictures: Vec<_> = case
        .evidence
        .iter()
        .map(|item| {
            (item.id, item.slot, item.state.as_str(), item.taken.as_ref().map(|t| t.image.sha256), &item.findings)
        })
        .collect();
    let form = serde_json::json!({
        "stage": case.stage_name(),
        "document": agreed.and_then(|a| a.document),
        "consent": agreed.map(|a| a.consent.notice_hash),
        "evidence": pictures,
        "findings": case.findings,
    });
    DossierDigest(Sha256::of(form.to_string().as_bytes()))
}

/// The pictures a decision is about, by slot: what stands in each slot of the chosen document.
pub fn dossier_pictures(case: &Case) -> impl Iterator<Item = (Slot, &Evidence)> {
    case.required_slots().iter().filter_map(|slot| case.in_slot(*slot).map(|item| (*slot, item)))
}

/// One row for each check of each picture that counts, each check of the case, and each required check nobody made
/// (`unavailable`). Only the newest finding of a source on the same thing stands.
#[must_use]
pub fn effective_findings(case: &Case, policy: &Policy) -> Vec<EffectiveFinding> {
    let required = policy.required_checks();
    let mut rows: Vec<EffectiveFinding> = Vec::new();
    for (slot, item) in dossier_pictures(case) {
        rows.extend(item.findings.iter().map(|finding| row(finding, &required, Some(slot))));
    }
    for finding in &case.findings {
        let row = row(finding, &required, None);
        // A later word of the bank or of a machine replaces an earlier one on the same check of the case.
        rows.retain(|known| !(known.evidence.is_none() && known.check == row.check));
        rows.push(row);
    }
    for check in &required {
        if !rows.iter().any(|row| row.check == *check) {
            rows.push(EffectiveFinding {
                check: *check,
                result: FindingResult::Unavailable,
                reasons: Vec::new(),
                required: true,
                evidence: None,
                slot: None,
                score_milli: None,
                clear_from_milli: None,
                source: String::new(),
            });
        }
    }
    rows
}

fn row(finding: &Finding, required: &[CheckKind], slot: Option<Slot>) -> EffectiveFinding {
    EffectiveFinding {
        check: finding.check,
        result: finding.result,
        reasons: finding.reasons.clone(),
        required: required.contains(&finding.check),
        evidence: finding.evidence,
        slot,
        score_milli: finding.score_milli,
        clear_from_milli: finding.clear_from_milli,
        source: finding.source.clone(),
    }
}

/// Something that forbids a decision, named so that it can be mended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Objection {
    pub why: Why,
    /// For people: what is missing and how to mend it.
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<CheckKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slot: Option<Slot>,
}

/// Everything that forbids this decision now; empty when it may be made. `step` refuses on the same list.
#[must_use]
pub fn objections(case: &Case, decide: &Decide, policy: &Policy) -> Vec<Objection> {
    let plain = |why, text: String| Objection { why, text, check: None, slot: None };
    if case.stage_name().is_end() {
        return vec![plain(Why::Ended, "the case has ended: a final decision is never changed".to_owned())];
    }
    if !matches!(case.stage, crate::Stage::InReview { .. }) {
        return vec![plain(Why::WrongStage, "the case is not in review".to_owned())];
    }
    if decide.dossier.is_some_and(|seen| seen != dossier_digest(case)) {
        return vec![plain(Why::StaleDossier, "the case has changed since it was read: look again".to_owned())];
    }
    let mut found = Vec::new();
    if !policy.allows(decide.outcome) {
        let allowed: Vec<_> = policy.profile.outcomes.iter().map(|o| o.as_str()).collect();
        found.push(plain(
            Why::OutcomeNotAllowed,
            format!("{} is not allowed in {}: allowed are {}", decide.outcome, case.cell, allowed.join(", ")),
        ));
    }
    match decide.outcome {
        OutcomeName::Approved | OutcomeName::ApprovedLimited => found.extend(against_approval(case, decide, policy)),
        OutcomeName::Declined => {
            if decide.reasons.is_empty() {
                found.push(plain(Why::ReasonsWrong, "a decline needs at least one reason".to_owned()));
            }
            if let Some(reason) = decide.reasons.iter().find(|reason| !reason.may_decline()) {
                found.push(plain(Why::ReasonsWrong, format!("{reason} is no reason to decline")));
            }
        }
        OutcomeName::HandedOff => {}
    }
    found
}

fn against_approval(case: &Case, decide: &Decide, policy: &Policy) -> Vec<Objection> {
    let mut found = Vec::new();
    if let Some(reason) = decide.reasons.iter().find(|reason| **reason != ReasonCode::IdentityConfirmed) {
        found.push(Objection {
            why: Why::ReasonsWrong,
            text: format!("{reason} is no reason to approve"),
            check: None,
            slot: None,
        });
    }
    if case.required_slots().is_empty() {
        found.push(Objection {
            why: Why::PicturesMissing,
            text: "no document has been chosen and photographed".to_owned(),
            check: None,
            slot: None,
        });
    }
    found.extend(case.outstanding().into_iter().map(|slot| Objection {
        why: Why::PicturesMissing,
        text: format!("there is no accepted picture for {slot}: accept one, or ask for a new photo"),
        check: None,
        slot: Some(slot),
    }));
    for row in effective_findings(case, policy) {
        let objection = |why, text| Objection { why, text, check: Some(row.check), slot: row.slot };
        match row.result {
            FindingResult::Fail => found.push(objection(
                Why::ChecksFailed,
                format!("{} failed: approval needs it mended or overridden by two people", row.check),
            )),
            FindingResult::Unavailable if row.required && !attested(decide, row.check) => found.push(objection(
                Why::ChecksMissing,
                format!("{} was unavailable: a named person must attest it with a reason", row.check),
            )),
            _ => {}
        }
    }
    found
}

fn attested(decide: &Decide, check: CheckKind) -> bool {
    decide.attest.iter().any(|a| a.check == check && !a.reason.trim().is_empty())
}
