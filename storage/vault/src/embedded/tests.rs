//! The guard, spoken to by the AWS SDK over its socket.

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::{ObjectLockMode, ServerSideEncryption};
use portico_keys::SystemEntropy;
use portico_vocab::Sha256;
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::Embedded;
use crate::VaultError;

const BUCKET: &str = "kyc-in";

struct Store {
    client: Client,
    embedded: Embedded,
    folder: TempDir,
}

impl Store {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let embedded = Embedded::start(folder.path(), BUCKET, &SystemEntropy).await.unwrap();
        Self { client: embedded.client("ap-south-1"), embedded, folder }
    }

    async fn put(&self, name: &str) {
        let put = self.client.put_object().bucket(BUCKET).key(name).body(ByteStream::from_static(b"bytes"));
        put.send().await.unwrap();
    }

    /// Every file of the store but its lock.
    fn files(&self) -> Vec<String> {
        let folders = [self.folder.path().to_owned(), self.folder.path().join(BUCKET)];
        let entries = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap()).map(Result::unwrap);
        let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
        files.map(|entry| entry.file_name().into_string().unwrap()).filter(|name| name != ".portico.lock").collect()
    }
}

/// Status and code of a refusal.
fn refusal<T: std::fmt::Debug, E: ProvideErrorMetadata + std::fmt::Debug>(
    outcome: Result<T, SdkError<E>>,
) -> (u16, String) {
    let error = outcome.unwrap_err();
    let service = match &error {
        SdkError::ServiceError(service) => service,
        other => panic!("not a refusal: {other:?}"),
    };
    (service.raw().status().as_u16(), service.err().code().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn what_would_be_ignored_is_refused() {
    let store = Store::start().await;
    let put = || store.client.put_object().bucket(BUCKET).key("name").body(ByteStream::from_static(b"bytes"));
    let not_implemented = (501, "NotImplemented".to_owned());

    let retained = put()
        .object_lock_mode(ObjectLockMode::Compliance)
        .object_lock_retain_until_date(DateTime::from_secs(4_000_000_000));
    assert_eq!(refusal(retained.send().await), not_implemented);
    assert_eq!(refusal(put().server_side_encryption(ServerSideEncryption::Aes256).send().await), not_implemented);
    assert_eq!(refusal(put().server_side_encryption(ServerSideEncryption::AwsKms).send().await), not_implemented);
    assert_eq!(refusal(put().tagging("a=b").send().await), not_implemented);
    assert_eq!(refusal(put().expected_bucket_owner("111122223333").send().await), not_implemented);
    assert_eq!(store.files(), Vec::<String>::new());

    store.put("name").await;
    let get = || store.client.get_object().bucket(BUCKET).key("name");
    assert_eq!(refusal(get().version_id("1").send().await), not_implemented);
    assert_eq!(refusal(get().if_match("\"etag\"").send().await), not_implemented);
    let delete = || store.client.delete_object().bucket(BUCKET).key("name");
    assert_eq!(refusal(delete().bypass_governance_retention(true).send().await), not_implemented);
    assert_eq!(refusal(delete().version_id("1").send().await), not_implemented);
    assert_eq!(refusal(store.client.get_object_retention().bucket(BUCKET).key("name").send().await), not_implemented);
    assert_eq!(refusal(store.client.create_bucket().bucket("another").send().await), not_implemented);
    let copy = store.client.copy_object().bucket(BUCKET).key("copy").copy_source(format!("{BUCKET}/name"));
    assert_eq!(refusal(copy.send().await), not_implemented);
    assert!(get().send().await.is_ok());
}

#[tokio::test]
async fn a_put_with_a_wrong_checksum_leaves_nothing_and_keeps_what_was_there() {
    let store = Store::start().await;
    let put = |name: &'static str| {
        let body = ByteStream::from_static(b"other bytes");
        store.client.put_object().bucket(BUCKET).key(name).body(body).checksum_sha256(Sha256::of(b"wrong").to_base64())
    };
    assert_eq!(refusal(put("new").send().await), (400, "BadDigest".to_owned()));
    assert_eq!(store.files(), Vec::<String>::new());

    store.put("old").await;
    assert_eq!(refusal(put("old").send().await), (400, "BadDigest".to_owned()));
    let old = store.client.get_object().bucket(BUCKET).key("old").send().await.unwrap();
    assert_eq!(old.body.collect().await.unwrap().to_vec(), b"bytes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_racing_conditional_puts_one_wins() {
    let store = Store::start().await;
    let mut racers = JoinSet::new();
    for racer in 0..16_u8 {
        let body = ByteStream::from(vec![racer; 100_000]);
        let put = store.client.put_object().bucket(BUCKET).key("name").if_none_match("*").body(body);
        racers.spawn(async move { put.send().await.is_ok().then_some(racer) });
    }
    let winners: Vec<u8> = racers.join_all().await.into_iter().flatten().collect();
    let [winner] = winners[..] else { panic!("{} winners", winners.len()) };
    let object = store.client.get_object().bucket(BUCKET).key("name").send().await.unwrap();
    assert!(object.body.collect().await.unwrap().to_vec() == vec![winner; 100_000]);
}

#[tokio::test]
async fn only_short_plain_names_of_the_one_bucket_are_taken() {
    let store = Store::start().await;
    let put = |bucket: &'static str, name: String| {
        store.client.put_object().bucket(bucket).key(name).body(ByteStream::from_static(b"bytes")).send()
    };
    assert_eq!(refusal(put(BUCKET, "a".repeat(65)).await).0, 400);
    assert_eq!(refusal(put(BUCKET, "a/b".into()).await).0, 400);
    assert_eq!(refusal(put(BUCKET, "..a".into()).await).0, 400);
    assert_eq!(refusal(put("another", "a".into()).await), (404, "NoSuchBucket".to_owned()));
    assert!(put(BUCKET, "a".repeat(64)).await.is_ok());
}

#[tokio::test]
async fn a_deleted_object_leaves_no_trace() {
    let store = Store::start().await;
    store.put("name").await;
    // The object and the two notes s3s-fs keeps, named as `Folder` expects: otherwise they would not be synced.
    let mut files = store.files();
    files.sort();
    assert_eq!(
        files,
        [".bucket-a3ljLWlu.object-bmFtZQ.internal.json", ".bucket-a3ljLWlu.object-bmFtZQ.metadata.json", "name"]
    );
    store.client.delete_object().bucket(BUCKET).key("name").send().await.unwrap();
    assert_eq!(store.files(), Vec::<String>::new());
}

#[tokio::test]
async fn strangers_are_refused() {
    let store = Store::start().await;
    let other = Embedded::start(tempfile::tempdir().unwrap().path(), BUCKET, &SystemEntropy).await.unwrap();
    let url = format!("http://{}", store.embedded.address());
    let (access_key, secret_key) = other.credentials();
    let peer = crate::client::Peer { url: &url, region: "ap-south-1", access_key, secret_key, path_style: true };
    let outcome = crate::client::connect(&peer).head_bucket().bucket(BUCKET).send().await;
    assert_eq!(refusal(outcome).0, 403);
}

#[tokio::test]
async fn a_folder_serves_one_at_a_time() {
    let store = Store::start().await;
    let again = || Embedded::start(store.folder.path(), BUCKET, &SystemEntropy);
    assert!(matches!(again().await, Err(VaultError::InUse)));
    store.put("name").await;
    store.embedded.close().await;
    let reopened = again().await.unwrap();
    let client = reopened.client("ap-south-1");
    assert!(client.head_object().bucket(BUCKET).key("name").send().await.is_ok());
}
