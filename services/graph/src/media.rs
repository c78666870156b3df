//! One received file: looked up, fetched from an allowed host, counted and hashed while it streams, compared.
//!
//! Addresses live five minutes and die with 404, so a dead one is looked up again, once. *Invariant:* the bytes handed
//! on are at most as many as allowed and have every digest that anybody declared for them.

use std::fmt;

use bytes::{Bytes, BytesMut};
use portico_vocab::{MediaId, PhoneNumberId, Sha256};
use portico_whatsapp::compose::classify;
use reqwest::{Method, Response, StatusCode, Url};
use sha2::Digest as _;

use crate::answer::{self, LookUp};
use crate::{Graph, GraphError};

/// A received file, whole.
#[derive(Clone, PartialEq, Eq)]
pub struct Media {
    pub bytes: Bytes,
    pub sha256: Sha256,
    /// What the look-up says it is. A claim: the bytes are to be measured.
    pub mime: Option<String>,
    pub verified: HashCheck,
}

/// Who had declared the digest that the bytes have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashCheck {
    /// The signed webhook and the look-up.
    Both,
    Webhook,
    Graph,
    /// Nobody gave a possible digest.
    Unverifiable,
}

struct Download {
    bytes: Bytes,
    sha256: Sha256,
}

impl Graph {
    /// The file behind `id`, which one of our numbers received; `declared` is the digest of the signed webhook, `None`
    /// when it had none or an impossible one.
    ///
    /// # Errors
    /// See [`GraphError`]: gone, too large, altered, refused, or not to be reached now.
    pub async fn media(
        &self,
        number: &PhoneNumberId,
        id: &MediaId,
        declared: Option<&Sha256>,
    ) -> Result<Media, GraphError> {
        let mut found = self.look_up(number, id).await?;
        let download = match self.download(&found).await? {
            Some(download) => download,
            None => {
                found = self.look_up(number, id).await?;
                self.download(&found).await?.ok_or(GraphError::Gone)?
            }
        };
        let verified = compare(&download, declared, &found)?;
        Ok(Media { bytes: download.bytes, sha256: download.sha256, mime: found.mime, verified })
    }

    /// Always with the number: Meta then refuses media of anybody else's.
    async fn look_up(&self, number: &PhoneNumberId, id: &MediaId) -> Result<LookUp, GraphError> {
        let mut url = self.address(&[id.as_str()]);
        url.query_pairs_mut().append_pair("phone_number_id", number.as_str());
        let response = self.request(Method::GET, url, self.config().timeout_ms).send().await?;
        let status = response.status();
        let expected = "a media look-up in JSON";
        let body = answer::read(response).await?.ok_or(GraphError::Unreadable { expected })?;
        if status.is_success() {
            return LookUp::parse(&body).ok_or(GraphError::Unreadable { expected });
        }
        Err(match answer::error(&body, status.as_u16()) {
            // "Object with ID … does not exist": code 100, or 404.
            Some(error) if error.code == 100 || status == StatusCode::NOT_FOUND => GraphError::Gone,
            Some(error) => GraphError::Refused(error),
            None => without_code(status),
        })
    }

    /// `None` when the address is dead.
    async fn download(&self, found: &LookUp) -> Result<Option<Download>, GraphError> {
        let url = self.allowed(&found.url)?;
        let max_bytes = self.config().max_media_bytes;
        if found.file_size.is_some_and(|size| size > max_bytes) {
            return Err(GraphError::TooLarge { max_bytes });
        }
        let response = self.request(Method::GET, url, self.config().media_timeout_ms).send().await?;
        match response.status() {
            StatusCode::OK => self.collect(response).await.map(Some),
            StatusCode::NOT_FOUND => Ok(None),
            status => {
                let body = answer::read(response).await?.unwrap_or_default();
                let error = answer::error(&body, status.as_u16());
                Err(error.map_or_else(|| without_code(status), GraphError::Refused))
            }
        }
    }

    fn allowed(&self, address: &str) -> Result<Url, GraphError> {
        let url = Url::parse(address).map_err(|_| GraphError::Unreadable { expected: "an address of media" })?;
        if self.config().media_allowed(&url) {
            return Ok(url);
        }
        // The host alone: the rest of the address is a key to the file.
        let host = match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{}://{host}:{port}", url.scheme()),
            (host, _) => format!("{}://{}", url.scheme(), host.unwrap_or_default()),
        };
        Err(GraphError::HostNotAllowed { host })
    }

    async fn collect(&self, mut response: Response) -> Result<Download, GraphError> {
        let max_bytes = self.config().max_media_bytes;
        if response.content_length().is_some_and(|length| length > max_bytes) {
            return Err(GraphError::TooLarge { max_bytes });
        }
        let mut hasher = sha2::Sha256::new();
        let mut bytes = BytesMut::new();
        while let Some(chunk) = response.chunk().await? {
            // Counted as it comes: a length in a header is only a claim.
            if (bytes.len() + chunk.len()) as u64 > max_bytes {
                return Err(GraphError::TooLarge { max_bytes });
            }
            hasher.update(&chunk);
            bytes.extend_from_slice(&chunk);
        }
        let sha256 = Sha256::from_bytes(hasher.finalize().into());
        Ok(Download { bytes: bytes.freeze(), sha256 })
    }
}

/// A refusal without a word of Meta's in it.
pub(crate) fn without_code(status: StatusCode) -> GraphError {
    if status.is_redirection() { GraphError::Redirected } else { GraphError::Refused(classify(0, status.as_u16())) }
}

fn compare(download: &Download, webhook: Option<&Sha256>, found: &LookUp) -> Result<HashCheck, GraphError> {
    let differs = |declared: Option<&Sha256>| declared.is_some_and(|hash| *hash != download.sha256);
    if differs(webhook) {
        return Err(GraphError::Altered { declared_by: "webhook" });
    }
    if differs(found.sha256.as_ref()) {
        return Err(GraphError::Altered { declared_by: "graph" });
    }
    match (webhook, found.sha256) {
        (Some(_), Some(_)) => Ok(HashCheck::Both),
        (Some(_), None) => Ok(HashCheck::Webhook),
        (None, Some(_)) => Ok(HashCheck::Graph),
        // Without a digest the declared length is all there is to compare.
        (None, None) if found.file_size.is_some_and(|size| size != download.bytes.len() as u64) => {
            Err(GraphError::Altered { declared_by: "size" })
        }
        (None, None) => Ok(HashCheck::Unverifiable),
    }
}

impl fmt::Debug for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Media({} bytes, {:?}, {:?})", self.bytes.len(), self.mime, self.verified)
    }
}
