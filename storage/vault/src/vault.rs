//! Putting, getting, deleting and listing one cell's objects.

use std::fmt;
use std::sync::Arc;

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object::builders::GetObjectFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use portico_keys::{CaseKey, Entropy};
use portico_vocab::{CellId, Sha256, Timestamp};

use crate::client::{Peer, class_error, connect};
use crate::config::Endpoint;
use crate::embedded::{Embedded, View};
use crate::tally::{Operation, Tally};
use crate::{
    BucketConfig, Kept, LockProof, Page, Purpose, RegionProof, Retained, Sealed, Stored, StoredRef, VaultError, delete,
    lock, region, retention, sealed,
};

/// The largest object. WhatsApp's pictures are 5 MB at most, files are capped when they are taken in; a put is one
/// request from memory, and this bounds it.
const MAX_OBJECT_BYTES: usize = 32 * 1024 * 1024;
/// ListObjectsV2 gives this many names (Amazon S3 API reference).
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
    store: Store,
    access: Access,
    entropy: Arc<dyn Entropy>,
    tally: Tally,
}

/// Where the objects are.
enum Store {
    Remote(Client),
    Embedded(Embedded, Client),
    /// The folder of an embedded store that is perhaps another process's.
    View(View),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Full,
    ReadOnly,
}

impl Vault {
    /// The vault of `cell`. Starts the embedded S3 if the endpoint says so, and makes its bucket; another bucket is
    /// neither made nor called: see [`Vault::health`].
    ///
    /// # Errors
    /// A wrong configuration; a folder that cannot be used, or is in use by another process.
    pub async fn open(cell: CellId, config: BucketConfig, entropy: Arc<dyn Entropy>) -> Result<Self, VaultError> {
        let endpoint = config.check()?;
        let store = match &endpoint {
            Endpoint::Embedded { folder } => {
                let embedded = Embedded::start(folder, &config.name, entropy.as_ref()).await?;
                let client = embedded.client(&config.region);
                Store::Embedded(embedded, client)
            }
            Endpoint::Remote { url, .. } => Store::Remote(remote(url, &config, &endpoint)),
        };
        Ok(Self(Arc::new(Inner {
            cell,
            config,
            endpoint,
            store,
            access: Access::Full,
            entropy,
            tally: Tally::default(),
        })))
    }

    /// The same vault to look at only, as `fsck` and `doctor` do beside a running `dev`: no lock is taken, nothing is
    /// started or made, and everything that would write is [`VaultError::ReadOnly`].
    ///
    /// # Errors
    /// A wrong configuration.
    pub fn open_read_only(cell: CellId, config: BucketConfig, entropy: Arc<dyn Entropy>) -> Result<Self, VaultError> {
        let endpoint = config.check()?;
        let store = match &endpoint {
            Endpoint::Embedded { folder } => Store::View(View::new(folder, &config.name)),
            Endpoint::Remote { url, .. } => Store::Remote(remote(url, &config, &endpoint)),
        };
        Ok(Self(Arc::new(Inner {
            cell,
            config,
            endpoint,
            store,
            access: Access::ReadOnly,
            entropy,
            tally: Tally::default(),
        })))
    }

    fn writing(&self) -> Result<&Client, VaultError> {
        match (&self.0.store, self.0.access) {
            (Store::Remote(client) | Store::Embedded(_, client), Access::Full) => Ok(client),
            _ => Err(VaultError::ReadOnly),
        }
    }

    /// How many calls of each kind ended how, since this vault was opened: (operation, `ok` or a class of errors, calls).
    #[must_use]
    pub fn tally(&self) -> Vec<(&'static str, &'static str, u64)> {
        self.0.tally.read()
    }

    #[must_use]
    pub fn cell(&self) -> CellId {
        self.0.cell
    }

