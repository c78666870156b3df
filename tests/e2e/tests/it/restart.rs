//! Portico stops and starts: nothing is forgotten.

use anyhow::{Result, ensure};
use portico_e2e::{Engine, Walk, story};
use portico_vocab::StageName;
use portico_whatsapp::texts::TextKey;

#[tokio::test]
async fn a_case_goes_on_after_a_restart_and_its_pictures_open() -> Result<()> {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        story(engine, async |world| {
            let meera = world.known("Meera")?;
            Walk::PASSPORT.to_selfie(&meera).await?;
            let case = meera.case().await?;
            world.quiet().await?;
            // Whoever holds a cell keeps its database open.
            drop(meera);
            world.restart().await?;

            let meera = world.known("Meera")?;
            meera.sends_photo("specimens/selfie_match.jpg").await?;
            ensure!(meera.hears(TextKey::Checking).await?.case == case, "it is the same case");
            meera.reaches(StageName::InReview).await?;
            let anna = world.reviewer("a.reviewer").await?;
            let page = anna.opens(case).await?;
            ensure!(page.pictures().len() == 2);
            for src in page.pictures() {
                ensure!(anna.looks_at(&src).await?.starts_with(&[0xff, 0xd8]), "a JPEG");
            }
            ensure!(anna.decides(&page, "approved_limited").await?.status == 200);
            meera.hears(TextKey::VerdictLimited).await?;
            world.subscriber.receives("kyc.account.approved", case).await?;
            Ok(())
        })
        .await?;
    }
    Ok(())
}
