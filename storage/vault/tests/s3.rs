//! The vault against S3 servers that somebody else wrote: SeaweedFS, which locks, and moto, which says where it is.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::{
    BucketLocationConstraint, CreateBucketConfiguration, ObjectLockRetention, ObjectLockRetentionMode,
};
use portico_keys::{CaseKey, CellKeys, MasterKey, SystemEntropy};
use portico_vault::testing::{ObjectLock, Server, client};
use portico_vault::{BucketConfig, Kept, LockProof, Purpose, RegionProof, Retained, Vault, VaultError};
use portico_vocab::{CaseId, CellId, Class, CountryCode, Sha256, Timestamp};

const PICTURE: &[u8] = b"the applicant's passport, in plain bytes";
/// 2096: locks are put in the server's time, not in a test's.
const FAR: Timestamp = Timestamp::from_seconds(4_000_000_000);

struct Bucket {
    config: BucketConfig,
    vault: Vault,
    key: CaseKey,
}

impl Bucket {
    async fn new(server: Server, lock: ObjectLock) -> Self {
        let config = server.fresh_bucket(lock).await;
        let cell = CellId::of(CountryCode::parse("DE").unwrap());
        let keys = CellKeys::new(cell, MasterKey::generate(&SystemEntropy), Arc::new(SystemEntropy));
        let key = keys.new_case_key(CaseId::from_bytes([1; 16])).0;
        Self { vault: open(config.clone()).await, config, key }
    }

    async fn put(&self) -> String {
        self.vault.put(&self.key, Purpose::Image, PICTURE).await.unwrap().into_reference().object_key
    }

    async fn names(&self) -> Vec<String> {
        self.vault.list(None).await.unwrap().objects.into_iter().map(|object| object.object_key).collect()
    }

    /// How many versions and delete markers the bucket holds.
    async fn versions(&self) -> usize {
        let versions = client(&self.config).list_object_versions().bucket(&self.config.name).send().await.unwrap();
        versions.versions().len() + versions.delete_markers().len()
    }
}

async fn open(config: BucketConfig) -> Vault {
    let cell = CellId::of(CountryCode::parse("DE").unwrap());
    Vault::open(cell, config, Arc::new(SystemEntropy)).await.unwrap()
}

#[tokio::test]
async fn objects_are_put_got_listed_and_deleted() {
    for lock in [ObjectLock::Off, ObjectLock::On] {
        let bucket = Bucket::new(Server::First, lock).await;
        let (vault, key) = (&bucket.vault, &bucket.key);
        let large = vec![0x5a; 9 * 1024 * 1024];
        let mut names = Vec::new();
        for plain in [PICTURE, b"", &large] {
            let stored = vault.put(key, Purpose::Image, plain).await.unwrap().into_reference();
            assert!(vault.get(key, &stored).await.unwrap() == plain);
            names.push(stored.object_key);
        }
        names.sort();
        assert_eq!(bucket.names().await, names);
        assert_eq!(vault.list(Some(&names[0])).await.unwrap().objects.len(), 2);

        for _ in 0..2 {
            assert_eq!(vault.delete(&names[..2]).await.unwrap(), []);
        }
        assert_eq!(bucket.names().await, names[2..]);
        assert_eq!(bucket.versions().await, 1, "nothing stays behind a delete marker ({lock:?})");
    }
}

#[tokio::test]
async fn the_buckets_of_two_countries_open_with_their_own_keys_only() {
    let (first, second) = (Server::First.fresh_bucket(ObjectLock::Off).await, Server::Second.missing_bucket());
    assert!(first.region != second.region && first.endpoint != second.endpoint);
    let foreign = BucketConfig { access_key: second.access_key, secret_key: second.secret_key, ..first.clone() };
    assert!(matches!(open(foreign).await.health().await, Err(VaultError::Denied { .. })));
    open(first).await.health().await.unwrap();
}

#[tokio::test]
async fn a_bucket_that_is_missing_is_named_as_such_and_not_made() {
    let bucket = Bucket::new(Server::First, ObjectLock::Off).await;
    let vault = open(Server::First.missing_bucket()).await;
    assert!(matches!(vault.health().await, Err(VaultError::NoBucket)));
    let put = vault.put(&bucket.key, Purpose::Image, PICTURE).await;
    assert!(matches!(put, Err(VaultError::NoBucket)), "{put:?}");
    assert!(matches!(vault.health().await, Err(VaultError::NoBucket)));
}

/// What the vault relies on: the digest of each put is checked, and a name is given once.
#[tokio::test]
async fn a_wrong_digest_and_a_taken_name_are_refused() {
    let bucket = Bucket::new(Server::First, ObjectLock::Off).await;
    let s3 = client(&bucket.config);
    let put = |name: &str| {
        let body = ByteStream::from_static(PICTURE);
        s3.put_object().bucket(&bucket.config.name).key(name).if_none_match("*").body(body)
    };
    let wrong = put("new").checksum_sha256(Sha256::of(b"other bytes").to_base64()).send().await.unwrap_err();
    assert_eq!(wrong.code(), Some("BadDigest"));
    assert!(bucket.names().await.is_empty());

    let taken = bucket.put().await;
    assert_eq!(put(&taken).send().await.unwrap_err().code(), Some("PreconditionFailed"));
}

