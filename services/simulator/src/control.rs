//! The control interface: how people act, what the business did, and what goes wrong next.
//!
//! *Invariant:* every act of an applicant becomes a webhook over HTTP; nothing here reaches into Portico another way.

use portico_vocab::{CountryCode, Wamid};

use crate::applicant::{self, Applicant, ApplicantId, Shown};
use crate::error::Error;
use crate::fault::Fault;
use crate::inbound::{Attachment, Content, Inbound, Mischief};
use crate::inbox::{Behaviour, InboxEvent};
use crate::requests::RequestLog;
use crate::sent::{SentContent, SentMessage};
use crate::simulator::Simulator;
use crate::thread::Tick;

impl Simulator {
    #[must_use]
    pub fn applicants(&self) -> Vec<Applicant> {
        self.world().applicants().cloned().collect()
    }

    /// A person nobody has met, with a number and a user id of their own.
    ///
    /// # Errors
    /// When no number serves `country`, or there are too many people already.
    pub fn new_applicant(&self, country: CountryCode, shown: Shown) -> Result<Applicant, Error> {
        self.admit(country, None, shown)
    }

    /// Changes what webhooks show of a person from now on.
    ///
    /// # Errors
    /// When there is no such person.
    pub fn show_as(&self, who: &ApplicantId, shown: Shown) -> Result<(), Error> {
        self.change(who, |applicant| applicant.shown = shown)
    }

    /// Turns a person's read receipts on or off.
    ///
    /// # Errors
    /// When there is no such person.
    pub fn send_read_receipts(&self, who: &ApplicantId, reads: bool) -> Result<(), Error> {
        self.change(who, |applicant| applicant.reads = reads)
    }

    /// Gives a person another profile name.
    ///
    /// # Errors
    /// When there is no such person.
    pub fn call(&self, who: &ApplicantId, name: &str) -> Result<(), Error> {
        self.change(who, |applicant| name.clone_into(&mut applicant.name))
    }

    fn change(&self, who: &ApplicantId, change: impl FnOnce(&mut Applicant)) -> Result<(), Error> {
        let mut world = self.world();
        let thread = world.thread_mut(who)?;
        change(&mut thread.applicant);
        thread.changed();
        Ok(())
    }

    /// Says something in the chat, with mischief; answers when the first attempt of each copy has ended.
    ///
    /// # Errors
    /// When there is no such person, or an edit or deletion names a message that is not theirs.
    pub async fn send(&self, who: &ApplicantId, inbound: Inbound, mischief: &Mischief) -> Result<Wamid, Error> {
        let (wamid, parcel) = self.say(who, inbound, mischief)?;
        self.deliver(parcel, mischief).await;
        Ok(wamid)
    }

    /// # Errors
    /// When there is no such person.
    pub async fn send_text(&self, who: &ApplicantId, body: &str) -> Result<Wamid, Error> {
        self.send(who, Inbound::text(body), &Mischief::default()).await
    }

    /// # Errors
    /// When there is no such person.
    pub async fn send_media(&self, who: &ApplicantId, attachment: Attachment) -> Result<Wamid, Error> {
        self.send(who, Inbound::media(attachment), &Mischief::default()).await
    }

    /// Taps a button or a row of the message `on`.
    ///
    /// # Errors
    /// When the chat has no such message or the message no such choice.
    pub async fn tap(&self, who: &ApplicantId, on: &Wamid, reply_id: &str) -> Result<Wamid, Error> {
        self.tap_with(who, on, reply_id, &Mischief::default()).await
    }

    /// [`Simulator::tap`] with mischief.
    ///
    /// # Errors
    /// As [`Simulator::tap`].
    pub async fn tap_with(
        &self,
        who: &ApplicantId,
        on: &Wamid,
        reply_id: &str,
        mischief: &Mischief,
    ) -> Result<Wamid, Error> {
        let content = {
            let world = self.world();
            let offered = world.thread(who)?.sent().find(|sent| sent.wamid == *on).ok_or(Error::NoMessage)?;
            let choices = offered.content.choices();
            let choice = choices.iter().find(|choice| choice.id == reply_id).ok_or(Error::NoChoice)?;
            Content::Reply {
                id: choice.id.clone(),
                title: choice.title.clone(),
                description: choice.description.clone(),
                from_list: matches!(offered.content, SentContent::List { .. }),
            }
        };
        self.send(who, Inbound::new(content).answering(on), mischief).await
    }

    /// Everything the business sent this person, oldest first.
    #[must_use]
    pub fn outbox(&self, who: &ApplicantId) -> Vec<SentMessage> {
        self.world().thread(who).map(|thread| thread.sent().cloned().collect()).unwrap_or_default()
    }

    /// How far one of the person's own messages has come: `Delivered` once a webhook was answered 200.
    #[must_use]
    pub fn tick_of(&self, who: &ApplicantId, wamid: &Wamid) -> Option<Tick> {
        self.world().thread(who).ok()?.said(wamid).map(|said| said.tick)
    }

    /// Every Graph call so far, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<RequestLog> {
        self.world().requests().cloned().collect()
    }

    /// Makes the next call that this fits go wrong.
    pub fn fail_next(&self, fault: Fault) {
        self.world().will_fail(fault);
    }

    /// What happens to receipts from now on: several times, late, forged.
    pub fn receipts_with(&self, mischief: Mischief) {
        self.world().receipts = mischief;
    }

    /// What the account inbox received, newest first.
    #[must_use]
    pub fn inbox_events(&self) -> Vec<InboxEvent> {
        self.0.inbox.events()
    }

    /// How the account inbox answers from now on.
    pub fn inbox_behaves(&self, behaviour: Behaviour) {
        self.0.inbox.behave(behaviour);
    }

    pub(crate) fn admit(&self, country: CountryCode, name: Option<&str>, shown: Shown) -> Result<Applicant, Error> {
        self.number_of(country)?;
        let random = u64::from_be_bytes(self.random());
        let mut world = self.world();
        let serial = world.population() + 1;
        let applicant = Applicant {
            id: ApplicantId::new(country, serial),
            name: name.map_or_else(|| format!("Applicant {serial}"), str::to_owned),
            country,
            phone: applicant::unassigned_number(country, serial)?,
            user_id: applicant::user_id(country, random)?,
            shown,
            reads: true,
        };
        world.admit(applicant.clone())?;
        Ok(applicant)
    }
}
