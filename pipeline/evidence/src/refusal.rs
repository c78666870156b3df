//! Why a file is not taken: the one error of this crate.
//!
//! Every refusal knows the reason code the case records and says what was expected and how to mend it.
//! *Invariant:* no refusal carries bytes or text from the file, only kinds and sizes.

use portico_vocab::{Class, ReasonCode};

use crate::Kind;

/// A file that does not become a picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The content is of a kind we do not open.
    #[error("expected a JPEG, PNG or WebP picture, got {kind}; {}", kind.mend())]
    Unsupported { kind: Kind },
    /// The picture is of an allowed kind but uses a variant that no phone makes.
    #[error(
        "expected a JPEG, PNG or WebP picture as phones make them, got {kind} with {variant}; send a photo taken with the phone's camera"
    )]
    UnsupportedVariant { kind: Kind, variant: &'static str },
    /// The file has too many bytes.
    #[error("expected a picture of at most {limit_bytes} bytes, got {bytes}; send it as a photo rather than as a file")]
    TooLarge { bytes: usize, limit_bytes: usize },
    /// The header announces more pixels than we open.
    #[error(
        "expected sides of at most {limit_side_px} and at most {limit_pixels} pixels, got {width} x {height}; send it as a photo rather than as a file"
    )]
    TooManyPixels { width: u32, height: u32, limit_side_px: u32, limit_pixels: u64 },
    /// A JPEG of very many passes, which costs CPU out of proportion.
    #[error("expected at most {limit} scans in a JPEG, got more; send a photo taken with the phone's camera")]
    TooManyScans { limit: usize },
    /// The file ends before the picture does, or its parts contradict one another.
    #[error("expected a whole picture, but in {kind} {what}; send the photo again")]
    Incomplete { kind: Kind, what: &'static str },
    /// Our own drawing failed on a picture that was accepted: a defect of ours.
    #[error("a decoded picture could not be drawn anew while {stage}")]
    NotRedrawn { stage: &'static str },
}

impl Refusal {
    /// What the case records and the applicant is told in their language.
    #[must_use]
    pub const fn reason(&self) -> ReasonCode {
        match self {
            Self::Unsupported { kind: Kind::Empty } | Self::Incomplete { .. } | Self::NotRedrawn { .. } => {
                ReasonCode::PhotoIncomplete
            }
            Self::Unsupported { .. } | Self::UnsupportedVariant { .. } => ReasonCode::PhotoUnsupported,
            Self::TooLarge { .. } | Self::TooManyPixels { .. } | Self::TooManyScans { .. } => ReasonCode::PhotoTooLarge,
        }
    }

    /// The same bytes give the same refusal, so nothing here is worth another try.
    #[must_use]
    pub const fn class(&self) -> Class {
        match self {
            Self::NotRedrawn { .. } => Class::Bug,
            _ => Class::Permanent,
        }
    }
}
