//! Putting, getting, deleting and listing one cell's objects.

use std::fmt;
use std::sync::Arc;

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use portico_keys::{CaseKey, Entropy};
use portico_vocab::{CellId, Sha256};

use crate::client::{Peer, class_error, connect};
use crate::config::Endpoint;
use crate::embedded::Embedded;
use crate::{
    BucketConfig, LockProof, Page, Purpose, RegionProof, Sealed, Stored, StoredRef, VaultError, lock, region, sealed,
};

/// The largest object. WhatsApp's pictures are 5 MB at most, files are capped when they are taken in; a put is one
/// request from memory, and this bounds it.
const MAX_OBJECT_BYTES: usize = 32 * 1024 * 1024;
/// DeleteObjects takes this many names, and ListObjectsV2 gives as many (Amazon S3 API reference).
const PAGE_OBJECTS: usize = 1000;
/// A put whose answer was lost finds its own object there; the second name is a fresh one.
const NAMES_TRIED: usize = 2;

/// One cell's bucket. Cheap to clone; the embedded S3 stops when the last clone is gone or at [`Vault::close`].
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    cell: CellId,
    config: BucketConfig,
    endpoint: Endpoint,
    client: Client,
    entropy: Arc<dyn Entropy>,
    embedded: Option<Embedded>,
}

impl Vault {
    /// The vault of `cell`. Starts the embedded S3 if the endpoint says so, and makes its bucket; another bucket is
    /// neither made nor called: see [`Vault::health`].
    ///
    /// # Errors
    /// A wrong configuration; a folder that cannot be used, or is in use by another process.
    pub async fn open(cell: CellId, config: BucketConfig, entropy: Arc<dyn Entropy>) -> Result<Self, VaultError> {
        let endpoint = config.check()?;
        let (client, embedded) = match &endpoint {
            Endpoint::Embedded { folder } => {
                let embedded = Embedded::start(folder, &config.name, entropy.as_ref()).await?;
                (embedded.client(&config.region), Some(embedded))
            }
            Endpoint::Remote { url, .. } => {
                let peer = Peer {
                    url,
                    region: &config.region,
                    access_key: &config.access_key,
                    secret_key: &config.secret_key,
                    path_style: !endpoint.is_aws(),
                };
                (connect(&peer), None)
            }
        };
        Ok(Self(Arc::new(Inner { cell, config, endpoint, client, entropy, embedded })))
    }

    #[must_use]
    pub fn cell(&self) -> CellId {
        self.0.cell
    }

