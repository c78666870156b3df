//! The orders people really send things in. However it comes, one case, nothing stuck, nothing twice.

use anyhow::{Context as _, Result, ensure};
use portico_case::{Case, EvidenceState};
use portico_e2e::{Applicant, Engine, Walk, World, photo, story};
use portico_simulator::{Inbound, Mischief, Operation, Shown};
use portico_vocab::{Clock as _, Slot, StageName};
use portico_whatsapp::texts::TextKey;
use tokio::try_join;

const ALBUM: [&str; 3] = ["specimens/id_front.jpg", "specimens/id_back.jpg", "specimens/selfie_match.jpg"];

fn downloads(world: &World) -> Result<usize> {
    let fetches = |operation| matches!(operation, Operation::MediaLookup | Operation::MediaDownload);
    Ok(world.simulator()?.requests().iter().filter(|call| fetches(call.operation)).count())
}

#[tokio::test]
async fn a_passport_before_hello_is_fetched_after_consent_only() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let ravi = world.applicant("IN", Shown::UserId)?;
        ravi.sends_photo("specimens/passport.jpg").await?;
        ravi.hears(TextKey::Notice).await?;
        world.quiet().await?;
        ensure!(downloads(world)? == 0, "nothing is fetched before consent");
        ravi.taps("consent:accept").await?;
        ravi.hears(TextKey::DocumentChoose).await?;
        ravi.taps("document:passport").await?;
        ravi.hears(TextKey::SelfieAsk).await?;
        ravi.sends_photo("specimens/selfie_match.jpg").await?;
        ravi.hears(TextKey::Checking).await?;
        ensure!(downloads(world)? == 4, "two look-ups, two downloads");
        Ok(())
    })
    .await
}

/// Two webhooks, two segments, two workers: whoever is first opens the case, and the other message goes to it too.
#[tokio::test]
async fn two_first_messages_at_the_same_moment_open_one_case() -> Result<()> {
    const PEOPLE: usize = 20;
    for engine in [Engine::Sqlite, Engine::Postgres] {
        story(engine, async |world| {
            for _ in 0..PEOPLE {
                let joana = world.applicant("BR", Shown::Both)?;
                try_join!(joana.says("oi"), joana.says("olá"), joana.says("bom dia"))?;
            }
            world.quiet().await?;
            let cases = world.cases("BR").await?.len();
            ensure!(cases == PEOPLE, "{PEOPLE} people have {cases} cases");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// Each picture takes the next empty slot, whichever arrives first.
#[tokio::test]
async fn an_album_fills_every_slot_in_any_order_of_arrival() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let joana = world.applicant("BR", Shown::Both)?;
            Walk::CARD.to_first_photo(&joana).await?;
            let now = world.clock.now();
            for place in order {
                let at = now.plus_seconds(i64::try_from(place)? - 3);
                let picture = Inbound::media(photo(ALBUM[place])?);
                joana.sends(picture, &Mischief::stamped(at)).await?;
            }
            joana.hears_at_last(TextKey::Checking).await?;
            every_slot_once(&joana.reaches(StageName::InReview).await?)?;
        }
        Ok(())
    })
    .await
}

fn every_slot_once(case: &Case) -> Result<()> {
    for slot in [Slot::DocumentFront, Slot::DocumentBack, Slot::Selfie] {
        let in_slot: Vec<_> = case.evidence.iter().filter(|item| item.slot == Some(slot)).collect();
        ensure!(in_slot.len() == 1 && in_slot[0].state == EvidenceState::Accepted, "{slot}: {in_slot:?}");
    }
    Ok(())
}

