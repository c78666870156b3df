//! The whole path, from hello to the opened account: both countries, both engines.

use anyhow::{Result, ensure};
use portico_e2e::{Engine, Walk, World, story};
use portico_simulator::{Shown, Verdict};
use portico_vocab::{OutcomeName, StageName};
use portico_whatsapp::texts::TextKey;
use serde_json::json;

#[tokio::test]
async fn an_account_is_opened_in_india_on_sqlite() -> Result<()> {
    story(Engine::Sqlite, async |world| india(world).await).await
}

#[tokio::test]
async fn an_account_is_opened_in_india_on_postgres() -> Result<()> {
    story(Engine::Postgres, async |world| india(world).await).await
}

#[tokio::test]
async fn an_account_is_opened_in_brazil_on_sqlite() -> Result<()> {
    story(Engine::Sqlite, async |world| brazil(world).await).await
}

#[tokio::test]
async fn an_account_is_opened_in_brazil_on_postgres() -> Result<()> {
    story(Engine::Postgres, async |world| brazil(world).await).await
}

/// Somebody who hides the number; the law allows a limited account.
async fn india(world: &World) -> Result<()> {
    let walk = Walk { selfie: "real/portrait_hopper.jpg", ..Walk::PASSPORT };
    path(world, "IN", Shown::UserId, walk, OutcomeName::ApprovedLimited, TextKey::VerdictLimited).await
}

/// Somebody who shows the number alone; a full account.
async fn brazil(world: &World) -> Result<()> {
    path(world, "BR", Shown::Phone, Walk::CARD, OutcomeName::Approved, TextKey::VerdictApproved).await
}

async fn path(
    world: &World,
    country: &str,
    shown: Shown,
    walk: Walk,
    outcome: OutcomeName,
    verdict: TextKey,
) -> Result<()> {
    let applicant = world.applicant(country, shown)?;
    walk.to_review(&applicant).await?;
    let case = applicant.case().await?;

    let anna = world.reviewer("a.reviewer").await?;
    let page = anna.opens(case).await?;
    ensure!(page.pictures().len() == applicant.file().await?.required_slots().len(), "one picture a slot");
    let decided = anna.decides(&page, outcome.as_str()).await?;
    ensure!(decided.status == 200, "{}", decided.text());
    applicant.hears(verdict).await?;
    applicant.reaches(StageName::Decided).await?;

    let delivery = world.subscriber.receives("kyc.account.approved", case).await?;
    let event = delivery.verified_elsewhere(world.webhook_secret()?).await?;
    ensure!(event["id"] == delivery.id.as_str() && event["specversion"] == "1.0", "{event}");
    ensure!(event["source"] == format!("portico/{country}") && event["subject"] == case.to_string(), "{event}");
    ensure!(event["data"]["outcome"] == outcome.as_str(), "{event}");
    ensure!(event["data"]["decided_by"] == json!(["reviewer:a.reviewer"]), "{event}");
    ensure!(event["data"]["limits"].is_null() == (outcome == OutcomeName::Approved), "{event}");
    let arrived = world.simulator()?.inbox_events();
    let arrived = arrived.iter().find(|event| event.webhook_id == delivery.id);
    ensure!(arrived.is_some_and(|event| matches!(event.verdict, Verdict::Verified { .. })), "the inbox has it too");

    account_opened(world, &applicant).await
}

/// The account system acts on the event and tells the customer.
async fn account_opened(world: &World, applicant: &portico_e2e::Applicant) -> Result<()> {
    let case = applicant.case().await?;
    let bank = world.bank()?;
    let read = bank.case(case).await?;
    ensure!(read["stage"] == "decided", "{read}");
    let opened = json!({ "status": "opened", "display": "••4321" });
    let answer = bank.posts(&format!("/v1/cases/{case}/account"), "open-1", &opened).await?;
    ensure!(answer.status == 200, "{answer:?}");
    let told = applicant.hears(TextKey::AccountOpened).await?;
    ensure!(told.message.body().contains("4321"), "the customer reads the end of the number");
    world.subscriber.receives("kyc.account.opened", case).await?;
    world.quiet().await?;
    applicant.has_heard_all().await
}

/// Announced in order, each event naming the one before it, none with anything personal in it.
#[tokio::test]
async fn events_of_a_case_come_in_order_and_name_nobody() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let asha = world.applicant("IN", Shown::Both)?;
        Walk::PASSPORT.to_review(&asha).await?;
        let anna = world.reviewer("a.reviewer").await?;
        let case = asha.case().await?;
        anna.decides(&anna.opens(case).await?, "handed_off").await?;
        asha.hears(TextKey::VerdictHandoff).await?;
        world.subscriber.receives("kyc.decision.made", case).await?;
        world.quiet().await?;

        let (mut previous, mut kinds) = (serde_json::Value::Null, Vec::new());
        for (at, delivery) in (1_u64..).zip(world.subscriber.deliveries()) {
            let event = delivery.event()?;
            ensure!(event["data"]["seq"] == at && event["data"]["previous"] == previous, "{event}");
            let text = event.to_string();
            let person = &asha.person;
            for personal in [person.phone.as_str(), person.user_id.as_str(), person.name.as_str()] {
                ensure!(!text.contains(personal), "an event names somebody");
            }
            previous = event["id"].clone();
            kinds.push(event["type"].as_str().unwrap_or_default().to_owned());
        }
        let expected = ["kyc.case.opened", "kyc.consent.given", "kyc.review.requested", "kyc.decision.made"];
        ensure!(kinds == expected, "{kinds:?}");
        Ok(())
    })
    .await
}
