//! A reviewer's day: sign in, take a case, look, decide; and what happens when two people or two clicks meet.

use crate::support::browser::{Browser, Page};
use crate::support::{BLURRED, Office, PASSPORT};
use axum::http::StatusCode;
use portico_vocab::{CaseId, OutcomeName, ReasonCode, StageName};

/// The form of a case page with what a reviewer adds.
fn filled<'a>(page: &Page, added: &[(&'a str, &'a str)]) -> Vec<(String, String)> {
    let carried = ["csrf", "form", "dossier", "version"].map(|name| (name.to_owned(), page.field(name)));
    carried.into_iter().chain(added.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))).collect()
}

async fn send(browser: &mut Browser, path: &str, fields: &[(String, String)]) -> Page {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    browser.post(path, &fields).await
}

/// Every box ticked, as a reviewer of an Indian passport case ticks them.
const ATTESTED: &[(&str, &str)] = &[
    ("outcome", "approved_limited"),
    ("attest", "document_data"),
    ("attest", "original_present"),
    ("attest", "face_match"),
    ("attest", "screening"),
    ("note", "looked at twice"),
];

#[tokio::test]
async fn from_the_queue_to_a_decision_and_on_to_the_next_case() {
    let office = Office::open(&["IN", "BR"]).await;
    let first = office.in_review("IN", "Asha").await;
    office.clock.advance(60);
    let second = office.in_review("BR", "Lívia").await;
    let mut reviewer = Browser::signed_in(office.router(), "a.reviewer").await;
    let queue = reviewer.get("/console").await;
    let taken = reviewer.post("/console/next", &[("csrf", &queue.field("csrf"))]).await;
    assert_eq!(taken.location(), format!("/console/case/{first}"), "the longest waiting one");
    let page = reviewer.get(taken.location()).await;
    let sent = send(&mut reviewer, &format!("/console/case/{first}/decide"), &filled(&page, ATTESTED)).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html());
    assert_eq!(sent.location(), format!("/console/case/{second}"), "on to the next");
    let next = reviewer.get(sent.location()).await;
    assert!(next.html().contains(&format!("Case {}: approved with limits.", first.short())), "{}", next.html());
    assert!(
        !reviewer.get(&format!("/console/case/{second}")).await.html().contains("approved with limits."),
        "said once"
    );
    let decision = office.case("IN", first).await.stage.decision().unwrap().clone();
    assert_eq!(decision.outcome, OutcomeName::ApprovedLimited);
    assert_eq!(decision.decided_by, ["reviewer:a.reviewer"]);
    assert_eq!(decision.attested.len(), 4);
    let decided = reviewer.get(&format!("/console/case/{first}")).await;
    assert!(decided.html().contains("looked at twice"), "the note is there for colleagues");
    assert!(office.cell("IN").ledger().claim_of(first, office.cell("IN").now()).await.unwrap().is_none(), "let go");
}

