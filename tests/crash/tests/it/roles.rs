//! `portico serve` in every role, alone and together.

use anyhow::{Context as _, Result, ensure};
use portico_crash::{Bucket, Chance, Engine, Person, Plot, Site};
use portico_e2e::until;
use tokio_util::sync::CancellationToken;

/// One person, from hello to the event the account system acts on.
async fn onboard(site: &Site) -> Result<Person> {
    let end = CancellationToken::new();
    let bank = site.account_system();
    let deciding = bank.decides(&site.api, end.clone());
    let living = async {
        let mut person = Person::arrives(&site.simulator, Plot::Completes)?;
        person.lives().await?;
        until("the account may be opened", async || {
            Ok(site.simulator.inbox_events().into_iter().find(|event| event.kind == "kyc.account.approved"))
        })
        .await?;
        site.quiet().await?;
        end.cancel();
        anyhow::Ok(person)
    };
    let (person, ()) = tokio::join!(living, deciding);
    person
}

#[tokio::test]
async fn one_process_in_all_roles_on_sqlite() -> Result<()> {
    let site = Site::build(Engine::Sqlite, Bucket::Embedded, &Chance::seeded()).await?;
    let serve = site.start("serve", &[]).await?;
    let person = onboard(&site).await?;
    serve.terminate().await?;
    site.reckons(&[person]).await?;
    ensure!(site.command(&["fsck"]).await?.contains("1 ok"), "fsck knows the case");
    site.close().await;
    Ok(())
}

#[tokio::test]
async fn four_processes_of_a_role_each_on_postgres() -> Result<()> {
    let site = Site::build(Engine::Postgres, Bucket::remote()?, &Chance::seeded()).await?;
    let mut processes = Vec::new();
    for role in ["ingress", "worker", "console", "relay"] {
        processes.push((role, site.start(role, &[role]).await?));
    }
    let person = onboard(&site).await?;
    for (role, process) in processes {
        process.terminate().await.context(role)?;
    }
    site.reckons(&[person]).await?;
    ensure!(site.command(&["fsck"]).await?.contains("1 ok"), "fsck knows the case");
    site.close().await;
    Ok(())
}
