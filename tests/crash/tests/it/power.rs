//! What a power cut would leave: between the insert of a webhook and its 200 the kernel has put it on the disk, shown by
//! the system calls themselves.

use anyhow::{Context as _, Result, ensure};
use portico_crash::{
    BRAZIL, Bucket, Call, Chance, Cluster, Engine, Person, Plan, Plot, Site, Trace, synced_before_answers,
};

const MESSAGES: usize = 12;

/// On machines that let nobody trace this cannot be shown.
async fn may_be_shown() -> Result<bool> {
    let may = Trace::may_be_taken().await?;
    if !may {
        eprintln!("NOT SHOWN: the sync before the 200, because this process may trace none (ptrace is refused)");
    }
    Ok(may)
}

/// So many messages, one after the other, are taken while a trace is; nobody but the ingress writes.
async fn traced(site: &Site) -> Result<Vec<Call>> {
    let serve = site.start("serve", &["ingress"]).await?;
    let mut processes = vec![serve.id()?];
    if let Ok(cluster) = site.cluster() {
        processes.extend(cluster.processes().await?);
    }
    let trace = Trace::of(&processes, &site.folder().join("trace")).await?;
    let mut person = Person::arrives(site, Plot::Completes)?;
    for _ in 0..MESSAGES {
        person.says("oi").await?;
        ensure!(person.is_taken(), "nothing is in the way of it");
    }
    let calls = trace.ends().await?;
    serve.terminate().await?;
    Ok(calls)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite_a_webhook_is_synced_before_its_answer() -> Result<()> {
    if may_be_shown().await? {
        let site = Site::build(Engine::Sqlite, Bucket::Embedded, &Chance::seeded()).await?;
        let calls = traced(&site).await?;
        let synced = synced_before_answers(&calls, "br.db-wal")?;
        ensure!(synced == MESSAGES, "{synced} of {MESSAGES} answers were seen");
        site.close().await;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres_a_webhook_is_synced_before_its_answer() -> Result<()> {
    if may_be_shown().await? {
        let cluster = Some(Cluster::rises(&[]).await?);
        let plan = Plan { cluster, ..Plan::of(&BRAZIL, Engine::Postgres, Bucket::Embedded) };
        let site = Site::build_alone(plan, &Chance::seeded()).await?;
        let calls = traced(&site).await?;
        let synced = synced_before_answers(&calls, "pg_wal/")?;
        ensure!(synced == MESSAGES, "{synced} of {MESSAGES} answers were seen");
        site.close().await;
    }
    Ok(())
}

/// The same look at a server that answers first and syncs later finds that out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_answers_before_it_syncs_is_found_out() -> Result<()> {
    if may_be_shown().await? {
        let cluster = Some(Cluster::rises(&["synchronous_commit = off", "wal_writer_delay = 10s"]).await?);
        let cell = "accept_volatile_database = \"to be found out\"";
        let plan = Plan { cluster, cell, ..Plan::of(&BRAZIL, Engine::Postgres, Bucket::Embedded) };
        let site = Site::build_alone(plan, &Chance::seeded()).await?;
        let calls = traced(&site).await?;
        let found = synced_before_answers(&calls, "pg_wal/").err().context("it passed for one that syncs")?;
        ensure!(found.to_string().contains("answered"), "{found}");
        site.close().await;
    }
    Ok(())
}
