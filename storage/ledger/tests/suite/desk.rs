//! Desk: holds, sessions, API requests.

use portico_ledger::{ApiAnswer, ApiRequest, ClaimLease, Ledger, SessionRow};
use portico_vocab::{Sha256, Timestamp};

use crate::conformance;
use crate::rows::{at, case_id, hash};

conformance!(
    a_hold_is_one_reviewers_until_it_ends,
    a_hold_is_given_up_by_its_holder_only,
    one_of_many_gets_the_hold,
    a_session_ends,
    a_request_is_answered_once,
    a_request_is_forgotten_after_its_days,
    an_abandoned_request_may_be_made_again,
    one_of_many_requests_is_new,
    what_is_over_is_swept_a_batch_at_a_time,
);

fn hold(reviewer: &str, until: i64) -> ClaimLease {
    ClaimLease { case: case_id(1), reviewer: reviewer.into(), until: at(until) }
}

async fn a_hold_is_one_reviewers_until_it_ends(ledger: &dyn Ledger) {
    assert_eq!(ledger.claim_case(&hold("ann", 100), at(0)).await.unwrap(), hold("ann", 100));
    assert_eq!(ledger.claim_case(&hold("bob", 150), at(50)).await.unwrap(), hold("ann", 100));
    assert_eq!(ledger.claim_case(&hold("ann", 120), at(60)).await.unwrap(), hold("ann", 120), "prolonged");
    assert_eq!(ledger.claim_of(case_id(1), at(119)).await.unwrap(), Some(hold("ann", 120)));
    assert_eq!(ledger.claim_of(case_id(1), at(120)).await.unwrap(), None);
    assert_eq!(ledger.claim_case(&hold("bob", 200), at(120)).await.unwrap(), hold("bob", 200));
}

async fn a_hold_is_given_up_by_its_holder_only(ledger: &dyn Ledger) {
    ledger.claim_case(&hold("ann", 100), at(0)).await.unwrap();
    ledger.release_case(case_id(1), "bob").await.unwrap();
    assert_eq!(ledger.claim_of(case_id(1), at(1)).await.unwrap(), Some(hold("ann", 100)));
    ledger.release_case(case_id(1), "ann").await.unwrap();
    assert_eq!(ledger.claim_of(case_id(1), at(1)).await.unwrap(), None);
}

async fn one_of_many_gets_the_hold(ledger: &dyn Ledger) {
    let holds: Vec<_> = (0..8).map(|n| hold(&format!("reviewer {n}"), 100)).collect();
    let held = futures::future::join_all(holds.iter().map(|hold| ledger.claim_case(hold, at(0)))).await;
    let held: Vec<_> = held.into_iter().map(Result::unwrap).collect();
    assert!(held.iter().all(|hold| *hold == held[0]), "all are told the same name");
}

async fn a_session_ends(ledger: &dyn Ledger) {
    let session = SessionRow { token: hash(1), reviewer: "ann".into(), profile: "{}".into(), expires_at: at(100) };
    ledger.put_session(&session).await.unwrap();
    assert_eq!(ledger.session(hash(1), at(99)).await.unwrap().as_ref(), Some(&session));
    assert_eq!(ledger.session(hash(1), at(100)).await.unwrap(), None);
    let longer = SessionRow { expires_at: at(200), ..session };
    ledger.put_session(&longer).await.unwrap();
    assert_eq!(ledger.session(hash(1), at(100)).await.unwrap(), Some(longer));
    ledger.end_session(hash(1)).await.unwrap();
    assert_eq!(ledger.session(hash(1), at(100)).await.unwrap(), None);
}

fn request(body: &[u8], at: Timestamp) -> ApiRequest {
    ApiRequest { client: "bank".into(), key: "k-1".into(), body: Sha256::of(body), at }
}

