//! Every route of the stand-in, in one table. The router is built from it and nothing else adds a route.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{MethodRouter, delete, get, post};

use crate::media::MAX_BYTES;
use crate::simulator::Simulator;
use crate::{assets, dev, graph, inbox, outage, page, phone, standing};

type Make = fn() -> MethodRouter<Simulator>;

/// Where bytes of files are fetched; another host at Meta, another path here.
pub(crate) const MEDIA: &str = "/graph/whatsapp_business/attachments/";

/// Meta's side: bearer token. Path after the Graph API's own, what it is, and its handler. Several rows may share a path
/// when their methods differ.
const GRAPH: &[(&str, &str, Make)] = &[
    ("/{version}/debug_token", "what the token may do", || get(graph::debug_token)),
    ("/{version}/{id}", "a file's URL, or a number", || get(graph::lookup)),
    ("/{version}/{id}", "forget a file", || delete(graph::delete)),
    ("/{version}/{id}/messages", "send, or mark as read", || post(graph::send)),
    ("/{version}/{id}/media", "upload a file", || post(graph::upload).layer(large())),
    ("/{version}/{id}/phone_numbers", "an account's numbers", || get(graph::numbers)),
    ("/{version}/{id}/message_templates", "an account's templates", || get(graph::templates)),
    ("/{version}/{id}/subscribed_apps", "who gets an account's webhooks", || get(graph::subscribed)),
    ("/{version}/{id}/subscribed_apps", "subscribe, override the address", || post(graph::subscribe)),
    ("/{version}/{id}/subscribed_apps", "unsubscribe", || delete(graph::unsubscribe)),
];

/// Everything else, as [`GRAPH`].
const ROUTES: &[(&str, &str, Make)] = &[
    (MEDIA, "a file's bytes", || get(graph::download)),
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
    // The state of it all: loopback only.
    ("/stand-in", "the business and its webhooks", || get(standing::show)),
    ("/stand-in", "take the Graph API down, kill the token, unsubscribe …", || post(standing::change)),
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
        let pages = ROUTES.iter().fold(Router::new(), |router, (path, _, make)| router.route(path, make()));
        let prefix = self.graph_prefix();
        GRAPH
            .iter()
            .fold(pages, |router, (path, _, make)| router.route(&format!("{prefix}{path}"), make()))
            .layer(middleware::from_fn_with_state(self.clone(), outage::strike))
            .layer(middleware::from_fn(page::guard))
            .with_state(self.clone())
    }
}
