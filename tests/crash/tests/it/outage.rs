//! Each peer is away for a while and comes back: nothing is lost, and whoever asks is told which part it is.

use anyhow::{Result, ensure};
use portico_crash::{BRAZIL, Bucket, Chance, Engine, Line, Person, Plot, Process, Site, Weather};
use portico_e2e::until;
use portico_ledger::Queue;
use portico_simulator::Operation;
use reqwest::StatusCode;
use serde_json::Value;

/// A production of its own, with one process and one person, who has come as far as the first photo.
struct Scene {
    site: Site,
    serve: Process,
    people: Vec<Person>,
}

impl Scene {
    async fn set() -> Result<Self> {
        let site = Site::build(Engine::Postgres, Bucket::remote(&BRAZIL)?, &Chance::seeded()).await?;
        let serve = site.start("serve", &[]).await?;
        let mut people = vec![Person::arrives(&site, Plot::Completes)?];
        people[0].agrees().await?;
        site.quiet().await?;
        Ok(Self { site, serve, people })
    }

    /// Waits until `/readyz` says that this part is away.
    async fn misses(&self, part: &str) -> Result<()> {
        until(&format!("{part} is missed"), async || {
            let (status, body) = self.serve.readiness().await?;
            let said: Value = serde_json::from_str(&body)?;
            let of_part = &said["cells"]["BR"][part];
            Ok((status == StatusCode::SERVICE_UNAVAILABLE && of_part["state"] == "down").then_some(()))
        })
        .await
    }

    async fn is_ready(&self) -> Result<()> {
        until("it is ready again", async || Ok((self.serve.readiness().await?.0 == StatusCode::OK).then_some(()))).await
    }

    /// The person shows what is left, the bank decides, and all is reckoned up.
    async fn ends_well(mut self) -> Result<()> {
        self.site
            .with_account_system(async {
                self.people[0].shows_everything().await?;
                self.site.decides(&self.people).await?;
                self.site.quiet().await
            })
            .await?;
        self.serve.terminate().await?;
        self.site.reckons(&self.people).await?;
        ensure!(self.site.command(&["fsck"]).await?.contains(" 0 differ"), "fsck finds nothing");
        self.site.close().await;
        Ok(())
    }
}

fn cut(line: &Line) {
    line.set(Weather::Down);
}

fn mend(line: &Line) {
    line.set(Weather::Fair);
}

#[tokio::test]
async fn without_a_database_nothing_is_answered_200_and_meta_comes_again() -> Result<()> {
    let mut scene = Scene::set().await?;
    cut(scene.site.database_line()?);
    scene.misses("ledger").await?;
    scene.people[0].says("ainda está aí?").await?;
    ensure!(!scene.people[0].is_taken(), "what is not durable is not answered 200");
    mend(scene.site.database_line()?);
    scene.is_ready().await?;
    until("Meta came again", async || Ok(scene.people[0].is_taken().then_some(()))).await?;
    scene.ends_well().await
}

#[tokio::test]
async fn without_a_bucket_a_photo_waits_and_is_taken_in_once_it_is_back() -> Result<()> {
    let mut scene = Scene::set().await?;
    cut(scene.site.bucket_line()?);
    scene.misses("vault").await?;
    scene.people[0].shows("specimens/id_front.jpg").await?;
    ensure!(scene.people[0].is_taken(), "a webhook needs no bucket");
    until("the put is tried in vain", async || Ok((scene.site.put_off(Queue::TakeIn).await? > 0).then_some(())))
        .await?;
    mend(scene.site.bucket_line()?);
    scene.is_ready().await?;
    scene.ends_well().await
}

#[tokio::test]
async fn without_the_graph_api_messages_are_taken_and_answered_once_it_is_back() -> Result<()> {
    let mut scene = Scene::set().await?;
    let heard = scene.site.simulator.outbox(&scene.people[0].id).len();
    cut(&scene.site.graph);
    scene.people[0].says("STATUS").await?;
    ensure!(scene.people[0].is_taken(), "a webhook needs no Graph API");
    until("the answer is tried in vain", async || Ok((scene.site.put_off(Queue::Tell).await? > 0).then_some(())))
        .await?;
    mend(&scene.site.graph);
    until("the answer comes", async || {
        Ok((scene.site.simulator.outbox(&scene.people[0].id).len() > heard).then_some(()))
    })
    .await?;
    let sends = scene.site.simulator.requests().iter().filter(|call| call.operation == Operation::Send).count();
    ensure!(sends == heard + 1, "what never left was tried again, what left was not: {sends} sends");
    scene.ends_well().await
}

#[tokio::test]
async fn without_the_account_system_events_wait_and_come_in_order() -> Result<()> {
    let mut scene = Scene::set().await?;
    cut(&scene.site.subscriber);
    let before = scene.site.simulator.inbox_events().len();
    let mut second = Person::arrives(&scene.site, Plot::Declines)?;
    second.lives().await?;
    until("a delivery is tried in vain", async || Ok((scene.site.deliveries_put_off().await? > 0).then_some(())))
        .await?;
    ensure!(scene.site.simulator.inbox_events().len() == before, "nothing arrives meanwhile");
    mend(&scene.site.subscriber);
    scene.site.quiet().await?;
    scene.people.push(second);
    scene.ends_well().await
}
