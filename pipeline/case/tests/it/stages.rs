//! One case for each stage and each way to be in it, reached by a real conversation.

use portico_case::{
    Attestation, Decide, Input, InputKind, ReviewAction, TimerKind, dossier_digest, effective_findings,
};
use portico_vocab::{CaseId, FindingResult, OutcomeName, ReasonCode, Slot};
use portico_whatsapp::inbound::{Content, SystemChange};

use crate::chat::Chat;

/// All of them, by the name the matrix shows.
pub fn all() -> Vec<(&'static str, Chat)> {
    // A little later, so that nothing is left unsaid for having just been said.
    let later = |(name, mut chat): (&'static str, Chat)| {
        chat.wait(100);
        (name, chat)
    };
    reached().into_iter().map(later).collect()
}

fn reached() -> Vec<(&'static str, Chat)> {
    vec![
        ("consenting", consenting()),
        ("consenting, a picture remembered", remembered()),
        ("collecting, no document", agreed()),
        ("collecting, no document, a picture accepted", early_accepted()),
        ("collecting, document chosen", chosen()),
        ("collecting, front being fetched", pending()),
        ("collecting, front being read", reading()),
        ("collecting, front accepted", accepted()),
        ("collecting, front rejected", rejected()),
        ("collecting, a new selfie asked for", retaking()),
        ("checking", checking()),
        ("in review, complete", complete()),
        ("in review, person asked, not agreed", asked_person()),
        ("in review, person asked, collecting", asked_person_later()),
        ("in review, no such document", no_document()),
        ("in review, attempts used", attempts_used()),
        ("in review, identity changed", identity_changed()),
        ("in review, too many pictures", too_many()),
        ("decided, approved", decided(OutcomeName::Approved)),
        ("decided, approved with limits", decided(OutcomeName::ApprovedLimited)),
        ("decided, declined", decided(OutcomeName::Declined)),
        ("decided, handed off", decided(OutcomeName::HandedOff)),
        ("decided, declined in Germany", declined_in_germany()),
        ("withdrawn, stopped", stopped()),
        ("withdrawn, consent declined", declined()),
        ("withdrawn, superseded", superseded()),
        ("expired", expired()),
    ]
}

fn after(mut chat: Chat, act: impl FnOnce(&mut Chat)) -> Chat {
    chat.wait(100);
    act(&mut chat);
    chat
}

pub fn consenting() -> Chat {
    after(Chat::new(), |chat| {
        chat.says("hello");
    })
}

pub fn remembered() -> Chat {
    after(Chat::new(), |chat| {
        chat.sends("front");
    })
}

pub fn agreed() -> Chat {
    after(consenting(), |chat| {
        chat.taps("consent:accept");
    })
}

fn early_accepted() -> Chat {
    after(remembered(), |chat| {
        chat.taps("consent:accept").run_jobs();
    })
}

/// A driving licence: front, back and selfie.
pub fn chosen() -> Chat {
    after(agreed(), |chat| {
        chat.taps("document:driving_licence");
    })
}

fn pending() -> Chat {
    after(chosen(), |chat| {
        chat.sends("front");
    })
}

fn reading() -> Chat {
    after(pending(), |chat| chat.run_job(0))
}

fn accepted() -> Chat {
    after(pending(), |chat| {
        chat.run_jobs();
    })
}

fn rejected() -> Chat {
    after(chosen(), |chat| {
        chat.sends("blurred").run_jobs();
    })
}

pub fn checking() -> Chat {
    after(chosen(), |chat| {
        for name in ["front", "back", "selfie"] {
            chat.sends(name).wait(1);
            chat.run_job(0);
            chat.run_job(0);
        }
    })
}

pub fn complete() -> Chat {
    after(checking(), |chat| {
        chat.run_jobs();
    })
}

pub fn retaking() -> Chat {
    after(complete(), |chat| {
        let dossier = dossier_digest(chat.case());
        chat.review(ReviewAction::AskPhoto { slot: Slot::Selfie, reason: ReasonCode::FaceNotFound, dossier });
    })
}

fn asked_person() -> Chat {
    after(remembered(), |chat| {
        chat.taps("person:ask");
    })
}

fn asked_person_later() -> Chat {
    after(accepted(), |chat| {
        chat.taps("person:ask");
    })
}

fn no_document() -> Chat {
    after(agreed(), |chat| {
        chat.taps("document:none");
    })
}

pub fn attempts_used() -> Chat {
    after(chosen(), |chat| {
        for name in ["blurred-1", "blurred-2", "blurred-3"] {
            chat.wait(10).sends(name).run_jobs();
        }
    })
}

fn identity_changed() -> Chat {
    after(accepted(), |chat| {
        let change = SystemChange::Identity { acknowledged: None, hash: None };
        let message = chat.message(Content::System { change });
        chat.deliver(&message);
    })
}

fn too_many() -> Chat {
    after(accepted(), |chat| {
        for _ in 0..40 {
            chat.sends("front");
        }
    })
}

/// A decision that nothing forbids: everything unavailable is attested.
pub fn sound(chat: &Chat, outcome: OutcomeName) -> Decide {
    let reasons = match outcome {
        OutcomeName::Declined => vec![ReasonCode::DocumentExpired],
        _ => Vec::new(),
    };
    let attest = effective_findings(chat.case(), &chat.policy)
        .into_iter()
        .filter(|row| row.required && row.result == FindingResult::Unavailable)
        .map(|row| Attestation { check: row.check, reason: "seen in the branch".to_owned() })
        .collect();
    Decide { outcome, reasons, note: None, attest, dossier: Some(dossier_digest(chat.case())) }
}

pub fn decided(outcome: OutcomeName) -> Chat {
    after(complete(), |chat| {
        let decide = sound(chat, outcome);
        chat.decide(decide);
    })
}

/// Where the law keeps what was decided without an account too.
pub fn declined_in_germany() -> Chat {
    let mut chat = Chat::in_country("DE");
    chat.says("Guten Tag").wait(5).taps("consent:accept").wait(5).taps("document:passport").wait(5);
    chat.sends("front").sends("selfie").run_jobs().wait(600);
    let decide = sound(&chat, OutcomeName::Declined);
    chat.decide(decide);
    chat
}

pub fn stopped() -> Chat {
    after(accepted(), |chat| {
        chat.says("STOP");
    })
}

fn declined() -> Chat {
    after(consenting(), |chat| {
        chat.taps("consent:decline");
    })
}

fn superseded() -> Chat {
    after(accepted(), |chat| {
        let id = crate::chat::input_id("join");
        let kind = InputKind::Superseded { by: CaseId::from_bytes([9; 16]) };
        chat.apply(chat.case().id, Input { id, kind });
    })
}

fn expired() -> Chat {
    after(accepted(), |chat| {
        chat.fire(TimerKind::Expire);
    })
}
