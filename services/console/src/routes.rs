//! Every page of the console, in one table.
//!
//! The router is built from it and from nothing else, so that the tests which walk the table walk everything: each route
//! without a session, from another origin, without its token, and for the trace it must leave.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};
use portico_cell::Cell;

use crate::ConsoleConfig;
use crate::desk::Desk;
use crate::pages::{case, decided, operations, queue, reports, search, sign_in};
use crate::{assets, security, session};

/// Bytes of a form at most.
const FORM_MAX_BYTES: usize = 64 * 1024;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Anyone,
    /// Whoever has a session; what they may not see does not exist.
    Reviewer,
    /// A reviewer who also answers for work that gave up; for others the route does not exist.
    Operator,
}

/// The trace a call leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audits {
    /// Nothing personal is read and no case is touched.
    Nothing,
    /// A session begins or ends.
    Session,
    /// A link of the access chain, before the first byte leaves.
    Access,
    /// The hold of a case, which stands beside it.
    Claim,
    /// An entry of the case's history, and the access of the look before it.
    Entry,
    /// A link of the cell's operations chain, in the transaction of the act.
    Operation,
}

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub struct RouteInfo {
    pub method: &'static str,
    pub path: &'static str,
    pub who: Who,
    pub audits: Audits,
    handler: fn() -> MethodRouter<Desk>,
}

const fn route(
    method: &'static str,
    path: &'static str,
    who: Who,
    audits: Audits,
    handler: fn() -> MethodRouter<Desk>,
) -> RouteInfo {
    RouteInfo { method, path, who, audits, handler }
}

/// Every route under `/console`.
pub const ROUTES: &[RouteInfo] = &[
    route("GET", "/console", Who::Reviewer, Audits::Nothing, || get(queue::get)),
    route("GET", "/console/assets/{name}", Who::Anyone, Audits::Nothing, || get(assets::serve)),
    route("GET", "/console/case/{id}", Who::Reviewer, Audits::Access, || get(case::page::get)),
    route("POST", "/console/case/{id}/accept", Who::Reviewer, Audits::Entry, || post(case::photo::accept)),
    route("POST", "/console/case/{id}/ask-photo", Who::Reviewer, Audits::Entry, || post(case::photo::ask)),
    route("POST", "/console/case/{id}/claim", Who::Reviewer, Audits::Claim, || post(case::claim::take)),
    route("POST", "/console/case/{id}/decide", Who::Reviewer, Audits::Entry, || post(case::decide::post)),
    route("GET", "/console/case/{id}/evidence/{evidence}", Who::Reviewer, Audits::Access, || get(case::image::get)),
    route("POST", "/console/case/{id}/place", Who::Reviewer, Audits::Entry, || post(case::photo::place)),
    route("GET", "/console/case/{id}/preview", Who::Reviewer, Audits::Access, || get(case::preview::get)),
    route("GET", "/console/case/{id}/pulse", Who::Reviewer, Audits::Nothing, || get(case::pulse::get)),
    route("POST", "/console/case/{id}/release", Who::Reviewer, Audits::Claim, || post(case::claim::release)),
    route("GET", "/console/decided", Who::Reviewer, Audits::Nothing, || get(decided::get)),
    route("POST", "/console/next", Who::Reviewer, Audits::Claim, || post(queue::next)),
    route("GET", "/console/queue", Who::Reviewer, Audits::Nothing, || get(queue::fragment)),
    route("GET", "/console/operations", Who::Operator, Audits::Nothing, || get(operations::page::get)),
    route("POST", "/console/operations/answer", Who::Operator, Audits::Operation, || post(operations::act::answer)),
    route("POST", "/console/operations/enable", Who::Operator, Audits::Operation, || post(operations::act::enable)),
    route("GET", "/console/operations/list", Who::Operator, Audits::Nothing, || get(operations::page::fragment)),
    route("POST", "/console/reports", Who::Anyone, Audits::Nothing, || post(reports::take)),
    route("GET", "/console/search", Who::Reviewer, Audits::Nothing, || get(search::get)),
    route("GET", "/console/sign-in", Who::Anyone, Audits::Nothing, || get(sign_in::get)),
    route("POST", "/console/sign-in", Who::Anyone, Audits::Session, || post(sign_in::post)),
    route("POST", "/console/sign-out", Who::Reviewer, Audits::Session, || post(sign_in::out)),
];

/// The pages for these cells. Without a way to sign in there are none.
pub fn router(cells: Vec<Cell>, config: ConsoleConfig) -> Router {
    let desk = if config.dev_sign_in { Desk::new(cells, config) } else { None };
    let Some(desk) = desk else { return Router::new() };
    let add = |router: Router<Desk>, route: &RouteInfo| {
        let handler = (route.handler)();
        let signed_in = from_fn_with_state(desk.clone(), session::require);
        let handler = match route.who {
            Who::Anyone => handler,
            Who::Reviewer => handler.layer(signed_in),
            Who::Operator => handler.layer(from_fn(session::require_operator)).layer(signed_in),
        };
        router.route(route.path, handler)
    };
    let router = ROUTES.iter().fold(Router::new(), add);
    router
        .layer(DefaultBodyLimit::max(FORM_MAX_BYTES))
        .layer(from_fn_with_state(desk.clone(), security::own_pages_only))
        .layer(from_fn(security::headers))
        .with_state(desk)
}
