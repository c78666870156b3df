//! Work that gave up: who may answer for it, what an answer does, and what is kept of it.

use axum::http::StatusCode;
use portico_console::{Audits, ROUTES, Who};
use portico_ledger::{ChainName, DeliveryEnd, ParkedItem, ParkedKind, Queue};
use serde_json::{Value, json};

use crate::support::browser::{Browser, Page};
use crate::support::{Office, PASSPORT};

const PATH: &str = "/console/operations";

/// One piece of each kind a case can leave behind.
async fn a_bad_day() -> Office {
    let office = Office::open(&["IN", "BR"]).await;
    let id = office.applicant("IN", "Asha", "passport").await;
    office.photo("IN", id, PASSPORT, None).await;
    office.park("IN", Queue::TakeIn).await;
    office.clock.advance(60);
    office.says("IN", id, "Asha", "STATUS").await;
    office.lose_message("IN").await;
    office.clock.advance(60);
    let why = "given up after seven days: http 500".to_owned();
    office.end_delivery("IN", &DeliveryEnd::Parked { why }).await;
    office.clock.advance(600);
    office
}

async fn parked(office: &Office) -> Vec<ParkedItem> {
    office.cell("IN").ledger().parked(10).await.unwrap()
}

async fn item(office: &Office, kind: ParkedKind) -> ParkedItem {
    parked(office).await.into_iter().find(|item| item.kind == kind).unwrap()
}

async fn links(office: &Office) -> Vec<Value> {
    let links = office.cell("IN").ledger().chain(ChainName::Operations, 0, 100).await.unwrap();
    links.iter().map(|link| serde_json::from_str(&link.body).unwrap()).collect()
}

async fn answer(browser: &mut Browser, csrf: &str, item: &ParkedItem, act: &str, reason: &str) -> Page {
    let since = item.since.as_micros().to_string();
    let work = [("csrf", csrf), ("country", "IN"), ("id", &item.id), ("since", &since)];
    browser.post(&format!("{PATH}/answer"), &[&work[..], &[("act", act), ("reason", reason)]].concat()).await
}

#[tokio::test]
async fn for_a_reviewer_there_are_no_operations_by_any_way() {
    let office = a_bad_day().await;
    let mut reviewer = Browser::signed_in(office.router(), "a.reviewer").await;
    let queue = reviewer.get("/console").await;
    assert!(!queue.html().contains(PATH), "not even a link");
    let csrf = queue.field("csrf");
    for route in ROUTES.iter().filter(|route| route.who == Who::Operator) {
        let page = match route.method {
            "GET" => reviewer.get(route.path).await,
            _ => reviewer.post(route.path, &[("csrf", &csrf)]).await,
        };
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{}", route.path);
    }
    let job = item(&office, ParkedKind::Job).await;
    assert_eq!(answer(&mut reviewer, &csrf, &job, "retry", "").await.status, StatusCode::NOT_FOUND);
    assert_eq!((parked(&office).await.len(), links(&office).await.len()), (3, 0), "nothing was done");
}

