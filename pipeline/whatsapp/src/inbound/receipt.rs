//! What became of a message of ours.

use portico_vocab::{OutboundId, Timestamp, Wamid};
use serde::{Deserialize, Serialize};

use super::SenderIds;

/// One status of one message. Receipts come late, twice and out of order, and `delivered` may never come at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub wamid: Wamid,
    pub status: ReceiptStatus,
    pub at: Timestamp,
    #[serde(default)]
    pub recipient: SenderIds,
    /// Our own id, echoed: it finds the message even when the answer to our request was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback: Option<OutboundId>,
    /// Codes of docs/domain/whatsapp.md 3.1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pricing: Option<Pricing>,
}

/// In the order a message goes through them; `Failed` stands apart and yields to a later `Delivered` or `Read`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptStatus {
    Failed,
    Sent,
    Delivered,
    Read,
    Played,
}

impl ReceiptStatus {
    /// The word on Meta's wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
        }
    }

    /// `None` for a word this build does not know.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Failed, Self::Sent, Self::Delivered, Self::Read, Self::Played].into_iter().find(|s| s.as_str() == text)
    }

    /// What is known after `next` came on top of `self`: a status never goes backwards, and a failure stands only
    /// against `sent`, because another device may still have received the message.
    #[must_use]
    pub fn merge(self, next: Self) -> Self {
        match (self, next) {
            (Self::Sent, Self::Failed) | (Self::Failed, Self::Sent) => Self::Failed,
            (a, b) => a.max(b),
        }
    }
}

/// What Meta charges for it: `kind` such as `regular` or `free_customer_service`, `category` such as `service`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pricing {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::ReceiptStatus::{Delivered, Failed, Played, Read, Sent};

    #[test]
    fn a_status_never_goes_backwards() {
        for (known, next, merged) in [
            (Sent, Delivered, Delivered),
            (Delivered, Sent, Delivered),
            (Read, Delivered, Read),
            (Read, Played, Played),
            (Sent, Failed, Failed),
            (Failed, Sent, Failed),
            (Failed, Delivered, Delivered),
            (Read, Failed, Read),
        ] {
            assert_eq!(known.merge(next), merged, "{known:?} then {next:?}");
        }
    }
}
