//! The closed catalogue of reasons.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ParseError;
use crate::evidence::words;

words!(
    /// Why a photo was refused or a case decided. Lower snake case on every wire; only added to, never renamed.
    ReasonCode, "reason code", {
        PhotoBlurred = "photo_blurred",
        PhotoDark = "photo_dark",
        PhotoTooBright = "photo_too_bright",
        PhotoGlare = "photo_glare",
        PhotoTooSmall = "photo_too_small",
        PhotoCutOff = "photo_cut_off",
        PhotoRepeated = "photo_repeated",
        PhotoUnsupported = "photo_unsupported",
        PhotoTooLarge = "photo_too_large",
        PhotoIncomplete = "photo_incomplete",
        MediaGone = "media_gone",
        MediaAltered = "media_altered",
        WrongSide = "wrong_side",
        NoDocument = "no_document",
        DocumentUnreadable = "document_unreadable",
        DocumentExpired = "document_expired",
        DocumentNotAccepted = "document_not_accepted",
        DocumentDamaged = "document_damaged",
        DataInconsistent = "data_inconsistent",
        FaceMismatch = "face_mismatch",
        FaceNotFound = "face_not_found",
        AgeBelowMinimum = "age_below_minimum",
        OriginalNotPresent = "original_not_present",
        ApplicantRequest = "applicant_request",
        IdentityConfirmed = "identity_confirmed",
        ScreeningHit = "screening_hit",
        DuplicateApplicant = "duplicate_applicant",
        FraudSuspected = "fraud_suspected",
    }
);

impl ReasonCode {
    /// The applicant reads a neutral text, and events and case reads say `internal` unless the client may know.
    #[must_use]
    pub const fn is_silent(self) -> bool {
        matches!(self, Self::ScreeningHit | Self::DuplicateApplicant | Self::FraudSuspected)
    }

    /// A new photo could mend it.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        matches!(
            self,
            Self::PhotoBlurred
                | Self::PhotoDark
                | Self::PhotoTooBright
                | Self::PhotoGlare
                | Self::PhotoTooSmall
                | Self::PhotoCutOff
                | Self::PhotoRepeated
                | Self::PhotoUnsupported
                | Self::PhotoTooLarge
                | Self::PhotoIncomplete
                | Self::MediaGone
                | Self::MediaAltered
                | Self::WrongSide
                | Self::NoDocument
                | Self::DocumentUnreadable
                | Self::FaceNotFound
                | Self::FaceMismatch
                | Self::OriginalNotPresent
        )
    }

    /// A reviewer may give it when declining.
    #[must_use]
    pub const fn may_decline(self) -> bool {
        matches!(
            self,
            Self::DocumentUnreadable
                | Self::DocumentExpired
                | Self::DocumentNotAccepted
                | Self::DocumentDamaged
                | Self::DataInconsistent
                | Self::FaceMismatch
                | Self::FaceNotFound
                | Self::AgeBelowMinimum
                | Self::OriginalNotPresent
                | Self::ApplicantRequest
        ) || self.is_silent()
    }

    /// What a reviewer reads.
    #[must_use]
    pub const fn internal_text(self) -> &'static str {
        match self {
            Self::PhotoBlurred => "the picture is blurred",
            Self::PhotoDark => "the picture is too dark",
            Self::PhotoTooBright => "the picture is too bright",
            Self::PhotoGlare => "light hides part of the picture",
            Self::PhotoTooSmall => "the picture has too few pixels",
            Self::PhotoCutOff => "a corner is cut off",
            Self::PhotoRepeated => "the same file was sent before",
            Self::PhotoUnsupported => "the file is not a JPEG, PNG or WebP picture",
            Self::PhotoTooLarge => "the file or picture is too large",
            Self::PhotoIncomplete => "the file is cut short or damaged",
            Self::MediaGone => "WhatsApp no longer has the file",
            Self::MediaAltered => "the file is not the one WhatsApp announced",
            Self::WrongSide => "the other side is shown",
            Self::NoDocument => "no document is shown",
            Self::DocumentUnreadable => "the document cannot be read",
            Self::DocumentExpired => "the document has expired",
            Self::DocumentNotAccepted => "this kind of document is not accepted",
            Self::DocumentDamaged => "the document is damaged",
            Self::DataInconsistent => "the data do not hold together",
            Self::FaceMismatch => "selfie and portrait show different people",
            Self::FaceNotFound => "no face can be seen",
            Self::AgeBelowMinimum => "the applicant is too young",
            Self::OriginalNotPresent => "not a photo of the original",
            Self::ApplicantRequest => "the applicant asked for it",
            Self::IdentityConfirmed => "identity confirmed",
            Self::ScreeningHit => "a hit on a sanctions list",
            Self::DuplicateApplicant => "the same person has applied before",
            Self::FraudSuspected => "fraud is suspected",
        }
    }
}
