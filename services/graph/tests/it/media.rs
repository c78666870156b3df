//! Media: where the token goes, what is counted and compared, and what each refusal is called.

use std::net::SocketAddr;

use axum::body::Body;
use axum::http::Response;
use portico_graph::{Graph, GraphConfig, GraphError, HashCheck, Media};
use portico_vocab::{Class, MediaId, PhoneNumberId, Sha256};
use portico_whatsapp::compose::ErrorClass;

use crate::stub::{Asked, Stub, TOKEN, answer, redirect, refusal};

const PHOTO: &[u8] = b"\xff\xd8 not really a photo \xff\xd9";

fn number() -> PhoneNumberId {
    PhoneNumberId::parse("106540352242922").unwrap()
}

fn photo_id() -> MediaId {
    MediaId::parse("1037543291543636").unwrap()
}

async fn fetch(graph: &Graph, declared: Option<&Sha256>) -> Result<Media, GraphError> {
    graph.media(&number(), &photo_id(), declared).await
}

/// What the look-up says: `extra` is the JSON after the address.
fn look_up(at: SocketAddr, extra: &str) -> Response<Body> {
    let url = format!(r#"http:\/\/{at}\/whatsapp_business\/attachments\/?mid=1&ext=2&hash=3"#);
    answer(200, format!(r#"{{"messaging_product":"whatsapp","url":"{url}"{extra}}}"#))
}

fn is_look_up(asked: &Asked) -> bool {
    asked.target.starts_with("/v25.0/")
}

/// A server that holds the photo and says `extra` about it.
async fn holds_photo(extra: &'static str) -> Stub {
    Stub::start(move |at, asked, _| if is_look_up(asked) { look_up(at, extra) } else { answer(200, PHOTO) }).await
}

#[tokio::test]
async fn a_photo_is_looked_up_for_our_number_and_fetched_with_the_token() {
    let hash = Sha256::of(PHOTO);
    let server = Stub::start(move |at, asked, _| {
        let extra = format!(r#","mime_type":"image/jpeg","sha256":"{hash}","file_size":"{}""#, PHOTO.len());
        if is_look_up(asked) { look_up(at, &extra) } else { answer(200, PHOTO) }
    })
    .await;
    let media = fetch(&server.graph(), Some(&hash)).await.unwrap();
    assert_eq!((&media.bytes[..], media.sha256, media.verified), (PHOTO, hash, HashCheck::Both));
    assert_eq!(media.mime.as_deref(), Some("image/jpeg"));
    let targets: Vec<_> = server.asked().iter().map(|asked| asked.target.clone()).collect();
    assert_eq!(
        targets,
        [
            "/v25.0/1037543291543636?phone_number_id=106540352242922",
            "/whatsapp_business/attachments/?mid=1&ext=2&hash=3"
        ]
    );
    for asked in server.asked() {
        assert_eq!(asked.authorization, Some(format!("Bearer {TOKEN}")));
        assert!(asked.user_agent.unwrap().starts_with("portico/"));
    }
}

#[tokio::test]
async fn the_file_size_may_be_a_string_a_number_or_missing() {
    for extra in [r#","file_size":"24""#, r#","file_size":24"#, ""] {
        let server = holds_photo(extra).await;
        let media = fetch(&server.graph(), None).await.unwrap();
        assert_eq!(media.verified, HashCheck::Unverifiable, "{extra}");
    }
    let server = holds_photo(r#","file_size":25"#).await;
    assert_eq!(fetch(&server.graph(), None).await, Err(GraphError::Altered { declared_by: "size" }));
}

#[tokio::test]
async fn each_declared_digest_is_compared_and_an_impossible_one_is_none() {
    let (right, wrong) = (Sha256::of(PHOTO), Sha256::of(b"another"));
    let server = holds_photo(r#","sha256":"4654+8g=""#).await;
    assert_eq!(fetch(&server.graph(), Some(&right)).await.unwrap().verified, HashCheck::Webhook);
    assert_eq!(fetch(&server.graph(), Some(&wrong)).await, Err(GraphError::Altered { declared_by: "webhook" }));
    let server = Stub::start(move |at, asked, _| {
        let extra = format!(r#","sha256":"{}""#, wrong.to_base64());
        if is_look_up(asked) { look_up(at, &extra) } else { answer(200, PHOTO) }
    })
    .await;
    assert_eq!(fetch(&server.graph(), Some(&right)).await, Err(GraphError::Altered { declared_by: "graph" }));
    assert_eq!(fetch(&server.graph(), None).await, Err(GraphError::Altered { declared_by: "graph" }));
}

#[tokio::test]
async fn a_host_that_is_not_listed_is_never_asked() {
    let stranger = holds_photo("").await;
    let elsewhere = stranger.address;
    let server = Stub::start(move |_, _, _| look_up(elsewhere, "")).await;
    let error = fetch(&server.graph(), None).await.unwrap_err();
    assert_eq!(error, GraphError::HostNotAllowed { host: format!("http://{elsewhere}") });
    assert_eq!(error.class(), Class::Permanent);
    assert!(stranger.asked().is_empty());
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_token_stays() {
    let stranger = holds_photo("").await;
    let elsewhere = stranger.address;
    let from_media =
        Stub::start(
            move |at, asked, _| {
                if is_look_up(asked) { look_up(at, "") } else { redirect(&format!("http://{elsewhere}/x")) }
            },
        )
        .await;
    let from_look_up = Stub::start(move |_, _, _| redirect(&format!("http://{elsewhere}/x"))).await;
    for server in [from_media, from_look_up] {
        assert_eq!(fetch(&server.graph(), None).await, Err(GraphError::Redirected));
    }
    assert!(stranger.asked().is_empty());
}

#[tokio::test]
async fn a_dead_address_is_looked_up_again_once() {
    let dies_once = Stub::start(|at, asked, before| match (is_look_up(asked), before) {
        (true, _) => look_up(at, ""),
        (false, 1) => answer(404, "expired"),
        (false, _) => answer(200, PHOTO),
    })
    .await;
    assert_eq!(fetch(&dies_once.graph(), None).await.unwrap().bytes, PHOTO);
    assert_eq!(dies_once.asked().len(), 4);
    let stays_dead =
        Stub::start(|at, asked, _| if is_look_up(asked) { look_up(at, "") } else { answer(404, "") }).await;
    assert_eq!(fetch(&stays_dead.graph(), None).await, Err(GraphError::Gone));
    assert_eq!(stays_dead.asked().len(), 4);
}

#[tokio::test]
async fn a_file_over_the_cap_is_refused_by_each_thing_that_tells_its_size() {
    let capped = |server: &Stub| {
        let config = GraphConfig { max_media_bytes: PHOTO.len() as u64 - 1, ..server.config() };
        Graph::new(config).unwrap()
    };
    let too_large = Err(GraphError::TooLarge { max_bytes: PHOTO.len() as u64 - 1 });

    let by_look_up = holds_photo(r#","file_size":"24""#).await;
    assert_eq!(fetch(&capped(&by_look_up), None).await, too_large);
    assert_eq!(by_look_up.asked().len(), 1, "nothing was fetched");

    let by_header = holds_photo("").await;
    assert_eq!(fetch(&capped(&by_header), None).await, too_large);

    let by_count = Stub::start(|at, asked, _| {
        let pieces = PHOTO.chunks(5).map(|piece| Ok::<_, std::io::Error>(piece.to_vec()));
        let chunked = Body::from_stream(futures::stream::iter(pieces));
        if is_look_up(asked) { look_up(at, r#","file_size":"3""#) } else { answer(200, chunked) }
    })
    .await;
    assert_eq!(fetch(&capped(&by_count), None).await, too_large);
}

#[tokio::test]
async fn refusals_are_classed_by_metas_code() {
    for (status, code, expected) in [
        (400, 100, None),
        (404, 100, None),
        (404, 33, None),
        (401, 190, Some(ErrorClass::StopNumber)),
        (500, 2, Some(ErrorClass::Retry)),
    ] {
        let server = Stub::start(move |_, _, _| refusal(status, code)).await;
        let error = fetch(&server.graph(), None).await.unwrap_err();
        match expected {
            None => assert_eq!(error, GraphError::Gone),
            Some(class) => assert!(matches!(error, GraphError::Refused(e) if e.class == class), "{error:?}"),
        }
    }
    let no_word_of_meta = Stub::start(|_, _, _| answer(502, "<html>bad gateway</html>")).await;
    assert_eq!(fetch(&no_word_of_meta.graph(), None).await.unwrap_err().class(), Class::Transient);
    let html = Stub::start(|_, _, _| answer(200, "<html>sign in</html>")).await;
    assert!(matches!(fetch(&html.graph(), None).await, Err(GraphError::Unreadable { .. })));
}

#[tokio::test]
async fn nothing_secret_is_in_an_error() {
    let server = Stub::start(|_, _, _| look_up("192.0.2.1:9".parse().unwrap(), "")).await;
    let error = fetch(&server.graph(), None).await.unwrap_err();
    let told = format!("{error} {error:?} {:?}", server.graph());
    for secret in [TOKEN, "mid=1", "hash=3", "1037543291543636"] {
        assert!(!told.contains(secret), "{told}");
    }
}
