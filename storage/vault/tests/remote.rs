//! The vault against a remote S3, played by a server that answers as told: region proofs, refusals, taken names.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode};
use portico_keys::{CellKeys, MasterKey, SystemEntropy};
use portico_vault::{BucketConfig, LockProof, Purpose, RegionProof, Vault, VaultError};
use portico_vocab::{CaseId, CellId, Class, CountryCode, Timestamp};
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinSet;

/// An S3 on loopback; it stops with the set.
async fn serving(routes: Router) -> (Vault, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let mut server = JoinSet::new();
    server.spawn(async move { axum::serve(listener, routes).await.unwrap() });
    (vault(endpoint).await, server)
}

/// One that answers everything with `status`, `region` and `body`.
async fn answering(status: StatusCode, region: Option<&'static str>, body: &'static str) -> (Vault, JoinSet<()>) {
    let answer = move || async move {
        let region = region.map(|region| ("x-amz-bucket-region".parse().unwrap(), region.parse().unwrap()));
        (status, HeaderMap::from_iter(region), body)
    };
    serving(Router::new().fallback(answer)).await
}

async fn vault(endpoint: String) -> Vault {
    let config = BucketConfig {
        name: "kyc-in".into(),
        region: "ap-south-1".into(),
        endpoint,
        access_key: "key".into(),
        secret_key: "secret".into(),
    };
    let cell = CellId::of(CountryCode::parse("IN").unwrap());
    Vault::open(cell, config, Arc::new(SystemEntropy)).await.unwrap()
}

#[tokio::test]
async fn the_bucket_confirms_or_contradicts() {
    let (vault, _server) = answering(StatusCode::OK, Some("ap-south-1"), "").await;
    assert_eq!(vault.region().await, RegionProof::Confirmed);
    let (vault, _server) = answering(StatusCode::OK, Some("eu-west-1"), "").await;
    assert_eq!(vault.region().await, RegionProof::Contradicted { actual: "eu-west-1".into() });
}

#[tokio::test]
async fn a_refusal_still_tells_the_region() {
    let (vault, _server) = answering(StatusCode::FORBIDDEN, Some("eu-west-1"), "").await;
    assert_eq!(vault.region().await, RegionProof::Contradicted { actual: "eu-west-1".into() });
    let outcome = vault.health().await;
    assert!(matches!(outcome, Err(VaultError::Denied { .. })));
    assert_eq!(outcome.unwrap_err().class(), Class::Permanent);
}

#[tokio::test]
async fn the_location_is_asked_when_the_header_is_missing() {
    let location =
        r#"<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">sa-east-1</LocationConstraint>"#;
    let (vault, _server) = answering(StatusCode::OK, None, location).await;
    assert_eq!(vault.region().await, RegionProof::Contradicted { actual: "sa-east-1".into() });
    let (vault, _server) = answering(StatusCode::OK, None, "not xml").await;
    assert!(matches!(vault.region().await, RegionProof::CannotSay { .. }));
}

#[tokio::test]
async fn an_endpoint_of_another_region_contradicts_without_a_call() {
    let vault = vault("https://s3.eu-west-1.amazonaws.com".into()).await;
    assert_eq!(vault.region().await, RegionProof::Contradicted { actual: "eu-west-1".into() });
}

#[tokio::test]
async fn a_missing_bucket_is_named_as_such() {
    let (vault, _server) = answering(StatusCode::NOT_FOUND, None, "").await;
    assert!(matches!(vault.health().await, Err(VaultError::NoBucket)));
}

