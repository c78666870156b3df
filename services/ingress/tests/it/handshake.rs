//! `GET /webhooks/whatsapp`: the verification handshake.

use axum::body::to_bytes;
use axum::http::StatusCode;
use portico_telemetry::Count;

use crate::stage::Stage;

#[tokio::test]
async fn the_right_token_is_answered_with_the_bare_challenge() {
    let stage = Stage::new();
    let target = "/webhooks/whatsapp?hub.verify_token=a%20token&hub.challenge=1158201444&hub.mode=subscribe";
    let response = stage.get(target).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/plain"));
    assert_eq!(to_bytes(response.into_body(), 100).await.unwrap(), "1158201444");
    assert_eq!(stage.counted(Count::HandshakeMet), 1);
}

#[tokio::test]
async fn anything_else_is_403_and_echoes_nothing() {
    let stage = Stage::new();
    let long = "9".repeat(257);
    let queries = [
        "",
        "?hub.mode=subscribe&hub.challenge=4711&hub.verify_token=A%20token",
        "?hub.mode=subscribe&hub.challenge=4711&hub.verify_token=",
        "?hub.mode=subscribe&hub.challenge=4711",
        "?hub.mode=unsubscribe&hub.challenge=4711&hub.verify_token=a%20token",
        "?hub.mode=subscribe&hub.verify_token=a%20token",
        &format!("?hub.mode=subscribe&hub.challenge={long}&hub.verify_token=a%20token"),
    ];
    for query in queries {
        let response = stage.get(&format!("/webhooks/whatsapp{query}")).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{query}");
        let body = to_bytes(response.into_body(), 1000).await.unwrap();
        assert!(!String::from_utf8_lossy(&body).contains("4711"));
    }
    assert_eq!(stage.counted(Count::HandshakeRefused), queries.len() as u64);
}
