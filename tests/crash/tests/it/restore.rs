//! The drill: a busy cell is backed up as docs/OPERATING.md says, its own commands are run, and comes back in an empty
//! place. `fsck` finds nothing, and the next applicant gets through.

use std::path::Path;

use anyhow::{Result, ensure};
use portico_crash::{BRAZIL, Bucket, Chance, Cluster, Engine, Outside, Person, Plan, Plot, Site, crowd, drill};
use portico_e2e::until;
use tokio_util::sync::CancellationToken;

const PEOPLE_AT_ONCE: usize = 6;
/// Consumed before the backup is taken: somebody is decided by then, others are in the middle of it.
const INPUTS: i64 = 80;
const MINUTES: i64 = 11;
const CONSUMED: &str = "SELECT COUNT(*) FROM input";

/// While everybody goes on: the backup of the database first, then the copy of the bucket.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_cell_on_postgres_and_s3_comes_back_in_an_empty_place() -> Result<()> {
    let outside = Outside::of(&[&BRAZIL], &Chance::seeded()).await?;
    let backup = tempfile::tempdir()?;
    let cluster = Some(Cluster::rises(&[]).await?);
    let site =
        Site::build_in(&outside, Plan { cluster, ..Plan::of(&BRAZIL, Engine::Postgres, Bucket::remote(&BRAZIL)?) })
            .await?;
    let serve = site.start("serve", &[]).await?;
    let mut pictures = Vec::new();
    busy(&site, async || {
        site.cluster()?.is_backed_up(backup.path()).await?;
        for name in site.objects().await? {
            let object = site.object(&name).await?;
            pictures.push((name, object));
        }
        Ok(())
    })
    .await?;
    serve.terminate().await?;
    let before = site.counts(CONSUMED).await?;
    site.close().await;

    let cluster = Some(Cluster::rises_again(backup.path()).await?);
    let plan = Plan { cluster, ..Plan::of(&BRAZIL, Engine::Postgres, Bucket::remote(&BRAZIL)?) };
    let site = Site::build_in(&outside, plan).await?;
    for (name, object) in pictures {
        site.puts(&name, &object).await?;
    }
    goes_on(site, before).await?;
    outside.close().await;
    Ok(())
}

/// The service is stopped for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_cell_on_sqlite_and_a_folder_comes_back_in_an_empty_place() -> Result<()> {
    let outside = Outside::of(&[&BRAZIL], &Chance::seeded()).await?;
    let backup = tempfile::tempdir()?;
    let site = Site::build_in(&outside, Plan::of(&BRAZIL, Engine::Sqlite, Bucket::Embedded)).await?;
    let serve = site.start("serve", &[]).await?;
    let mut stopped = Some(serve);
    let mut again = None;
    busy(&site, async || {
        if let Some(serve) = stopped.take() {
            serve.terminate().await?;
        }
        backs_up(site.data(), backup.path()).await?;
        again = Some(site.start("serve", &[]).await?);
        Ok(())
    })
    .await?;
    if let Some(serve) = again {
        serve.terminate().await?;
    }
    let before = site.counts(CONSUMED).await?;
    site.close().await;

    let restored_from = Some(backup.path().to_owned());
    let plan = Plan { restored_from, ..Plan::of(&BRAZIL, Engine::Sqlite, Bucket::Embedded) };
    goes_on(Site::build_in(&outside, plan).await?, before).await?;
    outside.close().await;
    Ok(())
}

async fn backs_up(data: &Path, backup: &Path) -> Result<()> {
    drill("backup-sqlite", &[("DATA", data.as_os_str()), ("BACKUP", backup.as_os_str())]).await
}

/// A crowd is busy, the backup is taken in the middle of it, and everybody comes to the end of what they want.
async fn busy(site: &Site, backup: impl AsyncFnOnce() -> Result<()>) -> Result<()> {
    let enough = CancellationToken::new();
    let meanwhile = async {
        let busy = async || Ok((site.counts(CONSUMED).await? >= INPUTS).then_some(()));
        until("the cell is busy", busy).await?;
        backup().await?;
        enough.cancel();
        Ok(())
    };
    let lived = async {
        let ((), people) = tokio::try_join!(meanwhile, crowd(site, PEOPLE_AT_ONCE, enough.clone()))?;
        site.decides(&people).await
    };
    site.with_account_system(lived).await
}

/// What is restored is whole, though not the newest; it goes on, and stays whole.
async fn goes_on(site: Site, before: i64) -> Result<()> {
    let restored = site.counts(CONSUMED).await?;
    ensure!(restored >= INPUTS && restored < before, "{restored} of {before} inputs: it is of the middle of the story");
    is_clean(&site).await?;
    // It took its time: leases have run out, and what was in doubt is given up.
    site.minutes_pass(MINUTES).await?;
    let serve = site.start("serve", &[]).await?;
    let mut person = Person::arrives(&site, Plot::Completes)?;
    let events = site.events().len();
    site.with_account_system(async {
        person.lives().await?;
        until("the next applicant has an account", async || {
            let newer = site.events().len().saturating_sub(events);
            let newest = site.events().into_iter().take(newer);
            Ok(newest.into_iter().any(|event| event.kind == "kyc.account.approved").then_some(()))
        })
        .await?;
        site.quiet().await
    })
    .await?;
    serve.terminate().await?;
    is_clean(&site).await?;
    site.close().await;
    Ok(())
}

async fn is_clean(site: &Site) -> Result<()> {
    let said = site.command(&["fsck"]).await?;
    ensure!(said.contains(" 0 differ") && !said.contains(" 0 ok"), "{said}");
    Ok(())
}
