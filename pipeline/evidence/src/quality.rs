//! Whether a picture is good enough to be read: size, sharpness, light, glare.
//!
//! Each check measures one thing on the grey copy in integers and compares it with two limits: at or above `clear` it is
//! clear, below `fail` it fails, between them it is `unsure` and a person looks. Applicants are told one defect at a
//! time, so `worst` picks the one whose mending helps most: light before sharpness, because dark pictures blur.
//!
//! *Invariant:* scores are integers in thousandths, higher is better, and the same pixels always give the same score.
//! *Invariant:* a change of any measure or default limit changes [`STEP`].

mod measure;

use portico_vocab::{CheckKind, Finding, FindingResult, ReasonCode, Slot};
use serde::{Deserialize, Serialize};

use crate::normalised::Grey;
use crate::{Normalised, Refusal};

/// Names this code and its shipped limits in every finding's `source`.
pub const STEP: &str = "quality/1";

/// What the picture is meant to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A side of a document: small print must be legible.
    Document,
    /// A person: the background may be soft, and a lamp in it hides nothing.
    Person,
}

impl From<Slot> for Subject {
    fn from(slot: Slot) -> Self {
        match slot {
            Slot::DocumentFront | Slot::DocumentBack => Self::Document,
            Slot::Selfie => Self::Person,
        }
    }
}

/// Two limits of one score, in thousandths of its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Clear from here on.
    pub clear: i64,
    /// Failed below here.
    pub fail: i64,
}

impl Band {
    const fn judge(self, score: i64) -> FindingResult {
        if score >= self.clear {
            FindingResult::Clear
        } else if score < self.fail {
            FindingResult::Fail
        } else {
            FindingResult::Unsure
        }
    }
}

/// The limits of one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bands {
    /// Shorter side of the original, in thousandths of a pixel.
    pub resolution: Band,
    /// Share of the finest contrast that a slight blur would destroy: 0 is all blur, 1000 is none.
    pub sharpness: Band,
    /// How light the lightest tenth is: 0 black, 1000 white.
    pub light: Band,
    /// How dark the darkest fiftieth is: 0 white, 1000 black.
    pub shade: Band,
    /// Share of the picture that no blown-out patch hides; `None` where glare hides nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unhidden: Option<Band>,
}

/// The limits of every subject, with the version that findings name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// `quality/1` for those shipped; a bank that changes a limit gives it a name of its own.
    pub id: String,
    pub document: Bands,
    pub person: Bands,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            id: STEP.to_owned(),
            document: Bands {
                // 600 px across a card are 7 a millimetre: print of 2 mm is 14 px high.
                resolution: Band { clear: 600_000, fail: 360_000 },
                // Sharp scans and photos measure 650 to 870; print can no longer be read at about 400.
                sharpness: Band { clear: 450, fail: 320 },
                light: Band { clear: 450, fail: 330 },
                shade: Band { clear: 300, fail: 180 },
                unhidden: Some(Band { clear: 990, fail: 950 }),
            },
            person: Bands {
                resolution: Band { clear: 400_000, fail: 280_000 },
                // A portrait has softer edges than print.
                sharpness: Band { clear: 330, fail: 230 },
                // Lower than for paper: dark skin before a dark wall is no defect of the picture.
                light: Band { clear: 350, fail: 220 },
                shade: Band { clear: 300, fail: 180 },
                unhidden: None,
            },
        }
    }
}

/// Judges one picture. The findings name no evidence: whoever stores the picture knows its id and fills it in.
#[must_use]
pub fn judge(picture: &Normalised, thresholds: &Thresholds, subject: Subject) -> Vec<Finding> {
    let facts = picture.facts();
    judge_grey(picture.grey(), (facts.original_width, facts.original_height), thresholds, subject)
}

/// Judges a picture as it was stored: `image` is [`Normalised::image`] read back, `original_px` the size it came in.
///
/// # Errors
/// When `image` is not a whole JPEG, which a stored derivative always is.
pub fn judge_stored(
    image: &[u8],
    original_px: (u32, u32),
    thresholds: &Thresholds,
    subject: Subject,
) -> Result<Vec<Finding>, Refusal> {
    Ok(judge_grey(&Grey::of_derivative(image)?, original_px, thresholds, subject))
}

fn judge_grey(grey: &Grey, original_px: (u32, u32), thresholds: &Thresholds, subject: Subject) -> Vec<Finding> {
    let bands = match subject {
        Subject::Document => &thresholds.document,
        Subject::Person => &thresholds.person,
    };
    let shorter_side = i64::from(original_px.0.min(original_px.1));
    let light = measure::light(grey);

    // One check, two ways to fail: the score nearer to failing stands for it.
    let dark = Score { of: light.highlights, band: bands.light, reason: ReasonCode::PhotoDark };
    let bright = Score { of: light.shadows, band: bands.shade, reason: ReasonCode::PhotoTooBright };
    let brightness = if dark.margin() <= bright.margin() { dark } else { bright };

    let glare = bands.unhidden.map(|band| Score { of: measure::unhidden(grey), band, reason: ReasonCode::PhotoGlare });
    let resolution = Score { of: 1000 * shorter_side, band: bands.resolution, reason: ReasonCode::PhotoTooSmall };
    let blur = Score { of: measure::sharpness(grey), band: bands.sharpness, reason: ReasonCode::PhotoBlurred };

    let finding = |check, score: Option<Score>| Score::finding(score, check, &thresholds.id);
    vec![
        finding(CheckKind::Resolution, Some(resolution)),
        finding(CheckKind::Brightness, Some(brightness)),
        finding(CheckKind::Blur, Some(blur)),
        finding(CheckKind::Glare, glare),
    ]
}

/// The one defect to tell the applicant: the first failed check in the order in which mending helps.
#[must_use]
pub fn worst(findings: &[Finding]) -> Option<ReasonCode> {
    const ORDER: [CheckKind; 4] = [CheckKind::Resolution, CheckKind::Brightness, CheckKind::Glare, CheckKind::Blur];
    let failed = |check| findings.iter().find(move |f| f.check == check && f.result == FindingResult::Fail);
    ORDER.into_iter().filter_map(failed).find_map(|f| f.reasons.first().copied())
}

/// A measured value beside its limits and what it means to fall short of them.
#[derive(Clone, Copy)]
struct Score {
    of: i64,
    band: Band,
    reason: ReasonCode,
}

impl Score {
    /// How far above failing.
    const fn margin(self) -> i64 {
        self.of - self.band.fail
    }

    fn finding(score: Option<Self>, check: CheckKind, source: &str) -> Finding {
        let result = score.map_or(FindingResult::NotApplicable, |s| s.band.judge(s.of));
        let short = score.filter(|_| matches!(result, FindingResult::Fail | FindingResult::Unsure));
        Finding {
            check,
            result,
            evidence: None,
            reasons: short.map(|s| s.reason).into_iter().collect(),
            score_milli: score.map(|s| s.of),
            clear_from_milli: score.map(|s| s.band.clear),
            source: source.to_owned(),
        }
    }
}
