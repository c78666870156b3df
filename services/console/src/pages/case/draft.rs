//! A decision in the making: what has been chosen and typed, kept however often the page is drawn again.

use std::collections::BTreeMap;

use portico_case::{Attestation, Decide, effective_findings};
use portico_vocab::{CheckKind, DossierDigest, FindingResult, OutcomeName, Pii, Purpose, ReasonCode};

use super::sight::Sight;
use crate::error::Error;
use crate::pages::words;
use crate::session::SignedForm;

const NOTE_MAX_CHARS: usize = 2000;
const ATTEST_MAX_CHARS: usize = 300;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    pub outcome: Option<OutcomeName>,
    pub reasons: Vec<ReasonCode>,
    /// For each required check that no machine made.
    pub attest: BTreeMap<CheckKind, Attest>,
    pub note: Option<Pii<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attest {
    pub ticked: bool,
    pub reason: String,
}

/// Required checks nobody made, in the profile's order.
pub(crate) fn unavailable(sight: &Sight) -> Vec<CheckKind> {
    let mut checks = Vec::new();
    for row in effective_findings(&sight.case, &sight.policy) {
        if row.required && row.result == FindingResult::Unavailable && !checks.contains(&row.check) {
            checks.push(row.check);
        }
    }
    checks
}

impl Draft {
    /// Nothing chosen; a reason stands beside each check to attest, unticked.
    pub(crate) fn blank(sight: &Sight) -> Self {
        let prefilled = |check| (check, Attest { ticked: false, reason: words::attestation(check).to_owned() });
        let attest = unavailable(sight).into_iter().map(prefilled).collect();
        Self { outcome: None, reasons: Vec::new(), attest, note: None }
    }

    /// Fields: `outcome`, `reason` (many), `attest` (many: the checks ticked), `attest_<check>` (text), `note`.
    pub(crate) fn read(form: &SignedForm, sight: &Sight) -> Result<Self, Error> {
        let mut draft = Self::blank(sight);
        let of_list = |_| Error::BadField { field: "outcome", expected: "one of the outcomes on the page" };
        draft.outcome = form.get("outcome").map(OutcomeName::parse).transpose().map_err(of_list)?;
        for code in form.all("reason") {
            let of_catalogue = |_| Error::BadField { field: "reason", expected: "reasons of the catalogue" };
            draft.reasons.push(ReasonCode::parse(code).map_err(of_catalogue)?);
        }
        for (check, attest) in &mut draft.attest {
            attest.ticked = form.all("attest").any(|ticked| ticked == check.as_str());
            if let Some(reason) = form.get(&format!("attest_{check}")) {
                attest.reason = within(reason, ATTEST_MAX_CHARS, "attest")?;
            }
        }
        let note = within(form.get("note").unwrap_or_default(), NOTE_MAX_CHARS, "note")?;
        draft.note = (!note.is_empty()).then(|| Pii::new(note));
        Ok(draft)
    }

    /// The decision as it is asked for; `None` while no outcome is chosen. Reasons belong to a decline, attestations to
    /// an approval: what was ticked for another outcome is not sent with this one.
    pub(crate) fn decide(&self, dossier: DossierDigest) -> Option<Decide> {
        let outcome = self.outcome?;
        let ticked = self.attest.iter().filter(|(_, attest)| attest.ticked && outcome.is_approval());
        let attest = ticked.map(|(check, attest)| Attestation { check: *check, reason: attest.reason.clone() });
        Some(Decide {
            outcome,
            reasons: if outcome == OutcomeName::Declined { self.reasons.clone() } else { Vec::new() },
            note: self.note.clone(),
            attest: attest.collect(),
            dossier: Some(dossier),
        })
    }

    /// The same with every box ticked: what would forbid it then, forbids it whatever is attested.
    pub(crate) fn with_all_attested(mut self) -> Self {
        self.attest.values_mut().for_each(|attest| attest.ticked = true);
        self
    }

    pub(crate) fn note_text(&self) -> &str {
        self.note.as_ref().map_or("", |note| note.expose(Purpose::Show))
    }
}

fn within(text: &str, max_chars: usize, field: &'static str) -> Result<String, Error> {
    let text = text.trim();
    if text.chars().count() > max_chars {
        return Err(Error::BadField { field, expected: "at most 2000 characters for a note, 300 for an attestation" });
    }
    Ok(text.to_owned())
}