#[tokio::test]
async fn an_approval_without_its_attestations_comes_back_with_what_was_typed() {
    let office = Office::open(&["IN"]).await;
    let id = office.in_review("IN", "Asha").await;
    let mut reviewer = Browser::signed_in(office.router(), "a.reviewer").await;
    let page = reviewer.get(&format!("/console/case/{id}")).await;
    let half = [("outcome", "approved_limited"), ("attest", "face_match"), ("note", "kept <note>")];
    let back = send(&mut reviewer, &format!("/console/case/{id}/decide"), &filled(&page, &half)).await;
    assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(back.html().contains("screening was unavailable"));
    assert!(back.html().contains("kept &#60;note&#62;"), "the note is kept, and escaped");
    assert!(back.html().contains(r#"value="approved_limited" aria-keyshortcuts="l" checked"#));
    assert_ne!(page.field("form"), back.field("form"), "a fresh one-time form");
    assert_eq!(office.case("IN", id).await.stage_name(), StageName::InReview);
}

#[tokio::test]
async fn a_stale_page_says_what_changed_and_sends_nothing() {
    let office = Office::open(&["IN"]).await;
    let id = office.in_review("IN", "Asha").await;
    let mut reviewer = Browser::signed_in(office.router(), "a.reviewer").await;
    let page = reviewer.get(&format!("/console/case/{id}")).await;
    office.photo("IN", id, BLURRED, None).await;
    let back = send(&mut reviewer, &format!("/console/case/{id}/decide"), &filled(&page, ATTESTED)).await;
    assert_eq!(back.status, StatusCode::CONFLICT);
    assert!(back.html().contains("The case has changed since you opened it"));
    assert!(back.html().contains("looked at twice"), "what was typed is kept");
    assert_eq!(office.case("IN", id).await.stage_name(), StageName::InReview);
    let sent = send(&mut reviewer, &format!("/console/case/{id}/decide"), &filled(&back, ATTESTED)).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "the fresh form goes through");
}

#[tokio::test]
async fn the_same_form_twice_is_one_decision() {
    let office = Office::open(&["IN"]).await;
    let id = office.in_review("IN", "Asha").await;
    let mut reviewer = Browser::signed_in(office.router(), "a.reviewer").await;
    let page = reviewer.get(&format!("/console/case/{id}")).await;
    let fields = filled(&page, ATTESTED);
    let path = format!("/console/case/{id}/decide");
    assert_eq!(send(&mut reviewer, &path, &fields).await.location(), "/console");
    let version = office.case("IN", id).await.version;
    let again = send(&mut reviewer, &path, &fields).await;
    assert_eq!(again.location(), format!("/console/case/{id}"));
    assert!(reviewer.get(again.location()).await.html().contains("Nothing was done twice"));
    assert_eq!(office.case("IN", id).await.version, version);
}

#[tokio::test]
async fn a_case_in_a_colleagues_hands_can_be_seen_and_not_decided() {
    let office = Office::open(&["IN"]).await;
    let id = office.in_review("IN", "Asha").await;
    let mut priya = Browser::signed_in(office.router(), "p.iyer").await;
    let mut alex = Browser::signed_in(office.router(), "a.reviewer").await;
    let path = format!("/console/case/{id}");
    let page = priya.get(&path).await;
    priya.post(&format!("{path}/claim"), &[("csrf", &page.field("csrf"))]).await;
    let seen = alex.get(&path).await;
    assert!(seen.html().contains("p.iyer is working on it until"));
    let back = send(&mut alex, &format!("{path}/decide"), &filled(&seen, ATTESTED)).await;
    assert_eq!(back.status, StatusCode::CONFLICT);
    office.clock.advance(601);
    let sent = send(&mut alex, &format!("{path}/decide"), &filled(&back, ATTESTED)).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "her hold has lapsed");
}

#[tokio::test]
async fn what_an_applicant_wrote_is_text_and_nothing_else() {
    let office = Office::open(&["IN"]).await;
    let id = office.applicant("IN", "<img src=x onerror=alert(1)>", "passport").await;
    office.photo("IN", id, PASSPORT, None).await;
    office.says("IN", id, "\"><script>alert(2)</script>", "</textarea><script>alert(3)</script>").await;
    let mut reviewer = Browser::signed_in(office.router(), "a.reviewer").await;
    let page = reviewer.get(&format!("/console/case/{id}")).await;
    assert!(!page.html().contains("<script>alert") && !page.html().contains("<img src=x"), "{}", page.html());
    assert!(page.html().contains("&#60;script&#62;alert(3)"));
}

#[tokio::test]
async fn a_message_that_was_held_is_shown_with_the_reason() {
    let office = Office::open(&["IN"]).await;
    let id = office.in_review("IN", "Asha").await;
    office.clock.advance(3600);
    office.says("IN", id, "Asha", "STATUS").await;
    office.hold_all("IN").await;
    let mut reviewer = Browser::signed_in(office.router(), "a.reviewer").await;
    let page = reviewer.get(&format!("/console/case/{id}")).await;
    assert!(page.html().contains("held: window closed"), "{}", page.html());
    assert!(page.html().contains("is complete and with our team since"), "what it would have said");
}

