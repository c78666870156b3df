//! Pictures on their way in: what is wrong is named to the applicant, what is wrong elsewhere is tried again.

use anyhow::{Context as _, Result, ensure};
use portico_case::{Evidence, EvidenceState};
use portico_e2e::{Applicant, Engine, Walk, World, file, photo, story};
use portico_simulator::{Attachment, Content, Fault, Inbound, MediaKind, Mischief, Operation, Shown};
use portico_vocab::{ReasonCode, StageName};
use portico_whatsapp::texts::TextKey;

/// Somebody who has just been asked for the first photo.
async fn asked(world: &World) -> Result<Applicant> {
    let applicant = world.applicant("IN", Shown::Both)?;
    Walk::PASSPORT.to_first_photo(&applicant).await?;
    Ok(applicant)
}

async fn only_picture(applicant: &Applicant) -> Result<Evidence> {
    applicant.file().await?.evidence.pop().context("no picture was noted")
}

/// The defect is told, stands on the evidence, and has its entry.
async fn is_lost(applicant: &Applicant, text: TextKey, expected: ReasonCode) -> Result<()> {
    let told = applicant.hears(text).await?;
    let item = only_picture(applicant).await?;
    ensure!(told.message.context.as_ref() == Some(&item.wamid), "it answers the photo it is about");
    ensure!(matches!(item.state, EvidenceState::Lost { reason } if reason == expected), "{:?}", item.state);
    let history = applicant.history().await?;
    ensure!(history.iter().any(|(kind, outcome)| kind == "job:take_in" && outcome == "applied"), "{history:?}");
    Ok(())
}

#[tokio::test]
async fn what_is_no_picture_is_refused_by_name() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        use ReasonCode::{PhotoIncomplete, PhotoTooLarge, PhotoUnsupported};
        use TextKey::{RetakeIncomplete, RetakeTooLarge, RetakeUnsupported};
        for (attachment, text, reason) in [
            (photo("bad/truncated.jpg")?, RetakeIncomplete, PhotoIncomplete),
            (photo("bad/empty.jpg")?, RetakeIncomplete, PhotoIncomplete),
            (photo("bad/not_an_image.jpg")?, RetakeUnsupported, PhotoUnsupported),
            (photo("bad/page.jpg")?, RetakeUnsupported, PhotoUnsupported),
            (photo("bad/one_pixel.gif")?, RetakeUnsupported, PhotoUnsupported),
            (photo("bad/bomb.png")?, RetakeTooLarge, PhotoTooLarge),
            (file("bad/document.pdf", "application/pdf")?, RetakeUnsupported, PhotoUnsupported),
            (file("bad/stub.heic", "image/heic")?, RetakeUnsupported, PhotoUnsupported),
        ] {
            let asha = asked(world).await?;
            asha.attaches(attachment).await?;
            is_lost(&asha, text, reason).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_voice_note_or_a_film_is_no_photo() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let film = Attachment::new(photo("bad/stub.mp4")?.bytes, "video/mp4", MediaKind::Video);
        let note = Attachment::voice(photo("bad/stub.ogg")?.bytes);
        for content in [Content::Media(note), Content::Media(film), Content::Unsupported] {
            let asha = asked(world).await?;
            asha.sends(Inbound::new(content), &Mischief::default()).await?;
            asha.hears(TextKey::NotAPhoto).await?;
            ensure!(asha.file().await?.evidence.is_empty(), "nothing is taken in");
        }
        ensure!(world.simulator()?.requests().iter().all(|call| call.operation != Operation::MediaLookup));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_photo_sent_as_a_document_will_do() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let asha = asked(world).await?;
        asha.sends_file("specimens/passport.jpg", "image/jpeg").await?;
        asha.hears(TextKey::SelfieAsk).await?;
        ensure!(only_picture(&asha).await?.state == EvidenceState::Accepted);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_file_of_another_type_than_declared_is_judged_by_its_bytes() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let asha = asked(world).await?;
        asha.sends_file("specimens/passport.jpg", "image/png").await?;
        asha.hears(TextKey::SelfieAsk).await?;
        let taken = only_picture(&asha).await?.taken.context("it was taken in")?;
        ensure!(taken.facts.kind.contains("JPEG") && !taken.facts.declared_matches, "{:?}", taken.facts);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn media_that_is_gone_too_large_or_altered_is_asked_for_again() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let asha = asked(world).await?;
        let expired = Mischief { expired_media: true, ..Mischief::default() };
        asha.sends(Inbound::media(photo("specimens/passport.jpg")?), &expired).await?;
        is_lost(&asha, TextKey::MediaGone, ReasonCode::MediaGone).await?;
        for (fault, text, reason) in [
            (Fault::LookupGone, TextKey::MediaGone, ReasonCode::MediaGone),
            (Fault::LookupTooLarge, TextKey::RetakeTooLarge, ReasonCode::PhotoTooLarge),
            (Fault::DownloadSwells, TextKey::RetakeTooLarge, ReasonCode::PhotoTooLarge),
            (Fault::DownloadOtherBytes, TextKey::MediaAltered, ReasonCode::MediaAltered),
        ] {
            let ravi = asked(world).await?;
            world.simulator()?.fail_next(fault);
            ravi.sends_photo("specimens/passport.jpg").await?;
            is_lost(&ravi, text, reason).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn trouble_at_whatsapp_is_tried_again_and_the_applicant_hears_nothing_of_it() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        for fault in [
            Fault::LookupFails,
            Fault::DownloadFails,
            Fault::DownloadBreaksOff,
            Fault::DownloadGone,
            Fault::DownloadRedirects,
        ] {
            let asha = asked(world).await?;
            world.simulator()?.fail_next(fault);
            asha.sends_photo("specimens/passport.jpg").await?;
            asha.hears(TextKey::SelfieAsk).await?;
            ensure!(asha.file().await?.stage_name() == StageName::Collecting);
        }
        let calls = world.simulator()?.requests();
        ensure!(calls.iter().all(|call| call.authorized), "the token went where it belongs");
        Ok(())
    })
    .await
}

/// One defect at a time, in other words each time; after the third a person.
#[tokio::test]
async fn the_third_failed_photo_brings_a_person() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let asha = asked(world).await?;
        for (name, text) in [
            ("specimens/passport_blurred.jpg", TextKey::RetakeBlurred1),
            ("specimens/passport_glare.jpg", TextKey::RetakeGlare2),
            ("specimens/passport_dark.jpg", TextKey::RetakePerson),
        ] {
            asha.sends_photo(name).await?;
            asha.hears(text).await?;
        }
        asha.reaches(StageName::InReview).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn every_defect_of_a_photo_has_its_words() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        for (name, text) in [
            ("specimens/passport_blurred.jpg", TextKey::RetakeBlurred1),
            ("specimens/passport_glare.jpg", TextKey::RetakeGlare),
            ("specimens/passport_dark.jpg", TextKey::RetakeDark),
            ("specimens/passport_too_bright.jpg", TextKey::RetakeTooBright),
            ("specimens/passport_small.jpg", TextKey::RetakeTooSmall),
        ] {
            let asha = asked(world).await?;
            asha.sends_photo(name).await?;
            asha.hears(text).await?;
            asha.sends_photo("specimens/passport.jpg").await?;
            asha.hears(TextKey::SelfieAsk).await?;
        }
        Ok(())
    })
    .await
}
