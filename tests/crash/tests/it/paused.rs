//! A worker that stands still past its lease (SIGSTOP) while another does its work, and then goes on (SIGCONT) as if
//! nothing had been: what it still writes does not land, and what it still does is not done twice.

use anyhow::{Context as _, Result, ensure};
use portico_crash::{BRAZIL, Bucket, Chance, Engine, Person, Plot, Process, Site, Weather, crowd};
use portico_e2e::until;
use portico_ledger::Queue;
use portico_simulator::Operation;
use tokio_util::sync::CancellationToken;

/// How often at random; a campaign sets more.
const PAUSES: &str = "PORTICO_CRASH_PAUSES";
const PAUSES_IN_CI: usize = 20;
/// From waking to standing still, and how long it stands, in milliseconds.
const AWAKE_MS: (u64, u64) = (20, 500);
const ASLEEP_MS: (u64, u64) = (100, 600);
const PEOPLE_AT_ONCE: usize = 6;
/// Longer than any lease, and than a doubtful send stays in doubt.
const MINUTES: i64 = 11;
/// An image and a thumbnail.
const OBJECTS_A_PICTURE: usize = 2;

/// One person and two workers, of whom the second comes when the first has fallen asleep.
struct Scene {
    site: Site,
    others: Process,
    sleeper: Process,
    people: [Person; 1],
}

impl Scene {
    async fn set() -> Result<Self> {
        let site = Site::build(Engine::Postgres, Bucket::remote(&BRAZIL)?, &Chance::seeded()).await?;
        let others = site.start("others", &["ingress", "console", "relay"]).await?;
        let sleeper = site.start("sleeper", &["worker"]).await?;
        let mut people = [Person::arrives(&site, Plot::Completes)?];
        people[0].agrees().await?;
        site.quiet().await?;
        Ok(Self { site, others, sleeper, people })
    }

    fn calls(&self, operation: Operation) -> usize {
        self.site.simulator.requests().iter().filter(|call| call.operation == operation).count()
    }

    /// How many jobs of a queue the sleeper has come to an end with, whichever.
    async fn ended(&self, queue: Queue) -> Result<u64> {
        let metrics = self.sleeper.metrics().await?;
        let of_queue = format!("queue=\"{}\"", queue.as_str());
        let runs =
            metrics.lines().filter(|line| line.starts_with("portico_job_runs_total") && line.contains(&of_queue));
        let ended: Vec<u64> = runs.filter_map(|line| line.rsplit(' ').next()?.parse().ok()).collect();
        Ok(ended.iter().sum())
    }

    /// Somebody else has come, every lease has run out; once the work is `done` the sleeper goes on with what it had
    /// `ended` so many of.
    async fn is_overtaken(
        &self,
        (queue, ended): (Queue, u64),
        done: impl AsyncFnMut() -> Result<Option<()>>,
    ) -> Result<Process> {
        let waking = self.site.start("waking", &["worker"]).await?;
        self.site.leases_run_out().await?;
        until("the other worker has done it", done).await?;
        self.sleeper.resume().await?;
        until("the sleeper is done too", async || Ok((self.ended(queue).await? > ended).then_some(()))).await?;
        Ok(waking)
    }

    /// The person shows what is left, the bank decides, and all is reckoned up.
    async fn ends_well(mut self, waking: Process) -> Result<Site> {
        self.site
            .with_account_system(async {
                self.people[0].shows_everything().await?;
                self.site.decides(&self.people).await?;
                self.site.quiet().await
            })
            .await?;
        for process in [self.others, self.sleeper, waking] {
            process.terminate().await?;
        }
        self.site.reckons(&self.people).await?;
        ensure!(self.site.command(&["fsck"]).await?.contains(" 0 differ"), "fsck finds nothing");
        Ok(self.site)
    }
}

/// Asleep in the middle of a call: it goes out, and nobody awake knows. Never is it made again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_send_the_message_goes_out_once() -> Result<()> {
    let mut scene = Scene::set().await?;
    let before = scene.calls(Operation::Send);
    let ended = (Queue::Tell, scene.ended(Queue::Tell).await?);
    scene.site.graph.set(Weather::Hung);
    scene.people[0].says("STATUS").await?;
    let sending = "SELECT COUNT(*) FROM outbound WHERE state = 'sending'";
    until("it is sending", async || Ok((scene.site.counts(sending).await? == 1).then_some(()))).await?;
    scene.sleeper.pause().await?;
    scene.site.graph.set(Weather::Fair);
    until("the call is out", async || Ok((scene.calls(Operation::Send) > before).then_some(()))).await?;
    let site = &scene.site;
    let waking = scene.is_overtaken(ended, async || Ok((site.counts(sending).await? == 0).then_some(()))).await?;
    scene.site.quiet().await?;
    ensure!(scene.calls(Operation::Send) == before + 1, "one call, whoever was awake");
    scene.ends_well(waking).await?.close().await;
    Ok(())
}

/// Asleep between the bucket and the ledger: the other takes the picture in anew, and what the sleeper has put is left
/// over, unknown to all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_take_in_the_picture_is_taken_in_once() -> Result<()> {
    let mut scene = Scene::set().await?;
    let ended = (Queue::TakeIn, scene.ended(Queue::TakeIn).await?);
    scene.site.bucket_line()?.set(Weather::Hung);
    scene.people[0].shows(BRAZIL.pictures[0]).await?;
    until("the picture is fetched", async || Ok((scene.calls(Operation::MediaDownload) > 0).then_some(()))).await?;
    scene.sleeper.pause().await?;
    scene.site.bucket_line()?.set(Weather::Fair);
    let site = &scene.site;
    let taken_in = "SELECT COUNT(*) FROM object";
    let both = i64::try_from(OBJECTS_A_PICTURE)?;
    let waking = scene.is_overtaken(ended, async || Ok((site.counts(taken_in).await? == both).then_some(()))).await?;
    let site = scene.ends_well(waking).await?;
    let (known, there) = (site.counts(taken_in).await?, site.objects().await?.len());
    ensure!(known == both * 3, "{known} objects are known of three pictures");
    ensure!(there > usize::try_from(known)?, "the sleeper's objects are there and nobody's: {there} of {known}");
    site.close().await;
    Ok(())
}

