//! Somebody in the chat. A test reads like one: `asha.says("hello")`, `asha.hears(Notice)`, `asha.taps(…)`.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result, bail, ensure};
use portico_case::Case;
use portico_cell::{Cell, Loaded};
use portico_ledger::OutboundState;
use portico_simulator::{Attachment, Inbound, Mischief, SentMessage, Simulator};
use portico_vocab::{CaseId, OutboundId, StageName, Wamid};
use portico_whatsapp::texts::TextKey;

use crate::{file, photo, until};

/// One person, who reads what arrives in order.
pub struct Applicant {
    pub person: portico_simulator::Applicant,
    simulator: Simulator,
    cell: Cell,
    read: AtomicUsize,
}

/// A message of ours on the person's phone, known by the text it is.
#[derive(Debug, Clone)]
pub struct Heard {
    pub text: TextKey,
    pub case: CaseId,
    pub message: SentMessage,
}

impl Applicant {
    /// Somebody at the other end of a number of this cell.
    #[must_use]
    pub fn new(simulator: Simulator, cell: Cell, person: portico_simulator::Applicant) -> Self {
        Self { person, simulator, cell, read: AtomicUsize::new(0) }
    }

    /// # Errors
    /// Never for somebody the simulator knows.
    pub async fn says(&self, words: &str) -> Result<Wamid> {
        self.sends(Inbound::text(words), &Mischief::default()).await
    }

    /// Says anything, with anything going wrong on the way.
    ///
    /// # Errors
    /// Never for somebody the simulator knows.
    pub async fn sends(&self, inbound: Inbound, mischief: &Mischief) -> Result<Wamid> {
        Ok(self.simulator.send(&self.person.id, inbound, mischief).await?)
    }

    /// # Errors
    /// When there is no such fixture.
    pub async fn sends_photo(&self, name: &str) -> Result<Wamid> {
        self.attaches(photo(name)?).await
    }

    /// The same picture "as a document": untouched, with its file name.
    ///
    /// # Errors
    /// When there is no such fixture.
    pub async fn sends_file(&self, name: &str, mime: &str) -> Result<Wamid> {
        self.attaches(file(name, mime)?).await
    }

    /// # Errors
    /// Never for somebody the simulator knows.
    pub async fn attaches(&self, attachment: Attachment) -> Result<Wamid> {
        self.sends(Inbound::media(attachment), &Mischief::default()).await
    }

    /// Taps a button or row of the newest message that offers it.
    ///
    /// # Errors
    /// When none does.
    pub async fn taps(&self, reply: &str) -> Result<Wamid> {
        self.taps_with(reply, &Mischief::default()).await
    }

    /// # Errors
    /// As [`Self::taps`].
    pub async fn taps_with(&self, reply: &str, mischief: &Mischief) -> Result<Wamid> {
        let outbox = self.simulator.outbox(&self.person.id);
        let offered = outbox.iter().rev().find(|sent| sent.offers(reply));
        let on = offered.with_context(|| format!("nothing on the screen offers {reply}"))?.wamid.clone();
        Ok(self.simulator.tap_with(&self.person.id, &on, reply, mischief).await?)
    }

    /// Taps on one message, old as it may be.
    ///
    /// # Errors
    /// When it does not offer this.
    pub async fn taps_on(&self, heard: &Heard, reply: &str) -> Result<Wamid> {
        Ok(self.simulator.tap(&self.person.id, &heard.message.wamid, reply).await?)
    }

    /// Waits for the next message, which must be this one.
    ///
    /// # Errors
    /// When another comes, or none.
    pub async fn hears(&self, text: TextKey) -> Result<Heard> {
        let next = self.next(text).await?;
        ensure!(
            next.text == text,
            "expected to hear {text}, heard {} instead:\n{}",
            next.text,
            self.transcript().await?
        );
        Ok(next)
    }

    /// Waits for this message, whatever else is said before it.
    ///
    /// # Errors
    /// When it never comes.
    pub async fn hears_at_last(&self, text: TextKey) -> Result<Heard> {
        loop {
            let next = self.next(text).await?;
            if next.text == text {
                return Ok(next);
            }
        }
    }

