//! Serves the console with made-up cases, to look at its pages: `cargo run -p portico-console --example look`.
//!
//! Prints the address and nothing else; the ledgers are memory and gone afterwards.

#![expect(clippy::unwrap_used, reason = "what cannot be served cannot be looked at")]

#[path = "../tests/it/support/mod.rs"]
#[expect(dead_code, reason = "shared with the tests, which use more of it")]
mod support;

use portico_ledger::{DeliveryEnd, Queue};
use portico_vocab::ReasonCode;
use support::{BLURRED, GLARE, ID_BACK, ID_FRONT, Office, PASSPORT, SELFIE};

/// Work for the operator: of each kind, and a subscriber that said 410.
async fn gives_up(office: &Office, asking: portico_vocab::CaseId) {
    office.park("IN", Queue::TakeIn).await;
    office.clock.advance(900);
    office.says("IN", asking, "Ravi", "STATUS").await;
    office.lose_message("IN").await;
    let why = "given up after seven days: http 500".to_owned();
    office.end_delivery("IN", &DeliveryEnd::Parked { why }).await;
    office.end_delivery("IN", &DeliveryEnd::Delivered).await;
    office.end_delivery("BR", &DeliveryEnd::Disabled).await;
}

#[tokio::main]
async fn main() {
    let office = Office::open(&["IN", "BR"]).await;
    let blurred = office.applicant("IN", "Meera <b>K</b>", "passport").await;
    for bytes in [BLURRED, GLARE, PASSPORT] {
        office.photo("IN", blurred, bytes, Some(ReasonCode::PhotoBlurred)).await;
        office.clock.advance(60);
    }
    office.clock.advance(3000);
    office.in_review("IN", "Asha Raovarma").await;
    office.clock.advance(1500);
    let licence = office.applicant("BR", "João Souza", "driving_licence").await;
    for bytes in [ID_FRONT, ID_BACK, SELFIE] {
        office.photo("BR", licence, bytes, None).await;
    }
    office.assess("BR", licence).await;
    let asking = office.applicant("IN", "Ravi", "passport").await;
    office.photo("IN", asking, PASSPORT, None).await;
    office.says("IN", asking, "Ravi", "Is this <script>alert(1)</script> fine? *please* tell me").await;
    office.photo("IN", asking, SELFIE, None).await;
    office.assess("IN", asking).await;
    office.says("IN", asking, "Ravi", "STATUS").await;
    office.hold_all("IN").await;
    office.clock.advance(400);
    office.in_review("BR", "Lívia Prado").await;
    gives_up(&office, asking).await;
    office.clock.advance(130);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8199").await.unwrap();
    println!("http://{}/console", listener.local_addr().unwrap());
    axum::serve(listener, office.router()).await.unwrap();
}
