//! Every kind of input, made for the case it is given to.

use portico_case::{
    AccountReport, AccountStatus, Answered, Attestation, Decide, InputKind, ReviewAction, TimerKind, dossier_digest,
};
use portico_vocab::{
    CaseId, CaseVersion, CheckKind, DossierDigest, EvidenceId, Finding, FindingResult, OutboundId, OutcomeName, Pii,
    ReasonCode, Sha256, Slot, Wamid,
};
use portico_whatsapp::inbound::{Content, MediaKind, SystemChange};
use portico_whatsapp::texts::TextKey;

use crate::chat::{self, Chat};
use crate::machine;
use crate::stages::sound;

pub fn all(chat: &Chat) -> Vec<(String, InputKind)> {
    let mut inputs = messages(chat);
    inputs.extend(jobs(chat));
    inputs.extend(timers(chat));
    inputs.extend(reviews(chat));
    inputs.extend(systems(chat));
    inputs
}

fn messages(chat: &Chat) -> Vec<(String, InputKind)> {
    let mut chat = chat.clone();
    let mut inputs = Vec::new();
    let case = chat.case().id;
    let mut add = |chat: &Chat, name: &str, message: &_| {
        inputs.push((name.to_owned(), chat.message_input(message, Some(case))));
    };
    for body in ["good morning", "STOP", "START", "HELP", "STATUS"] {
        let message = chat.text(body);
        add(&chat, &format!("text {body}"), &message);
    }
    for (name, at) in
        [("STOP older than the case", chat::START.plus_seconds(-60)), ("STOP of the start", chat.case().started_at)]
    {
        let mut message = chat.text("STOP");
        message.sent_at = at;
        add(&chat, &format!("text {name}"), &message);
    }
    for (kind, name) in [
        (MediaKind::Image, "another"),
        (MediaKind::Image, "front"),
        (MediaKind::Document, "as-a-file"),
        (MediaKind::Voice, "a-voice-note"),
        (MediaKind::Video, "a-video"),
        (MediaKind::Sticker, "a-sticker"),
    ] {
        let message = chat.media(kind, name, true);
        add(&chat, &format!("media {kind:?} {name}"), &message);
    }
    for reply_id in TAPS {
        let message = chat.tap(reply_id);
        add(&chat, &format!("tap {reply_id}"), &message);
    }
    for reply_id in ["consent:accept", "consent:decline", "document:passport", "language:pt-BR"] {
        let message = chat.tap_on(Some(OutboundId::from_bytes([1; 16])), reply_id);
        let mut input = chat.message_input(&message, Some(case));
        if let InputKind::Message { answers, .. } = &mut input {
            let text_hash = Some(Sha256::of(b"an older text"));
            *answers = Some(Answered { outbound: OutboundId::from_bytes([1; 16]), text: TextKey::Notice, text_hash });
        }
        inputs.push((format!("tap {reply_id} on an older message"), input));
    }
    let mut add = |chat: &mut Chat, name: &str, content| {
        let message = chat.message(content);
        inputs.push((name.to_owned(), chat.message_input(&message, Some(case))));
    };
    let front = chat.case().evidence.first().map_or_else(|| wamid("wamid.in.1"), |item| item.wamid.clone());
    add(&mut chat, "revoke of the first picture", Content::Revoke { original: front });
    add(&mut chat, "revoke of something unknown", Content::Revoke { original: wamid("wamid.unknown") });
    add(&mut chat, "edit", Content::Edit { original: wamid("wamid.in.1"), body: None, media: None });
    add(&mut chat, "reaction", Content::Reaction { to: None, emoji: None });
    add(&mut chat, "location", Content::Location);
    add(&mut chat, "contacts", Content::Contacts { own_number: None });
    add(&mut chat, "order", Content::Order);
    let response = Some(Pii::new("{}".to_owned()));
    add(&mut chat, "flow reply", Content::FlowReply { name: None, response });
    add(&mut chat, "unsupported", Content::Unsupported { code: Some(131_052) });
    add(&mut chat, "unknown", Content::Unknown { kind: "hologram".to_owned() });
    let change = SystemChange::Identity { acknowledged: None, hash: None };
    add(&mut chat, "system identity", Content::System { change });
    let change = SystemChange::Number { new: Default::default(), previous: Default::default() };
    add(&mut chat, "system number", Content::System { change });
    let change = SystemChange::UserId { new: Default::default(), previous: Default::default() };
    add(&mut chat, "system user id", Content::System { change });
    add(&mut chat, "system other", Content::System { change: SystemChange::Other });
    inputs
}

