//! From an applicant's act to a signed webhook: the bubble is drawn, the file kept, the body composed.

use portico_vocab::{MediaId, Sha256, Timestamp, Wamid};

use crate::Error;
use crate::applicant::ApplicantId;
use crate::inbound::{Content, Inbound, Mischief};
use crate::media::{MAX_BYTES, Medium, RECEIVED_DAYS};
use crate::simulator::Simulator;
use crate::thread::{Said, SaidMessage, Tick};
use crate::wamid::{self, Direction};
use crate::webhook::courier::Parcel;
use crate::webhook::wire;

impl Simulator {
    /// Does everything but the posting.
    pub(crate) fn say(
        &self,
        who: &ApplicantId,
        mut inbound: Inbound,
        mischief: &Mischief,
    ) -> Result<(Wamid, Parcel), Error> {
        if matches!(&inbound.content, Content::Media(file) if file.bytes.len() > MAX_BYTES) {
            inbound.content = Content::TooLarge;
        }
        let at = mischief.stamped.unwrap_or_else(|| self.now());
        let file = self.keep_attachment(who, &inbound, at, mischief)?;
        let random = self.random();
        let mut world = self.world();
        let applicant = world.thread(who)?.applicant.clone();
        let number = self.number_of(applicant.country)?;
        let wamid = wamid::mint(Direction::FromApplicant, applicant.party(), random)?;
        let named = file.as_ref().map(|(id, digest)| (id, *digest));
        let body = wire::message(number, &applicant, &wamid, at, &inbound, named);

        world.remember_message(&wamid, who);
        let thread = world.thread_mut(who)?;
        match &inbound.content {
            Content::Edit { original, body } => {
                let said = thread.said_mut(original).ok_or(Error::NoMessage)?;
                said.edited = true;
                if let Said::Text { body: shown } = &mut said.content {
                    body.clone_into(shown);
                }
                thread.changed();
            }
            Content::Revoke { original } => {
                thread.said_mut(original).ok_or(Error::NoMessage)?.revoked = true;
                thread.changed();
            }
            content => thread.say(SaidMessage {
                wamid: wamid.clone(),
                at,
                content: bubble(content, file.map(|(id, _)| id)),
                context: inbound.context.clone(),
                tick: Tick::Sent,
                forwarded: inbound.forwarded,
                edited: false,
                revoked: false,
                note: note(mischief),
            }),
        }
        let secret = &self.0.config.app_secret;
        let parcel = Parcel::of_message(secret, number, &body, mischief.forged, who.clone(), wamid.clone());
        Ok((wamid, parcel))
    }

    /// Stores the file of a media message under a new id, as Meta's servers would before the webhook goes out.
    fn keep_attachment(
        &self,
        who: &ApplicantId,
        inbound: &Inbound,
        at: Timestamp,
        mischief: &Mischief,
    ) -> Result<Option<(MediaId, Sha256)>, Error> {
        let Content::Media(file) = &inbound.content else { return Ok(None) };
        let id = self.new_media_id()?;
        let sha256 = Sha256::of(&file.bytes);
        let medium = Medium {
            bytes: file.bytes.clone(),
            mime: file.mime.clone(),
            sha256,
            owner: self.owner_of(who)?,
            expires: if mischief.expired_media { at } else { at.plus_days(RECEIVED_DAYS) },
        };
        self.world().keep(id.clone(), medium);
        Ok(Some((id, sha256)))
    }
}

fn bubble(content: &Content, media: Option<MediaId>) -> Said {
    match (content, media) {
        (Content::Text { body }, _) => Said::Text { body: body.clone() },
        (Content::Media(file), Some(media)) => Said::Media {
            media,
            media_kind: file.kind,
            mime: file.mime.clone(),
            caption: file.caption.clone(),
            filename: file.filename.clone(),
            size: file.bytes.len(),
        },
        (Content::Reply { title, .. }, _) => Said::Reply { title: title.clone() },
        (Content::Reaction { emoji, .. }, _) => Said::Reaction { emoji: emoji.clone() },
        (Content::TooLarge, _) => Said::Other { what: "a file over 100 MB" },
        _ => Said::Other { what: "a message of a kind the business cannot read" },
    }
}

/// The word under a bubble that was sent with mischief.
fn note(mischief: &Mischief) -> Option<&'static str> {
    if mischief.forged {
        Some("forged signature")
    } else if mischief.hold {
        Some("held back")
    } else if !mischief.delay.is_zero() {
        Some("late")
    } else if mischief.expired_media {
        Some("file expired")
    } else if mischief.times > 1 {
        Some("sent more than once")
    } else {
        None
    }
}
