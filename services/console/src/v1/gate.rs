//! The gate before each handler: who asks, for what, and whether they may.
//!
//! In this order: the token (401); the forms (406, 415); the case, which for a stranger to its cell does not exist (404); the
//! scope (403, or 404 for who may not even read cases). A refused look at a case that is named is recorded like a granted one.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{RawPathParams, Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use portico_cell::{Access, Cell};
use portico_vocab::CaseId;

use super::api::Api;
use super::client::{ApiClient, Scope};
use super::frame::RequestIds;
use super::problem::Problem;
use super::routes::RouteInfo;

/// A request whose client is known and may make it.
#[derive(Clone)]
pub(crate) struct Visit {
    pub(crate) api: Api,
    pub(crate) client: Arc<ApiClient>,
    pub(crate) ids: RequestIds,
}

/// The case a request names, found in a cell of its client.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) cell: Cell,
    pub(crate) id: CaseId,
}

impl Visit {
    pub(crate) fn access(&self) -> Access {
        Access { actor: self.client.actor(), purpose: "api".to_owned(), request_id: Some(self.ids.kept()) }
    }
}

impl Door {
    /// Commits the access; nothing personal may be answered before.
    pub(crate) async fn record(&self, visit: &Visit, what: &str) -> Result<(), Problem> {
        Ok(self.cell.record_access(self.id, &visit.access(), what).await?)
    }
}

/// What one route's gate needs.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) api: Api,
    pub(crate) route: &'static RouteInfo,
}

pub(crate) async fn gate(
    State(Gate { api, route }): State<Gate>,
    Extension(ids): Extension<RequestIds>,
    params: RawPathParams,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let span = tracing::Span::current();
    span.record("route", route.path);
    let client = api.client(request.headers())?;
    span.record("client", client.name.as_str());
    forms(route, request.headers())?;
    let visit = Visit { api, client, ids };
    match params.iter().find(|(name, _)| *name == "id") {
        Some((_, id)) => {
            let door = door(&visit, route, id).await?;
            request.extensions_mut().insert(door);
        }
        None => allowed(route, &visit.client)?,
    }
    request.extensions_mut().insert(visit);
    Ok(next.run(request).await)
}

/// The case, if this client may ask this of it.
async fn door(visit: &Visit, route: &RouteInfo, id: &str) -> Result<Door, Problem> {
    let id = CaseId::parse(id).map_err(|_| Problem::NotFound)?;
    let door = Door { cell: visit.api.find(&visit.client, id).await?, id };
    if let Err(refusal) = allowed(route, &visit.client) {
        door.record(visit, &format!("refused:{} {}", route.method, route.path)).await?;
        return Err(if visit.client.holds(Scope::CaseRead) { refusal } else { Problem::NotFound });
    }
    Ok(door)
}

fn allowed(route: &RouteInfo, client: &ApiClient) -> Result<(), Problem> {
    match route.scope {
        Some(scope) if !client.holds(scope) => Err(Problem::MissingScope { scope }),
        _ => Ok(()),
    }
}

fn forms(route: &RouteInfo, headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if text(header::ACCEPT).is_some_and(|accept| !accepts(accept, route.answers_with)) {
        return Err(Problem::NotAcceptable { offers: route.answers_with });
    }
    let declared = || text(header::CONTENT_TYPE).and_then(|value| value.split(';').next()).map(str::trim);
    if route.method == Method::POST.as_str()
        && !declared().is_some_and(|media| media.eq_ignore_ascii_case("application/json"))
    {
        return Err(Problem::NotJson);
    }
    Ok(())
}

/// RFC 9110, section 12.5.1: a range of the list covers `media`, and not with weight nought.
fn accepts(accept: &str, media: &str) -> bool {
    let (kind, _) = media.split_once('/').unwrap_or((media, ""));
    accept.split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let refused = parts.any(|parameter| {
            let weight = parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q="));
            weight.and_then(|weight| weight.parse::<f32>().ok()) == Some(0.0)
        });
        !refused && (name == "*/*" || name == media || name.strip_suffix("/*") == Some(kind))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accept_header_covers_what_it_names() {
        for (accept, expected) in [
            ("*/*", true),
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("text/html, application/*;q=0.5", true),
            ("text/html", false),
            ("application/json;q=0", false),
            ("", false),
        ] {
            assert_eq!(accepts(accept, "application/json"), expected, "{accept}");
        }
    }
}
