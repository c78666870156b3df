//! Plain words for codes. One place, so that a page never shows `in_review` where a person reads.

use portico_vocab::{CheckKind, CountryCode, DocumentKind, FindingResult, OutcomeName, ReasonCode, Slot, StageName};

/// As people of the country call it.
pub(crate) fn document(kind: DocumentKind, country: CountryCode) -> &'static str {
    match (kind, country.as_str()) {
        (DocumentKind::Passport, _) => "Passport",
        (DocumentKind::Aadhaar, _) => "Aadhaar",
        (DocumentKind::Pan, _) => "PAN card",
        (DocumentKind::VoterId, _) => "Voter ID",
        (DocumentKind::DrivingLicence, "BR") => "CNH",
        (DocumentKind::DrivingLicence, _) => "Driving licence",
        (DocumentKind::NationalId, "BR") => "RG / CIN",
        (DocumentKind::NationalId, _) => "National ID",
        (DocumentKind::ResidencePermit, "BR") => "CRNM",
        (DocumentKind::ResidencePermit, _) => "Residence permit",
    }
}

pub(crate) const fn slot(slot: Slot) -> &'static str {
    match slot {
        Slot::DocumentFront => "Front",
        Slot::DocumentBack => "Back",
        Slot::Selfie => "Selfie",
    }
}

pub(crate) const fn check(check: CheckKind) -> &'static str {
    match check {
        CheckKind::Resolution => "Enough pixels",
        CheckKind::Blur => "Sharp",
        CheckKind::Brightness => "Light",
        CheckKind::Glare => "No glare",
        CheckKind::Repeat => "Not sent before",
        CheckKind::DocumentData => "Document data",
        CheckKind::OriginalPresent => "Original, not a copy",
        CheckKind::FaceMatch => "Same face",
        CheckKind::Screening => "Sanctions screening",
        CheckKind::BcbProtegeMais => "BC Protege+",
    }
}

/// What a reviewer says who answers for a check no machine made. They may change it, and must tick it.
pub(crate) const fn attestation(check: CheckKind) -> &'static str {
    match check {
        CheckKind::Resolution | CheckKind::Blur | CheckKind::Brightness | CheckKind::Glare => {
            "I looked; all that is needed can be read"
        }
        CheckKind::Repeat => "I know of no other case with these pictures",
        CheckKind::DocumentData => "I read it: it holds together and is valid",
        CheckKind::OriginalPresent => "I see the original: no screen and no copy",
        CheckKind::FaceMatch => "Selfie and portrait show one person",
        CheckKind::Screening => "Not screened: the bank does it before opening",
        CheckKind::BcbProtegeMais => "The bank looks it up before opening",
    }
}

/// Class for the style sheet, icon, word: a result never speaks by colour alone.
pub(crate) const fn result(result: FindingResult) -> (&'static str, &'static str, &'static str) {
    match result {
        FindingResult::Clear => ("clear", "✓", "clear"),
        FindingResult::Consider => ("consider", "!", "look at it"),
        FindingResult::Fail => ("fail", "✕", "failed"),
        FindingResult::Unsure => ("unsure", "?", "unsure"),
        FindingResult::Unavailable => ("unavailable", "–", "not done"),
        FindingResult::NotApplicable => ("unavailable", "–", "not needed"),
    }
}

pub(crate) const fn outcome(outcome: OutcomeName) -> &'static str {
    match outcome {
        OutcomeName::Approved => "Approve",
        OutcomeName::ApprovedLimited => "Approve with limits",
        OutcomeName::Declined => "Decline",
        OutcomeName::HandedOff => "Hand off to a branch",
    }
}

pub(crate) const fn outcome_done(outcome: OutcomeName) -> &'static str {
    match outcome {
        OutcomeName::Approved => "approved",
        OutcomeName::ApprovedLimited => "approved with limits",
        OutcomeName::Declined => "declined",
        OutcomeName::HandedOff => "handed off to a branch",
    }
}

/// The letter that prepares an outcome (it never sends it).
pub(crate) const fn outcome_key(outcome: OutcomeName) -> &'static str {
    match outcome {
        OutcomeName::Approved => "a",
        OutcomeName::ApprovedLimited => "l",
        OutcomeName::Declined => "d",
        OutcomeName::HandedOff => "r",
    }
}

pub(crate) const fn stage(stage: StageName) -> &'static str {
    match stage {
        StageName::Consenting => "Asked for consent",
        StageName::Collecting => "Waiting for the applicant’s photos",
        StageName::Checking => "The machine is looking at it",
        StageName::InReview => "Waiting for a reviewer",
        StageName::Decided => "Decided",
        StageName::Withdrawn => "Withdrawn by the applicant",
        StageName::Expired => "Expired: the applicant fell silent",
    }
}

