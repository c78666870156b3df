//! `portico serve` in every role, alone and together.

use anyhow::{Context as _, Result, ensure};
use portico_crash::{BRAZIL, Bucket, Chance, Engine, Person, Plot, Site};

/// One person, from hello to the event that the account system acts on.
async fn onboard(site: &Site) -> Result<[Person; 1]> {
    site.with_account_system(async {
        let mut people = [Person::arrives(site, Plot::Completes)?];
        people[0].lives().await?;
        site.decides(&people).await?;
        site.quiet().await?;
        Ok(people)
    })
    .await
}

#[tokio::test]
async fn one_process_in_all_roles_on_sqlite() -> Result<()> {
    let site = Site::build(Engine::Sqlite, Bucket::Embedded, &Chance::seeded()).await?;
    let serve = site.start("serve", &[]).await?;
    let people = onboard(&site).await?;
    serve.terminate().await?;
    site.reckons(&people).await?;
    ensure!(site.command(&["fsck"]).await?.contains("1 ok"), "fsck knows the case");
    site.close().await;
    Ok(())
}

#[tokio::test]
async fn four_processes_of_a_role_each_on_postgres() -> Result<()> {
    let site = Site::build(Engine::Postgres, Bucket::remote(&BRAZIL)?, &Chance::seeded()).await?;
    let mut processes = Vec::new();
    for role in ["ingress", "worker", "console", "relay"] {
        processes.push((role, site.start(role, &[role]).await?));
    }
    let people = onboard(&site).await?;
    for (role, process) in processes {
        process.terminate().await.context(role)?;
    }
    site.reckons(&people).await?;
    ensure!(site.command(&["fsck"]).await?.contains("1 ok"), "fsck knows the case");
    site.close().await;
    Ok(())
}
