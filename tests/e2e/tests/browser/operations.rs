//! Work that gave up, answered for by keys and by clicks.

use anyhow::{Context as _, Result, ensure};
use fantoccini::key::Key;
use portico_e2e::{Engine, World, story, until};
use portico_ledger::{ChainName, ParkedKind};
use portico_simulator::{Fault, Shown};
use portico_whatsapp::texts::TextKey;

use crate::person::{DESK, POCKET, Person};

#[tokio::test]
async fn an_operator_answers_for_what_gave_up_in_the_browser() -> Result<()> {
    story(Engine::Sqlite, async |world: &mut World| {
        a_bad_day(world).await?;
        let person = Person::sits_down(&world.url()?, DESK).await?;
        person.goes_to("/console").await?;
        person.clicks("[value='o.operator']").await?;
        person.sees(".top .mark").await?;
        person.presses("o").await?;

        // By keys: the delivery that was answered 410, which is the oldest.
        person.reads_in(".parked", "Delivery").await?;
        person.presses("j").await?;
        person.presses(&enter()).await?;
        person.reads_in(".answer", "The event is sent again at once").await?;
        person.browser().look(POCKET).await?;
        person.finds_it_fits().await?;
        person.browser().look(DESK).await?;
        person.presses("r").await?;
        person.presses(&(Key::Control + enter().as_str())).await?;
        person.reads_in("[role=status]", "It is due again").await?;

        // By clicks: the message, which is the newest.
        person.clicks(".parked summary").await?;
        person.clicks("[name=act][value=discard]").await?;
        person.types(".answer [name=reason]", "seen on the phone").await?;
        person.clicks(".answer .send button").await?;
        person.reads_in(".history", "seen on the phone").await?;

        world.subscriber.answers(200);
        person.clicks("[action$=enable] button").await?;
        person.reads_in("[role=status]", "gets events again").await?;
        person.reads("Nothing is parked.").await?;
        until("what waited arrives", async || {
            Ok(world.subscriber.deliveries().into_iter().find(|delivery| delivery.answered == 200))
        })
        .await?;
        let acts = world.cell("IN")?.ledger().chain(ChainName::Operations, 0, 10).await?;
        ensure!(acts.len() == 3 && acts.iter().all(|act| act.body.contains("reviewer:o.operator")), "{acts:?}");
        person.is_content().await
    })
    .await
}

/// A subscriber that says 410, and a message of which nobody knows whether it arrived.
async fn a_bad_day(world: &World) -> Result<()> {
    world.subscriber.answers(410);
    let asha = world.applicant("IN", Shown::Both)?;
    asha.says("hello").await?;
    asha.hears(TextKey::Notice).await?;
    asha.taps("consent:accept").await?;
    asha.hears(TextKey::DocumentChoose).await?;
    let ledger = world.cell("IN")?.ledger();
    until("it is disabled", async || Ok((!ledger.disabled_subscribers().await?.is_empty()).then_some(()))).await?;
    world.simulator()?.fail_next(Fault::SendSilent { taken: false });
    asha.taps("document:passport").await?;
    until("the message is given up", async || {
        world.clock.advance_seconds(601);
        let parked = ledger.parked(10).await?;
        Ok(parked.iter().any(|item| item.kind == ParkedKind::Send).then_some(()))
    })
    .await
    .context("a message without an answer")
}

fn enter() -> String {
    Key::Enter + ""
}
