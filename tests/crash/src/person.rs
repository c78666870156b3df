//! Somebody who wants an account, and goes on whatever the bank's machines do meanwhile: reads what comes, answers what
//! is asked, and writes again when nothing comes for long.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use portico_e2e::photo;
use portico_simulator::{ApplicantId, Inbound, Mischief, SentMessage, Shown, Simulator, Tick};
use portico_vocab::{E164, UserId, Wamid};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::{Country, Site};

const LOOK_EVERY: Duration = Duration::from_millis(25);
/// Looks at the screen before somebody writes again, or goes on without an answer.
const PATIENCE: usize = 160;
/// Somebody who has asked this often has lost the bank's ear for good.
const NUDGES: usize = 40;

/// Looks until somebody who was told nothing about a bad picture shows the good one all the same.
const LONG: usize = 15 * PATIENCE;

/// A picture that nobody can read.
const UNREADABLE: &str = "specimens/passport_blurred.jpg";

/// What somebody does, and so how the story must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plot {
    /// Agrees, shows a document and a selfie: there is a decision, in Brazil an account.
    Completes,
    /// The same, every message posted twice at the same moment.
    Stammers,
    /// The same, the first picture blurred and shown again.
    Retakes,
    /// Says STOP right behind the first picture.
    Stops,
    /// Does not agree.
    Declines,
    /// Writes nothing but STOP, to somebody never met: opens no case.
    Refuses,
}

impl Plot {
    pub const ALL: [Self; 6] =
        [Self::Completes, Self::Stammers, Self::Stops, Self::Retakes, Self::Declines, Self::Refuses];

    /// Whether there is a decision at the end.
    #[must_use]
    pub const fn completes(self) -> bool {
        matches!(self, Self::Completes | Self::Stammers | Self::Retakes)
    }
}

/// Somebody, with everything they said.
pub struct Person {
    pub plot: Plot,
    pub id: ApplicantId,
    pub phone: E164,
    pub user_id: UserId,
    pub country: &'static Country,
    /// Every message of theirs that was given to Meta.
    pub said: Vec<Wamid>,
    simulator: Simulator,
    beat: Interval,
}

impl Person {
    /// # Errors
    /// When there are too many people.
    pub fn arrives(site: &Site, plot: Plot) -> Result<Self> {
        Self::shown(site, plot, Shown::Phone)
    }

    /// The same, and what WhatsApp tells of them.
    ///
    /// # Errors
    /// When there are too many people.
    pub fn shown(site: &Site, plot: Plot, shown: Shown) -> Result<Self> {
        let (country, simulator) = (site.country, site.simulator.clone());
        let person = simulator.new_applicant(country.parsed()?, shown)?;
        let mut beat = interval(LOOK_EVERY);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (id, phone, user_id) = (person.id, person.phone, person.user_id);
        Ok(Self { plot, id, phone, user_id, country, said: Vec::new(), simulator, beat })
    }

    /// Lives through the plot.
    ///
    /// # Errors
    /// When the bank does not answer for minutes.
    pub async fn lives(&mut self) -> Result<()> {
        match self.plot {
            Plot::Refuses => self.says(self.country.stop).await,
            Plot::Declines => {
                self.says(self.country.hello).await?;
                self.answers("consent:decline", |after| !after.is_empty()).await
            }
            Plot::Stops => {
                self.agrees().await?;
                self.shows(self.country.pictures[0]).await?;
                self.says(self.country.stop).await
            }
            Plot::Retakes => {
                self.agrees().await?;
                let heard = self.heard();
                self.shows(UNREADABLE).await?;
                let blurred = self.country.blurred;
                self.waits(LONG, |sent| sent.iter().skip(heard).any(|sent| sent.body().contains(blurred))).await;
                self.shows_everything().await
            }
            Plot::Completes | Plot::Stammers => {
                self.agrees().await?;
                self.shows_everything().await
            }
        }
    }

