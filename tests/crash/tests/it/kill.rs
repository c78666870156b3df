//! `kill -9` at random moments of a busy run: nothing is lost and nothing happens twice.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use portico_crash::{Bucket, Chance, Engine, Person, Process, Site, crowd};
use portico_e2e::until;
use tokio_util::sync::CancellationToken;

/// How often; a campaign sets more.
const KILLS: &str = "PORTICO_CRASH_KILLS";
const KILLS_IN_CI: usize = 50;
/// From ready to killed, in milliseconds: from the first claim to well into everything.
const LIVES_MS: (u64, u64) = (10, 500);
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
    killed(Engine::Postgres, Bucket::remote()?, THREE_WORKERS).await
}

async fn killed(engine: Engine, bucket: Bucket, cast: &Cast) -> Result<()> {
    let mut chance = Chance::seeded();
    let site = Site::build(engine, bucket, &chance).await?;
    let (enough, end) = (CancellationToken::new(), CancellationToken::new());
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
    let living = async {
        let lived = tokio::try_join!(burning, crowd(&site.simulator, PEOPLE_AT_ONCE, enough.clone()));
        if let Ok((_, people)) = &lived {
            all_are_decided(&site, people).await;
        }
        end.cancel();
        lived
    };
    let bank = site.account_system();
    let (lived, ()) = tokio::join!(living, bank.decides(&site.api, end.clone()));
    let (running, people) = lived?;
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

async fn all_are_decided(site: &Site, people: &[Person]) {
    let expected = people.iter().filter(|person| person.plot.completes()).count();
    // Those who are not are the reckoning's to name.
    let _ = until("every complete case is decided", async || {
        let events = site.simulator.inbox_events().into_iter();
        let approved = events.filter(|event| event.kind == "kyc.account.approved");
        let cases: BTreeSet<_> = approved.filter_map(|event| event.case_id).collect();
        Ok((cases.len() == expected).then_some(()))
    })
    .await;
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
