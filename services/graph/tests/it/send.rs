//! Sending: what is known not to be sent, what was refused, and what nobody can know.

use axum::body::Body;
use axum::http::Response;
use portico_graph::{Graph, GraphConfig, SendFailure, Sent};
use portico_vocab::{Class, PhoneNumberId, Wamid};
use portico_whatsapp::compose::ErrorClass;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::stub::{Stub, TOKEN, answer, redirect, refusal};

const WAMID: &str = "wamid.HBgMMTIzNDU2Nzg5MDEy";

async fn send(graph: &Graph) -> Result<Sent, SendFailure> {
    graph.send(&PhoneNumberId::parse("106540352242922").unwrap(), &json!({"to": "15550001111"})).await
}

fn taken() -> Response<Body> {
    answer(
        200,
        format!(r#"{{"messaging_product":"whatsapp","contacts":[{{"input":"1"}}],"messages":[{{"id":"{WAMID}"}}]}}"#),
    )
}

#[tokio::test]
async fn a_message_goes_to_our_number_with_the_token_and_comes_back_with_its_id() {
    let server = Stub::start(|_, _, _| taken()).await;
    assert_eq!(send(&server.graph()).await.unwrap().wamid, Wamid::parse(WAMID).unwrap());
    let [asked] = &server.asked()[..] else { panic!("one request") };
    assert_eq!(asked.target, "/v25.0/106540352242922/messages");
    assert_eq!(asked.authorization, Some(format!("Bearer {TOKEN}")));
    assert_eq!(serde_json::from_str::<Value>(&asked.body).unwrap(), json!({"to": "15550001111"}));
}

#[tokio::test]
async fn a_message_is_marked_as_read() {
    let server = Stub::start(|_, _, _| answer(200, r#"{"success":true}"#)).await;
    let number = PhoneNumberId::parse("1065").unwrap();
    server.graph().mark_read(&number, &Wamid::parse(WAMID).unwrap(), true).await.unwrap();
    let body: Value = serde_json::from_str(&server.asked()[0].body).unwrap();
    assert_eq!((&body["status"], &body["message_id"]), (&json!("read"), &json!(WAMID)));
}

#[tokio::test]
async fn refusals_carry_metas_code_and_its_class() {
    for (status, code, class) in [
        (400, 131_047, ErrorClass::WindowClosed),
        (400, 131_056, ErrorClass::Pair),
        (429, 130_429, ErrorClass::SlowDown),
        (401, 190, ErrorClass::StopNumber),
        (400, 131_026, ErrorClass::Recipient),
        (400, 100, ErrorClass::BadRequest),
        (500, 131_000, ErrorClass::Retry),
    ] {
        let server = Stub::start(move |_, _, _| refusal(status, code)).await;
        match send(&server.graph()).await.unwrap_err() {
            SendFailure::Refused(error) => assert_eq!((error.code, error.class), (code, class)),
            other => panic!("{code}: {other:?}"),
        }
    }
    let bare = Stub::start(|_, _, _| answer(429, "slow down")).await;
    assert!(matches!(send(&bare.graph()).await, Err(SendFailure::Refused(e)) if e.class == ErrorClass::SlowDown));
}

#[tokio::test]
async fn a_redirect_is_a_refusal_and_the_message_goes_nowhere_else() {
    let stranger = Stub::start(|_, _, _| taken()).await;
    let elsewhere = format!("http://{}/", stranger.address);
    let server = Stub::start(move |_, _, _| redirect(&elsewhere)).await;
    assert!(matches!(send(&server.graph()).await, Err(SendFailure::Refused(_))));
    assert!(stranger.asked().is_empty());
}

#[tokio::test]
async fn an_answer_that_is_not_whatsapps_leaves_it_unknown() {
    for (status, body) in
        [(502, "<html>bad gateway</html>"), (504, ""), (500, "{}"), (200, "{}"), (200, r#"{"messages":[{"id":""}]}"#)]
    {
        let server = Stub::start(move |_, _, _| answer(status, body)).await;
        let failure = send(&server.graph()).await.unwrap_err();
        assert!(matches!(failure, SendFailure::Unknown(_)), "{status} {body}: {failure:?}");
        assert_eq!(failure.class(), Class::Permanent, "never sent again by itself");
    }
}

/// A server that reads the request and then does as told.
async fn after_reading(reply: &'static [u8], hang: bool) -> (GraphConfig, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stub = Stub::start(|_, _, _| taken()).await;
    let config = GraphConfig { base_url: format!("http://{}", listener.local_addr().unwrap()), ..stub.config() };
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let (mut peer, _) = listener.accept().await.unwrap();
        let _ = peer.read(&mut [0; 4096]).await;
        let _ = peer.write_all(reply).await;
        if hang {
            std::future::pending::<()>().await;
        }
    });
    (config, tasks)
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_leaves_it_unknown() {
    for reply in [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"messages\""] {
        let (config, _tasks) = after_reading(reply, false).await;
        assert!(matches!(send(&Graph::new(config).unwrap()).await, Err(SendFailure::Unknown(_))));
    }
}

#[tokio::test]
async fn silence_after_the_request_leaves_it_unknown() {
    let (config, _tasks) = after_reading(b"", true).await;
    let impatient = GraphConfig { timeout_ms: 50, ..config };
    assert!(matches!(send(&Graph::new(impatient).unwrap()).await, Err(SendFailure::Unknown(_))));
}

#[tokio::test]
async fn nobody_listening_means_nothing_was_sent() {
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let stub = Stub::start(|_, _, _| taken()).await;
    let config = GraphConfig { base_url: format!("http://{address}"), ..stub.config() };
    let failure = send(&Graph::new(config).unwrap()).await.unwrap_err();
    assert_eq!((failure, failure.class()), (SendFailure::NotSent, Class::Transient));
}

/// Meta's side closes before it reads: the connection stood, so nobody can know what was on its way.
#[tokio::test]
async fn a_connection_reset_before_it_was_read_leaves_it_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stub = Stub::start(|_, _, _| taken()).await;
    let config = GraphConfig { base_url: format!("http://{}", listener.local_addr().unwrap()), ..stub.config() };
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        loop {
            let (peer, _) = listener.accept().await.unwrap();
            peer.set_zero_linger().unwrap();
        }
    });
    let failure = send(&Graph::new(config).unwrap()).await.unwrap_err();
    assert!(matches!(failure, SendFailure::Unknown(_)), "{failure:?}");
}

/// A server whose queue of connections is full: the time to connect runs out, and nothing was written.
#[tokio::test]
async fn a_connection_that_never_comes_about_means_nothing_was_sent() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let full = socket.listen(0).unwrap();
    let address = full.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(peer) =
        tokio::time::timeout(std::time::Duration::from_millis(50), tokio::net::TcpStream::connect(address)).await
    {
        waiting.push(peer);
    }
    let stub = Stub::start(|_, _, _| taken()).await;
    let base_url = format!("http://{address}");
    let config = GraphConfig { base_url, connect_timeout_ms: 50, ..stub.config() };
    assert_eq!(send(&Graph::new(config).unwrap()).await, Err(SendFailure::NotSent));
}

/// A kept connection that the other side has closed meanwhile is replaced, and the message goes out once.
#[tokio::test]
async fn a_kept_connection_that_was_closed_is_replaced() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stub = Stub::start(|_, _, _| taken()).await;
    let config = GraphConfig { base_url: format!("http://{}", listener.local_addr().unwrap()), ..stub.config() };
    let body = format!(r#"{{"messages":[{{"id":"{WAMID}"}}]}}"#);
    let reply = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let (closed, has_closed) = tokio::sync::oneshot::channel();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let (mut first, _) = listener.accept().await.unwrap();
        let _ = first.read(&mut [0; 4096]).await;
        first.write_all(reply.as_bytes()).await.unwrap();
        drop(first);
        let _ = closed.send(());
        let (mut second, _) = listener.accept().await.unwrap();
        let _ = second.read(&mut [0; 4096]).await;
        second.write_all(reply.as_bytes()).await.unwrap();
    });
    let graph = Graph::new(config).unwrap();
    send(&graph).await.unwrap();
    has_closed.await.unwrap();
    send(&graph).await.unwrap();
}
