//! A server on loopback whose answers a test writes, and which remembers what it was asked.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use portico_graph::{AccessToken, Graph, GraphConfig};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub const TOKEN: &str = "EAAtoken";

/// One request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub target: String,
    pub authorization: Option<String>,
    pub user_agent: Option<String>,
    pub body: String,
}

pub struct Stub {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    _tasks: JoinSet<()>,
}

impl Stub {
    /// `answer` is given the server's own address, the request, and how many came before it.
    pub async fn start(
        answer: impl Fn(SocketAddr, &Asked, usize) -> Response<Body> + Clone + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = asked.clone();
        let router = Router::new().fallback(move |request: Request<Body>| {
            let (log, answer) = (log.clone(), answer.clone());
            async move {
                let asked = read(request).await;
                let before = {
                    let mut log = log.lock().unwrap();
                    log.push(asked.clone());
                    log.len() - 1
                };
                answer(address, &asked, before)
            }
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, asked, _tasks: tasks }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// A client whose API and only media host is this server.
    pub fn graph(&self) -> Graph {
        Graph::new(self.config()).unwrap()
    }

    pub fn config(&self) -> GraphConfig {
        let host = self.address.to_string();
        let token = AccessToken::parse(TOKEN).unwrap();
        GraphConfig { allow_http: true, ..GraphConfig::new(&format!("http://{host}/v25.0"), &[&host], token) }
    }
}

async fn read(request: Request<Body>) -> Asked {
    let (head, body) = request.into_parts();
    let header = |name| head.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let (authorization, user_agent) = (header(header::AUTHORIZATION), header(header::USER_AGENT));
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    Asked { target: head.uri.to_string(), authorization, user_agent, body }
}

pub fn answer(status: u16, body: impl Into<Body>) -> Response<Body> {
    Response::builder().status(StatusCode::from_u16(status).unwrap()).body(body.into()).unwrap()
}

pub fn redirect(to: &str) -> Response<Body> {
    Response::builder().status(302).header(header::LOCATION, to).body(Body::empty()).unwrap()
}

/// Meta's error body for `code`.
pub fn refusal(status: u16, code: i64) -> Response<Body> {
    let body =
        format!(r#"{{"error":{{"message":"(#{code}) …","type":"OAuthException","code":{code},"fbtrace_id":"A"}}}}"#);
    answer(status, body)
}