#[tokio::test]
async fn the_preview_is_the_text_that_would_be_told() {
    let office = Office::open(&["IN"]).await;
    let id = office.in_review("IN", "Asha").await;
    let mut reviewer = Browser::signed_in(office.router(), "a.reviewer").await;
    let preview = |query: &str| format!("/console/case/{id}/preview?{query}");
    let limited = reviewer.get(&preview("outcome=approved_limited")).await;
    assert!(limited.html().contains("balance up to ₹1 lakh"), "{}", limited.html());
    let silent = reviewer.get(&preview("outcome=declined&reasons=fraud_suspected")).await;
    assert!(!silent.html().contains("fraud") && silent.html().contains("not able to open"), "{}", silent.html());
    let none = reviewer.get(&preview("outcome=declined")).await;
    assert!(none.html().contains("needs at least one reason"), "{}", none.html());
    let photo = reviewer.get(&preview("slot=selfie&reason=photo_glare")).await;
    assert!(photo.html().contains("selfie"), "{}", photo.html());
    assert_eq!(reviewer.get(&preview("outcome=maybe")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_session_ends_when_nobody_clicks_and_lists_are_not_clicks() {
    let office = Office::open(&["IN"]).await;
    let mut reviewer = Browser::signed_in(office.router(), "a.reviewer").await;
    office.clock.advance(14 * 60);
    assert_eq!(reviewer.get("/console").await.status, StatusCode::OK, "a click prolongs it");
    for _ in 0..4 {
        office.clock.advance(4 * 60);
        let live = axum::http::Request::get("/console/queue").header("x-portico-live", "1");
        reviewer.send(live.body(axum::body::Body::empty()).unwrap()).await;
    }
    assert_eq!(reviewer.get("/console").await.status, StatusCode::SEE_OTHER, "sixteen minutes without a click");
}

#[tokio::test]
async fn signing_out_ends_the_session_everywhere() {
    let office = Office::open(&["IN"]).await;
    let mut reviewer = Browser::signed_in(office.router(), "a.reviewer").await;
    let stolen = reviewer.cookies.clone();
    let csrf = reviewer.get("/console").await.field("csrf");
    reviewer.post("/console/sign-out", &[("csrf", &csrf)]).await;
    let mut thief = Browser::new(office.router());
    thief.cookies = stolen;
    assert_eq!(thief.get("/console").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_refused_picture_can_be_accepted_and_pictures_can_change_places() {
    let office = Office::open(&["IN"]).await;
    let id = office.applicant("IN", "Asha", "passport").await;
    for bytes in [BLURRED, crate::support::ID_FRONT, crate::support::ID_BACK] {
        office.photo("IN", id, bytes, Some(ReasonCode::PhotoBlurred)).await;
    }
    let mut reviewer = Browser::signed_in(office.router(), "a.reviewer").await;
    let page = reviewer.get(&format!("/console/case/{id}")).await;
    assert!(page.html().contains("Accept after all"));
    let refused = page.field("evidence");
    let done =
        send(&mut reviewer, &format!("/console/case/{id}/accept"), &filled(&page, &[("evidence", &refused)])).await;
    assert_eq!(done.location(), format!("/console/case/{id}"), "{}", done.html());
    let page = reviewer.get(done.location()).await;
    assert!(page.html().contains("good enough"));
    let to_selfie = [("evidence", refused.as_str()), ("slot", "selfie")];
    let moved = send(&mut reviewer, &format!("/console/case/{id}/place"), &filled(&page, &to_selfie)).await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.html());
    assert!(reviewer.get(moved.location()).await.html().contains("the picture was moved"));
}

#[tokio::test]
async fn a_case_is_found_by_its_short_code() {
    let office = Office::open(&["IN", "BR"]).await;
    let id: CaseId = office.in_review("BR", "Lívia").await;
    let mut reviewer = Browser::signed_in(office.router(), "m.souza").await;
    for q in [id.to_string(), id.short()] {
        let found = reviewer.get(&format!("/console/search?q={q}")).await;
        assert_eq!(found.location(), format!("/console/case/{id}"));
    }
    assert!(reviewer.get("/console/search?q=zzzz").await.html().contains("None."));
}
