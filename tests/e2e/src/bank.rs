//! The bank's account system, at `/v1`.

use anyhow::Result;
use portico_vocab::CaseId;
use reqwest::{Client, RequestBuilder};
use serde_json::Value;

/// A client with its token.
#[derive(Clone)]
pub struct Bank {
    http: Client,
    url: String,
    token: String,
    traceparent: Option<String>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    /// `Null` when the body is no JSON.
    pub body: Value,
}

impl Bank {
    pub(crate) fn new(url: String, token: String) -> Result<Self> {
        let http = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { http, url, token, traceparent: None })
    }

    /// The same bank with a token nobody gave it.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// The same bank, whose calls belong to a trace of its own.
    #[must_use]
    pub fn in_trace(&self, traceparent: &str) -> Self {
        Self { traceparent: Some(traceparent.to_owned()), ..self.clone() }
    }

    /// # Errors
    /// When there is no answer.
    pub async fn gets(&self, path: &str) -> Result<Answer> {
        self.calls(self.http.get(format!("{}{path}", self.url))).await
    }

    /// # Errors
    /// When there is no answer.
    pub async fn posts(&self, path: &str, key: &str, body: &Value) -> Result<Answer> {
        let request = self.http.post(format!("{}{path}", self.url)).header("idempotency-key", key);
        self.calls(request.json(body)).await
    }

    async fn calls(&self, request: RequestBuilder) -> Result<Answer> {
        let request = request.bearer_auth(&self.token);
        match &self.traceparent {
            Some(trace) => answer(request.header("traceparent", trace)).await,
            None => answer(request).await,
        }
    }

    /// # Errors
    /// When there is no answer.
    pub async fn case(&self, id: CaseId) -> Result<Value> {
        Ok(self.gets(&format!("/v1/cases/{id}")).await?.body)
    }
}

async fn answer(request: RequestBuilder) -> Result<Answer> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    let content_type = response.headers().get("content-type").and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_owned();
    let body = serde_json::from_slice(&response.bytes().await?).unwrap_or(Value::Null);
    Ok(Answer { status, content_type, body })
}
