//! What every door answers to requests that are full of personal things and cannot be met.
//!
//! An answer goes to whoever asked, but it is kept for whoever asks again, passes proxies that log, and shows how errors
//! are worded: whoever words one from what came in, words a log line so tomorrow.

use anyhow::Result;
use portico_crash::Site;
use portico_e2e::Reviewer;
use portico_vocab::CaseId;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use reqwest::{Client, Method};
use serde_json::json;

use crate::meta::{WEBHOOKS, posts};
use crate::{Canaries, Haystack, Straw};

/// One request.
struct Ask {
    method: Method,
    path: String,
    body: Option<String>,
    headers: HeaderMap,
}

/// What was asked and what was answered.
pub struct Asked<'a> {
    pub site: &'a Site,
    pub http: &'a Client,
    pub hay: Haystack,
}

impl Asked<'_> {
    /// Asks everything, about `case` where it must be one that there is.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn everything(&mut self, canaries: &mut Canaries, case: &str) -> Result<()> {
        let asks = [answered(case), reads(canaries, case), changes(canaries, case), headers(canaries, case)];
        for ask in asks.into_iter().flatten() {
            self.ask(ask).await?;
        }
        for (name, body) in broken(canaries) {
            let answer = posts(self.site, self.http, body.as_bytes()).await?;
            self.keep(format!("error of the webhook {name}: {}", answer.status()), answer).await?;
        }
        Ok(())
    }

    /// Looks for what is not there, and sends what no page offers.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn pages(&mut self, canaries: &mut Canaries, reviewer: &Reviewer, case: CaseId) -> Result<()> {
        let mut word = |field: &str| canaries.plain_word(&format!("/console {field}"));
        let paths = [
            format!("/console/{}", word("path")),
            format!("/console/case/{}", word("case")),
            format!("/console/case/{case}/evidence/{}", word("evidence")),
            format!("/console/assets/{}", word("asset")),
            format!("/console?after={}", word("after")),
        ];
        // The page repeats what was looked for.
        reviewer.goes_to(&format!("/console/search?q={}", word("search"))).await?;
        for path in paths {
            let page = reviewer.goes_to(&path).await?;
            self.hay.add(format!("error {} of a page: {}", self.hay.straws().len(), page.status), page.html);
        }
        // Another form ends the session.
        let forms = reviewer.opens(case).await?.forms().into_iter().filter(|form| form.action.contains("/case/"));
        for mut filled in forms {
            for field in ["outcome", "reason", "note", "dossier", "slot", "photo_reason", "evidence", "attest"] {
                filled = filled.fill(field, &word(field));
            }
            // The page repeats what was filled in.
            reviewer.submits(&filled).await?;
        }
        Ok(())
    }

    async fn ask(&mut self, ask: Ask) -> Result<()> {
        let mut headers = ask.headers;
        let token = HeaderValue::from_str(&format!("Bearer {}", self.site.api_token()))?;
        headers.entry(AUTHORIZATION).or_insert(token);
        let mut request =
            self.http.request(ask.method.clone(), format!("http://{}{}", self.site.api.address(), ask.path));
        if let Some(body) = ask.body {
            headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
            request = request.body(body);
        }
        let answer = request.headers(headers).send().await?;
        let place = format!("error {} of {}: {}", self.hay.straws().len(), ask.method, answer.status());
        self.keep(place, answer).await
    }

    async fn keep(&mut self, place: String, answer: reqwest::Response) -> Result<()> {
        let headers = format!("{:?}", answer.headers());
        let text = answer.text().await?;
        self.hay.add(place, format!("{headers}\n{text}"));
        Ok(())
    }

    #[must_use]
    pub fn straws(self) -> Vec<Straw> {
        self.hay.straws().to_vec()
    }
}

fn ask(method: Method, path: impl Into<String>) -> Ask {
    Ask { method, path: path.into(), body: None, headers: HeaderMap::new() }
}

fn reads(canaries: &mut Canaries, case: &str) -> Vec<Ask> {
    let mut word = |field: &str| canaries.plain_word(&format!("/v1 {field}"));
    [
        format!("/v1/{}", word("path")),
        format!("/v1/cases/{}", word("case")),
        format!("/v1/cases/{}/applicant", word("case")),
        format!("/v1/cases/{case}/evidence/{}", word("evidence")),
        format!("/v1/cases/{case}/history?after={}", word("after")),
        format!("/v1/cases?stage={}", word("stage")),
        format!("/v1/cases?outcome={}", word("outcome")),
        format!("/v1/cases?country={}", word("country")),
        format!("/v1/cases?reference={}", word("reference")),
        format!("/v1/cases?after={}", word("cursor")),
        format!("/v1/cases?limit={}", word("limit")),
        format!("/v1/cases?name=%C5%BD{}", word("parameter")),
        format!("/v1/events?type={}", word("type")),
        format!("/v1/events?case={}", word("case")),
        format!("{WEBHOOKS}?hub.mode=subscribe&hub.challenge={}&hub.verify_token=no", word("challenge")),
        format!("{WEBHOOKS}?hub.mode=subscribe&hub.challenge=1&hub.verify_token={}", word("verify token")),
        format!("/healthz?{}", word("healthz")),
    ]
    .into_iter()
    .map(|path| ask(Method::GET, path))
    .collect()
}

