//! The disk is full: webhooks get 503 and never 200, and once there is room again all goes on by itself.

use anyhow::{Context as _, Result, ensure};
use portico_crash::{BRAZIL, Bucket, Chance, Cluster, Disk, Engine, Person, Plan, Plot, Site};
use portico_e2e::until;

/// More than a case needs on it, and soon full.
const SQLITE_MIB: u32 = 12;
const POSTGRES_MIB: u32 = 96;
/// Room is left inside the files: so many messages at most go into it before one is refused.
const MESSAGES: usize = 400;
/// Meta comes again with each of them meanwhile.
const REFUSED: usize = 3;

/// On machines that mount nothing for us this cannot be shown.
fn may_be_shown() -> Result<bool> {
    let may = Disk::may_be_had()?;
    if !may {
        eprintln!("NOT SHOWN: a full disk, because this process may mount none (it lacks CAP_SYS_ADMIN)");
    }
    Ok(may)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite_a_full_disk_is_503_and_mends_by_itself() -> Result<()> {
    if may_be_shown()? {
        let disk = Some(Disk::of(SQLITE_MIB).await?);
        let plan = Plan { disk, ..Plan::of(&BRAZIL, Engine::Sqlite, Bucket::Embedded) };
        fills_up(Site::build_alone(plan, &Chance::seeded()).await?).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres_a_full_disk_is_503_and_mends_by_itself() -> Result<()> {
    if may_be_shown()? {
        let disk = Disk::of(POSTGRES_MIB).await?;
        let cluster = Some(Cluster::rises_on(disk.folder(), &[]).await?);
        let plan = Plan { disk: Some(disk), cluster, ..Plan::of(&BRAZIL, Engine::Postgres, Bucket::Embedded) };
        fills_up(Site::build_alone(plan, &Chance::seeded()).await?).await?;
    }
    Ok(())
}

async fn fills_up(site: Site) -> Result<()> {
    let serve = site.start("serve", &[]).await?;
    let mut people = vec![Person::arrives(&site, Plot::Completes)?];
    people[0].agrees().await?;
    site.quiet().await?;
    site.disk()?.fill()?;
    // What is in the files already may be written over, and is then as durable as ever.
    let (mut said, mut refused) = (0, 0);
    while refused < REFUSED {
        ensure!(said < MESSAGES, "{said} messages went onto a full disk");
        people[0].says("ainda está aí?").await?;
        said += 1;
        refused += usize::from(!people[0].is_taken());
    }
    println!("{refused} of {said} messages were refused");
    site.disk()?.free()?;
    if let Ok(cluster) = site.cluster() {
        // A server that could not write its log has ended, and is started again by whoever looks after it.
        cluster.is_kept_alive().await?;
    }
    let again = until("Meta came again", async || Ok(people[0].is_taken().then_some(()))).await;
    again.with_context(|| serve.said().unwrap_or_default())?;
    site.with_account_system(async {
        people[0].shows_everything().await?;
        site.decides(&people).await?;
        site.quiet().await
    })
    .await?;
    serve.terminate().await?;
    site.reckons(&people).await?;
    ensure!(site.command(&["fsck"]).await?.contains(" 0 differ"), "fsck finds nothing");
    site.close().await;
    Ok(())
}
