//! `/v1` over real HTTP: a bank that decides in its own system.

use anyhow::{Context as _, Result, ensure};
use portico_e2e::{Engine, Walk, story};
use portico_simulator::Shown;
use portico_vocab::StageName;
use portico_whatsapp::texts::TextKey;
use serde_json::{Value, json};

const OFFICER: &str = "k-17";

/// A decision that answers for every check the case shows as unavailable.
fn decision(case: &Value, outcome: &str) -> Value {
    let findings = case["findings"].as_array().cloned().unwrap_or_default();
    let missing = findings.iter().filter(|finding| finding["required"] == true && finding["result"] == "unavailable");
    let attest: Vec<_> = missing.map(|finding| json!({ "check": finding["check"], "reason": "seen by me" })).collect();
    json!({
        "outcome": outcome, "officer": { "id": OFFICER, "role": "maker" }, "attest": attest, "dossier": case["dossier"],
    })
}

#[tokio::test]
async fn a_bank_decides_in_its_own_system() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let asha = world.applicant("IN", Shown::Both)?;
        Walk::PASSPORT.to_review(&asha).await?;
        let (bank, case) = (world.bank()?, asha.case().await?);
        let read = bank.case(case).await?;
        ensure!(read["stage"] == "in_review" && read["country"] == "IN", "{read}");
        let path = format!("/v1/cases/{case}/decision");

        let full = bank.posts(&path, "d-1", &decision(&read, "approved")).await?;
        ensure!(full.status == 422 && full.body["detail"].as_str().is_some_and(|text| text.contains("allowed are")));
        let mut unanswered = decision(&read, "approved_limited");
        unanswered["attest"] = json!([]);
        let refused = bank.posts(&path, "d-2", &unanswered).await?;
        let named: Vec<_> = refused.body["objections"].as_array().context("objections")?.iter().collect();
        ensure!(
            refused.status == 422 && named.iter().any(|objection| objection["check"] == "screening"),
            "{refused:?}"
        );
        let mut other = decision(&read, "approved_limited");
        other["dossier"] = json!(format!("sha256:{}", "0".repeat(64)));
        let stale = bank.posts(&path, "d-3", &other).await?;
        ensure!(stale.status == 409 && stale.content_type.starts_with("application/problem+json"), "{stale:?}");

        let right = decision(&read, "approved_limited");
        let made = bank.posts(&path, "d-4", &right).await?;
        ensure!(made.status == 200, "{made:?}");
        let again = bank.posts(&path, "d-4", &right).await?;
        ensure!(again.status == 200 && again.body == made.body, "the same key gets the same answer");
        let reused = bank.posts(&path, "d-4", &decision(&read, "handed_off")).await?;
        ensure!(reused.status == 422, "the same key with another body: {reused:?}");
        let second = bank.posts(&path, "d-5", &right).await?;
        ensure!(second.status == 409, "a final decision is never changed: {second:?}");

        asha.hears(TextKey::VerdictLimited).await?;
        asha.reaches(StageName::Decided).await?;
        let delivery = world.subscriber.receives("kyc.account.approved", case).await?;
        let by = delivery.event()?["data"]["decided_by"].to_string();
        ensure!(by.contains("client:core-banking") && by.contains(OFFICER), "{by}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn strangers_get_nothing_and_mistakes_are_named() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let asha = world.applicant("IN", Shown::Both)?;
        Walk::PASSPORT.to_first_photo(&asha).await?;
        let (bank, case) = (world.bank()?, asha.case().await?);
        let path = format!("/v1/cases/{case}");
        ensure!(bank.with_token("guessed").gets(&path).await?.status == 401);
        ensure!(bank.gets("/v1/cases/case_00000000000000000000000000").await?.status == 404);
        let list = bank.gets("/v1/cases").await?;
        ensure!(list.status == 422 && list.body["countries"] == json!(["IN", "BR"]), "{list:?}");
        let items = bank.gets("/v1/cases?country=IN").await?.body["items"].clone();
        ensure!(
            items.as_array().is_some_and(|items| items.len() == 1 && items[0]["id"] == case.to_string()),
            "{items}"
        );
        let early = bank.posts(&format!("{path}/account"), "a-1", &json!({})).await?;
        ensure!(early.status == 409, "only an approved case has an account: {early:?}");
        let whole = json!({ "display": "123456789" });
        let digits = bank.posts(&format!("{path}/account"), "a-2", &whole).await?;
        ensure!(digits.status == 422 || digits.status == 409, "{digits:?}");
        let read = bank.gets(&path).await?.body.to_string();
        for personal in [asha.person.phone.as_str(), asha.person.user_id.as_str(), asha.person.name.as_str()] {
            ensure!(!read.contains(personal), "a case read names somebody");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn events_can_be_read_instead_of_received() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let asha = world.applicant("IN", Shown::Both)?;
        Walk::PASSPORT.to_review(&asha).await?;
        let case = asha.case().await?;
        world.subscriber.receives("kyc.review.requested", case).await?;
        let (bank, mut after, mut kinds) = (world.bank()?, String::new(), Vec::new());
        loop {
            let page = bank.gets(&format!("/v1/events?country=IN&limit=1{after}")).await?;
            ensure!(page.status == 200, "{page:?}");
            for event in page.body["items"].as_array().context("items")? {
                kinds.push(event["type"].as_str().context("a type")?.to_owned());
            }
            let Some(next) = page.body["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        ensure!(kinds == ["kyc.case.opened", "kyc.consent.given", "kyc.review.requested"], "{kinds:?}");
        Ok(())
    })
    .await
}