#[tokio::test]
async fn everything_that_gave_up_is_listed_with_what_an_answer_does() {
    let office = a_bad_day().await;
    let mut operator = Browser::signed_in(office.router(), "o.operator").await;
    let queue = operator.get("/console").await;
    assert!(queue.html().contains(r#"gave up">3</span>"#), "{}", queue.html());
    let page = operator.get(PATH).await;
    let case = parked(&office).await[0].case.unwrap();
    for words in [
        "take in a picture",
        "the bucket did not answer for a day",
        "12 min",
        "tell the applicant “status collecting”: it may have arrived",
        "The message is taken off the list. It is never sent again.",
        "to core-banking",
        "given up after seven days: http 500",
        "the case’s later events do.",
        "gave up on some events",
        &format!("/console/case/{case}"),
        "Nobody has answered for anything yet.",
    ] {
        assert!(page.html().contains(words), "{words}: {}", page.html());
    }
    assert_eq!(page.html().matches(r#"value="retry""#).count(), 2, "a message is never sent again");
    assert!(
        page.html().contains(operator.get(&format!("{PATH}/list")).await.html()),
        "the fragment is the page's list"
    );
}

#[tokio::test]
async fn an_empty_page_says_what_would_stand_there() {
    let office = Office::open(&["IN"]).await;
    let mut operator = Browser::signed_in(office.router(), "o.operator").await;
    let page = operator.get(PATH).await;
    for words in ["Nothing is parked. Work appears here", "No event has been due", "Nobody has answered"] {
        assert!(page.html().contains(words), "{words}");
    }
    assert!(!page.html().contains(r#"class="mark""#), "zero is no mark");
}

#[tokio::test]
async fn answers_are_done_and_kept_with_the_name_and_the_reason() {
    let office = a_bad_day().await;
    let mut operator = Browser::signed_in(office.router(), "o.operator").await;
    let csrf = operator.get(PATH).await.field("csrf");
    let (job, send) = (item(&office, ParkedKind::Job).await, item(&office, ParkedKind::Send).await);
    let unnamed = answer(&mut operator, &csrf, &send, "discard", "  ").await;
    assert_eq!(unnamed.status, StatusCode::UNPROCESSABLE_ENTITY, "a reason is asked for");
    assert_eq!(answer(&mut operator, &csrf, &send, "retry", "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(parked(&office).await.len(), 3);

    assert_eq!(answer(&mut operator, &csrf, &job, "retry", "").await.location(), PATH);
    assert!(operator.get(PATH).await.html().contains("It is due again"));
    let done = answer(&mut operator, &csrf, &send, "discard", "  Asked by <phone> ").await;
    assert_eq!(done.location(), PATH, "{}", done.html());
    assert_eq!(parked(&office).await.len(), 1);
    let by = "reviewer:o.operator";
    assert_eq!(
        links(&office).await,
        [
            json!({ "did": "parked_retry", "id": job.id, "by": by }),
            json!({ "did": "parked_discard", "id": send.id, "by": by, "why": "Asked by <phone>" }),
        ]
    );
    let page = operator.get(PATH).await;
    assert!(page.html().contains("<strong>o.operator</strong> gave a message up"), "{}", page.html());
    assert!(page.html().contains("“Asked by &#60;phone&#62;”"));
    assert!(page.html().contains(r#"gave up">1</span>"#));
}

#[tokio::test]
async fn a_page_that_a_colleague_outran_says_who_did_what() {
    let office = a_bad_day().await;
    let mut operator = Browser::signed_in(office.router(), "o.operator").await;
    let csrf = operator.get(PATH).await.field("csrf");
    let job = item(&office, ParkedKind::Job).await;
    assert_eq!(answer(&mut operator, &csrf, &job, "retry", "").await.status, StatusCode::SEE_OTHER);
    let late = answer(&mut operator, &csrf, &job, "discard", "not needed").await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.html().contains("o.operator tried a job again at"), "{}", late.html());
    assert!(late.html().contains("Nothing was done by this click."));

    // It gave up once more: what the old page showed is not what stands there now.
    office.clock.advance(60);
    office.park("IN", Queue::TakeIn).await;
    assert_eq!(answer(&mut operator, &csrf, &job, "discard", "not needed").await.status, StatusCode::CONFLICT);
    assert_eq!((parked(&office).await.len(), links(&office).await.len()), (3, 1));
}

#[tokio::test]
async fn a_subscriber_that_said_gone_is_taken_back_once() {
    let office = Office::open(&["IN"]).await;
    office.in_review("IN", "Asha").await;
    office.end_delivery("IN", &DeliveryEnd::Disabled).await;
    office.clock.advance(3 * 3600);
    let mut operator = Browser::signed_in(office.router(), "o.operator").await;
    let page = operator.get(PATH).await;
    assert!(page.html().contains("stopped for 3 h: it answered 410"), "{}", page.html());
    let fields =
        [("csrf", page.field("csrf")), ("country", "IN".to_owned()), ("subscriber", "core-banking".to_owned())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(operator.post(&format!("{PATH}/enable"), &fields).await.location(), PATH);
    assert!(operator.get(PATH).await.html().contains("gets events again"));
    let again = operator.post(&format!("{PATH}/enable"), &fields).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.html().contains("o.operator enabled core-banking again at"), "{}", again.html());
    let by = "reviewer:o.operator";
    assert_eq!(links(&office).await, [json!({ "did": "subscriber_enabled", "id": "core-banking", "by": by })]);
}

#[tokio::test]
async fn the_work_of_a_country_one_does_not_work_for_does_not_exist() {
    let office = a_bad_day().await;
    let mut operator = Browser::signed_in(office.router(), "o.operator").await;
    let csrf = operator.get(PATH).await.field("csrf");
    for route in ROUTES.iter().filter(|route| route.audits == Audits::Operation) {
        let foreign = operator.post(route.path, &[("csrf", &csrf), ("country", "DE")]).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{}", route.path);
    }
}
