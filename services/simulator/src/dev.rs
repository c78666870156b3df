//! The front page of `dev`: three doors and a live line of counts.

use std::sync::Arc;

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures::future::BoxFuture;
use serde_json::Value;

use crate::page;
use crate::simulator::Simulator;

/// Asks Portico how far everything is. The answer has the keys `received`, `taken_in`, `checked`, `in_review`,
/// `decided`, `announced` (counts) and `last` (newest first: `{case, country, what, stage, note, at}`, `at` in
/// RFC 3339, all but `case` optional).
pub type Progress = Arc<dyn Fn() -> BoxFuture<'static, Value> + Send + Sync>;

/// A count on the live line: its key in the progress, its words, and where it leads.
struct Step {
    key: &'static str,
    words: &'static str,
    link: &'static str,
}

const STEPS: [Step; 6] = [
    Step { key: "received", words: "received", link: "/phone" },
    Step { key: "taken_in", words: "taken in", link: "/phone" },
    Step { key: "checked", words: "checked", link: "/console" },
    Step { key: "in_review", words: "in review", link: "/console" },
    Step { key: "decided", words: "decided", link: "/console" },
    Step { key: "announced", words: "announced", link: "/inbox" },
];

#[derive(Template)]
#[template(path = "front.html")]
struct Front<'a> {
    countries: Vec<&'a str>,
    data_dir: &'a str,
    notices: &'a [String],
    steps: &'static [Step],
}

pub(crate) async fn front(State(simulator): State<Simulator>) -> Response {
    let config = &simulator.0.config;
    page::html(&Front {
        countries: config.numbers.iter().map(|number| number.country.as_str()).collect(),
        data_dir: &config.data_dir,
        notices: &config.notices,
        steps: &STEPS,
    })
}

pub(crate) async fn progress(State(simulator): State<Simulator>) -> Response {
    match simulator.0.progress.get() {
        Some(progress) => Json(progress().await).into_response(),
        None => (StatusCode::NOT_FOUND, "nothing to count: the stand-in runs alone").into_response(),
    }
}
