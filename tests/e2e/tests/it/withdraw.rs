//! Taking it back: STOP wins, whatever comes late, and what was sent is gone when it was said to be.

use anyhow::{Result, ensure};
use portico_cell::Loaded;
use portico_e2e::{Engine, Walk, story, until};
use portico_simulator::{Mischief, Operation, Shown};
use portico_vocab::StageName;
use portico_whatsapp::texts::TextKey;

#[tokio::test]
async fn a_consent_that_comes_after_stop_does_not_count() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let asha = world.applicant("IN", Shown::Both)?;
        asha.says("hello").await?;
        asha.hears(TextKey::Notice).await?;
        // Tapped before STOP was written, delivered after it.
        asha.taps_with("consent:accept", &Mischief::held()).await?;
        asha.says("STOP").await?;
        asha.hears(TextKey::Withdrawn).await?;
        world.quiet().await?;
        let case = asha.file().await?;
        ensure!(case.stage_name() == StageName::Withdrawn && case.stage.agreed().is_none(), "{:?}", case.stage);
        world.subscriber.receives("kyc.case.opened", case.id).await?;
        ensure!(world.subscriber.deliveries_of("kyc.consent.given", case.id).is_empty());
        let calls = world.simulator()?.requests();
        ensure!(calls.iter().all(|call| call.operation != Operation::MediaLookup), "nothing was fetched");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn stop_in_the_middle_ends_it_and_start_begins_anew() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let asha = world.applicant("IN", Shown::Both)?;
        Walk::PASSPORT.to_selfie(&asha).await?;
        let first = asha.case().await?;
        asha.says("stop").await?;
        asha.hears(TextKey::Withdrawn).await?;
        world.subscriber.receives("kyc.consent.withdrawn", first).await?;
        // A photo after it is answered with the way back, never fetched.
        world.clock.advance_seconds(120);
        asha.sends_photo("specimens/selfie_match.jpg").await?;
        asha.hears(TextKey::RestartAsk).await?;
        asha.taps("case:restart").await?;
        let again = asha.hears(TextKey::Notice).await?;
        ensure!(again.case != first, "an ended case is never opened again");
        ensure!(world.stage("IN", first).await? == StageName::Withdrawn);
        ensure!(world.stage("IN", again.case).await? == StageName::Consenting);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn declining_the_notice_opens_and_keeps_nothing() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let caio = world.applicant("BR", Shown::Phone)?;
        caio.sends_photo("specimens/passport.jpg").await?;
        caio.hears(TextKey::Notice).await?;
        caio.taps("consent:decline").await?;
        caio.hears(TextKey::ConsentDeclined).await?;
        world.quiet().await?;
        let calls = world.simulator()?.requests();
        ensure!(calls.iter().all(|call| call.operation != Operation::MediaLookup), "nothing was fetched");
        ensure!(world.objects("BR")? == 0, "nothing is kept");
        Ok(())
    })
    .await
}

/// After the profile's days the key is destroyed and the pictures are deleted; the chain still verifies.
#[tokio::test]
async fn a_withdrawn_case_is_shredded_when_its_days_are_over() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let asha = world.applicant("IN", Shown::Both)?;
        Walk::PASSPORT.to_selfie(&asha).await?;
        asha.says("STOP").await?;
        asha.hears(TextKey::Withdrawn).await?;
        world.quiet().await?;
        let case = asha.case().await?;
        ensure!(world.objects("IN")? > 0, "until then the picture is there");

        let cell = world.cell("IN")?;
        world.clock.advance_days(cell.policy().choices.purge_days + 1);
        until("the key is destroyed", async || {
            Ok(matches!(cell.load(case).await?, Some(Loaded::Shredded(_))).then_some(()))
        })
        .await?;
        until("the pictures are deleted", async || Ok((world.objects("IN")? == 0).then_some(()))).await?;

        let bank = world.bank()?;
        let applicant = bank.gets(&format!("/v1/cases/{case}/applicant")).await?;
        ensure!(applicant.status == 410, "{applicant:?}");
        let anna = world.reviewer("a.reviewer").await?;
        let page = anna.opens(case).await?;
        ensure!(!page.html.contains(asha.person.name.as_str()), "the page knows nobody any more");
        Ok(())
    })
    .await
}
