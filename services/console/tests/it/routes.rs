//! The table of routes, walked whole: who may call each, and the trace each leaves.

use crate::support::browser::{Browser, FORM, ORIGIN, Page};
use crate::support::{Office, PASSPORT, SELFIE};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use portico_console::{Audits, ROUTES, RouteInfo, Who};
use portico_ledger::ChainName;
use portico_vocab::{CaseId, EvidenceId};

/// A route's path for one case and picture.
fn path(route: &RouteInfo, case: CaseId, evidence: EvidenceId) -> String {
    let name = "console.css";
    let path = route.path.replace("{id}", &case.to_string()).replace("{evidence}", &evidence.to_string());
    path.replace("{name}", name)
}

fn request(route: &RouteInfo, path: &str, body: &str) -> Request<Body> {
    let request = Request::builder().method(route.method).uri(path).header(header::CONTENT_TYPE, FORM);
    request.body(Body::from(body.to_owned())).unwrap()
}

async fn one_case() -> (Office, CaseId, EvidenceId) {
    let office = Office::open(&["IN", "BR"]).await;
    let id = office.applicant("IN", "Asha", "passport").await;
    let evidence = office.photo("IN", id, PASSPORT, None).await;
    office.photo("IN", id, SELFIE, None).await;
    office.assess("IN", id).await;
    (office, id, evidence)
}