#[tokio::test]
async fn a_taken_name_is_replaced_and_an_object_never_overwritten() {
    let names: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&names);
    let answer = move |request: Request| async move {
        let header = |name| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(request.method(), Method::PUT);
        assert_eq!(header("if-none-match").as_deref(), Some("*"));
        assert!(header("x-amz-checksum-sha256").is_some());
        let mut names = seen.lock().unwrap();
        names.push(request.uri().path().trim_start_matches("/kyc-in/").to_owned());
        if names.len() == 1 { StatusCode::PRECONDITION_FAILED } else { StatusCode::OK }
    };
    let (vault, _server) = serving(Router::new().fallback(answer)).await;
    let keys = CellKeys::new(vault.cell(), MasterKey::generate(&SystemEntropy), Arc::new(SystemEntropy));
    let (key, _) = keys.new_case_key(CaseId::from_bytes([1; 16]));
    let stored = vault.put(&key, Purpose::Image, b"a picture").await.unwrap();

    let names = names.lock().unwrap();
    assert!(names.len() == 2 && names[0] != names[1]);
    assert_eq!(stored.reference().object_key, names[1]);
}

#[tokio::test]
async fn a_bucket_that_can_lock_says_so() {
    let enabled = "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>";
    let (vault, _server) = answering(StatusCode::OK, None, enabled).await;
    assert_eq!(vault.can_lock().await, LockProof::CanLock);
    let (vault, _server) = answering(StatusCode::NOT_FOUND, None, "").await;
    assert_eq!(vault.can_lock().await, LockProof::CannotLock { why: "Object Lock is off on this bucket" });
}

#[tokio::test]
async fn what_a_policy_keeps_is_no_lock() {
    let kept = "<DeleteResult><Error><Key>a</Key><Code>AccessDenied</Code></Error></DeleteResult>";
    let answer = move |request: Request| async move {
        let query = request.uri().query().unwrap_or_default();
        match query.split('=').next() {
            Some("delete") => (StatusCode::OK, kept),
            Some("versioning") => (StatusCode::OK, "<VersioningConfiguration/>"),
            Some("retention") => (StatusCode::NOT_FOUND, "<Error><Code>NoSuchObjectLockConfiguration</Code></Error>"),
            _ => (StatusCode::IM_A_TEAPOT, ""),
        }
    };
    let (vault, _server) = serving(Router::new().fallback(answer)).await;
    let outcome = vault.delete(&["a".to_owned()]).await;
    assert!(
        matches!(&outcome, Err(VaultError::NotDeleted { failed: 1, code }) if code == "AccessDenied"),
        "{outcome:?}"
    );
    assert_eq!(outcome.unwrap_err().class(), Class::Permanent);
}

#[tokio::test]
async fn an_outage_is_not_taken_for_a_bucket_that_cannot_lock() {
    let (vault, _server) = answering(StatusCode::SERVICE_UNAVAILABLE, None, "").await;
    let outcome = vault.retain(&["a".to_owned()], Timestamp::from_seconds(4_000_000_000)).await;
    assert_eq!(outcome.unwrap_err().class(), Class::Transient);
    assert!(matches!(vault.can_lock().await, LockProof::CannotLock { .. }));
}

#[tokio::test]
async fn a_bucket_that_is_down_is_transient_and_comes_back_by_itself() {
    // Bound but not listening: connections are refused, and the port stays ours until somebody answers.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let vault = vault(format!("http://{}", socket.local_addr().unwrap())).await;
    let keys = CellKeys::new(vault.cell(), MasterKey::generate(&SystemEntropy), Arc::new(SystemEntropy));
    let (key, _) = keys.new_case_key(CaseId::from_bytes([1; 16]));
    // Far more calls than the SDK's budget for trying again allows: that must not keep it from answering later.
    for _ in 0..60 {
        let outcome = vault.put(&key, Purpose::Image, b"a picture").await;
        assert!(matches!(outcome, Err(VaultError::Unavailable { .. })), "{outcome:?}");
        assert_eq!(outcome.unwrap_err().class(), Class::Transient);
    }
    let listener = socket.listen(16).unwrap();
    let mut server = JoinSet::new();
    server.spawn(async move { axum::serve(listener, Router::new().fallback(|| async {})).await.unwrap() });
    vault.put(&key, Purpose::Image, b"a picture").await.unwrap();
}
