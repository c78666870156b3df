//! Whole conversations, as people have them. Each is a transcript to be read; what must not be missed in it is asserted.

use portico_case::{Outcome, ReviewAction, dossier_digest};
use portico_vocab::{DossierDigest, ReasonCode, Slot};

use crate::chat::Chat;

/// The transcript is a snapshot.
macro_rules! tells {
    ($chat:expr) => {
        insta::assert_snapshot!(crate::transcript::of(&$chat))
    };
}

mod consent;
mod ends;
mod photos;
mod retention;
mod review;

fn agreed() -> Chat {
    let mut chat = Chat::new();
    chat.says("hello").wait(5).taps("consent:accept").wait(5);
    chat
}

fn choosing(document: &str) -> Chat {
    let mut chat = agreed();
    chat.taps(&format!("document:{document}")).wait(5);
    chat
}

fn dossier(chat: &Chat) -> DossierDigest {
    dossier_digest(chat.case())
}

fn ask(chat: &mut Chat, slot: Slot) {
    let dossier = dossier(chat);
    assert_eq!(chat.review(ReviewAction::AskPhoto { slot, reason: ReasonCode::PhotoGlare, dossier }), Outcome::Applied);
}
