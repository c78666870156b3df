//! Every route of `/v1`, once.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, any, get, post};
use portico_cell::Cell;
use schemars::{Schema, SchemaGenerator};

use super::about::{WebhookKey, Whoami};
use super::account::AccountBody;
use super::api::Api;
use super::applicant::ApplicantView;
use super::case::CaseView;
use super::cases::{CaseSummary, CasesQuery};
use super::client::{ApiConfig, Scope};
use super::cursor::Page;
use super::decision::DecisionBody;
use super::events::{Event, EventsQuery};
use super::evidence::EvidenceView;
use super::finding::FindingBody;
use super::frame::frame;
use super::gate::{Gate, gate};
use super::history::{EntryView, HistoryQuery};
use super::problem::{KindView, Problem};
use super::receipt::Receipt;
use super::{about, account, applicant, case, cases, decision, events, evidence, finding, history};

/// One route, as a person would describe it, and as the router and the OpenAPI document need it.
pub struct RouteInfo {
    pub method: &'static str,
    pub path: &'static str,
    /// What the client must hold; `None` for any client.
    pub scope: Option<Scope>,
    pub audits: Audits,
    /// Takes an `Idempotency-Key` and happens once.
    pub idempotent: bool,
    pub summary: &'static str,
    pub(crate) answers_with: &'static str,
    pub(crate) query: Option<SchemaOf>,
    pub(crate) takes: Option<SchemaOf>,
    /// `None` for what is not JSON.
    pub(crate) answers: Option<SchemaOf>,
    handler: fn() -> MethodRouter,
}

/// The trace an answered call leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audits {
    /// Nothing personal is read and no case is touched.
    Nothing,
    /// A link of the access chain, before the first byte leaves.
    Access,
    /// An entry of the case's history.
    Entry,
}

/// Names a type's schema in a document.
pub(crate) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

const JSON: &str = "application/json";

const READ: RouteInfo = RouteInfo {
    method: "GET",
    path: "",
    scope: None,
    audits: Audits::Nothing,
    idempotent: false,
    summary: "",
    answers_with: JSON,
    query: None,
    takes: None,
    answers: None,
    handler: || any(nothing),
};

const CHANGE: RouteInfo = RouteInfo {
    method: "POST",
    audits: Audits::Entry,
    idempotent: true,
    answers: Some(SchemaGenerator::subschema_for::<Receipt>),
    ..READ
};

/// Nothing else adds a route.
pub const ROUTES: &[RouteInfo] = &[
    RouteInfo {
        path: "/v1/cases",
        scope: Some(Scope::CaseRead),
        summary: "Cases of one country, newest last",
        query: Some(SchemaGenerator::subschema_for::<CasesQuery>),
        answers: Some(SchemaGenerator::subschema_for::<Page<CaseSummary>>),
        handler: || get(cases::list),
        ..READ
    },
    RouteInfo {
        path: "/v1/cases/{id}",
        scope: Some(Scope::CaseRead),
        summary: "Where a case stands; no personal data",
        answers: Some(SchemaGenerator::subschema_for::<CaseView>),
        handler: || get(case::get),
        ..READ
    },
    RouteInfo {
        path: "/v1/cases/{id}/applicant",
        scope: Some(Scope::ApplicantRead),
        audits: Audits::Access,
        summary: "Who the applicant is, as far as known",
        answers: Some(SchemaGenerator::subschema_for::<ApplicantView>),
        handler: || get(applicant::get),
        ..READ
    },
    RouteInfo {
        path: "/v1/cases/{id}/evidence",
        scope: Some(Scope::EvidenceRead),
        audits: Audits::Access,
        summary: "Pictures with digests of original and derivatives",
        answers: Some(SchemaGenerator::subschema_for::<Page<EvidenceView>>),
        handler: || get(evidence::list),
        ..READ
    },
    RouteInfo {
        path: "/v1/cases/{id}/evidence/{eid}",
        scope: Some(Scope::EvidenceRead),
        audits: Audits::Access,
        summary: "The stored derivative of a picture",
        answers_with: evidence::MEDIA_TYPE,
        handler: || get(evidence::get),
        ..READ
    },
    RouteInfo {
        path: "/v1/cases/{id}/history",
        scope: Some(Scope::CaseRead),
        audits: Audits::Access,
        // Recorded when it shows message ids, that is to clients with `applicant:read`.
        summary: "What happened to a case, entry by entry",
        query: Some(SchemaGenerator::subschema_for::<HistoryQuery>),
        answers: Some(SchemaGenerator::subschema_for::<Page<EntryView>>),
        handler: || get(history::list),
        ..READ
    },
    RouteInfo {
        path: "/v1/cases/{id}/decision",
        scope: Some(Scope::DecisionWrite),
        summary: "A decision made in the bank's own system",
        takes: Some(SchemaGenerator::subschema_for::<DecisionBody>),
        handler: || post(decision::post),
        ..CHANGE
    },
    RouteInfo {
        path: "/v1/cases/{id}/findings",
        scope: Some(Scope::FindingWrite),
        summary: "A check the bank ran itself",
        takes: Some(SchemaGenerator::subschema_for::<FindingBody>),
        handler: || post(finding::post),
        ..CHANGE
    },
    RouteInfo {
        path: "/v1/cases/{id}/account",
        scope: Some(Scope::AccountWrite),
        summary: "What became of the account; told to the customer",
        takes: Some(SchemaGenerator::subschema_for::<AccountBody>),
        handler: || post(account::post),
        ..CHANGE
    },
    RouteInfo {
        path: "/v1/events",
        scope: Some(Scope::CaseRead),
        summary: "Events of one country, in the order of its log",
        query: Some(SchemaGenerator::subschema_for::<EventsQuery>),
        answers: Some(SchemaGenerator::subschema_for::<Page<Event>>),
        handler: || get(events::list),
        ..READ
    },
    RouteInfo {
        path: "/v1/webhook-keys",
        summary: "Public keys that verify `v1a` signatures of deliveries",
        answers: Some(SchemaGenerator::subschema_for::<Page<WebhookKey>>),
        handler: || get(about::webhook_keys),
        ..READ
    },
    RouteInfo {
        path: "/v1/whoami",
        summary: "The client a token belongs to",
        answers: Some(SchemaGenerator::subschema_for::<Whoami>),
        handler: || get(about::whoami),
        ..READ
    },
    RouteInfo {
        path: "/v1/problems",
        summary: "Every kind of problem, and how to mend it",
        answers: Some(SchemaGenerator::subschema_for::<Page<KindView>>),
        handler: || get(about::problems),
        ..READ
    },
    RouteInfo { path: "/v1/openapi.json", summary: "This document", handler: || get(about::document), ..READ },
];

/// The routes of [`ROUTES`], each behind its gate, and an answer for whatever else lies under `/v1`.
pub fn router(cells: Vec<Cell>, config: ApiConfig) -> Router {
    let Some(home) = cells.first().cloned() else { return Router::new() };
    let api = Api::new(cells, config);
    let routes = ROUTES.iter().fold(Router::new(), |router, route| {
        let gate = from_fn_with_state(Gate { api: api.clone(), route }, gate);
        router.route(route.path, (route.handler)().route_layer(gate))
    });
    routes
        .method_not_allowed_fallback(|| async { Problem::MethodNotAllowed })
        .route("/v1/{*rest}", any(nothing))
        .layer(from_fn_with_state(home, frame))
}

async fn nothing() -> Problem {
    Problem::NotFound
}
