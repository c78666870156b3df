//! The vault on the embedded S3.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::Path;
use std::sync::Arc;

use portico_keys::{CaseKey, CellKeys, Entropy, MasterKey, SystemEntropy};
use portico_vault::{BucketConfig, LockProof, Purpose, RegionProof, StoredRef, Vault, VaultError};
use portico_vocab::{CaseId, CellId, Class, CountryCode, Sha256};

const PICTURE: &[u8] = b"the applicant's passport, in plain bytes";

fn config(folder: &Path) -> BucketConfig {
    BucketConfig {
        name: "kyc-in".into(),
        region: "ap-south-1".into(),
        endpoint: format!("embedded:{}", folder.display()),
        access_key: String::new(),
        secret_key: String::new(),
    }
}

fn cell(country: &str) -> CellId {
    CellId::of(CountryCode::parse(country).unwrap())
}

fn case_key(country: &str) -> CaseKey {
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let keys = CellKeys::new(cell(country), MasterKey::generate(entropy.as_ref()), entropy);
    keys.new_case_key(CaseId::from_bytes([1; 16])).0
}

async fn open(folder: &Path) -> Vault {
    Vault::open(cell("IN"), config(folder), Arc::new(SystemEntropy)).await.unwrap()
}

#[tokio::test]
async fn what_was_put_is_got() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, key) = (open(folder.path()).await, case_key("IN"));
    let large = vec![0x5a; 3 * 1024 * 1024];
    for plain in [PICTURE, b"", &large] {
        let stored = vault.put(&key, Purpose::Image, plain).await.unwrap().into_reference();
        assert_eq!((stored.size, stored.sha256), (plain.len() as u64, Sha256::of(plain)));
        assert!(vault.get(&key, &stored).await.unwrap() == plain);
    }
}

#[tokio::test]
async fn another_key_purpose_digest_or_cell_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, key) = (open(folder.path()).await, case_key("IN"));
    let stored = vault.put(&key, Purpose::Image, PICTURE).await.unwrap().into_reference();

    let outcome = vault.get(&case_key("IN"), &stored).await;
    assert!(matches!(outcome, Err(VaultError::Sealed(_))));
    assert_eq!(outcome.unwrap_err().class(), Class::Bug);
    let thumbnail = StoredRef { purpose: Purpose::Thumbnail, ..stored.clone() };
    assert!(matches!(vault.get(&key, &thumbnail).await, Err(VaultError::Sealed(_))));
    let other_digest = StoredRef { sha256: Sha256::of(b"another"), ..stored.clone() };
    assert!(matches!(vault.get(&key, &other_digest).await, Err(VaultError::Sealed(_))));
    let shorter = StoredRef { size: stored.size - 1, ..stored.clone() };
    assert!(matches!(vault.get(&key, &shorter).await, Err(VaultError::Altered)));

    let brazil = case_key("BR");
    assert!(matches!(vault.get(&brazil, &stored).await, Err(VaultError::OtherCell)));
    assert!(matches!(vault.put(&brazil, Purpose::Image, PICTURE).await, Err(VaultError::OtherCell)));
}

#[tokio::test]
async fn an_object_beyond_the_limit_is_refused_before_it_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, key) = (open(folder.path()).await, case_key("IN"));
    let huge = vec![0; 32 * 1024 * 1024];
    let outcome = vault.put(&key, Purpose::Original, &huge).await;
    assert!(matches!(outcome, Err(VaultError::TooLarge { .. })));
    assert!(vault.list(None).await.unwrap().objects.is_empty());
}

#[tokio::test]
async fn the_folder_holds_no_plaintext() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, key) = (open(folder.path()).await, case_key("IN"));
    let stored = vault.put(&key, Purpose::Image, PICTURE).await.unwrap().into_reference();
    let digest = stored.sha256.to_hex();
    let mut files = 0;
    for directory in [folder.path().to_owned(), folder.path().join("kyc-in")] {
        for entry in std::fs::read_dir(directory).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_file() {
                files += 1;
                let bytes = std::fs::read(entry.path()).unwrap();
                for secret in [&PICTURE[..8], stored.sha256.as_bytes(), digest.as_bytes()] {
                    assert!(!bytes.windows(secret.len()).any(|window| window == secret));
                }
            }
        }
    }
    assert!(files >= 2, "the object was not looked at");
}

#[tokio::test]
async fn an_object_altered_on_disk_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, key) = (open(folder.path()).await, case_key("IN"));
    let stored = vault.put(&key, Purpose::Image, PICTURE).await.unwrap().into_reference();
    let path = folder.path().join("kyc-in").join(&stored.object_key);
    let mut bytes = std::fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert!(matches!(vault.get(&key, &stored).await, Err(VaultError::Sealed(_))));
    std::fs::write(&path, b"").unwrap();
    assert!(matches!(vault.get(&key, &stored).await, Err(VaultError::Altered)));
}

#[tokio::test]
async fn deleted_objects_are_gone_and_deleting_again_is_fine() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, key) = (open(folder.path()).await, case_key("IN"));
    let keep = vault.put(&key, Purpose::Image, PICTURE).await.unwrap().into_reference();
    let gone = vault.put(&key, Purpose::Thumbnail, PICTURE).await.unwrap().into_reference();
    for _ in 0..2 {
        assert_eq!(vault.delete(std::slice::from_ref(&gone.object_key)).await.unwrap(), []);
    }
    vault.delete(&[]).await.unwrap();
    let outcome = vault.get(&key, &gone).await;
    assert!(matches!(outcome, Err(VaultError::Gone)));
    assert_eq!(outcome.unwrap_err().class(), Class::Permanent);
    assert!(vault.get(&key, &keep).await.is_ok());
}