#[tokio::test]
async fn without_a_session_every_reviewers_route_leads_to_the_door() {
    let (office, case, evidence) = one_case().await;
    let mut stranger = Browser::new(office.router());
    for route in ROUTES.iter().filter(|route| route.who != Who::Anyone) {
        let page = stranger.send(request(route, &path(route, case, evidence), "")).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{} {}", route.method, route.path);
        assert!(page.location().starts_with("/console/sign-in"), "{}", route.path);
        assert!(page.body.is_empty(), "{}", route.path);
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers() {
    let (office, case, evidence) = one_case().await;
    let mut reviewer = Browser::signed_in(office.router(), "o.operator").await;
    for route in ROUTES.iter().filter(|route| route.path != "/console/sign-out") {
        let page = reviewer.send(request(route, &path(route, case, evidence), "")).await;
        let header = |name: &str| page.headers.get(name).map_or("", |value| value.to_str().unwrap());
        assert!(header("content-security-policy").starts_with("default-src 'none'"), "{}", route.path);
        assert_eq!(header("x-content-type-options"), "nosniff", "{}", route.path);
        assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{}", route.path);
        assert_eq!(header("referrer-policy"), "no-referrer", "{}", route.path);
        let kept = if route.path.contains("assets") { "no-cache" } else { "no-store" };
        assert_eq!(header("cache-control"), kept, "{}", route.path);
    }
}

#[tokio::test]
async fn no_form_of_another_site_and_none_without_its_token_is_read() {
    let (office, case, evidence) = one_case().await;
    let before = office.case("IN", case).await;
    let mut reviewer = Browser::signed_in(office.router(), "o.operator").await;
    for route in ROUTES.iter().filter(|route| route.method == "POST") {
        let path = path(route, case, evidence);
        for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("origin", "null")]
        {
            let mut forged = request(route, &path, "reviewer=a.reviewer");
            forged.headers_mut().insert(name, value.parse().unwrap());
            assert_eq!(reviewer.send(forged).await.status, StatusCode::FORBIDDEN, "{path} {name} {value}");
        }
        if route.who != Who::Anyone {
            for token in ["", "csrf=0000"] {
                let mut bare = request(route, &path, token);
                bare.headers_mut().insert("origin", ORIGIN.parse().unwrap());
                assert_eq!(reviewer.send(bare).await.status, StatusCode::FORBIDDEN, "{path} {token}");
            }
        }
    }
    assert_eq!(before, office.case("IN", case).await, "nothing was consumed");
}

#[tokio::test]
async fn what_a_reviewer_may_not_see_does_not_exist() {
    let (office, case, evidence) = one_case().await;
    let mut brazil = Browser::signed_in(office.router(), "m.souza").await;
    let csrf = brazil.get("/console").await.field("csrf");
    let body = format!(
        "csrf={csrf}&form={}&dossier={}&version=1&slot=selfie&photo_reason=photo_glare&evidence={evidence}&outcome=declined",
        "a".repeat(32),
        "0".repeat(64)
    );
    for route in ROUTES.iter().filter(|route| route.path.contains("{id}")) {
        let page = brazil.send(request(route, &path(route, case, evidence), &body)).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{} {}", route.method, route.path);
    }
    assert!(office.cell("IN").ledger().accesses(case).await.unwrap().is_empty(), "and nothing was read");
}

/// The fields every form of this case page carries.
fn carried(page: &Page) -> Vec<(&'static str, String)> {
    ["csrf", "form", "dossier", "version"].into_iter().map(|name| (name, page.field(name))).collect()
}

#[tokio::test]
async fn each_route_leaves_the_trace_the_table_promises() {
    for route in ROUTES.iter().filter(|route| route.path.contains("{id}")) {
        let (office, case, evidence) = one_case().await;
        let mut reviewer = Browser::signed_in(office.router(), "a.reviewer").await;
        if route.path.ends_with("/accept") {
            make_rejected(&office, case).await;
        }
        let form = carried(&reviewer.get(&format!("/console/case/{case}")).await);
        let ledger = office.cell("IN").ledger();
        let accesses = ledger.accesses(case).await.unwrap().len();
        let version = office.case("IN", case).await.version;
        let rejected = office.case("IN", case).await.evidence.last().unwrap().id.to_string();
        let wanted = if route.path.ends_with("/accept") { rejected } else { evidence.to_string() };
        let mut fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fields.extend([("slot", "selfie"), ("photo_reason", "photo_glare"), ("evidence", &wanted)]);
        fields.extend([("outcome", "declined"), ("reason", "document_damaged")]);
        let path = path(route, case, evidence);
        let page = if route.method == "GET" { reviewer.get(&path).await } else { reviewer.post(&path, &fields).await };
        assert!(page.status.is_success() || page.status.is_redirection(), "{path}: {}", page.html());
        let read = ledger.accesses(case).await.unwrap().len() - accesses;
        let consumed = office.case("IN", case).await.version.0 - version.0;
        match route.audits {
            Audits::Nothing | Audits::Session => assert_eq!((read, consumed), (0, 0), "{path}"),
            Audits::Access => assert_eq!((read, consumed), (1, 0), "{path}"),
            Audits::Claim | Audits::Operation => assert_eq!((read, consumed), (0, 0), "{path}"),
            Audits::Entry => assert!(read >= 1 && consumed == 1, "{path}: {read} reads, {consumed} inputs"),
        }
        let links = ledger.chain(ChainName::Access, 0, 1000).await.unwrap();
        assert!(links.iter().all(|link| link.body.contains("reviewer:a.reviewer")), "{path}");
    }
}

/// A selfie the machine refused, in review because a reviewer had asked for it and it failed three times.
async fn make_rejected(office: &Office, case: CaseId) {
    let mut reviewer = Browser::signed_in(office.router(), "a.reviewer").await;
    let form = carried(&reviewer.get(&format!("/console/case/{case}")).await);
    let mut fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.extend([("slot", "selfie"), ("photo_reason", "photo_blurred")]);
    assert_eq!(reviewer.post(&format!("/console/case/{case}/ask-photo"), &fields).await.status, StatusCode::SEE_OTHER);
    for bytes in [crate::support::ID_FRONT, crate::support::GLARE, crate::support::BLURRED] {
        office.photo("IN", case, bytes, Some(portico_vocab::ReasonCode::PhotoBlurred)).await;
    }
}

#[tokio::test]
async fn a_picture_is_given_to_a_page_only_and_the_look_is_committed_first() {
    let (office, case, evidence) = one_case().await;
    let mut reviewer = Browser::signed_in(office.router(), "p.iyer").await;
    let src = format!("/console/case/{case}/evidence/{evidence}");
    let accesses = || async { office.cell("IN").ledger().accesses(case).await.unwrap().len() };
    for (dest, status) in
        [("document", StatusCode::FORBIDDEN), ("empty", StatusCode::FORBIDDEN), ("image", StatusCode::OK)]
    {
        let request = Request::get(&src).header("sec-fetch-dest", dest).body(Body::empty()).unwrap();
        assert_eq!(reviewer.send(request).await.status, status, "{dest}");
    }
    assert_eq!(accesses().await, 1, "refused ones read nothing");
    let page = reviewer.get(&format!("{src}?thumb=1")).await;
    assert_eq!(page.headers[header::CONTENT_TYPE], "image/jpeg");
    assert!(page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("sandbox"));
    assert_eq!(accesses().await, 2);
    let unknown = reviewer.get(&format!("/console/case/{case}/evidence/{}", EvidenceId::from_bytes([9; 16]))).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn without_a_way_to_sign_in_there_are_no_pages() {
    let office = Office::open(&["IN"]).await;
    let router = portico_console::router(office.cells.clone(), portico_console::ConsoleConfig::default());
    let page = Browser::new(router).get("/console/sign-in").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}