    /// Whether objects live in this process's own folder, which is for trying out, pilots and tests.
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        self.0.embedded.is_some()
    }

    /// Seals `plain` and stores it.
    ///
    /// # Errors
    /// As [`Vault::store`].
    pub async fn put(&self, key: &CaseKey, purpose: Purpose, plain: &[u8]) -> Result<Stored, VaultError> {
        self.store(&Sealed::new(key, purpose, plain)).await
    }

    /// Puts a sealed object under a fresh random name. What a crash leaves behind has no row and is swept.
    ///
    /// # Errors
    /// When the object is of another cell or too large, or the bucket does not take it.
    pub async fn store(&self, sealed: &Sealed) -> Result<Stored, VaultError> {
        if sealed.cell() != self.0.cell {
            return Err(VaultError::OtherCell);
        }
        if sealed.bytes().len() > MAX_OBJECT_BYTES {
            return Err(VaultError::TooLarge { limit_bytes: MAX_OBJECT_BYTES });
        }
        for _ in 1..NAMES_TRIED {
            match self.put_as(self.fresh_name(), sealed).await {
                Err(VaultError::NameTaken) => {}
                outcome => return outcome,
            }
        }
        self.put_as(self.fresh_name(), sealed).await
    }

    async fn put_as(&self, object_key: String, sealed: &Sealed) -> Result<Stored, VaultError> {
        let bytes = sealed.bytes();
        self.0
            .client
            .put_object()
            .bucket(&self.0.config.name)
            .key(&object_key)
            .if_none_match("*")
            .checksum_sha256(Sha256::of(&bytes).to_base64())
            .content_type("application/octet-stream")
            .body(ByteStream::from(bytes))
            .send()
            .await
            .map_err(|error| class_error("a put", &error))?;
        Ok(Stored::new(sealed.named(object_key)))
    }

    /// 128 random bits in hex: says nothing, never repeats, and spreads evenly over a bucket's partitions.
    fn fresh_name(&self) -> String {
        let mut random = [0; 16];
        self.0.entropy.fill(&mut random);
        format!("{:032x}", u128::from_be_bytes(random))
    }

    /// The plaintext `stored` names, proved to be the one that was put.
    ///
    /// # Errors
    /// [`VaultError::Gone`]; [`VaultError::Altered`] or [`VaultError::Sealed`] when the object is not what `stored`
    /// says, or belongs to another case; or the bucket does not answer.
    pub async fn get(&self, key: &CaseKey, stored: &StoredRef) -> Result<Vec<u8>, VaultError> {
        if key.cell() != self.0.cell {
            return Err(VaultError::OtherCell);
        }
        let expected = sealed::object_bytes(stored).ok_or(VaultError::Altered)?;
        let request = self.0.client.get_object().bucket(&self.0.config.name).key(&stored.object_key);
        let answer = request.send().await.map_err(|error| class_error("a get", &error))?;
        let mut object = Vec::with_capacity(expected.min(MAX_OBJECT_BYTES));
        let mut body = answer.body;
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|_| VaultError::Unavailable {
                operation: "a get",
                why: "the object was cut short on its way".to_owned(),
            })?;
            // Never hold more than what was put, whatever the bucket sends.
            if object.len() + chunk.len() > expected {
                return Err(VaultError::Altered);
            }
            object.extend_from_slice(&chunk);
        }
        sealed::open(key, stored, &object)
    }

    /// Deletes objects; those already gone count as deleted, so it may be repeated. A bucket with versions keeps the
    /// sealed bytes behind a marker: what destroys a picture is shredding its case key, deleting only tidies up.
    ///
    /// # Errors
    /// When the bucket does not answer, or keeps some of them (a retention lock).
    pub async fn delete(&self, object_keys: &[String]) -> Result<(), VaultError> {
        for page in object_keys.chunks(PAGE_OBJECTS) {
            self.delete_page(page).await?;
        }
        Ok(())
    }

    async fn delete_page(&self, object_keys: &[String]) -> Result<(), VaultError> {
        let unbuildable =
            |_| VaultError::Refused { operation: "a delete", code: "the request could not be built".to_owned() };
        let names = object_keys.iter().map(|name| ObjectIdentifier::builder().key(name).build());
        let names = names.collect::<Result<Vec<_>, _>>().map_err(unbuildable)?;
        let delete = Delete::builder().set_objects(Some(names)).quiet(true).build().map_err(unbuildable)?;
        let request = self.0.client.delete_objects().bucket(&self.0.config.name).delete(delete);
        let answer = request.send().await.map_err(|error| class_error("a delete", &error))?;
        match answer.errors() {
            [] => Ok(()),
            errors @ [first, ..] => {
                Err(VaultError::NotDeleted { failed: errors.len(), code: first.code().unwrap_or("no code").to_owned() })
            }
        }
    }

    /// The objects whose names come after `after`; from the start when `None`.
    ///
    /// # Errors
    /// When the bucket does not answer.
    pub async fn list(&self, after: Option<&str>) -> Result<Page, VaultError> {
        let request = self.0.client.list_objects_v2().bucket(&self.0.config.name);
        let request = request.max_keys(PAGE_OBJECTS as i32).set_start_after(after.map(str::to_owned));
        let answer = request.send().await.map_err(|error| class_error("a list", &error))?;
        Ok(Page::of(&answer))
    }

    /// What the bucket says of its region.
    pub async fn region(&self) -> RegionProof {
        region::prove(&self.0.client, &self.0.config.name, &self.0.config.region, &self.0.endpoint).await
    }

    /// Whether the bucket is there and lets us in.
    ///
    /// # Errors
    /// Why not.
    pub async fn health(&self) -> Result<(), VaultError> {
        match self.0.client.head_bucket().bucket(&self.0.config.name).send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(match class_error("a look at the bucket", &error) {
                // HEAD carries no code, so here a plain 404 can only mean the bucket.
                VaultError::Gone => VaultError::NoBucket,
                other => other,
            }),
        }
    }

    /// Whether the bucket can hold objects against deletion.
    pub async fn can_lock(&self) -> LockProof {
        lock::prove(&self.0.client, &self.0.config.name).await
    }

    /// Lets the embedded S3 finish what it is doing and frees its folder, so that it can be opened again at once. Does
    /// nothing for another bucket. Calls after it fail as unavailable.
    pub async fn close(&self) {
        if let Some(embedded) = &self.0.embedded {
            embedded.close().await;
        }
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({}, {})", self.0.cell, self.0.config.name)
    }
}
