//! Events to the account system, when it does not answer as it should.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use portico_e2e::{Engine, Walk, story, until};
use portico_simulator::Shown;
use portico_whatsapp::texts::TextKey;

/// Longer than the relay's second pause, jitter included.
const PAUSE_SECONDS: i64 = 400;

#[tokio::test]
async fn a_subscriber_that_fails_gets_everything_once_when_it_recovers() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        world.subscriber.answers(500);
        let asha = world.applicant("IN", Shown::Both)?;
        Walk::PASSPORT.to_review(&asha).await?;
        let case = asha.case().await?;
        until("a failed attempt", async || Ok(world.subscriber.deliveries().first().cloned())).await?;
        world.subscriber.answers(200);
        let last = until("everything is delivered", async || {
            world.clock.advance_seconds(PAUSE_SECONDS);
            Ok(world.subscriber.deliveries_of("kyc.review.requested", case).pop())
        })
        .await?;
        ensure!(last.answered == 200);

        let attempts = world.subscriber.deliveries();
        let failed = attempts.iter().filter(|attempt| attempt.answered == 500);
        ensure!(failed.clone().count() >= 1 && failed.clone().all(|attempt| attempt.id == attempts[0].id), "in order");
        let taken: Vec<_> = attempts.iter().filter(|attempt| attempt.answered == 200).collect();
        let ids: BTreeSet<_> = taken.iter().map(|attempt| &attempt.id).collect();
        ensure!(ids.len() == taken.len() && ids.contains(&attempts[0].id), "each once, the first under its first id");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_subscriber_that_is_gone_is_disabled_and_the_others_go_on() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        world.subscriber.answers(410);
        let asha = world.applicant("IN", Shown::Both)?;
        Walk::PASSPORT.to_first_photo(&asha).await?;
        let ledger = world.cell("IN")?.ledger();
        until("it is disabled", async || Ok((ledger.disabled_subscribers().await? == ["own"]).then_some(()))).await?;
        asha.says("STOP").await?;
        asha.hears(TextKey::Withdrawn).await?;
        until("the inbox has it", async || {
            let events = world.simulator()?.inbox_events();
            Ok(events.into_iter().find(|event| event.kind == "kyc.consent.withdrawn"))
        })
        .await?;
        world.quiet().await?;
        ensure!(world.subscriber.deliveries().len() == 1, "it is not called again");
        world.expects_parked(ledger.parked(100).await?.len());
        Ok(())
    })
    .await
}