const TAPS: [&str; 20] = [
    "consent:accept",
    "consent:decline",
    "language:pt-BR",
    "language:list",
    "document:passport",
    "document:driving_licence",
    "document:aadhaar",
    "document:none",
    "details:confirm",
    "details:correct",
    "correct:name",
    "person:ask",
    "status:show",
    "case:restart",
    "case:later",
    "case:leave",
    "invite:start",
    "invite:not_me",
    "document:",
    "nonsense",
];

fn jobs(chat: &Chat) -> Vec<(String, InputKind)> {
    let evidence = chat.case().evidence.last().map_or(unknown_evidence(), |item| item.id);
    let mut inputs = vec![
        ("take-in: good".to_owned(), InputKind::TakenIn { evidence, result: machine::taken_in("good") }),
        ("take-in: defect".to_owned(), InputKind::TakenIn { evidence, result: machine::taken_in("pdf") }),
        (
            "take-in of something unknown".to_owned(),
            InputKind::TakenIn { evidence: unknown_evidence(), result: machine::taken_in("good") },
        ),
    ];
    for (name, file) in [("good", "good"), ("fail", "blurred")] {
        inputs.push((format!("read: {name}"), InputKind::Read { evidence, findings: machine::read(evidence, file) }));
    }
    let findings = machine::unavailable(chat.case(), &chat.policy);
    let dossier = dossier_digest(chat.case());
    inputs.push(("assessed".to_owned(), InputKind::Assessed { dossier, findings: findings.clone() }));
    let until = chat.case().marks.retention.map_or(chat.now, |retention| retention.until);
    for (name, cannot_lock) in [("locked", None), ("cannot lock", Some("Object Lock is off".to_owned()))] {
        inputs.push((format!("retained: {name}"), InputKind::Retained { until, cannot_lock }));
    }
    let other = InputKind::Retained { until: until.plus_days(1), cannot_lock: None };
    inputs.push(("retained until another day".to_owned(), other));
    inputs.push(("assessed, stale".to_owned(), InputKind::Assessed { dossier: stale(), findings }));
    inputs
}

fn timers(chat: &Chat) -> Vec<(String, InputKind)> {
    [TimerKind::Expire, TimerKind::Purge, TimerKind::Wait]
        .into_iter()
        .flat_map(|timer| {
            let live = chat.case().timers.get(&timer).copied().unwrap_or_default();
            [
                (format!("timer {}", timer.as_str()), InputKind::Timer { timer, set_by: live }),
                (format!("timer {}, stale", timer.as_str()), InputKind::Timer { timer, set_by: CaseVersion(999) }),
            ]
        })
        .collect()
}

