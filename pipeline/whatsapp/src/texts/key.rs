//! The name of every text, and what each takes.
//!
//! Keys are stored in histories, so they are only added. Those of docs/domain/chat.md keep its spelling.

use std::fmt;

use portico_vocab::ReasonCode;
use serde::{Deserialize, Serialize};

macro_rules! keys {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, [$($need:literal),*], [$($take:literal),*];)*) => {
        /// One text. The values a [`super::Tell`] must or may carry stand in [`TextKey::needs`] and [`TextKey::takes`];
        /// everything else a text says comes from the [`super::Setting`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum TextKey { $($(#[$doc])* #[serde(rename = $text)] $variant,)* }

        impl TextKey {
            /// Every key, in the order of the path.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// As in docs/domain/chat.md and in the bundles.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Values without which the text cannot be rendered.
            #[must_use]
            pub const fn needs(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($need),*],)* }
            }

            /// Values that make the text fuller and without which it stands.
            #[must_use]
            pub const fn takes(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($take),*],)* }
            }
        }
    };
}

// Value types by name: documents = Documents; document = Document; side, got = Slot; have, missing = Slots (or one Slot);
// step, total, done, age = Count; reason = Reason; since, date, keep_until, limit_until = Date; ref, first_name, last4 = Text.
keys! {
    /// Who we are, what we ask for, and the question for consent.
    Notice = "notice", [], [];
    /// After `language:list`: every language of the cell.
    LanguageChoose = "language-choose", [], [];
    /// The list of documents the caller names; `document:none` is always its last row.
    DocumentChoose = "document-choose", ["documents"], [];
    DocumentFront = "document-front", ["document", "step", "total"], [];
    DocumentBack = "document-back", ["document", "step", "total"], [];
    SelfieAsk = "selfie-ask", ["step", "total"], [];
    /// Once per step, when no answer is ready after 15 seconds.
    Wait = "wait", [], [];
    /// All is here; a person looks at it.
    Checking = "checking", ["ref"], ["first_name"];

    VerdictApproved = "verdict-approved", [], ["first_name"];
    /// Needs `Setting::limits` in the language.
    VerdictLimited = "verdict-limited", ["limit_until"], ["first_name"];
    VerdictHandoff = "verdict-handoff", [], ["first_name"];
    VerdictFace = "verdict-face", [], [];
    /// Every silent reason.
    VerdictNeutral = "verdict-neutral", ["ref"], [];
    /// A reason that may be said and has no text of its own.
    VerdictDeclined = "verdict-declined", ["ref", "reason"], [];
    UnderAge = "under-age", ["date"], ["age"];
    AccountOpened = "account-opened", [], ["first_name", "last4"];
    AccountDelayed = "account-delayed", ["date", "ref"], [];

    RetakeBlurred1 = "retake-blurred-1", ["side"], ["document"];
    RetakeBlurred2 = "retake-blurred-2", ["side"], ["document"];
    RetakeGlare = "retake-glare", ["side"], ["document"];
    RetakeGlare2 = "retake-glare-2", ["side"], ["document"];
    RetakeDark = "retake-dark", ["side"], ["document"];
    RetakeDark2 = "retake-dark-2", ["side"], ["document"];
    RetakeTooBright = "retake-too-bright", ["side"], ["document"];
    RetakeTooSmall = "retake-too-small", ["side"], ["document"];
    RetakeCutOff = "retake-cut-off", ["side"], ["document"];
    RetakeWrongSide = "retake-wrong-side", ["got", "side"], ["document"];
    RetakeNotOriginal = "retake-not-original", [], [];
    RetakeNoDocument = "retake-no-document", ["side", "document"], [];
    /// The same picture once more.
    RetakeRepeated = "retake-repeated", ["side"], ["document"];
    /// Not a JPEG, PNG or WebP picture: a PDF, a HEIC file, a voice note.
    RetakeUnsupported = "retake-unsupported", ["side"], ["document"];
    RetakeTooLarge = "retake-too-large", ["side"], ["document"];
    /// Cut short or damaged.
    RetakeIncomplete = "retake-incomplete", ["side"], ["document"];
    /// WhatsApp no longer has it.
    MediaGone = "media-gone", ["side"], ["document"];
    /// Not the file WhatsApp announced.
    MediaAltered = "media-altered", ["side"], ["document"];
    /// The selfie shows no face.
    RetakeNoFace = "retake-no-face", [], [];
    RetakeFace1 = "retake-face-1", [], [];
    /// A second failure that has no second text of its own.
    RetakeAgain = "retake-again", ["side", "reason"], ["document"];
    /// The third failure: a person takes over.
    RetakePerson = "retake-person", [], [];
    FacePerson = "face-person", [], [];
    /// A reviewer asks for a new photo.
    RetakeRequested = "retake-requested", ["side", "reason"], ["document"];

    /// STOP before a decision.
    Withdrawn = "withdrawn", ["date"], [];
    /// STOP after one: silence, not undoing.
    StopAfterDecision = "stop-after-decision", ["date"], [];
    ConsentDeclined = "consent-declined", [], [];
    /// A message after an end.
    RestartAsk = "restart-ask", ["date"], [];
    Later = "later", ["ref", "keep_until"], [];

    /// The first message after more than 30 minutes.
    WelcomeBack = "welcome-back", ["have", "missing"], [];
    Help = "help", [], ["missing"];
    StatusCollecting = "status-collecting", ["ref", "done", "total"], ["missing"];
    StatusReview = "status-review", ["ref", "since"], [];
    PersonComing = "person-coming", [], [];
    /// No document of the list, or a selfie is not possible.
    OtherWay = "other-way", [], [];
    NotAPhoto = "not-a-photo", [], ["missing"];
    TextKept = "text-kept", [], ["missing"];
    /// A message we had taken in was deleted.
    PhotoDeleted = "photo-deleted", [], [];
    /// A photo when nothing is missing any more.
    PhotoNotNeeded = "photo-not-needed", ["ref"], [];
    /// More pictures than a case takes.
    CapsReached = "caps-reached", [], [];
}