/// WhatsApp's times decide, as long as nothing has been judged yet.
#[tokio::test]
async fn an_album_that_arrives_while_nothing_is_judged_is_put_in_whatsapps_order() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let joana = world.applicant("BR", Shown::Both)?;
        joana.says("oi").await?;
        joana.hears(TextKey::Notice).await?;
        let now = world.clock.now();
        for place in [2_usize, 0, 1] {
            let at = now.plus_seconds(i64::try_from(place)? - 3);
            joana.sends(Inbound::media(photo(ALBUM[place])?), &Mischief::stamped(at)).await?;
        }
        world.quiet().await?;
        joana.taps("consent:accept").await?;
        joana.hears(TextKey::DocumentChoose).await?;
        joana.taps("document:national_id").await?;
        joana.hears(TextKey::Checking).await?;
        let case = joana.reaches(StageName::InReview).await?;
        every_slot_once(&case)?;
        let mut by_time: Vec<_> = case.evidence.iter().collect();
        by_time.sort_by_key(|item| item.sent_at);
        let slots: Vec<_> = by_time.iter().filter_map(|item| item.slot).collect();
        ensure!(slots == [Slot::DocumentFront, Slot::DocumentBack, Slot::Selfie], "{slots:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_reviewer_swaps_two_pictures() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let joana = world.applicant("BR", Shown::Both)?;
        let swapped = Walk { front: "specimens/id_back.jpg", back: Some("specimens/id_front.jpg"), ..Walk::CARD };
        swapped.to_review(&joana).await?;
        let in_slot = async |slot| -> Result<_> { Ok(joana.file().await?.in_slot(slot).context("an empty slot")?.id) };
        let (front, back) = (in_slot(Slot::DocumentFront).await?, in_slot(Slot::DocumentBack).await?);
        let anna = world.reviewer("a.reviewer").await?;
        let page = anna.opens(joana.case().await?).await?;
        let after = anna.places(&page, front, Slot::DocumentBack).await?;
        ensure!(after.status == 200, "{}", after.text());
        ensure!(in_slot(Slot::DocumentFront).await? == back && in_slot(Slot::DocumentBack).await? == front);
        ensure!(anna.decides(&after, "approved").await?.status == 200);
        joana.hears(TextKey::VerdictApproved).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_same_photo_twice_is_noted_and_the_next_one_asked_for() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let asha = world.applicant("IN", Shown::Both)?;
        Walk::PASSPORT.to_selfie(&asha).await?;
        let before = downloads(world)?;
        asha.sends_photo("specimens/passport.jpg").await?;
        asha.hears(TextKey::RetakeRepeated).await?;
        ensure!(downloads(world)? == before, "what is announced with a known digest is not fetched again");
        asha.sends_photo("specimens/selfie_match.jpg").await?;
        asha.hears(TextKey::Checking).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn two_first_messages_at_once_open_one_case_with_one_notice() -> Result<()> {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        story(engine, async |world| {
            let asha = world.applicant("IN", Shown::Both)?;
            try_join!(asha.says("hello"), asha.says("hi, anybody there?"))?;
            asha.hears(TextKey::Notice).await?;
            world.quiet().await?;
            asha.has_heard_all().await?;
            ensure!(world.cases("IN").await?.len() == 1, "one case");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// WhatsApp may show a number one day, a user id the next, and both when it likes.
#[tokio::test]
async fn number_then_user_id_then_both_is_one_open_case() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let asha = world.applicant("IN", Shown::Phone)?;
        let show = async |shown, words| -> Result<()> {
            world.simulator()?.show_as(&asha.person.id, shown)?;
            asha.says(words).await?;
            world.quiet().await
        };
        show(Shown::Phone, "hello").await?;
        asha.hears(TextKey::Notice).await?;
        show(Shown::UserId, "hello again").await?;
        asha.hears(TextKey::Notice).await?;
        show(Shown::Both, "it is me").await?;

        let mut open = Vec::new();
        for id in world.cases("IN").await? {
            open.push(world.stage("IN", id).await?);
        }
        open.sort_unstable();
        ensure!(open == [StageName::Consenting, StageName::Withdrawn], "the younger ended for the older: {open:?}");
        asha.taps_on(&asha.heard().await?[0], "consent:accept").await?;
        asha.hears_at_last(TextKey::DocumentChoose).await?;
        Ok(())
    })
    .await
}

/// Meta delivers at least once and in no order: the end is the same, and nothing is said twice.
#[tokio::test]
async fn every_webhook_three_times_and_out_of_order_ends_the_same() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        world.simulator()?.receipts_with(Mischief::times(3));
        let asha = world.applicant("IN", Shown::Both)?;
        let thrice = Mischief::times(3);
        asha.sends(Inbound::text("hello"), &thrice).await?;
        asha.hears(TextKey::Notice).await?;
        asha.taps_with("consent:accept", &thrice).await?;
        asha.hears(TextKey::DocumentChoose).await?;
        // The selfie overtakes the passport, and the choice of the document comes between them.
        let held = Mischief { hold: true, ..Mischief::times(3) };
        let now = world.clock.now();
        let first = Mischief { stamped: Some(now.plus_seconds(-2)), ..held };
        asha.sends(Inbound::media(photo("specimens/passport.jpg")?), &first).await?;
        asha.sends(Inbound::media(photo("specimens/selfie_match.jpg")?), &thrice).await?;
        asha.taps_with("document:passport", &thrice).await?;
        asha.hears_at_last(TextKey::Checking).await?;
        let case = asha.reaches(StageName::InReview).await?;
        world.quiet().await?;
        ensure!(case.evidence.len() == 2 && world.cases("IN").await?.len() == 1, "nothing double");
        for text in [TextKey::Notice, TextKey::DocumentChoose, TextKey::Checking] {
            ensure!(asha.times_heard(text).await? == 1, "{text} was said more than once");
        }
        decided_once(world, &asha).await
    })
    .await
}

/// A form sent twice is one decision.
async fn decided_once(world: &World, applicant: &Applicant) -> Result<()> {
    let case = applicant.case().await?;
    let anna = world.reviewer("a.reviewer").await?;
    let page = anna.opens(case).await?;
    try_join!(anna.decides(&page, "approved_limited"), anna.decides(&page, "approved_limited"))?;
    applicant.hears(TextKey::VerdictLimited).await?;
    world.subscriber.receives("kyc.account.approved", case).await?;
    world.quiet().await?;
    applicant.has_heard_all().await?;
    ensure!(world.subscriber.deliveries_of("kyc.account.approved", case).len() == 1, "announced once");
    Ok(())
}