fn reviews(chat: &Chat) -> Vec<(String, InputKind)> {
    let dossier = dossier_digest(chat.case());
    let evidence = chat.case().evidence.last().map_or(unknown_evidence(), |item| item.id);
    let front = chat.case().evidence.first().map_or(unknown_evidence(), |item| item.id);
    let ask = |slot, reason| ReviewAction::AskPhoto { slot, reason, dossier };
    let sound = |outcome| ReviewAction::Decide(sound(chat, outcome));
    let bare = |outcome, reasons: &[ReasonCode]| {
        ReviewAction::Decide(Decide {
            outcome,
            reasons: reasons.to_vec(),
            note: None,
            attest: Vec::new(),
            dossier: None,
        })
    };
    let mut actions = vec![
        ("approve", sound(OutcomeName::Approved)),
        ("approve with limits", sound(OutcomeName::ApprovedLimited)),
        ("decline", sound(OutcomeName::Declined)),
        ("hand off", sound(OutcomeName::HandedOff)),
        ("approve, nothing attested", bare(OutcomeName::Approved, &[])),
        ("approve for a reason to decline", bare(OutcomeName::Approved, &[ReasonCode::DocumentExpired])),
        ("decline without a reason", bare(OutcomeName::Declined, &[])),
        ("decline for no such reason", bare(OutcomeName::Declined, &[ReasonCode::PhotoDark])),
        ("decline, silently", bare(OutcomeName::Declined, &[ReasonCode::FraudSuspected])),
        ("decline for the face", bare(OutcomeName::Declined, &[ReasonCode::FaceMismatch])),
        ("ask for a front", ask(Slot::DocumentFront, ReasonCode::PhotoGlare)),
        ("ask for a selfie", ask(Slot::Selfie, ReasonCode::FaceNotFound)),
        ("ask for no reason a photo mends", ask(Slot::Selfie, ReasonCode::ScreeningHit)),
        ("place the first as selfie", ReviewAction::Place { evidence: front, slot: Slot::Selfie, dossier }),
        ("place something unknown", ReviewAction::Place { evidence: unknown_evidence(), slot: Slot::Selfie, dossier }),
        ("accept the newest", ReviewAction::AcceptPhoto { evidence, dossier }),
    ];
    let mut old = super::stages::sound(chat, OutcomeName::Declined);
    old.dossier = Some(stale());
    actions.push(("decline, stale", ReviewAction::Decide(old)));
    let (slot, dossier) = (Slot::Selfie, stale());
    actions.push(("ask, stale", ReviewAction::AskPhoto { slot, reason: ReasonCode::PhotoDark, dossier }));
    actions.push(("place, stale", ReviewAction::Place { evidence: front, slot, dossier }));
    actions.push(("accept, stale", ReviewAction::AcceptPhoto { evidence, dossier }));
    let reviewer = "a.reviewer".to_owned();
    actions
        .into_iter()
        .map(|(name, action)| (format!("review: {name}"), InputKind::Review { reviewer: reviewer.clone(), action }))
        .collect()
}

fn systems(chat: &Chat) -> Vec<(String, InputKind)> {
    let client = || "core-banking".to_owned();
    let account = |status, display: Option<&str>, retryable| InputKind::ApiAccount {
        client: client(),
        report: AccountReport { status, display: display.map(str::to_owned), reason: None, retryable },
    };
    let verdict = chat.case().stage.decision().and_then(|decision| decision.told);
    let undelivered = |text, outbound| InputKind::Undelivered { outbound, text, why: "code 131026".to_owned() };
    let unknown = OutboundId::from_bytes([2; 16]);
    let finding = Finding {
        check: CheckKind::Screening,
        result: FindingResult::Clear,
        evidence: None,
        reasons: Vec::new(),
        score_milli: None,
        clear_from_milli: None,
        source: "client:core-banking".to_owned(),
    };
    let mut decide = sound(chat, OutcomeName::HandedOff);
    decide.attest = vec![Attestation { check: CheckKind::Screening, reason: "looked up by hand".to_owned() }];
    vec![
        ("api: decide".to_owned(), InputKind::ApiDecide { client: client(), officer: "officer-7".to_owned(), decide }),
        ("api: finding".to_owned(), InputKind::ApiFinding { client: client(), finding }),
        ("api: account opened".to_owned(), account(AccountStatus::Opened, Some("…4419"), false)),
        ("api: account opened, five digits".to_owned(), account(AccountStatus::Opened, Some("54419"), false)),
        ("api: account pending".to_owned(), account(AccountStatus::Pending, None, false)),
        ("api: account failed".to_owned(), account(AccountStatus::Failed, None, false)),
        ("api: account failed, may be mended".to_owned(), account(AccountStatus::Failed, None, true)),
        ("undelivered: verdict".to_owned(), undelivered(TextKey::VerdictApproved, verdict.unwrap_or(unknown))),
        ("undelivered: request".to_owned(), undelivered(TextKey::RetakeRequested, unknown)),
        ("undelivered: small answer".to_owned(), undelivered(TextKey::Help, unknown)),
        ("superseded".to_owned(), InputKind::Superseded { by: CaseId::from_bytes([9; 16]) }),
    ]
}

fn stale() -> DossierDigest {
    DossierDigest(Sha256::of(b"another dossier"))
}

fn unknown_evidence() -> EvidenceId {
    EvidenceId::from_bytes([7; 16])
}

fn wamid(text: &str) -> Wamid {
    Wamid::parse(text).unwrap()
}
