//! What reviewers see, as HTML: the door, the queue, a case, and a case that changed under a form.

use crate::support::browser::{Browser, Page};
use crate::support::{BLURRED, Office};

/// Tokens, digests and ids say nothing about a page: each becomes `…`.
fn page_text(page: &Page) -> String {
    let is_token = |word: &str| {
        let id = word.split_once('_').filter(|(_, id)| id.len() == 26);
        id.is_some()
            || (word.len() >= 8
                && word.bytes().all(|b| b.is_ascii_hexdigit())
                && word.bytes().any(|b| b.is_ascii_digit()))
    };
    let mut text = String::new();
    let mut word = String::new();
    for c in page.html().chars().chain(['\n']) {
        if c.is_ascii_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        text.push_str(if is_token(&word) { "…" } else { &word });
        word.clear();
        text.push(c);
    }
    // Blank lines are the templates' own.
    text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn the_door() {
    let office = Office::open(&["IN", "BR"]).await;
    let page = Browser::new(office.router()).get("/console/sign-in").await;
    insta::assert_snapshot!(page_text(&page));
}

#[tokio::test]
async fn the_queue_empty_and_full() {
    let office = Office::open(&["IN", "BR"]).await;
    let mut reviewer = Browser::signed_in(office.router(), "a.reviewer").await;
    insta::assert_snapshot!("queue_empty", page_text(&reviewer.get("/console").await));
    let late = office.in_review("IN", "Asha").await;
    office.clock.advance(4000);
    office.in_review("BR", "Lívia").await;
    office.clock.advance(540);
    // Sixty-six minutes end a session.
    let mut reviewer = Browser::signed_in(office.router(), "a.reviewer").await;
    let csrf = reviewer.get("/console").await.field("csrf");
    reviewer.post(&format!("/console/case/{late}/claim"), &[("csrf", &csrf)]).await;
    insta::assert_snapshot!("queue_full", page_text(&reviewer.get("/console").await).replace(&late.short(), "late"));
    insta::assert_snapshot!("queue_late_tab", page_text(&reviewer.get("/console/queue?tab=late").await));
}

#[tokio::test]
async fn a_case_and_the_same_case_grown_stale() {
    let office = Office::open(&["IN"]).await;
    let id = office.in_review("IN", "Asha Raovarma").await;
    office.clock.advance(540);
    let mut reviewer = Browser::signed_in(office.router(), "a.reviewer").await;
    let path = format!("/console/case/{id}");
    let page = reviewer.get(&path).await;
    insta::assert_snapshot!("case", page_text(&page));
    office.photo("IN", id, BLURRED, None).await;
    let fields: Vec<_> = ["csrf", "form", "dossier", "version"].map(|name| (name, page.field(name))).into();
    let mut fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.extend([("outcome", "declined"), ("reason", "document_damaged"), ("note", "a corner is torn")]);
    let stale = reviewer.post(&format!("{path}/decide"), &fields).await;
    insta::assert_snapshot!("case_stale", page_text(&stale));
}
