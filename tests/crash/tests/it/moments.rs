//! `kill -9` at the two moments that leave something behind.

use anyhow::{Context as _, Result, ensure};
use portico_crash::{BRAZIL, Bucket, Chance, Engine, Person, Plot, Site, Weather};
use portico_e2e::until;
use portico_simulator::{Fault, Operation};

/// Longer than a doubtful send stays in doubt.
const MINUTES: i64 = 11;
/// An image and a thumbnail.
const OBJECTS_A_PICTURE: usize = 2;

fn calls(site: &Site, operation: Operation) -> usize {
    site.simulator.requests().iter().filter(|call| call.operation == operation).count()
}

/// The objects are in the bucket, nobody has written down that they are: they stay, unknown to all, and the picture is
/// taken in anew.
#[tokio::test]
async fn between_the_put_and_the_commit_an_orphan_is_left_and_no_damage() -> Result<()> {
    let site = Site::build(Engine::Postgres, Bucket::remote(&BRAZIL)?, &Chance::seeded()).await?;
    let serve = site.start("serve", &[]).await?;
    let mut people = [Person::arrives(&site, Plot::Completes)?];
    let again = site
        .with_account_system(async {
            let person = &mut people[0];
            person.agrees().await?;
            site.bucket_line()?.set(Weather::Hung);
            person.shows("specimens/id_front.jpg").await?;
            until("the picture is fetched", async || Ok((calls(&site, Operation::MediaDownload) > 0).then_some(())))
                .await?;
            // Nothing is written down between the download and the put: from here on no commit comes through.
            site.database_line()?.set(Weather::Hung);
            site.bucket_line()?.set(Weather::Fair);
            until("the objects are put", async || Ok((site.objects().await?.len() == OBJECTS_A_PICTURE).then_some(())))
                .await?;
            serve.kill().await?;
            site.database_line()?.set(Weather::Fair);
            let again = site.start("serve", &[]).await?;
            person.shows_everything().await?;
            site.decides(&people).await?;
            site.quiet().await?;
            Ok(again)
        })
        .await?;
    again.terminate().await?;
    site.reckons(&people).await?;
    ensure!(site.command(&["fsck"]).await?.contains("1 ok"), "every object of the case opens");
    let pictures = 3;
    let objects = site.objects().await?.len();
    ensure!(objects == (pictures + 1) * OBJECTS_A_PICTURE, "{objects} objects of {pictures} pictures and one orphan");
    site.close().await;
    Ok(())
}

/// Killed in the middle of the call: nobody here knows whether the message went out, so it is never sent again.
#[tokio::test]
async fn in_the_middle_of_a_send_its_end_is_unknown_and_it_is_never_made_again() -> Result<()> {
    for taken in [true, false] {
        let site = Site::build(Engine::Sqlite, Bucket::Embedded, &Chance::seeded()).await?;
        let serve = site.start("serve", &[]).await?;
        let mut people = [Person::arrives(&site, Plot::Stops)?];
        people[0].agrees().await?;
        site.quiet().await?;
        let before = calls(&site, Operation::Send);
        site.simulator.fail_next(Fault::SendSilent { taken });
        people[0].says("STATUS").await?;
        until("the call is out", async || Ok((calls(&site, Operation::Send) > before).then_some(()))).await?;
        serve.kill().await?;

        // Twice: first its lease has run out, then the time that a doubtful send stays in doubt.
        for _ in 0..2 {
            site.minutes_pass(MINUTES).await?;
            let serve = site.start("serve", &[]).await?;
            site.quiet().await?;
            serve.terminate().await?;
        }
        ensure!(calls(&site, Operation::Send) == before + 1, "one call, whatever came of it");
        let serve = site.start("serve", &[]).await?;
        people[0].says("PARAR").await?;
        site.quiet().await?;
        serve.terminate().await?;
        site.reckons(&people).await?;
        let given_up = site.command(&["parked", "list"]).await?;
        ensure!(given_up.contains("send:") != taken, "taken {taken}: {given_up}");
        let heard = site.simulator.outbox(&people[0].id).len();
        let sends = calls(&site, Operation::Send);
        ensure!(sends == heard + usize::from(!taken), "{sends} calls, {heard} messages on the phone");
        site.command(&["fsck"]).await.context("fsck")?;
        site.close().await;
    }
    Ok(())
}
