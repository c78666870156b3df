//! Pages, cursors and filters.

use serde_json::{Value, json};

use crate::bank::{BRAZIL, Bank, CORE, GROUP, get};

/// Follows `next` to its end, a few items at a time.
async fn all(bank: &Bank, path: &str, client: &str, limit: u32) -> Vec<Value> {
    let (mut items, mut after) = (Vec::new(), String::new());
    let joint = if path.contains('?') { '&' } else { '?' };
    loop {
        let page = bank.ask(get(format!("{path}{joint}limit={limit}{after}")).by(client)).await.json();
        let more = page["items"].as_array().unwrap();
        items.extend(more.iter().cloned());
        match page["next"].as_str() {
            Some(next) if !more.is_empty() => after = format!("&after={next}"),
            _ => return items,
        }
    }
}

#[tokio::test]
async fn cases_come_newest_last_and_every_one_once() {
    let bank = Bank::open().await;
    let mut opened = Vec::new();
    for name in ["Asha", "Ravi", "Meera", "Kiran", "Dev"] {
        opened.push(bank.office.applicant("IN", name, "passport").await.to_string());
    }
    bank.office.applicant("BR", "Lívia", "passport").await;
    for limit in [1, 2, 5, 1000] {
        let items = all(&bank, "/v1/cases", CORE, limit).await;
        let ids: Vec<_> = items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(ids, opened);
    }
    let reviewed = bank.office.in_review("IN", "Zoya").await;
    let items = all(&bank, "/v1/cases?stage=in_review", CORE, 10).await;
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["id"], reviewed.to_string());
    assert_eq!((&items[0]["document"], &items[0]["reference"]), (&json!("passport"), &Value::Null));
    assert!(all(&bank, "/v1/cases?reference=A7-4419", CORE, 10).await.is_empty());
    assert!(all(&bank, "/v1/cases?outcome=approved", CORE, 10).await.is_empty());
    assert_eq!(all(&bank, "/v1/cases?country=BR", GROUP, 10).await.len(), 1);
}

#[tokio::test]
async fn history_and_events_are_whole_in_pages_of_any_size() {
    let bank = Bank::open().await;
    let id = bank.office.in_review("IN", "Asha").await;
    let other = bank.office.applicant("IN", "Ravi", "passport").await;
    bank.office.cell("IN").ledger().sequence(1000).await.unwrap();
    for (path, key) in [(format!("/v1/cases/{id}/history"), "seq"), ("/v1/events".to_owned(), "id")] {
        let whole = all(&bank, &path, CORE, 1000).await;
        assert!(whole.len() > 3);
        let one_by_one = all(&bank, &path, CORE, 1).await;
        assert_eq!(one_by_one, whole, "by {key}");
    }
    let of_case = all(&bank, &format!("/v1/events?case={id}"), CORE, 2).await;
    let mut previous = Value::Null;
    for (seq, event) in (1_u64..).zip(&of_case) {
        assert_eq!((&event["subject"], &event["data"]["seq"]), (&json!(id.to_string()), &json!(seq)));
        assert_eq!(event["data"]["previous"], previous);
        previous = event["id"].clone();
    }
    assert!(
        all(&bank, &format!("/v1/events?case={other}"), CORE, 2).await.iter().all(|e| e["subject"] != id.to_string())
    );
}

#[tokio::test]
async fn a_reader_of_events_comes_back_for_what_happened_since() {
    let bank = Bank::open().await;
    bank.office.applicant("IN", "Asha", "passport").await;
    let ledger = bank.office.cell("IN").ledger();
    ledger.sequence(1000).await.unwrap();
    let page = bank.ask(get("/v1/events").by(CORE)).await.json();
    let next = page["next"].as_str().unwrap().to_owned();
    let path = format!("/v1/events?after={next}");
    assert_eq!(bank.ask(get(&path).by(CORE)).await.json(), json!({ "items": [], "next": null }));
    bank.office.applicant("IN", "Ravi", "passport").await;
    assert_eq!(bank.ask(get(&path).by(CORE)).await.json()["items"], json!([]), "not sequenced yet");
    ledger.sequence(1000).await.unwrap();
    let page = bank.ask(get(&path).by(CORE)).await.json();
    assert_eq!(page["items"][0]["type"], "kyc.case.opened");
}

#[tokio::test]
async fn a_query_that_cannot_be_meant_is_refused_by_name() {
    let bank = Bank::open().await;
    let id = bank.office.in_review("IN", "Asha").await;
    let page = bank.ask(get("/v1/events?limit=1").by(CORE)).await.json();
    let of_events = page["next"].as_str().unwrap_or("ZQ").to_owned();
    for (path, parameter) in [
        ("/v1/cases?limit=0".to_owned(), "limit"),
        ("/v1/cases?limit=1001".to_owned(), "limit"),
        ("/v1/cases?stage=done".to_owned(), "stage"),
        ("/v1/cases?outcome=yes".to_owned(), "outcome"),
        ("/v1/cases?country=india".to_owned(), "country"),
        (format!("/v1/cases?after={of_events}"), "after"),
        (format!("/v1/cases/{id}/history?after={of_events}"), "after"),
        ("/v1/events?after=7".to_owned(), "after"),
        ("/v1/events?type=kyc.nothing".to_owned(), "type"),
        ("/v1/events?case=7".to_owned(), "case"),
        ("/v1/cases?stagr=decided".to_owned(), "query"),
        ("/v1/cases?limit=1&limit=2".to_owned(), "query"),
    ] {
        let answer = bank.ask(get(&path).by(CORE)).await;
        assert_eq!(answer.problem(), (422, "query_invalid".to_owned()), "{path}");
        assert_eq!(answer.json()["parameter"], parameter, "{path}");
    }
}

#[tokio::test]
async fn a_client_of_several_cells_says_which() {
    let bank = Bank::open().await;
    for path in ["/v1/cases", "/v1/events"] {
        let answer = bank.ask(get(path).by(GROUP)).await;
        assert_eq!(answer.problem(), (422, "country_needed".to_owned()));
        assert_eq!(answer.json()["countries"], json!(["IN", "BR"]));
        assert_eq!(bank.ask(get(format!("{path}?country=BR")).by(GROUP)).await.status, 200);
        let answer = bank.ask(get(format!("{path}?country=IN")).by(BRAZIL)).await;
        assert_eq!(answer.problem(), (404, "not_found".to_owned()));
    }
}