/// Asleep after it has claimed a webhook and before it has written anything: all of it is consumed by the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_sort_what_was_said_is_consumed_once() -> Result<()> {
    let mut scene = Scene::set().await?;
    // It asks whose message it is, and gets no answer.
    let ended = (Queue::Sort, scene.ended(Queue::Sort).await?);
    let blockade = scene.site.hides("alias").await?;
    scene.people[0].says("STATUS").await?;
    until("it asks", async || Ok((scene.site.counts(WAITING).await? > 0).then_some(()))).await?;
    scene.sleeper.pause().await?;
    blockade.lifts().await?;
    let site = &scene.site;
    let unsorted = "SELECT COUNT(*) FROM job WHERE queue = 'sort'";
    let waking = scene.is_overtaken(ended, async || Ok((site.counts(unsorted).await? == 0).then_some(()))).await?;
    scene.ends_well(waking).await?.close().await;
    Ok(())
}

/// Asleep in the middle of its transaction, whose locks the other runs into: the server ends it, which it does by itself
/// after half a minute (`idle_in_transaction_session_timeout`), and here at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_commit_nothing_of_it_lands() -> Result<()> {
    let mut scene = Scene::set().await?;
    // The first thing a commit writes.
    let ended = (Queue::Sort, scene.ended(Queue::Sort).await?);
    let blockade = scene.site.freezes("input").await?;
    scene.people[0].says("STATUS").await?;
    until("it commits", async || Ok((scene.site.counts(COMMITTING).await? > 0).then_some(()))).await?;
    scene.sleeper.pause().await?;
    blockade.lifts().await?;
    until("the server waits for the sleeper", async || Ok((scene.site.counts(IDLE).await? > 0).then_some(()))).await?;
    scene.site.counts(&format!("SELECT COUNT(pg_terminate_backend(pid)) FROM ({IDLE_WHO}) idle")).await?;
    let site = &scene.site;
    let unsorted = "SELECT COUNT(*) FROM job WHERE queue = 'sort'";
    let waking = scene.is_overtaken(ended, async || Ok((site.counts(unsorted).await? == 0).then_some(()))).await?;
    scene.ends_well(waking).await?.close().await;
    Ok(())
}

const WAITING: &str = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
    AND wait_event_type = 'Lock' AND query ILIKE '%FROM alias%'";
const COMMITTING: &str = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
    AND wait_event_type = 'Lock' AND query ILIKE '%INTO input%'";
const IDLE_WHO: &str = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() \
    AND state = 'idle in transaction'";
const IDLE: &str = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
    AND state = 'idle in transaction'";

/// One of three, at any moment of a busy run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_worker_of_three_falls_asleep_again_and_again() -> Result<()> {
    let mut chance = Chance::seeded();
    let site = Site::build(Engine::Postgres, Bucket::remote(&BRAZIL)?, &chance).await?;
    let awake = start(&site).await?;
    let enough = CancellationToken::new();
    let restless = async {
        let sleeper = awake.last().context("nobody sleeps")?;
        for _ in 0..pauses()? {
            tokio::time::sleep(chance.while_ms(AWAKE_MS.0, AWAKE_MS.1)).await;
            sleeper.pause().await?;
            site.leases_run_out().await?;
            tokio::time::sleep(chance.while_ms(ASLEEP_MS.0, ASLEEP_MS.1)).await;
            sleeper.resume().await?;
        }
        enough.cancel();
        // Whoever waits behind a doubtful send, or for what was put off, waits no longer.
        minutes_later(&site, awake).await
    };
    let lived = async {
        let (running, people) = tokio::try_join!(restless, crowd(&site, PEOPLE_AT_ONCE, enough.clone()))?;
        // Whose case is not approved is the reckoning's to name.
        let _ = site.decides(&people).await;
        Ok((running, people))
    };
    let (running, people) = site.with_account_system(lived).await?;
    println!("{} people lived through it", people.len());
    site.quiet().await?;
    let running = minutes_later(&site, running).await?;
    site.quiet().await?;
    for process in running {
        process.terminate().await?;
    }
    site.reckons(&people).await?;
    let said = site.command(&["fsck"]).await?;
    ensure!(said.contains(" 0 differ"), "{said}");
    site.close().await;
    Ok(())
}

/// Everybody, the one who will fall asleep last.
async fn start(site: &Site) -> Result<Vec<Process>> {
    let mut running = vec![site.start("others", &["ingress", "console", "relay"]).await?];
    for name in ["worker-1", "worker-2", "sleeper"] {
        running.push(site.start(name, &["worker"]).await?);
    }
    Ok(running)
}

async fn minutes_later(site: &Site, running: Vec<Process>) -> Result<Vec<Process>> {
    for process in running {
        process.terminate().await?;
    }
    site.minutes_pass(MINUTES).await?;
    start(site).await
}

fn pauses() -> Result<usize> {
    std::env::var(PAUSES).map_or(Ok(PAUSES_IN_CI), |text| text.parse().with_context(|| format!("{PAUSES} is a number")))
}
