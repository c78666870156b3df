//! The pictures of a simulation and what becomes of them: drawn small, taken through the real evidence code once, and
//! remembered, since the same bytes always give the same result.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::{Mutex, OnceLock, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use image::{ImageFormat, Rgb, RgbImage};
use portico_evidence::quality::{self, Band, Bands, Subject, Thresholds};
use portico_evidence::{Downloaded, Limits, Measured, Normalised, Refusal};
use portico_vocab::{Finding, Sha256};
use portico_workers::{Darkroom, JobError};

/// Pictures that will do, that are too small, that are none.
const GOOD: usize = 24;
const SMALL: usize = 8;
const BROKEN: usize = 4;

/// A picture by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Picture(pub usize);

impl Picture {
    /// `n` chooses among those of a kind.
    #[must_use]
    pub const fn good(n: usize) -> Self {
        Self(n % GOOD)
    }

    #[must_use]
    pub const fn small(n: usize) -> Self {
        Self(GOOD + n % SMALL)
    }

    #[must_use]
    pub const fn broken(n: usize) -> Self {
        Self(GOOD + SMALL + n % BROKEN)
    }

    #[must_use]
    pub fn bytes(self) -> Bytes {
        files()[self.0 % (GOOD + SMALL + BROKEN)].clone()
    }
}

fn files() -> &'static [Bytes] {
    static FILES: OnceLock<Vec<Bytes>> = OnceLock::new();
    FILES.get_or_init(|| (0..GOOD + SMALL + BROKEN).map(file).collect())
}

fn file(n: usize) -> Bytes {
    let side = if n < GOOD { 48 } else { 24 };
    let shade = |x: u32, y: u32| u8::try_from((x * 5 + y * 3 + n as u32 * 7) % 256).unwrap_or_default();
    let picture = RgbImage::from_fn(side, side, |x, y| Rgb([shade(x, y), shade(y, x), n as u8]));
    let mut png = Cursor::new(Vec::new());
    let written = picture.write_to(&mut png, ImageFormat::Png);
    let mut bytes = if written.is_ok() { png.into_inner() } else { Vec::new() };
    if n >= GOOD + SMALL {
        bytes.truncate(bytes.len() / 2);
    }
    bytes.into()
}

/// Everything passes but what is small.
fn thresholds() -> Thresholds {
    let any = Band { clear: -1_000_000, fail: -1_000_000 };
    let size = Band { clear: 40_000, fail: 40_000 };
    let bands = Bands { resolution: size, sharpness: any, light: any, shade: any, unhidden: None };
    Thresholds { id: "simulated/1".to_owned(), document: bands, person: bands }
}

type Drawn = HashMap<Sha256, Result<Normalised, Refusal>>;
type Judged = HashMap<(Sha256, bool), Result<Vec<Finding>, Refusal>>;

/// See the module.
pub struct Remembered;

#[async_trait]
impl Darkroom for Remembered {
    async fn draw(&self, file: Bytes, declared_mime: Option<String>) -> Result<Result<Normalised, Refusal>, JobError> {
        static DRAWN: OnceLock<Mutex<Drawn>> = OnceLock::new();
        let mut drawn = DRAWN.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
        let draw = || {
            let downloaded = Downloaded::new(file.clone(), declared_mime.as_deref());
            Measured::of(downloaded, &Limits::default()).and_then(Normalised::of)
        };
        Ok(drawn.entry(Sha256::of(&file)).or_insert_with(draw).clone())
    }

    async fn judge(&self, image: Bytes, original_px: (u32, u32), subject: Subject) -> Result<Vec<Finding>, JobError> {
        static JUDGED: OnceLock<Mutex<Judged>> = OnceLock::new();
        let mut judged = JUDGED.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
        let judge = || quality::judge_stored(&image, original_px, &thresholds(), subject);
        let found = judged.entry((Sha256::of(&image), subject == Subject::Person)).or_insert_with(judge);
        found.clone().map_err(|_| JobError::Unreadable("a stored picture"))
    }
}