#[tokio::test]
async fn listing_pages_through_every_object() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, key) = (open(folder.path()).await, case_key("IN"));
    let mut put = Vec::new();
    for _ in 0..5 {
        put.push(vault.put(&key, Purpose::Image, PICTURE).await.unwrap().into_reference().object_key);
    }
    put.sort();
    let page = vault.list(None).await.unwrap();
    assert_eq!(page.objects.iter().map(|object| object.object_key.clone()).collect::<Vec<_>>(), put);
    assert_eq!(page.next, None);
    let rest = vault.list(Some(&put[2])).await.unwrap();
    assert_eq!(rest.objects.len(), 2);
    assert!(rest.objects.iter().all(|object| object.size > PICTURE.len() as u64));
}

#[tokio::test]
async fn a_restart_keeps_objects_and_a_second_vault_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, key) = (open(folder.path()).await, case_key("IN"));
    let stored = vault.put(&key, Purpose::Image, PICTURE).await.unwrap().into_reference();
    let second = Vault::open(cell("IN"), config(folder.path()), Arc::new(SystemEntropy)).await;
    assert!(matches!(second, Err(VaultError::InUse)));
    vault.close().await;

    let reopened = open(folder.path()).await;
    assert_eq!(reopened.get(&key, &stored).await.unwrap(), PICTURE);
}

#[tokio::test]
async fn the_store_ends_with_the_last_clone_of_its_vault() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    let clone = vault.clone();
    drop(vault);
    clone.health().await.unwrap();
    drop(clone);
    // Its tasks end when the runtime next looks at them: give it turns until the folder is free.
    while let Err(error) = Vault::open(cell("IN"), config(folder.path()), Arc::new(SystemEntropy)).await {
        assert!(matches!(error, VaultError::InUse));
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_closed_store_is_unavailable() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    vault.close().await;
    vault.close().await;
    let outcome = vault.health().await;
    assert_eq!(outcome.unwrap_err().class(), Class::Transient);
}

#[tokio::test]
async fn the_embedded_store_is_honest_about_itself() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    vault.health().await.unwrap();
    assert!(vault.is_embedded());
    assert!(matches!(vault.region().await, RegionProof::CannotSay { .. }));
    assert_eq!(vault.can_lock().await, LockProof::CannotLock { why: "this S3 has no Object Lock" });
}

#[tokio::test]
async fn another_process_may_read_while_one_works() {
    let folder = tempfile::tempdir().unwrap();
    let read_only = || Vault::open_read_only(cell("IN"), config(folder.path()), Arc::new(SystemEntropy)).unwrap();
    assert!(matches!(read_only().health().await, Err(VaultError::NoBucket)));
    assert!(matches!(read_only().list(None).await, Err(VaultError::NoBucket)));

    let (vault, key) = (open(folder.path()).await, case_key("IN"));
    let stored = vault.put(&key, Purpose::Image, PICTURE).await.unwrap().into_reference();
    // A put of the other process that is under way: a second S3 over the folder would delete it.
    let under_way = folder.path().join(".tmp.7.internal.part");
    std::fs::write(&under_way, b"half an obj").unwrap();
    let reader = read_only();
    reader.health().await.unwrap();
    assert!(reader.is_read_only() && reader.is_embedded() && !vault.is_read_only());
    assert_eq!(reader.get(&key, &stored).await.unwrap(), PICTURE);
    assert_eq!(reader.list(None).await.unwrap(), vault.list(None).await.unwrap());
    assert_eq!(reader.list(Some(&stored.object_key)).await.unwrap().objects, []);
    assert!(matches!(reader.region().await, RegionProof::CannotSay { .. }));
    assert_eq!(reader.can_lock().await, vault.can_lock().await);

    assert!(matches!(reader.put(&key, Purpose::Image, PICTURE).await, Err(VaultError::ReadOnly)));
    assert!(matches!(reader.delete(std::slice::from_ref(&stored.object_key)).await, Err(VaultError::ReadOnly)));
    assert!(under_way.exists());
    let path = folder.path().join("kyc-in").join(&stored.object_key);
    std::fs::write(&path, vec![0; 10_000]).unwrap();
    assert!(matches!(reader.get(&key, &stored).await, Err(VaultError::Altered)));
    vault.delete(std::slice::from_ref(&stored.object_key)).await.unwrap();
    assert!(matches!(reader.get(&key, &stored).await, Err(VaultError::Gone)));
    let outside = StoredRef { object_key: "../.portico.lock".into(), ..stored };
    assert!(matches!(reader.get(&key, &outside).await, Err(VaultError::Gone)));
}

#[test]
fn references_keep_their_stored_form() {
    let stored = StoredRef { object_key: "ab".into(), purpose: Purpose::Thumbnail, sha256: Sha256::of(b""), size: 7 };
    let json = serde_json::to_string(&stored).unwrap();
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(json, format!(r#"{{"object_key":"ab","purpose":"thumbnail","sha256":"{empty}","size":7}}"#));
    assert_eq!(serde_json::from_str::<StoredRef>(&json).unwrap(), stored);
}
