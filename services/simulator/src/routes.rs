//! Every route of the stand-in, in one table. The router is built from it and nothing else adds a route.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{MethodRouter, delete, get, post};

use crate::media::MAX_BYTES;
use crate::simulator::Simulator;
use crate::{assets, dev, graph, inbox, page, phone};

type Make = fn() -> MethodRouter<Simulator>;

/// Path, what it is, and its handler. Several rows may share a path when their methods differ.
const ROUTES: &[(&str, &str, Make)] = &[
    // Meta's side: bearer token.
    ("/graph/{version}/{id}", "a file's URL, or a number", || get(graph::lookup)),
    ("/graph/{version}/{id}", "forget a file", || delete(graph::delete)),
    ("/graph/{version}/{id}/messages", "send, or mark as read", || post(graph::send)),
    ("/graph/{version}/{id}/media", "upload a file", || post(graph::upload).layer(large())),
    ("/graph/whatsapp_business/attachments/", "a file's bytes", || get(graph::download)),
    // The phone in the browser: loopback only.
    ("/phone", "page", || get(phone::page)),
    ("/phone/api/people", "who may I be", || get(phone::people)),
    ("/phone/api/people", "a new applicant", || post(phone::new_person)),
    ("/phone/api/people/{id}", "show the number or not, send read receipts or not", || post(phone::change_person)),
    ("/phone/api/people/{id}/chat", "the chat, when it changed", || get(phone::chat)),
    ("/phone/api/people/{id}/say", "say something", || post(phone::say)),
    ("/phone/api/people/{id}/attach", "attach a file: its bytes are the body", || post(phone::attach).layer(large())),
    ("/phone/media/{id}", "a file in the chat", || get(phone::media)),
    ("/phone/specimens/{name}", "a specimen picture", || get(phone::specimen)),
    // The bank's side: hooks are signed, the rest is loopback only.
    ("/inbox", "page", || get(inbox::page)),
    ("/inbox/hooks", "the subscriber's endpoint (Standard Webhooks)", || post(inbox::hooks)),
    ("/inbox/api/events", "what arrived, when it changed", || get(inbox::events)),
    ("/inbox/api/behaviour", "take, fail, hang or be gone", || post(inbox::behave)),
    ("/inbox/api/cases/{id}", "the case and the applicant, asked of /v1", || get(inbox::fetch_case)),
    // The front page.
    ("/", "page", || get(dev::front)),
    ("/dev/progress", "the counts", || get(dev::progress)),
    ("/dev/assets/{name}", "style sheets and modules", || get(assets::asset)),
];

/// A little over what WhatsApp carries, so that one byte too many becomes Meta's own error.
fn large() -> DefaultBodyLimit {
    DefaultBodyLimit::max(MAX_BYTES + 1024 * 1024)
}

impl Simulator {
    /// All routes, to be served alone or merged into `dev`'s router.
    pub fn router(&self) -> Router {
        ROUTES
            .iter()
            .fold(Router::new(), |router, (path, _, make)| router.route(path, make()))
            .layer(middleware::from_fn(page::guard))
            .with_state(self.clone())
    }
}
