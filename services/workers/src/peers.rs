//! Whom jobs ask: WhatsApp for files and sends, and whoever looks at pictures.
//!
//! Both are slow, fail in their own ways and keep no promises, so a simulation plays them; everything else of a job is
//! the same code there. *Invariant:* a job reaches the outside by these and by its cell alone.

use async_trait::async_trait;
use bytes::Bytes;
use portico_evidence::quality::{self, Subject, Thresholds};
use portico_evidence::{Downloaded, Limits, Measured, Normalised, Refusal};
use portico_graph::{Graph, GraphError, Media, SendFailure, Sent};
use portico_vocab::{Finding, MediaId, PhoneNumberId, Sha256};
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::JobError;

/// The two calls of the Cloud API that jobs make; see [`Graph`].
#[async_trait]
pub trait WhatsApp: Send + Sync + 'static {
    /// As [`Graph::media`].
    async fn media(&self, number: &PhoneNumberId, id: &MediaId, declared: Option<&Sha256>)
    -> Result<Media, GraphError>;
    /// As [`Graph::send`].
    async fn send(&self, number: &PhoneNumberId, message: &Value) -> Result<Sent, SendFailure>;
}

#[async_trait]
impl WhatsApp for Graph {
    async fn media(
        &self,
        number: &PhoneNumberId,
        id: &MediaId,
        declared: Option<&Sha256>,
    ) -> Result<Media, GraphError> {
        Self::media(self, number, id, declared).await
    }

    async fn send(&self, number: &PhoneNumberId, message: &Value) -> Result<Sent, SendFailure> {
        Self::send(self, number, message).await
    }
}

/// Work on pixels.
#[async_trait]
pub trait Darkroom: Send + Sync + 'static {
    /// Measures a downloaded file and draws it anew; a refusal is the applicant's to mend.
    async fn draw(&self, file: Bytes, declared_mime: Option<String>) -> Result<Result<Normalised, Refusal>, JobError>;
    /// Judges a stored picture; `original_px` is the size it came in.
    async fn judge(&self, image: Bytes, original_px: (u32, u32), subject: Subject) -> Result<Vec<Finding>, JobError>;
}

/// The darkroom of production: a picture takes a core, so it is looked at beside the runtime's own threads, and only as
/// many at once as there are places.
pub(crate) struct Threads {
    places: Semaphore,
    limits: Limits,
    thresholds: Thresholds,
}

impl Threads {
    pub(crate) fn new(places: usize, limits: Limits, thresholds: Thresholds) -> Self {
        Self { places: Semaphore::new(places), limits, thresholds }
    }

    async fn aside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, JobError> {
        let _place = self.places.acquire().await.map_err(|_| JobError::CutOff)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| JobError::CutOff)
    }
}

#[async_trait]
impl Darkroom for Threads {
    async fn draw(&self, file: Bytes, declared_mime: Option<String>) -> Result<Result<Normalised, Refusal>, JobError> {
        let limits = self.limits;
        let draw = move || {
            let downloaded = Downloaded::new(file, declared_mime.as_deref());
            Measured::of(downloaded, &limits).and_then(Normalised::of)
        };
        self.aside(draw).await
    }

    async fn judge(&self, image: Bytes, original_px: (u32, u32), subject: Subject) -> Result<Vec<Finding>, JobError> {
        let thresholds = self.thresholds.clone();
        let judge = move || quality::judge_stored(&image, original_px, &thresholds, subject);
        self.aside(judge).await?.map_err(|_| JobError::Unreadable("a stored picture"))
    }
}
