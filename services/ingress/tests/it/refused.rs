//! What is not Meta's, or not whole, is refused and leaves nothing behind.

use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode};
use portico_ingress::{IngressConfig, IngressError, ROUTES, router};
use portico_telemetry::{Count, IngressMetrics};
use portico_whatsapp::signature::{AppSecret, sign};

use crate::stage::{BR_WABA, IN_NUMBER, IN_WABA, Stage, VERIFY_TOKEN, indian};

#[tokio::test]
async fn without_a_signature_it_is_401() {
    let stage = Stage::new();
    let bare = Request::post("/webhooks/whatsapp").body(Body::from(indian("hi"))).unwrap();
    assert_eq!(stage.request(bare).await.status(), StatusCode::UNAUTHORIZED);
    for malformed in ["", "sha256=", "sha1=abc", "hello"] {
        assert_eq!(stage.post_signed(&indian("hi"), malformed.as_bytes()).await, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(stage.counted(Count::Unsigned), 5);
    assert!(stage.nothing_kept());
}

#[tokio::test]
async fn a_signature_by_another_app_is_401() {
    let stage = Stage::new();
    let other = AppSecret::parse("another secret").unwrap();
    let signature = sign(&other, &indian("hi"));
    assert_eq!(stage.post_signed(&indian("hi"), signature.as_bytes()).await, StatusCode::UNAUTHORIZED);
    assert_eq!(stage.counted(Count::Forged), 1);
    assert!(stage.nothing_kept());
}

#[tokio::test]
async fn while_the_secret_is_rotated_both_are_good() {
    let old = AppSecret::parse("the old secret").unwrap();
    let also = old.clone();
    let stage = Stage::with(|config| config.app_secrets.push(also));
    assert_eq!(stage.post(&indian("new")).await, StatusCode::OK);
    assert_eq!(stage.post_signed(&indian("old"), sign(&old, &indian("old")).as_bytes()).await, StatusCode::OK);
}

#[tokio::test]
async fn every_single_flipped_bit_is_refused() {
    let stage = Stage::new();
    let body = indian("hi");
    let signature = sign(&stage.secret, &body).into_bytes();
    let flips = |bytes: &[u8]| -> Vec<Vec<u8>> {
        let flip = |bit: usize| {
            let mut flipped = bytes.to_vec();
            flipped[bit / 8] ^= 1 << (bit % 8);
            flipped
        };
        (0..bytes.len() * 8).map(flip).collect()
    };
    for forged in flips(&body) {
        assert_eq!(stage.post_signed(&forged, &signature).await, StatusCode::UNAUTHORIZED);
    }
    // Bytes that no header can hold are refused by HTTP itself.
    for forged in flips(&signature).into_iter().filter(|bytes| HeaderValue::from_bytes(bytes).is_ok()) {
        assert_eq!(stage.post_signed(&body, &forged).await, StatusCode::UNAUTHORIZED);
    }
    assert!(stage.nothing_kept());
    assert_eq!(stage.post_signed(&body, &signature).await, StatusCode::OK, "and unflipped it is taken");
}

#[tokio::test]
async fn over_3_mib_it_is_413_and_at_3_mib_it_is_taken() {
    let stage = Stage::new();
    let frame = indian("").len();
    let exactly = indian(&"a".repeat((3 * 1024 * 1024 - frame) / 2));
    assert!(exactly.len() <= 3 * 1024 * 1024 && exactly.len() > 3 * 1024 * 1024 - 2);
    assert_eq!(stage.post(&exactly).await, StatusCode::OK);
    let over = indian(&"a".repeat((3 * 1024 * 1024 - frame) / 2 + 1));
    assert!(over.len() > 3 * 1024 * 1024);
    assert_eq!(stage.post(&over).await, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!((stage.counted(Count::TooLarge), stage.india.segments().len()), (1, 1));
}

#[tokio::test]
async fn a_body_that_breaks_off_or_dawdles_is_400() {
    let stage = Stage::with(|config| config.read_timeout_ms = 10);
    let broken = futures::stream::iter([Ok("{"), Err(std::io::Error::other("gone"))]);
    let dawdling = futures::stream::pending::<Result<&str, std::io::Error>>();
    for body in [Body::from_stream(broken), Body::from_stream(dawdling)] {
        let request = Request::post("/webhooks/whatsapp").header("x-hub-signature-256", "sha256=00");
        assert_eq!(stage.request(request.body(body).unwrap()).await.status(), StatusCode::BAD_REQUEST);
    }
    assert_eq!(stage.counted(Count::CutOff), 2);
}

#[tokio::test]
async fn whoever_signs_nothing_is_not_listened_to() {
    let stage = Stage::new();
    let endless = futures::stream::pending::<Result<&str, std::io::Error>>();
    let unsigned = Request::post("/webhooks/whatsapp").body(Body::from_stream(endless)).unwrap();
    assert_eq!(stage.request(unsigned).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn only_the_routes_of_the_table_exist() {
    let stage = Stage::new();
    for method in ["GET", "POST", "PUT", "DELETE", "PATCH"] {
        let listed = ROUTES.iter().any(|route| route.method == method && route.path == "/webhooks/whatsapp");
        let request = Request::builder().method(method).uri("/webhooks/whatsapp").body(Body::empty()).unwrap();
        let status = stage.request(request).await.status();
        assert_eq!(status != StatusCode::METHOD_NOT_ALLOWED, listed, "{method}");
    }
    assert_eq!(stage.get("/webhooks").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn mistakes_in_the_configuration_are_refused_at_start() {
    let stage = Stage::new();
    let refused = |config: IngressConfig, doors| {
        router(config, doors, stage.clock.clone(), IngressMetrics::default()).unwrap_err()
    };
    let good = || IngressConfig::new(vec![stage.secret.clone()], VERIFY_TOKEN);
    assert_eq!(refused(IngressConfig { app_secrets: vec![], ..good() }, vec![]), IngressError::NoSecret);
    assert_eq!(refused(IngressConfig { verify_token: String::new(), ..good() }, vec![]), IngressError::NoToken);
    let twice = vec![stage.india.door(IN_NUMBER, IN_WABA), stage.brazil.door(IN_NUMBER, BR_WABA)];
    assert!(matches!(refused(good(), twice), IngressError::SharedNumber { .. }));
    let mut swapped = stage.india.door(IN_NUMBER, IN_WABA);
    swapped.keys = stage.brazil.keys.clone();
    assert!(matches!(refused(good(), vec![swapped]), IngressError::OtherKeys { .. }));
}
