//! The k-th write or sync of the database file fails, as the kernel says it of a disk that is going: the onboarding ends
//! the same, and nothing that was acknowledged is lost. On the real binary, by strace.

use anyhow::{Context as _, Result, ensure};
use portico_crash::{Bucket, Chance, Engine, Person, Plot, Site, Trace};
use portico_e2e::until;
use tokio::task::{JoinSet, LocalSet};
use tokio_util::sync::CancellationToken;

/// How many of them, chosen anew each time; a campaign says `all`.
const WHICH: &str = "PORTICO_CRASH_IO";
const CHOSEN_IN_CI: usize = 12;
const AT_ONCE: usize = 3;
const CALLS: &str = "pwrite64,fdatasync";
/// Longer than any lease, and than a doubtful send stays in doubt.
const MINUTES: i64 = 11;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_kth_write_of_an_onboarding_fails_for_any_k() -> Result<()> {
    if !Trace::may_be_taken().await? {
        eprintln!("NOT SHOWN: failing writes, because this process may trace none (ptrace is refused)");
        return Ok(());
    }
    let mut chance = Chance::seeded();
    let all = onboards(chance.clone(), None).await?;
    ensure!(all > 20, "{all} writes and syncs of a whole onboarding cannot be all");
    let chosen: Vec<usize> = match std::env::var(WHICH).as_deref() {
        Ok("all") => (1..=all).collect(),
        Ok(text) => vec![text.parse().with_context(|| format!("{WHICH} is `all` or a number"))?],
        Err(_) => (0..CHOSEN_IN_CI).map(|part| slice(all, part, &mut chance)).collect(),
    };
    println!("{} of {all}: {chosen:?}", chosen.len());
    // On one thread: what is waited for is the processes.
    LocalSet::new().run_until(each_fails(chosen, chance)).await
}

async fn each_fails(chosen: Vec<usize>, chance: Chance) -> Result<()> {
    let mut running = JoinSet::new();
    for kth in chosen {
        if running.len() >= AT_ONCE {
            running.join_next().await.context("none runs")???;
        }
        let chance = chance.clone();
        running.spawn_local(async move {
            let failed = onboards(chance, Some(kth)).await.with_context(|| format!("{WHICH}={kth}"))?;
            // Another run may be through with fewer.
            println!("{kth}: {}", if failed > 0 { "failed, and all is well" } else { "there was none" });
            anyhow::Ok(())
        });
    }
    while let Some(done) = running.join_next().await {
        done??;
    }
    Ok(())
}

/// One of the equal parts that all are cut into, by chance one in it.
fn slice(all: usize, part: usize, chance: &mut Chance) -> usize {
    let (from, to) = (all * part / CHOSEN_IN_CI, all * (part + 1) / CHOSEN_IN_CI);
    let within = chance.below(u64::try_from(to - from).unwrap_or(1));
    from + usize::try_from(within).unwrap_or_default() + 1
}

/// A whole onboarding; says how many writes and syncs there were, or how many of them failed.
async fn onboards(chance: Chance, failing: Option<usize>) -> Result<usize> {
    let site = Site::build(Engine::Sqlite, Bucket::Embedded, &chance).await?;
    let serve = site.start("serve", &[]).await?;
    let files = [site.data().join("br.db"), site.data().join("br.db-wal")];
    let trace = Trace::failing(serve.id()?, CALLS, failing, &files, &site.folder().join("trace")).await?;
    let mut people = [Person::arrives(&site, Plot::Completes)?];
    let end = CancellationToken::new();
    let lives = async {
        people[0].agrees().await?;
        people[0].shows_everything().await?;
        // What was put off, or is in doubt, has its time; a webhook that was refused comes again.
        let decided = site.decides(&people).await;
        end.cancel();
        anyhow::Ok(decided.is_ok())
    };
    let (decided, watched) =
        site.with_account_system(async { Ok(tokio::join!(lives, trace.fails_once(&end))) }).await?;
    watched?;
    let seen = trace.seen().await?;
    let decided = decided?;
    serve.terminate().await?;
    site.minutes_pass(MINUTES).await?;
    let serve = site.start("serve", &[]).await?;
    if !decided {
        site.with_account_system(site.decides(&people)).await?;
    }
    site.quiet().await?;
    until("Meta came again", async || Ok(people[0].is_taken().then_some(()))).await?;
    serve.terminate().await?;
    site.reckons(&people).await?;
    let said = site.command(&["fsck"]).await?;
    ensure!(said.contains(" 0 differ"), "{said}");
    site.close().await;
    Ok(if failing.is_some() { seen.injected } else { seen.calls })
}
