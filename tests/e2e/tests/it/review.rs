//! Reviewers at the console: what they see, ask for and may not do.

use anyhow::{Context as _, Result, ensure};
use portico_e2e::{Applicant, Engine, Walk, World, story};
use portico_simulator::Shown;
use portico_vocab::{CaseId, Slot, StageName};
use portico_whatsapp::texts::TextKey;
use serde_json::json;

/// A text said within the last minute is not said again.
const A_WHILE: i64 = 120;

async fn in_review(world: &World) -> Result<(Applicant, CaseId)> {
    let asha = world.applicant("IN", Shown::Both)?;
    Walk::PASSPORT.to_review(&asha).await?;
    let case = asha.case().await?;
    Ok((asha, case))
}

#[tokio::test]
async fn a_new_photo_is_asked_for_taken_and_decided_on() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let (asha, case) = in_review(world).await?;
        let anna = world.reviewer("a.reviewer").await?;
        let page = anna.opens(case).await?;
        let after = anna.asks_for_photo(&page, Slot::Selfie, "face_not_found").await?;
        ensure!(after.status == 200, "{}", after.text());
        asha.hears(TextKey::RetakeRequested).await?;
        ensure!(asha.file().await?.stage_name() == StageName::Collecting);
        world.subscriber.receives("kyc.retake.requested", case).await?;

        world.clock.advance_seconds(A_WHILE);
        asha.sends_photo("real/portrait_hopper.jpg").await?;
        asha.hears(TextKey::Checking).await?;
        asha.reaches(StageName::InReview).await?;
        let decided = anna.decides(&anna.opens(case).await?, "approved_limited").await?;
        ensure!(decided.status == 200, "{}", decided.text());
        asha.hears(TextKey::VerdictLimited).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_page_the_case_has_outgrown_is_refused_and_says_what_changed() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let (asha, case) = in_review(world).await?;
        let anna = world.reviewer("a.reviewer").await?;
        let stale = anna.opens(case).await?;
        let hit = json!({ "check": "screening", "result": "consider", "reasons": ["screening_hit"], "ref": "run-7" });
        let answer = world.bank()?.posts(&format!("/v1/cases/{case}/findings"), "run-7", &hit).await?;
        ensure!(answer.status == 200, "{answer:?}");

        let refused = anna.decides(&stale, "approved_limited").await?;
        ensure!(refused.status == 409 && refused.says("has changed since you opened it"), "{}", refused.text());
        ensure!(asha.file().await?.stage_name() == StageName::InReview, "nothing was sent");
        let decided = anna.declines(&refused, "screening_hit").await?;
        ensure!(decided.status == 200, "the page that came back is a fresh one: {}", decided.text());
        // The applicant never learns of a hit.
        let told = asha.hears(TextKey::VerdictNeutral).await?;
        ensure!(!told.message.body().to_lowercase().contains("screen"));
        let delivery = world.subscriber.receives("kyc.decision.made", case).await?;
        ensure!(delivery.event()?["data"]["reasons"] == json!(["internal"]));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_look_at_a_picture_is_on_record_before_its_first_byte() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let (_asha, case) = in_review(world).await?;
        let anna = world.reviewer("a.reviewer").await?;
        let page = anna.opens(case).await?;
        let accesses = async || -> Result<Vec<String>> {
            let links = world.cell("IN")?.ledger().accesses(case).await?;
            Ok(links.into_iter().map(|link| link.body).collect())
        };
        let before = accesses().await?;
        ensure!(before.iter().any(|body| body.contains("a.reviewer")), "opening the page is a look: {before:?}");
        for src in page.pictures() {
            let bytes = anna.looks_at(&src).await?;
            ensure!(bytes.starts_with(&[0xff, 0xd8]), "a JPEG");
        }
        let looks = accesses().await?.split_off(before.len());
        ensure!(looks.len() == page.pictures().len(), "{looks:?}");
        ensure!(looks.iter().all(|body| body.contains("image:ev_") && body.contains("a.reviewer")), "{looks:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_case_somebody_works_on_is_not_taken_from_them() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let (asha, case) = in_review(world).await?;
        let anna = world.reviewer("a.reviewer").await?;
        let priya = world.reviewer("p.iyer").await?;
        let open_before = priya.opens(case).await?;
        anna.claims(case).await?;
        let held = priya.opens(case).await?;
        ensure!(held.says("is working on this case"), "{}", held.text());
        let refused = priya.decides(&open_before, "handed_off").await?;
        ensure!(refused.status == 409 && refused.says("is working on this case"), "{}", refused.text());
        ensure!(asha.file().await?.stage_name() == StageName::InReview);
        let decided = anna.decides(&anna.opens(case).await?, "handed_off").await?;
        ensure!(decided.status == 200, "{}", decided.text());
        asha.hears(TextKey::VerdictHandoff).await?;
        Ok(())
    })
    .await
}

/// Another country's case does not exist for a reviewer of this one.
#[tokio::test]
async fn a_reviewer_sees_their_countries_only() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let (_asha, case) = in_review(world).await?;
        let marina = world.reviewer("m.souza").await?;
        ensure!(marina.opens(case).await?.status == 404);
        ensure!(!marina.goes_to("/console").await?.html.contains(&case.to_string()));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_approval_answers_for_what_no_machine_checked() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let (asha, case) = in_review(world).await?;
        let anna = world.reviewer("a.reviewer").await?;
        let page = anna.opens(case).await?;
        let unanswered = page.form("/decide")?.choose("outcome", "approved_limited")?;
        let refused = anna.submits(&unanswered).await?;
        ensure!(refused.status == 422 && refused.says("was unavailable"), "{}", refused.text());
        ensure!(anna.decides(&refused, "approved_limited").await?.status == 200);
        asha.hears(TextKey::VerdictLimited).await?;
        let decision = asha.file().await?.stage.decision().context("decided")?.clone();
        ensure!(decision.attested.iter().any(|attested| attested.check.as_str() == "screening"), "{decision:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn asking_for_a_person_brings_one_with_or_without_a_document() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let asha = world.applicant("IN", Shown::Both)?;
        Walk::PASSPORT.to_first_photo(&asha).await?;
        asha.says("HELP").await?;
        asha.hears(TextKey::Help).await?;
        asha.taps("person:ask").await?;
        asha.hears(TextKey::PersonComing).await?;

        let ravi = world.applicant("IN", Shown::UserId)?;
        ravi.says("hello").await?;
        ravi.hears(TextKey::Notice).await?;
        ravi.taps("consent:accept").await?;
        ravi.hears(TextKey::DocumentChoose).await?;
        ravi.taps("document:none").await?;
        ravi.hears(TextKey::OtherWay).await?;

        let anna = world.reviewer("a.reviewer").await?;
        let queue = anna.goes_to("/console").await?;
        for applicant in [&asha, &ravi] {
            applicant.reaches(StageName::InReview).await?;
            let case = applicant.case().await?;
            ensure!(queue.html.contains(&case.to_string()), "it stands in the queue");
            let decided = anna.decides(&anna.opens(case).await?, "handed_off").await?;
            ensure!(decided.status == 200, "{}", decided.text());
            applicant.hears(TextKey::VerdictHandoff).await?;
        }
        Ok(())
    })
    .await
}
