//! One thing a webhook told us, and its identity.

use portico_vocab::{Pii, Purpose, Sha256, Timestamp, WabaId};
use serde::{Deserialize, Serialize};

use super::{Inbound, Receipt};

/// A webhook's change holds any number of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Update {
    Message(Inbound),
    Receipt(Receipt),
    Account(AccountEvent),
    /// Errors out of band (`value.errors`); a code may be 0.
    Errors {
        codes: Vec<i64>,
    },
    /// Not readable; `why` is one of our own sentences and quotes nothing.
    Unreadable {
        why: &'static str,
    },
}

/// Something about the account, not about a person: template paused, quality fallen, number banned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountEvent {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waba: Option<WabaId>,
    /// Meta's name of it, such as `message_template_status_update`.
    pub field: String,
    /// `entry[].time`, when Meta gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Timestamp>,
    /// Of (WABA, field, value, time).
    pub digest: Sha256,
}

impl Update {
    /// The parts of its input id (docs/ARCHITECTURE.md), to be hashed under the cell key because a wamid holds the phone
    /// number: `message`, phone number id, wamid; `receipt`, phone number id, wamid, status, recipient; `account`,
    /// digest. Empty for what is no input.
    #[must_use]
    pub fn id_parts(&self, phone_number: &str) -> Vec<Vec<u8>> {
        let number = phone_number.as_bytes().to_vec();
        match self {
            Self::Message(message) => {
                vec![b"message".to_vec(), number, message.wamid.as_str().as_bytes().to_vec()]
            }
            Self::Receipt(receipt) => vec![
                b"receipt".to_vec(),
                number,
                receipt.wamid.as_str().as_bytes().to_vec(),
                receipt.status.as_str().as_bytes().to_vec(),
                recipient(receipt),
            ],
            Self::Account(event) => vec![b"account".to_vec(), event.digest.as_bytes().to_vec()],
            Self::Errors { .. } | Self::Unreadable { .. } => Vec::new(),
        }
    }
}

/// The user id is preferred: it is always there, the phone is not (docs/domain/whatsapp.md 1.6).
fn recipient(receipt: &Receipt) -> Vec<u8> {
    let ids = &receipt.recipient;
    let user_id = ids.user_id.as_ref().map(|id: &Pii<_>| id.expose(Purpose::Compare).as_str());
    let phone = ids.phone.as_ref().map(|number| number.expose(Purpose::Compare).as_str());
    user_id.or(phone).unwrap_or_default().as_bytes().to_vec()
}
