//! Messages to applicants, when WhatsApp does not take them: sent once or not at all, and the case says which.

use anyhow::{Context as _, Result, ensure};
use portico_e2e::{Applicant, Engine, Walk, story, until};
use portico_ledger::OutboundState;
use portico_simulator::{Fault, Operation, Shown};
use portico_whatsapp::texts::TextKey;

/// How the newest message of this text stands.
async fn state_of(applicant: &Applicant, text: TextKey) -> Result<Option<OutboundState>> {
    let told = applicant.told().await?;
    Ok(told.into_iter().rev().find(|(key, _)| key == text.as_str()).map(|(_, state)| state))
}

#[tokio::test]
async fn a_send_that_failed_for_the_moment_goes_out_once_it_can() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        for fault in [Fault::SendFails, Fault::SendRefused(130_429), Fault::SendRefused(131_056)] {
            let asha = world.applicant("IN", Shown::Both)?;
            world.simulator()?.fail_next(fault);
            asha.says("hello").await?;
            until("the notice arrives", async || {
                world.clock.advance_seconds(2);
                Ok((asha.times_heard(TextKey::Notice).await? > 0).then_some(()))
            })
            .await?;
            asha.hears(TextKey::Notice).await?;
            asha.taps("consent:accept").await?;
            asha.hears(TextKey::DocumentChoose).await?;
        }
        Ok(())
    })
    .await
}

/// The call hangs, WhatsApp has taken the message all the same: the receipt settles it and it is never sent again.
/// Or WhatsApp has not: after ten minutes it is given up, the case shows it and goes on.
#[tokio::test]
async fn a_send_nobody_answers_is_never_made_again() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let asha = world.applicant("IN", Shown::Both)?;
        asha.says("hello").await?;
        asha.hears(TextKey::Notice).await?;
        world.simulator()?.fail_next(Fault::SendSilent { taken: true });
        asha.taps("consent:accept").await?;
        asha.hears(TextKey::DocumentChoose).await?;
        until("a receipt settles it", async || {
            let state = state_of(&asha, TextKey::DocumentChoose).await?;
            Ok(state.filter(|state| *state >= OutboundState::Delivered))
        })
        .await?;

        world.simulator()?.fail_next(Fault::SendSilent { taken: false });
        asha.taps("document:passport").await?;
        until("its end is not known", async || {
            Ok(state_of(&asha, TextKey::DocumentFront).await?.filter(|state| *state == OutboundState::Unknown))
        })
        .await?;
        let sends = || -> Result<usize> {
            let calls = world.simulator()?.requests();
            Ok(calls.iter().filter(|call| call.operation == Operation::Send).count())
        };
        let before = sends()?;
        world.clock.advance_seconds(601);
        until("it is given up", async || {
            Ok(state_of(&asha, TextKey::DocumentFront).await?.filter(|state| *state == OutboundState::Parked))
        })
        .await?;
        ensure!(sends()? == before, "not sent again");
        world.expects_parked(1);

        let anna = world.reviewer("a.reviewer").await?;
        let page = anna.opens(asha.file().await?.id).await?;
        ensure!(page.says("unknown for ten minutes"), "{}", page.text());
        asha.sends_photo("specimens/passport.jpg").await?;
        asha.hears(TextKey::SelfieAsk).await?;
        ensure!(asha.times_heard(TextKey::DocumentChoose).await? == 1, "said once");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_refusal_is_final_shown_and_announced() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        for fault in [Fault::SendRefused(131_026), Fault::ReceiptFailed(131_026)] {
            let asha = world.applicant("IN", Shown::Both)?;
            Walk::PASSPORT.to_review(&asha).await?;
            let case = asha.case().await?;
            world.quiet().await?;
            world.simulator()?.fail_next(fault);
            let anna = world.reviewer("a.reviewer").await?;
            ensure!(anna.decides(&anna.opens(case).await?, "handed_off").await?.status == 200);
            world.subscriber.receives("kyc.customer.unreachable", case).await?;
            ensure!(state_of(&asha, TextKey::VerdictHandoff).await? == Some(OutboundState::Failed), "{fault:?}");
            let page = anna.opens(case).await?;
            ensure!(page.says("failed"), "{}", page.text());
        }
        Ok(())
    })
    .await
}

/// A dead token is the operator's to mend, and what was to be said waits for it.
#[tokio::test]
async fn a_message_waits_for_a_token_that_works() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let asha = world.applicant("IN", Shown::Both)?;
        asha.says("hello").await?;
        asha.hears(TextKey::Notice).await?;
        world.simulator()?.fail_next(Fault::SendRefused(190));
        asha.taps("consent:accept").await?;
        until("the token works again", async || {
            world.clock.advance_seconds(10);
            Ok((asha.times_heard(TextKey::DocumentChoose).await? > 0).then_some(()))
        })
        .await
    })
    .await
}

/// 131047 right after an inbound is known to be wrong now and then: one more try, then it is held.
#[tokio::test]
async fn a_window_that_whatsapp_calls_closed_gets_one_more_try() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let asha = world.applicant("IN", Shown::Both)?;
        asha.says("hello").await?;
        asha.hears(TextKey::Notice).await?;
        world.simulator()?.fail_next(Fault::SendRefused(131_047));
        asha.taps("consent:accept").await?;
        until("the second try gets through", async || {
            world.clock.advance_seconds(2);
            Ok((asha.times_heard(TextKey::DocumentChoose).await? > 0).then_some(()))
        })
        .await?;
        world.simulator()?.fail_next(Fault::SendRefused(131_047));
        world.simulator()?.fail_next(Fault::SendRefused(131_047));
        asha.taps("document:passport").await?;
        until("it is held", async || {
            world.clock.advance_seconds(2);
            Ok(state_of(&asha, TextKey::DocumentFront).await?.filter(|state| *state == OutboundState::Held))
        })
        .await?;
        let anna = world.reviewer("a.reviewer").await?;
        let page = anna.opens(asha.case().await?).await?;
        ensure!(page.says("window closed"), "{}", page.text());
        Ok(())
    })
    .await
}

/// A day and an hour later nothing may be sent: the decision stands, its message is held, the bank is told.
#[tokio::test]
async fn outside_the_window_nothing_is_sent_and_the_bank_is_told() -> Result<()> {
    story(Engine::Sqlite, async |world| {
        let asha = world.applicant("IN", Shown::Both)?;
        Walk::PASSPORT.to_review(&asha).await?;
        let case = asha.case().await?;
        world.quiet().await?;
        world.clock.advance_hours(25);
        let anna = world.reviewer("a.reviewer").await?;
        ensure!(anna.decides(&anna.opens(case).await?, "approved_limited").await?.status == 200);
        world.subscriber.receives("kyc.customer.unreachable", case).await?;
        ensure!(state_of(&asha, TextKey::VerdictLimited).await? == Some(OutboundState::Held));
        let page = anna.opens(case).await?;
        ensure!(page.says("window closed"), "{}", page.text());
        asha.has_heard_all().await?;

        // They write again, the window is open, and the answer is there.
        world.clock.advance_hours(1);
        asha.says("hello, are you there?").await?;
        let told = asha.hears(TextKey::VerdictLimited).await?;
        ensure!(told.case == case, "the same case answers");
        let decided = asha.file().await?.stage.decision().context("decided")?.clone();
        ensure!(decided.decided_by == ["reviewer:a.reviewer"]);
        Ok(())
    })
    .await
}