    async fn next(&self, text: TextKey) -> Result<Heard> {
        let at = self.read.load(Ordering::SeqCst);
        let next = until("a message", async || Ok(self.heard().await?.into_iter().nth(at))).await;
        self.read.store(at + 1, Ordering::SeqCst);
        match next {
            Ok(next) => Ok(next),
            Err(error) => bail!("expected to hear {text}: {error}; so far:\n{}", self.transcript().await?),
        }
    }

    /// Nothing was said that has not been read. Meaningful once the world is quiet.
    ///
    /// # Errors
    /// When there is more.
    pub async fn has_heard_all(&self) -> Result<()> {
        let more: Vec<_> = self.heard().await?.into_iter().skip(self.read.load(Ordering::SeqCst)).collect();
        let more: Vec<_> = more.iter().map(|heard| heard.text.as_str()).collect();
        ensure!(more.is_empty(), "heard more than expected: {more:?}");
        Ok(())
    }

    /// Everything on the screen that is ours, oldest first.
    ///
    /// # Errors
    /// When a message is none the ledger knows of.
    pub async fn heard(&self) -> Result<Vec<Heard>> {
        let mut heard = Vec::new();
        for message in self.simulator.outbox(&self.person.id) {
            let callback = message.callback.as_deref().context("a message without our callback data")?;
            let row = self.cell.ledger().outbound(OutboundId::parse(callback)?).await?;
            let row = row.context("a message that the ledger does not know")?;
            let text = TextKey::parse(&row.text).context("a message of no known text")?;
            heard.push(Heard { text, case: row.case, message });
        }
        Ok(heard)
    }

    /// How often a text was said.
    ///
    /// # Errors
    /// As [`Self::heard`].
    pub async fn times_heard(&self, text: TextKey) -> Result<usize> {
        Ok(self.heard().await?.iter().filter(|heard| heard.text == text).count())
    }

    async fn transcript(&self) -> Result<String> {
        let heard = self.heard().await?;
        let mut lines: Vec<_> =
            heard.iter().map(|heard| format!("  {}: {}", heard.text, heard.message.body())).collect();
        if let Ok(history) = self.history().await {
            lines.extend(history.into_iter().map(|(kind, outcome)| format!("  · {kind} {outcome}")));
        }
        Ok(lines.join("\n"))
    }

    /// The one case this person has been answered about.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub async fn case(&self) -> Result<CaseId> {
        let cases: BTreeSet<CaseId> = self.heard().await?.iter().map(|heard| heard.case).collect();
        ensure!(cases.len() == 1, "expected one case, there are {}", cases.len());
        cases.first().copied().context("no case")
    }

    /// The case as it is now.
    ///
    /// # Errors
    /// When there is not exactly one, or it is shredded.
    pub async fn file(&self) -> Result<Case> {
        match self.cell.load(self.case().await?).await? {
            Some(Loaded::Whole(opened)) => Ok(opened.case),
            _ => bail!("the case cannot be read"),
        }
    }

    /// Waits until the case is in this stage.
    ///
    /// # Errors
    /// When it never is.
    pub async fn reaches(&self, stage: StageName) -> Result<Case> {
        until(&format!("the case is {stage}"), async || {
            let case = self.file().await?;
            Ok((case.stage_name() == stage).then_some(case))
        })
        .await
    }

    /// Entries of the history so far: `kind` and `outcome`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn history(&self) -> Result<Vec<(String, String)>> {
        let entries = self.cell.ledger().entries(self.case().await?, 0, u32::MAX).await?;
        Ok(entries.into_iter().map(|entry| (entry.kind, entry.outcome)).collect())
    }

    /// Where every message of the case stands, in the order told.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn told(&self) -> Result<Vec<(String, OutboundState)>> {
        let rows = self.cell.ledger().outbounds(self.case().await?).await?;
        Ok(rows.into_iter().map(|row| (row.text, row.state)).collect())
    }
}
