//! Decided without a mouse: letters prepare, Ctrl and Enter send.

use anyhow::Result;
use fantoccini::key::Key;
use portico_e2e::{Engine, Walk, World, story};
use portico_simulator::Shown;
use portico_vocab::StageName;
use portico_whatsapp::texts::TextKey;

use crate::person::{DESK, Person};

#[tokio::test]
async fn cases_are_decided_in_the_browser_by_keys_alone() -> Result<()> {
    story(Engine::Sqlite, async |world: &mut World| {
        let (caio, luiza) = (world.applicant("BR", Shown::Phone)?, world.applicant("BR", Shown::Both)?);
        Walk::CARD.to_review(&caio).await?;
        Walk { selfie: "specimens/selfie_match.jpg", ..Walk::CARD }.to_review(&luiza).await?;

        let person = Person::sits_down(&world.url()?, DESK).await?;
        person.goes_to("/console").await?;
        person.reads("Who is reviewing?").await?;
        person.presses(&enter()).await?;
        person.reads_in("#queue .why", "Complete").await?;
        person.presses("j").await?;
        person.presses(&enter()).await?;

        // The one who has waited longest. Sending leads to the next.
        person.sees_pictures(".pictures img", 3).await?;
        person.presses("a").await?;
        for nth in 1..=person.counts("[name=attest]").await? {
            person.presses(&(Key::Alt + nth.to_string().as_str())).await?;
        }
        person.presses(&sent()).await?;
        person.reads_in("[role=status]", "approved. The applicant is being told.").await?;
        caio.hears(TextKey::VerdictApproved).await?;

        // Nothing is told but by reasons, and what will be told is read before it is sent.
        person.presses("d").await?;
        person.presses("1").await?;
        person.reads_in("text-preview .bubble", "conta").await?;
        person.presses(&sent()).await?;
        person.reads_in("[role=status]", "declined. The applicant is being told.").await?;
        luiza.reaches(StageName::Decided).await?;
        person.is_content().await
    })
    .await
}

fn enter() -> String {
    Key::Enter + ""
}

fn sent() -> String {
    Key::Control + enter().as_str()
}
