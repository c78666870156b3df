//! From the front page to the good news, by clicks: what a newcomer does in the first minute.

use anyhow::Result;
use portico_e2e::{Engine, World, story};

use crate::person::{DESK, Person};

#[tokio::test]
async fn an_account_is_opened_in_the_browser() -> Result<()> {
    story(Engine::Sqlite, async |world: &mut World| {
        let person = Person::sits_down(&world.url()?, DESK).await?;
        person.goes_to("/").await?;
        be_the_applicant(&person).await?;
        be_the_reviewer(&person).await?;
        be_the_bank(&person).await?;

        person.clicks("nav a[href='/phone']").await?;
        person.reads_in(".message.bank", "Good news").await?;
        person.sees_pictures("#chat .picture", 2).await?;
        person.sees_the_end_of("#chat").await?;
        person.is_content().await
    })
    .await
}

async fn be_the_applicant(person: &Person) -> Result<()> {
    person.clicks(".doors a[href='/phone']").await?;
    person.types("#words", "hello\n").await?;
    person.clicks("[data-reply='consent:accept']").await?;
    person.clicks("[data-list]").await?;
    person.clicks("#sheet [data-reply='document:passport']").await?;
    person.reads_in(".message.mine", "Passport").await?;
    send_specimen(person, "passport").await?;
    person.reads_in(".message.bank:last-child", "selfie").await?;
    send_specimen(person, "selfie_match").await?;
    person.reads_in(".message.bank", "Your application is complete").await
}

async fn send_specimen(person: &Person, name: &str) -> Result<()> {
    person.clicks(&format!("[data-specimen={name}]")).await?;
    person.clicks("#sheet .ends .main").await
}

async fn be_the_reviewer(person: &Person) -> Result<()> {
    person.clicks("nav a[href='/console']").await?;
    person.clicks("[name=reviewer][value='a.reviewer']").await?;
    person.reads_in("#queue .why", "Complete").await?;
    person.clicks(".row-link").await?;
    decide_with_limits(person).await
}

/// Both pictures seen, every check answered for that no machine made.
pub async fn decide_with_limits(person: &Person) -> Result<()> {
    person.sees_pictures(".pictures img", 2).await?;
    person.clicks("[name=outcome][value=approved_limited]").await?;
    person.clicks_each("[name=attest]").await?;
    person.reads_in("text-preview", "Good news").await?;
    person.clicks("#decide .send .primary").await?;
    person.reads_in("[role=status]", "approved with limits. The applicant is being told.").await
}

async fn be_the_bank(person: &Person) -> Result<()> {
    person.goes_to("/inbox").await?;
    person.reads_in(".event.good", "kyc.account.approved").await?;
    person.reads_in(".event.good", "verified").await?;
    person.clicks(".event.good .under button").await?;
    person.reads_in(".event.good .answers", "approved_limited").await
}