#[tokio::test]
async fn a_region_is_confirmed_contradicted_or_not_said() {
    let seaweed = Bucket::new(Server::First, ObjectLock::Off).await;
    assert!(matches!(seaweed.vault.region().await, RegionProof::CannotSay { .. }));

    let base = Server::Moto.missing_bucket();
    let place = CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::SaEast1).build();
    let create = client(&base).create_bucket().bucket(&base.name).create_bucket_configuration(place);
    create.send().await.unwrap();
    let said = |region: &str| {
        let config = BucketConfig { region: region.into(), ..base.clone() };
        async move { open(config).await.region().await }
    };
    assert_eq!(said("sa-east-1").await, RegionProof::Confirmed);
    assert_eq!(said("eu-central-1").await, RegionProof::Contradicted { actual: "sa-east-1".into() });
}

#[tokio::test]
async fn what_is_retained_can_be_neither_deleted_nor_held_for_less() {
    let bucket = Bucket::new(Server::First, ObjectLock::On).await;
    assert_eq!(bucket.vault.can_lock().await, LockProof::CanLock);
    let (locked, free) = (bucket.put().await, bucket.put().await);
    let names = [locked.clone()];
    assert_eq!(bucket.vault.retain(&names, FAR).await.unwrap(), Retained::Locked);
    // Again, for less, for more: it is never shortened, and a part of a second counts as a whole one.
    for until in [FAR, FAR.plus_days(-1), FAR.plus_days(1), FAR, FAR.plus_days(2).plus_millis(-1)] {
        assert_eq!(bucket.vault.retain(&names, until).await.unwrap(), Retained::Locked);
    }
    let until = FAR.plus_days(2);

    let kept = bucket.vault.delete(&[locked.clone(), free]).await.unwrap();
    assert_eq!(kept, [Kept { object_key: locked.clone(), until }]);
    assert_eq!(bucket.names().await, names, "the locked one is there, and not behind a marker");
    let again = bucket.vault.delete(&names).await.unwrap();
    assert_eq!(again, kept);

    // The server holds it, not our good will.
    let s3 = client(&bucket.config);
    let shorter = ObjectLockRetention::builder()
        .mode(ObjectLockRetentionMode::Compliance)
        .retain_until_date(DateTime::from_secs(FAR.as_seconds()))
        .build();
    let shorter = s3.put_object_retention().bucket(&bucket.config.name).key(&locked).retention(shorter);
    assert_eq!(shorter.bypass_governance_retention(true).send().await.unwrap_err().code(), Some("AccessDenied"));
}

#[tokio::test]
async fn a_bucket_that_cannot_lock_says_so_and_keeps_nothing() {
    let bucket = Bucket::new(Server::First, ObjectLock::Off).await;
    let name = bucket.put().await;
    let why = "Object Lock is off on this bucket";
    assert_eq!(bucket.vault.can_lock().await, LockProof::CannotLock { why });
    let names = [name];
    assert_eq!(bucket.vault.retain(&names, FAR).await.unwrap(), Retained::CannotLock { why });
    assert_eq!(bucket.vault.delete(&names).await.unwrap(), []);
}

#[tokio::test]
async fn an_object_that_is_not_there_cannot_be_retained() {
    let bucket = Bucket::new(Server::First, ObjectLock::On).await;
    let outcome = bucket.vault.retain(&["0".repeat(32)], FAR).await;
    assert_eq!(outcome.unwrap_err().class(), Class::Permanent);
}

#[tokio::test]
async fn a_vault_open_for_reading_writes_nothing() {
    let bucket = Bucket::new(Server::First, ObjectLock::Off).await;
    let stored = bucket.vault.put(&bucket.key, Purpose::Image, PICTURE).await.unwrap().into_reference();
    let vault = Vault::open_read_only(bucket.vault.cell(), bucket.config.clone(), Arc::new(SystemEntropy)).unwrap();
    assert_eq!(vault.get(&bucket.key, &stored).await.unwrap(), PICTURE);
    let put = vault.put(&bucket.key, Purpose::Image, PICTURE).await;
    assert!(matches!(put, Err(VaultError::ReadOnly)));
    assert!(matches!(vault.delete(std::slice::from_ref(&stored.object_key)).await, Err(VaultError::ReadOnly)));
    assert!(matches!(vault.retain(&[stored.object_key], FAR).await, Err(VaultError::ReadOnly)));
    assert_eq!(bucket.names().await.len(), 1);
}
