//! The schema takes its next step while the version before serves: it goes on, and nothing is lost. It is not started
//! again on what it does not know.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use portico_crash::{Bucket, Chance, Engine, Person, Plot, Process, Site, crowd};
use portico_e2e::until;
use tokio_util::sync::CancellationToken;

const PEOPLE_AT_ONCE: usize = 6;
/// From the first busy moment to the step, and from the step to the end of it, in inputs consumed.
const INPUTS: i64 = 60;
const CONSUMED: &str = "SELECT COUNT(*) FROM input";

/// A step of a version to come, as `portico migrate` takes it: all of it in one transaction, with its row. It does what
/// steps may do: it adds.
const NEXT_STEP: &str = "BEGIN; \
    ALTER TABLE kase ADD COLUMN of_a_version_to_come BIGINT; \
    ALTER TABLE outbound ADD COLUMN of_a_version_to_come TEXT NOT NULL DEFAULT 'none'; \
    CREATE INDEX of_a_version_to_come_at ON entry (at, case_id); \
    CREATE TABLE of_a_version_to_come (id BIGINT NOT NULL UNIQUE); \
    INSERT INTO migration (number, name, digest) SELECT MAX(number) + 1, 'of_a_version_to_come', decode(repeat('00', 32), 'hex') FROM migration; \
    COMMIT";

/// The same on SQLite.
const NEXT_STEP_SQLITE: &str = "BEGIN IMMEDIATE; \
    ALTER TABLE kase ADD COLUMN of_a_version_to_come INTEGER; \
    ALTER TABLE outbound ADD COLUMN of_a_version_to_come TEXT NOT NULL DEFAULT 'none'; \
    CREATE INDEX of_a_version_to_come_at ON entry (at, case_id); \
    CREATE TABLE of_a_version_to_come (id INTEGER NOT NULL UNIQUE) STRICT; \
    INSERT INTO migration (number, name, digest) SELECT MAX(number) + 1, 'of_a_version_to_come', zeroblob(32) FROM migration; \
    COMMIT";

/// What only the version to come may do: open it.
const UNDERSTOOD: &str = "DELETE FROM migration WHERE name = 'of_a_version_to_come'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_version_before_serves_on_while_postgres_takes_the_next_step() -> Result<()> {
    let site = Site::build(Engine::Postgres, Bucket::Embedded, &Chance::seeded()).await?;
    next_step(site, NEXT_STEP).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_version_before_serves_on_while_sqlite_takes_the_next_step() -> Result<()> {
    let site = Site::build(Engine::Sqlite, Bucket::Embedded, &Chance::seeded()).await?;
    next_step(site, NEXT_STEP_SQLITE).await
}

async fn next_step(site: Site, step: &str) -> Result<()> {
    let serve = site.start("serve", &[]).await?;
    let people = busy(&site, async || {
        site.runs(step).await?;
        Ok(())
    })
    .await?;
    serve.terminate().await?;
    // The version before is not started again, and says what to do instead.
    let said = String::from_utf8(site.says(&["serve"]).await?)?;
    ensure!(said.contains("use the build that migrated it") && !said.contains("portico serves"), "{said}");
    site.runs(UNDERSTOOD).await?;
    ends_well(site, &people).await
}

/// The steps there are so far, taken again by `portico migrate` beside a process that was opened before: on Postgres they
/// are taken back under it first, which they allow, being settings of tables and indexes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn today_s_steps_are_taken_by_the_real_command_beside_a_running_process() -> Result<()> {
    let site = Site::build(Engine::Postgres, Bucket::Embedded, &Chance::seeded()).await?;
    let serve = site.start("serve", &[]).await?;
    for index in indexes_of_later_steps()? {
        site.runs(&format!("DROP INDEX {index}")).await?;
    }
    site.runs("DELETE FROM migration WHERE number > 1").await?;
    let people = busy(&site, async || {
        let said = site.command(&["migrate"]).await?;
        ensure!(said.contains("migrations applied"), "{said}");
        Ok(())
    })
    .await?;
    serve.terminate().await?;
    let again: Process = site.start("serve", &[]).await?;
    again.terminate().await?;
    ends_well(site, &people).await
}

/// A crowd is busy, `act` happens in the middle of it, and they come to the end of what they want.
async fn busy(site: &Site, act: impl AsyncFnOnce() -> Result<()>) -> Result<Vec<Person>> {
    let enough = CancellationToken::new();
    let meanwhile = async {
        consumed(site, INPUTS).await?;
        act().await?;
        consumed(site, site.counts(CONSUMED).await? + INPUTS).await?;
        enough.cancel();
        Ok(())
    };
    let lived = async {
        let ((), people) = tokio::try_join!(meanwhile, crowd(site, PEOPLE_AT_ONCE, enough.clone()))?;
        site.decides(&people).await?;
        Ok(people)
    };
    let people = site.with_account_system(lived).await?;
    ensure!(people.iter().any(|person| person.plot == Plot::Completes), "somebody has completed");
    site.quiet().await?;
    Ok(people)
}

async fn consumed(site: &Site, inputs: i64) -> Result<()> {
    until("more is consumed", async || Ok((site.counts(CONSUMED).await? >= inputs).then_some(()))).await
}

async fn ends_well(site: Site, people: &[Person]) -> Result<()> {
    site.reckons(people).await?;
    let said = site.command(&["fsck"]).await?;
    ensure!(said.contains(" 0 differ"), "{said}");
    site.close().await;
    Ok(())
}

/// Names of the indexes that steps after the first make.
fn indexes_of_later_steps() -> Result<Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../storage/ledger/migrations");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with("0001")) {
            let text = std::fs::read_to_string(&path)?;
            let made =
                text.split("CREATE INDEX ").skip(1).map(|rest| rest.split_whitespace().next().context("no name"));
            found.extend(made.collect::<Result<Vec<_>>>()?.into_iter().map(str::to_owned));
        }
    }
    Ok(found)
}
