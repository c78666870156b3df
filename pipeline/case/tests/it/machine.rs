//! What the machine finds on a picture, by the name of its file.

use portico_case::{Case, Defect, Facts, StoredObject, Taken, effective_findings};
use portico_policy::Policy;
use portico_vocab::{CheckKind, EvidenceId, Finding, FindingResult, ReasonCode, Sha256};

/// What taking in brings, by the name of the file: `pdf…` is no picture, `gone…` is no longer at Meta.
pub fn taken_in(name: &str) -> Result<Taken, Defect> {
    let defect = |reason, detail: &str| Err(Defect { reason, detail: detail.to_owned() });
    if name.starts_with("pdf") {
        return defect(ReasonCode::PhotoUnsupported, "a PDF document");
    }
    if name.starts_with("gone") {
        return defect(ReasonCode::MediaGone, "no longer there");
    }
    let sha256 = Sha256::of(name.as_bytes());
    let object = |kind: &str| StoredObject { key: format!("{kind}/{name}"), sha256, size: 1000 };
    Ok(Taken {
        original_sha256: sha256,
        original_size: 2000,
        image: object("image"),
        thumbnail: object("thumbnail"),
        width: 1600,
        height: 1200,
        facts: Facts { kind: "jpeg".to_owned(), declared_matches: true, ..Facts::default() },
    })
}

/// What reading finds: `blurred…` is blurred, everything else is clear.
pub fn read(evidence: EvidenceId, name: &str) -> Vec<Finding> {
    let finding = |check, result, reasons| Finding {
        check,
        result,
        evidence: Some(evidence),
        reasons,
        score_milli: Some(1000),
        clear_from_milli: Some(500),
        source: "quality/1".to_owned(),
    };
    let blur = if name.starts_with("blurred") {
        finding(CheckKind::Blur, FindingResult::Fail, vec![ReasonCode::PhotoBlurred])
    } else {
        finding(CheckKind::Blur, FindingResult::Clear, Vec::new())
    };
    vec![blur, finding(CheckKind::Resolution, FindingResult::Clear, Vec::new())]
}

/// What no machine checks is said to be unavailable, as the `decide` job does.
pub fn unavailable(case: &Case, policy: &Policy) -> Vec<Finding> {
    effective_findings(case, policy)
        .into_iter()
        .filter(|row| row.required && row.result == FindingResult::Unavailable && row.source.is_empty())
        .map(|row| Finding {
            check: row.check,
            result: FindingResult::Unavailable,
            evidence: None,
            reasons: Vec::new(),
            score_milli: None,
            clear_from_milli: None,
            source: "policy/1".to_owned(),
        })
        .collect()
}