async fn a_request_is_answered_once(ledger: &dyn Ledger) {
    assert_eq!(ledger.begin_request(&request(b"a", at(0))).await.unwrap(), ApiAnswer::New);
    assert_eq!(ledger.begin_request(&request(b"a", at(1))).await.unwrap(), ApiAnswer::Running);
    assert_eq!(ledger.begin_request(&request(b"b", at(1))).await.unwrap(), ApiAnswer::OtherBody);
    ledger.finish_request("bank", "k-1", 201, b"made").await.unwrap();
    let before = ApiAnswer::Before { status: 201, body: b"made".to_vec() };
    assert_eq!(ledger.begin_request(&request(b"a", at(2))).await.unwrap(), before);
    assert_eq!(ledger.begin_request(&request(b"b", at(2))).await.unwrap(), ApiAnswer::OtherBody);
    let other = ApiRequest { client: "another".into(), ..request(b"b", at(3)) };
    assert_eq!(ledger.begin_request(&other).await.unwrap(), ApiAnswer::New, "keys are each client's own");
}

async fn a_request_is_forgotten_after_its_days(ledger: &dyn Ledger) {
    ledger.begin_request(&request(b"a", at(0))).await.unwrap();
    ledger.finish_request("bank", "k-1", 200, b"").await.unwrap();
    let almost = at(0).plus_days(30).plus_seconds(-1);
    assert_eq!(ledger.begin_request(&request(b"b", almost)).await.unwrap(), ApiAnswer::OtherBody);
    assert_eq!(ledger.begin_request(&request(b"b", at(0).plus_days(30))).await.unwrap(), ApiAnswer::New);
}

async fn an_abandoned_request_may_be_made_again(ledger: &dyn Ledger) {
    ledger.begin_request(&request(b"a", at(0))).await.unwrap();
    ledger.abandon_request("bank", "k-1").await.unwrap();
    assert_eq!(ledger.begin_request(&request(b"b", at(1))).await.unwrap(), ApiAnswer::New);
    ledger.finish_request("bank", "k-1", 204, b"").await.unwrap();
    ledger.abandon_request("bank", "k-1").await.unwrap();
    let before = ApiAnswer::Before { status: 204, body: Vec::new() };
    assert_eq!(
        ledger.begin_request(&request(b"b", at(2))).await.unwrap(),
        before,
        "an answer is never forgotten early"
    );
}

async fn one_of_many_requests_is_new(ledger: &dyn Ledger) {
    let request = request(b"a", at(0));
    let answers = futures::future::join_all((0..8).map(|_| ledger.begin_request(&request))).await;
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|answer| **answer == ApiAnswer::New).count(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == ApiAnswer::Running).count(), 7);
}

async fn what_is_over_is_swept_a_batch_at_a_time(ledger: &dyn Ledger) {
    for n in 0..5 {
        let (reviewer, profile) = (String::from("ann"), String::from("{}"));
        let session = SessionRow { token: hash(n), reviewer, profile, expires_at: at(i64::from(n)) };
        ledger.put_session(&session).await.unwrap();
        let (client, key, body) = (String::from("bank"), n.to_string(), Sha256::of(b"b"));
        ledger.begin_request(&ApiRequest { client, key, body, at: at(i64::from(n)) }).await.unwrap();
    }
    assert_eq!(ledger.sweep_desk(at(-1), 9).await.unwrap(), 0);
    assert_eq!(ledger.sweep_desk(at(3), 3).await.unwrap(), 3, "sessions 0, 1, 2; no request is old enough");
    assert_eq!(ledger.session(hash(3), at(0)).await.unwrap().map(|session| session.token), Some(hash(3)));
    assert_eq!(ledger.session(hash(2), at(0)).await.unwrap(), None);
    assert_eq!(ledger.sweep_desk(at(3).plus_days(30), 2).await.unwrap(), 4, "sessions 3, 4; requests 0, 1");
    let again = |n: i64| {
        let (client, key, body) = (String::from("bank"), n.to_string(), Sha256::of(b"other"));
        ApiRequest { client, key, body, at: at(5) }
    };
    assert_eq!(ledger.begin_request(&again(1)).await.unwrap(), ApiAnswer::New, "it is forgotten");
    assert_eq!(ledger.begin_request(&again(2)).await.unwrap(), ApiAnswer::OtherBody, "it is not");
}