impl TextKey {
    /// `None` when `text` is none of the keys.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|key| key.as_str() == text)
    }

    /// The text for a photo that failed for `reason` the `attempt`-th time (from 1): a second try never repeats the
    /// first sentence, the third time a person takes over (chat.md rule 4). `None` for a reason no photo can mend.
    ///
    /// A tell that carries `side`, `document`, `reason`, and `got` for a wrong side, has what any of these needs.
    #[must_use]
    pub fn retake(reason: ReasonCode, attempt: u32) -> Option<Self> {
        if !reason.is_retryable() {
            return None;
        }
        Some(match (reason, attempt) {
            (ReasonCode::PhotoBlurred | ReasonCode::DocumentUnreadable, 0 | 1) => Self::RetakeBlurred1,
            (ReasonCode::PhotoBlurred | ReasonCode::DocumentUnreadable, 2) => Self::RetakeBlurred2,
            (ReasonCode::PhotoGlare, 0 | 1) => Self::RetakeGlare,
            (ReasonCode::PhotoGlare, 2) => Self::RetakeGlare2,
            (ReasonCode::PhotoDark, 0 | 1) => Self::RetakeDark,
            (ReasonCode::PhotoDark, 2) => Self::RetakeDark2,
            (ReasonCode::PhotoTooBright, 0 | 1) => Self::RetakeTooBright,
            (ReasonCode::PhotoTooSmall, 0 | 1) => Self::RetakeTooSmall,
            (ReasonCode::PhotoCutOff, 0 | 1) => Self::RetakeCutOff,
            (ReasonCode::PhotoRepeated, 0 | 1) => Self::RetakeRepeated,
            (ReasonCode::PhotoUnsupported, 0 | 1) => Self::RetakeUnsupported,
            (ReasonCode::PhotoTooLarge, 0 | 1) => Self::RetakeTooLarge,
            (ReasonCode::PhotoIncomplete, 0 | 1) => Self::RetakeIncomplete,
            (ReasonCode::MediaGone, 0 | 1) => Self::MediaGone,
            (ReasonCode::MediaAltered, 0 | 1) => Self::MediaAltered,
            (ReasonCode::OriginalNotPresent, 0 | 1) => Self::RetakeNotOriginal,
            (ReasonCode::WrongSide, 0 | 1) => Self::RetakeWrongSide,
            (ReasonCode::NoDocument, 0 | 1) => Self::RetakeNoDocument,
            (ReasonCode::FaceNotFound, 0 | 1) => Self::RetakeNoFace,
            (ReasonCode::FaceMismatch, 0 | 1) => Self::RetakeFace1,
            (ReasonCode::FaceMismatch, _) => Self::FacePerson,
            (_, 0..=2) => Self::RetakeAgain,
            _ => Self::RetakePerson,
        })
    }

    /// The text for a decline given `reasons`: neutral when any is silent, the face's own when it is the only one,
    /// else the one that names the first reason.
    #[must_use]
    pub fn decline(reasons: &[ReasonCode]) -> Self {
        match reasons {
            [] => Self::VerdictNeutral,
            _ if reasons.iter().any(|reason| reason.is_silent()) => Self::VerdictNeutral,
            [ReasonCode::FaceMismatch | ReasonCode::FaceNotFound] => Self::VerdictFace,
            _ => Self::VerdictDeclined,
        }
    }
}

impl fmt::Display for TextKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_stored_by_its_name() {
        for key in TextKey::ALL {
            assert_eq!(serde_json::to_value(key).unwrap(), key.as_str());
            assert_eq!(TextKey::parse(key.as_str()), Some(*key));
        }
        assert_eq!(TextKey::parse("hello"), None);
    }
}