/// Why a case came before people, from the code the queue holds.
pub(crate) fn referral(code: &str) -> String {
    match code {
        "complete" => "Complete, ready to be decided".to_owned(),
        "person_asked" => "The applicant asks for a person".to_owned(),
        "document_none" => "Has none of the documents".to_owned(),
        "attempts_used" => "The last try at a photo failed too".to_owned(),
        "identity_changed" => "The number or identity changed half-way".to_owned(),
        "too_many_pictures" => "Sent more pictures than a case takes".to_owned(),
        other => other.replace('_', " "),
    }
}

/// What happened, as a line of the history.
pub(crate) fn input(kind: &str) -> String {
    match kind {
        "message" => "The applicant wrote".to_owned(),
        "job:take_in" => "A picture was fetched and stored".to_owned(),
        "job:read" => "A picture was looked at by the machine".to_owned(),
        "job:decide" => "The machine weighed the whole".to_owned(),
        "timer:expire" => "Nothing came for too long".to_owned(),
        "job:retain" => {
            "What was decided on was locked for as long as the law keeps it, where the bucket can".to_owned()
        }
        "timer:purge" => "What may no longer be kept was erased".to_owned(),
        "undelivered" => "A message could not be brought to the applicant".to_owned(),
        "review:decide" => "A reviewer decided".to_owned(),
        "review:ask_photo" => "A reviewer asked for a new photo".to_owned(),
        "review:place" => "A reviewer moved a picture".to_owned(),
        "review:accept_photo" => "A reviewer accepted a refused picture".to_owned(),
        "api:decide" => "The bank’s system decided".to_owned(),
        "api:finding" => "The bank reported a check".to_owned(),
        "api:account" => "The bank reported on the account".to_owned(),
        "superseded" => "An older case of this person took over".to_owned(),
        other => other.replace('_', " "),
    }
}

/// `applied`, `ignored:why`, `refused:why` in words; empty when all went as asked.
pub(crate) fn input_outcome(code: &str) -> String {
    match code.split_once(':') {
        Some((what, why)) => format!("{what}: {}", why.replace('_', " ")),
        None if code == "applied" => String::new(),
        None => code.to_owned(),
    }
}

/// `applicant`, `machine`, `reviewer:a.reviewer`, `client:core-banking`.
pub(crate) fn actor(actor: &str) -> String {
    match actor.split_once(':') {
        Some(("reviewer", name)) => name.to_owned(),
        Some(("client", name)) => format!("{name} (system)"),
        _ => actor.to_owned(),
    }
}

/// How far a message came: class, words. `detail` is a hold reason or an error code.
pub(crate) fn delivery(state: portico_ledger::OutboundState, detail: Option<&str>) -> (&'static str, String) {
    use portico_ledger::OutboundState as S;
    match state {
        S::Queued => ("waiting", "waiting to be sent".to_owned()),
        S::Sending => ("waiting", "being sent".to_owned()),
        S::Unknown => ("doubt", "unknown: sent or not, WhatsApp has not said".to_owned()),
        S::Parked => ("doubt", "unknown for ten minutes: given up, never sent again by itself".to_owned()),
        S::Held => ("stopped", format!("held: {}", held(detail.unwrap_or_default()))),
        S::Sent => ("sent", "✓ sent".to_owned()),
        S::Failed => ("stopped", detail.map_or_else(|| "failed".to_owned(), |code| format!("failed ({code})"))),
        S::Delivered => ("sent", "✓✓ delivered".to_owned()),
        S::Read => ("read", "✓✓ read".to_owned()),
    }
}

fn held(reason: &str) -> String {
    match reason {
        "window_closed" => "window closed, more than 24 hours since the applicant wrote".to_owned(),
        "stopped" => "the applicant said STOP".to_owned(),
        "no_inbound" => "the applicant never wrote to this number".to_owned(),
        "no_consent" => "no consent".to_owned(),
        other => other.replace('_', " "),
    }
}

/// Reasons a reviewer may give for a new photo: what a camera can mend, and what they alone see.
pub(crate) const PHOTO_REASONS: &[ReasonCode] = &[
    ReasonCode::PhotoBlurred,
    ReasonCode::PhotoGlare,
    ReasonCode::PhotoDark,
    ReasonCode::PhotoTooBright,
    ReasonCode::PhotoCutOff,
    ReasonCode::WrongSide,
    ReasonCode::NoDocument,
    ReasonCode::DocumentUnreadable,
    ReasonCode::DocumentDamaged,
    ReasonCode::DocumentExpired,
    ReasonCode::FaceNotFound,
    ReasonCode::FaceMismatch,
    ReasonCode::OriginalNotPresent,
];
