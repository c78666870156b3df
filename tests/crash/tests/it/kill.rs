//! `kill -9` at random moments of a busy run: nothing is lost and nothing happens twice.

use anyhow::{Context as _, Result, ensure};
use portico_crash::{BRAZIL, Bucket, Chance, Engine, Person, Process, Site, crowd};
use tokio_util::sync::CancellationToken;

/// How often; a campaign sets more.
const KILLS: &str = "PORTICO_CRASH_KILLS";
const KILLS_IN_CI: usize = 50;
/// From ready to killed, in milliseconds: from the first claim to well into everything.
const LIVES_MS: (u64, u64) = (10, 800);
const PEOPLE_AT_ONCE: usize = 6;
/// Longer than any lease, and than a doubtful send stays in doubt.
const MINUTES: i64 = 11;

/// The processes of an installation by name and roles. The last one is the one that is killed.
type Cast = [(&'static str, &'static [&'static str])];

const ALONE: &Cast = &[("serve", &[])];
const THREE_WORKERS: &Cast = &[
    ("others", &["ingress", "console", "relay"]),
    ("worker-1", &["worker"]),
    ("worker-2", &["worker"]),
    ("worker-3", &["worker"]),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_one_process_on_sqlite_is_killed_again_and_again() -> Result<()> {
    killed(Engine::Sqlite, Bucket::Embedded, ALONE).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_one_process_on_postgres_is_killed_again_and_again() -> Result<()> {
    killed(Engine::Postgres, Bucket::Embedded, ALONE).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_worker_of_three_is_killed_again_and_again() -> Result<()> {
    killed(Engine::Postgres, Bucket::remote(&BRAZIL)?, THREE_WORKERS).await
}

async fn killed(engine: Engine, bucket: Bucket, cast: &Cast) -> Result<()> {
    let mut chance = Chance::seeded();
    let site = Site::build(engine, bucket, &chance).await?;
    let enough = CancellationToken::new();
    let burning = async {
        let mut running = start(&site, cast).await?;
        for _ in 0..kills()? {
            tokio::time::sleep(chance.while_ms(LIVES_MS.0, LIVES_MS.1)).await;
            running = kill_last(&site, cast, running).await?;
        }
        enough.cancel();
        // Whoever waits behind a doubtful send, or for what a dead process held, waits no longer.
        minutes_later(&site, cast, running).await
    };
    let lived = async {
        let (running, people) = tokio::try_join!(burning, crowd(&site, PEOPLE_AT_ONCE, enough.clone()))?;
        // Whose case is not approved is the reckoning's to name.
        let _ = site.decides(&people).await;
        Ok((running, people))
    };
    let (running, people) = site.with_account_system(lived).await?;
    println!("{} people lived through it", people.len());
    reckon(&site, cast, running, &people).await?;
    site.close().await;
    Ok(())
}

fn kills() -> Result<usize> {
    std::env::var(KILLS).map_or(Ok(KILLS_IN_CI), |text| text.parse().with_context(|| format!("{KILLS} is a number")))
}

async fn start(site: &Site, cast: &Cast) -> Result<Vec<Process>> {
    let mut running = Vec::new();
    for (name, roles) in cast {
        running.push(site.start(name, roles).await?);
    }
    Ok(running)
}

async fn kill_last(site: &Site, cast: &Cast, mut running: Vec<Process>) -> Result<Vec<Process>> {
    let (name, roles) = cast.last().context("nobody to kill")?;
    running.pop().context("nobody to kill")?.kill().await?;
    running.push(site.start(name, roles).await?);
    Ok(running)
}

async fn minutes_later(site: &Site, cast: &Cast, running: Vec<Process>) -> Result<Vec<Process>> {
    for process in running {
        process.terminate().await?;
    }
    site.minutes_pass(MINUTES).await?;
    start(site, cast).await
}

/// Lets everything come to its end and reckons up.
async fn reckon(site: &Site, cast: &Cast, running: Vec<Process>, people: &[Person]) -> Result<()> {
    site.quiet().await?;
    let running = minutes_later(site, cast, running).await?;
    site.quiet().await?;
    for process in running {
        process.terminate().await?;
    }
    site.reckons(people).await?;
    let said = site.command(&["fsck"]).await?;
    ensure!(said.contains(" 0 differ"), "{said}");
    Ok(())
}