    /// Whether objects live in a folder of this machine, which is for trying out, pilots and tests.
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        matches!(self.0.endpoint, Endpoint::Embedded { .. })
    }

    /// Whether everything that would write is refused.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.0.access == Access::ReadOnly
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
        self.0.tally.count(Operation::Put, self.put_anywhere(sealed).await)
    }

    async fn put_anywhere(&self, sealed: &Sealed) -> Result<Stored, VaultError> {
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
        self.writing()?
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
        self.0.tally.count(Operation::Get, self.fetch(key, stored).await)
    }

    async fn fetch(&self, key: &CaseKey, stored: &StoredRef) -> Result<Vec<u8>, VaultError> {
        if key.cell() != self.0.cell {
            return Err(VaultError::OtherCell);
        }
        let expected = sealed::object_bytes(stored).ok_or(VaultError::Altered)?;
        let object = match &self.0.store {
            Store::View(view) => view.get(&stored.object_key, expected).await?,
            Store::Remote(client) | Store::Embedded(_, client) => {
                let request = client.get_object().bucket(&self.0.config.name).key(&stored.object_key);
                download(request, expected).await?
            }
        };
        sealed::open(key, stored, &object)
    }

    /// Deletes objects, every version of them; those already gone count as deleted, so it may be repeated. What a
    /// retention lock keeps is no failure: it is returned, with the day to come again.
    ///
    /// # Errors
    /// When the bucket does not answer, or keeps some for another reason than a lock.
    pub async fn delete(&self, object_keys: &[String]) -> Result<Vec<Kept>, VaultError> {
        self.0.tally.count(Operation::Delete, self.remove(object_keys).await)
    }

    async fn remove(&self, object_keys: &[String]) -> Result<Vec<Kept>, VaultError> {
        let (client, bucket) = (self.writing()?, &self.0.config.name);
        if object_keys.is_empty() {
            return Ok(Vec::new());
        }
        if !self.is_embedded() && delete::keeps_versions(client, bucket).await? {
            delete::wholly(client, bucket, object_keys).await
        } else {
            delete::plainly(client, bucket, object_keys).await
        }
    }

    /// Holds objects against deletion until `until` (UTC, rounded up to the second), where the bucket can. May be repeated:
    /// a lock that holds longer stays as it is. Nobody can take it back: see the module `retention`.
    ///
    /// # Errors
    /// When the bucket does not answer or refuses; some objects may be locked then, so repeat it.
    pub async fn retain(&self, object_keys: &[String], until: Timestamp) -> Result<Retained, VaultError> {
        self.0.tally.count(Operation::Retain, self.hold(object_keys, until).await)
    }

    async fn hold(&self, object_keys: &[String], until: Timestamp) -> Result<Retained, VaultError> {
        retention::retain(self.writing()?, &self.0.config.name, object_keys, until).await
    }

    /// The objects whose names come after `after`; from the start when `None`.
    ///
    /// # Errors
    /// When the bucket does not answer.
    pub async fn list(&self, after: Option<&str>) -> Result<Page, VaultError> {
        self.0.tally.count(Operation::List, self.page(after).await)
    }

    async fn page(&self, after: Option<&str>) -> Result<Page, VaultError> {
        let client = match &self.0.store {
            Store::View(view) => return view.list(after, PAGE_OBJECTS).await,
            Store::Remote(client) | Store::Embedded(_, client) => client,
        };
        let request = client.list_objects_v2().bucket(&self.0.config.name);
        let request = request.max_keys(PAGE_OBJECTS as i32).set_start_after(after.map(str::to_owned));
        let answer = request.send().await.map_err(|error| class_error("a list", &error))?;
        Ok(Page::of(&answer))
    }

    /// What the bucket says of its region.
    pub async fn region(&self) -> RegionProof {
        match &self.0.store {
            Store::Remote(client) => {
                region::prove(client, &self.0.config.name, &self.0.config.region, &self.0.endpoint).await
            }
            Store::Embedded(..) | Store::View(_) => {
                RegionProof::CannotSay { why: "the embedded store is wherever this machine is" }
            }
        }
    }

    /// Whether the bucket is there and lets us in.
    ///
    /// # Errors
    /// Why not.
    pub async fn health(&self) -> Result<(), VaultError> {
        let client = match &self.0.store {
            Store::View(view) => return view.health().await,
            Store::Remote(client) | Store::Embedded(_, client) => client,
        };
        match client.head_bucket().bucket(&self.0.config.name).send().await {
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
        match &self.0.store {
            Store::View(_) => LockProof::CannotLock { why: lock::NOT_OFFERED },
            Store::Remote(client) | Store::Embedded(_, client) => lock::prove(client, &self.0.config.name).await,
        }
    }

    /// Lets the embedded S3 finish what it is doing and frees its folder, so that it can be opened again at once. Does
    /// nothing for another bucket. Calls after it fail as unavailable.
    pub async fn close(&self) {
        if let Store::Embedded(embedded, _) = &self.0.store {
            embedded.close().await;
        }
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({}, {})", self.0.cell, self.0.config.name)
    }
}

fn remote(url: &str, config: &BucketConfig, endpoint: &Endpoint) -> Client {
    connect(&Peer {
        url,
        region: &config.region,
        access_key: &config.access_key,
        secret_key: &config.secret_key,
        path_style: !endpoint.is_aws(),
    })
}

/// The object, of which there should be `expected` bytes. Never holds more than that, whatever the bucket sends.
async fn download(request: GetObjectFluentBuilder, expected: usize) -> Result<Vec<u8>, VaultError> {
    let mut body = request.send().await.map_err(|error| class_error("a get", &error))?.body;
    let mut object = Vec::with_capacity(expected.min(MAX_OBJECT_BYTES));
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| VaultError::Unavailable {
            operation: "a get",
            why: "the object was cut short on its way".to_owned(),
        })?;
        if object.len() + chunk.len() > expected {
            return Err(VaultError::Altered);
        }
        object.extend_from_slice(&chunk);
    }
    Ok(object)
}