fn changes(canaries: &mut Canaries, case: &str) -> Vec<Ask> {
    let mut word = |field: &str| canaries.word(&format!("/v1 body {field}"));
    let officer = json!({ "id": "k-17", "role": "maker" });
    let bodies = [
        ("decision", json!({ "outcome": word("outcome"), "officer": officer }).to_string()),
        (
            "decision",
            json!({ "outcome": "approved", "officer": { "id": word("officer"), "role": "maker" } }).to_string(),
        ),
        ("decision", json!({ "outcome": "approved", "officer": word("officer of another type") }).to_string()),
        ("decision", json!({ "outcome": "approved", "officer": officer, "reasons": [word("reason")] }).to_string()),
        ("decision", json!({ "outcome": "approved", "officer": officer, "reasons": word("reasons") }).to_string()),
        ("decision", json!({ "outcome": "approved", "officer": officer, "note": [word("note")] }).to_string()),
        ("decision", json!({ "outcome": "approved", "officer": officer, "dossier": word("dossier") }).to_string()),
        ("decision", json!({ "outcome": "approved", "officer": officer, "unknown": word("unknown") }).to_string()),
        (
            "decision",
            json!({ "outcome": "approved", "officer": officer, "attest": [{ "check": word("check"), "reason": "x" }] })
                .to_string(),
        ),
        ("decision", format!("{{ \"note\": \"{}", word("cut off"))),
        ("decision", format!("{} is no JSON", word("no JSON"))),
        ("findings", json!({ "check": word("check"), "result": "clear", "ref": "r-1" }).to_string()),
        ("findings", json!({ "check": "screening", "result": word("result"), "ref": "r-1" }).to_string()),
        ("findings", json!({ "check": "screening", "result": "clear", "ref": word("ref") }).to_string()),
        ("account", json!({ "status": word("status") }).to_string()),
        ("account", json!({ "display": format!("{} 1234567", word("display")) }).to_string()),
        ("account", json!({ "display": word("long display").repeat(20) }).to_string()),
        ("account", json!({ "retryable": word("retryable") }).to_string()),
        ("account", json!({ "status": "failed", "reason": word("long reason").repeat(100) }).to_string()),
    ];
    let each = bodies.into_iter().enumerate().map(|(place, (route, body))| {
        let mut ask = ask(Method::POST, format!("/v1/cases/{case}/{route}"));
        ask.body = Some(body);
        ask.headers.insert("idempotency-key", HeaderValue::from(place));
        ask
    });
    each.collect()
}

/// What may be read without the right to read about people.
fn answered(case: &str) -> Vec<Ask> {
    let paths = [String::new(), format!("/{case}"), format!("/{case}/history"), format!("/{case}/evidence")];
    let paths = paths.into_iter().map(|path| format!("/v1/cases{path}"));
    paths.chain(["/v1/events".to_owned()]).map(|path| ask(Method::GET, path)).collect()
}

/// Of the ids that a client may choose only what is not well formed is here: see the test.
fn headers(canaries: &mut Canaries, case: &str) -> Vec<Ask> {
    let mut with = |name: HeaderName, value: &dyn Fn(&str) -> String| {
        let word = canaries.plain_word(&format!("/v1 header {name}"));
        let mut ask = ask(Method::POST, format!("/v1/cases/{case}/account"));
        ask.body = Some("{}".to_owned());
        ask.headers.insert("idempotency-key", HeaderValue::from_static("a-key"));
        if let Ok(value) = HeaderValue::from_str(&value(&word)) {
            ask.headers.insert(name, value);
        }
        ask
    };
    vec![
        with(AUTHORIZATION, &|word| format!("Bearer {word}")),
        with(ACCEPT, &|word| format!("application/{word}")),
        with(COOKIE, &|word| format!("portico={word}")),
        with(CONTENT_TYPE, &|word| format!("text/{word}")),
        with(USER_AGENT, &str::to_owned),
        with(HeaderName::from_static("traceparent"), &|word| format!("00-{word}")),
        with(HeaderName::from_static("x-request-id"), &|word| format!("{word} is not well formed")),
        with(HeaderName::from_static("idempotency-key"), &|word| format!("{word} is not well formed")),
        with(HeaderName::from_static("x-forwarded-for"), &str::to_owned),
    ]
}

/// Bodies that are signed and cannot be taken for what they are.
fn broken(canaries: &mut Canaries) -> Vec<(&'static str, String)> {
    let mut word = |field: &str| canaries.word(&format!("webhook {field}"));
    let of_number = |number: &str, text: String| {
        json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": {
            "metadata": {"phone_number_id": number}, "messages": [{"text": {"body": text}}]}}]}]})
    };
    vec![
        ("of a stranger's number", of_number("999", word("to a stranger")).to_string()),
        ("of a number that is none", of_number(&word("number id"), word("to nobody")).to_string()),
        ("of nobody", json!({ "object": word("of nobody") }).to_string()),
        ("that is no JSON", format!("{{ \"entry\": {}", word("no JSON"))),
    ]
}
