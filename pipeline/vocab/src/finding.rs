//! Checks and what they found.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::evidence::words;
use crate::{EvidenceId, ParseError, ReasonCode};

words!(
    /// One kind of validation.
    CheckKind, "check", {
        /// The picture has enough pixels to be read.
        Resolution = "resolution",
        /// The picture is sharp.
        Blur = "blur",
        /// The picture is neither too dark nor too bright.
        Brightness = "brightness",
        /// No light hides part of the document.
        Glare = "glare",
        /// The very same file has not been sent before, in this case or another.
        Repeat = "repeat",
        /// The document's data were read and hold together.
        DocumentData = "document_data",
        /// The original lay before the camera, not a screen or a copy.
        OriginalPresent = "original_present",
        /// Selfie and portrait show one person.
        FaceMatch = "face_match",
        /// The person is on no list of sanctions.
        Screening = "screening",
        /// Brazil: BC Protege+ (BCB Resolution 475/2025), looked up before an account is opened.
        BcbProtegeMais = "bcb_protege_mais",
    }
);

impl CheckKind {
    /// Whether it judges one picture; a `fail` of such a check may be accepted by a named reviewer.
    #[must_use]
    pub const fn is_picture_quality(self) -> bool {
        matches!(self, Self::Resolution | Self::Blur | Self::Brightness | Self::Glare)
    }
}

words!(
    /// What a check came to.
    FindingResult, "finding result", {
        Clear = "clear",
        /// Ran, and found something a person should look at.
        Consider = "consider",
        Fail = "fail",
        /// The score lies in the band where the check cannot tell.
        Unsure = "unsure",
        /// Did not run. Never counts as clear.
        Unavailable = "unavailable",
        NotApplicable = "not_applicable",
    }
);

/// One validation run and its result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub check: CheckKind,
    pub result: FindingResult,
    /// The picture it judged; `None` for a check of the whole case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<ReasonCode>,
    /// What was measured, in thousandths of the check's own unit: floats would make histories differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score_milli: Option<i64>,
    /// From where on it is clear, in the same unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clear_from_milli: Option<i64>,
    /// Which code or party found it, with its version: `quality/1`, `client:core-banking`.
    pub source: String,
}
