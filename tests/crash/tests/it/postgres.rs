//! PostgreSQL itself is killed, every process of it, again and again under load: what was answered 200 is there, and
//! Portico goes on by itself.

use anyhow::{Context as _, Result, ensure};
use portico_crash::{BRAZIL, Bucket, Chance, Cluster, Engine, Plan, Site, crowd};
use tokio_util::sync::CancellationToken;

/// How often; a campaign sets more.
const KILLS: &str = "PORTICO_CRASH_SERVER_KILLS";
const KILLS_IN_CI: usize = 8;
/// From answering to killed, and from killed to started again, in milliseconds.
const LIVES_MS: (u64, u64) = (200, 1_200);
const DEAD_MS: (u64, u64) = (0, 400);
const PEOPLE_AT_ONCE: usize = 6;
const MINUTES: i64 = 11;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_server_is_killed_again_and_again() -> Result<()> {
    let mut chance = Chance::seeded();
    let cluster = Some(Cluster::rises(&[]).await?);
    let plan = Plan { cluster, ..Plan::of(&BRAZIL, Engine::Postgres, Bucket::Embedded) };
    let site = Site::build_alone(plan, &chance).await?;
    let serve = site.start("serve", &[]).await?;
    let enough = CancellationToken::new();
    let burning = async {
        for _ in 0..kills()? {
            tokio::time::sleep(chance.while_ms(LIVES_MS.0, LIVES_MS.1)).await;
            site.cluster()?.kill().await?;
            tokio::time::sleep(chance.while_ms(DEAD_MS.0, DEAD_MS.1)).await;
            site.cluster()?.begins().await?;
        }
        enough.cancel();
        // What was claimed by a connection that died waits for its lease: a minute passes, and nobody is started again.
        site.leases_run_out().await
    };
    let lived = async {
        let ((), people) = tokio::try_join!(burning, crowd(&site, PEOPLE_AT_ONCE, enough.clone()))?;
        site.leases_run_out().await?;
        // Whose case is not approved is the reckoning's to name.
        let _ = site.decides(&people).await;
        Ok(people)
    };
    let people = site.with_account_system(lived).await?;
    println!("{} people lived through it", people.len());
    site.quiet().await?;
    serve.terminate().await?;
    // What stayed in doubt is given up.
    site.minutes_pass(MINUTES).await?;
    let serve = site.start("serve", &[]).await?;
    site.quiet().await?;
    serve.terminate().await?;
    site.reckons(&people).await?;
    let said = site.command(&["fsck"]).await?;
    ensure!(said.contains(" 0 differ"), "{said}");
    site.close().await;
    Ok(())
}

/// A server that does not sync would come through all of the above: that is why nothing is opened on one.
#[tokio::test]
async fn a_server_that_does_not_sync_is_refused() -> Result<()> {
    let cluster = Some(Cluster::rises(&["fsync = off"]).await?);
    let plan = Plan { cluster, ..Plan::of(&BRAZIL, Engine::Postgres, Bucket::Embedded) };
    let site = Site::build_alone(plan, &Chance::seeded()).await?;
    let said = String::from_utf8(site.says(&["serve"]).await?)?;
    let named = said.contains("cell.accept_volatile_database") && said.contains("fsync = off");
    ensure!(named && !said.contains("portico serves"), "{said}");
    site.close().await;
    Ok(())
}

fn kills() -> Result<usize> {
    std::env::var(KILLS).map_or(Ok(KILLS_IN_CI), |text| text.parse().with_context(|| format!("{KILLS} is a number")))
}