    /// From hello to the first photo being asked for.
    ///
    /// # Errors
    /// As [`Self::lives`].
    pub async fn agrees(&mut self) -> Result<()> {
        self.says(self.country.hello).await?;
        let document = self.country.document;
        self.answers("consent:accept", |after| after.iter().any(|sent| sent.offers(document))).await?;
        self.answers(document, |after| after.iter().any(|sent| sent.content.choices().is_empty())).await
    }

    /// Every side of the document and a selfie.
    ///
    /// # Errors
    /// As [`Self::lives`].
    pub async fn shows_everything(&mut self) -> Result<()> {
        let Some((selfie, sides)) = self.country.pictures.split_last() else { bail!("no picture to show") };
        for side in sides {
            self.shows_and_hears(side).await?;
        }
        self.shows(selfie).await
    }

    /// # Errors
    /// When there are too many messages.
    pub async fn says(&mut self, words: &str) -> Result<()> {
        self.sends(Inbound::text(words)).await
    }

    /// # Errors
    /// When there is no such fixture.
    pub async fn shows(&mut self, picture: &str) -> Result<()> {
        self.sends(Inbound::media(photo(picture)?)).await
    }

    /// Whether the newest message was answered 200.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        let newest = self.said.last().and_then(|wamid| self.simulator.tick_of(&self.id, wamid));
        newest.is_some_and(|tick| tick >= Tick::Delivered)
    }

    /// Says whatever it is.
    ///
    /// # Errors
    /// When there are too many messages.
    pub async fn sends(&mut self, inbound: Inbound) -> Result<()> {
        let wamid = self.simulator.send(&self.id, inbound, &self.mischief()).await?;
        self.said.push(wamid);
        Ok(())
    }

    fn mischief(&self) -> Mischief {
        Mischief::times(if self.plot == Plot::Stammers { 2 } else { 1 })
    }

    /// Shows a picture and waits for a word about it, but not for ever: it may have been lost on the way here.
    async fn shows_and_hears(&mut self, picture: &str) -> Result<()> {
        let heard = self.heard();
        self.shows(picture).await?;
        self.waits(PATIENCE, |sent| sent.len() > heard).await;
        Ok(())
    }

    fn heard(&self) -> usize {
        self.simulator.outbox(&self.id).len()
    }

    /// Looks at the screen until it shows `enough`, so many times at most.
    async fn waits(&mut self, looks: usize, enough: impl Fn(&[SentMessage]) -> bool) {
        for _ in 0..looks {
            self.beat.tick().await;
            if enough(&self.simulator.outbox(&self.id)) {
                break;
            }
        }
    }

    /// Taps `reply` on the newest message that offers it, each time it is offered anew, until what came after the first
    /// tap is `enough`.
    async fn answers(&mut self, reply: &str, enough: impl Fn(&[SentMessage]) -> bool) -> Result<()> {
        let mut tapped: Option<Wamid> = None;
        let mut heard_before = 0;
        for _ in 0..NUDGES {
            for _ in 0..PATIENCE {
                self.beat.tick().await;
                let heard = self.simulator.outbox(&self.id);
                if tapped.is_some() && enough(heard.get(heard_before..).unwrap_or_default()) {
                    return Ok(());
                }
                let Some(offer) = heard.iter().rev().find(|sent| sent.offers(reply)) else { continue };
                if tapped.as_ref() != Some(&offer.wamid) {
                    heard_before = if tapped.is_none() { heard.len() } else { heard_before };
                    tapped = Some(offer.wamid.clone());
                    let on = offer.wamid.clone();
                    let wamid = self.simulator.tap_with(&self.id, &on, reply, &self.mischief()).await?;
                    self.said.push(wamid);
                }
            }
            self.says(self.country.hello).await.context("writing again")?;
        }
        bail!("{} waited in vain for an answer to {reply}", self.id)
    }
}
