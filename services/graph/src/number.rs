//! One business phone number: whether it can send and receive, and where its webhooks go (Meta: Business phone
//! numbers; Webhook overrides, 2026-06-28).

use portico_vocab::PhoneNumberId;
use serde::Deserialize;

use crate::word::words;
use crate::{Graph, GraphError};

words! {
    /// Whether the number is registered with the Cloud API.
    NumberState {
        /// Registered: it sends and receives.
        Connected = "CONNECTED",
        /// Not registered, or not any more.
        Disconnected = "DISCONNECTED",
        /// Added, never registered.
        Pending = "PENDING",
        /// Low quality for long; still connected.
        Flagged = "FLAGGED",
        /// Over its messaging limit for now.
        Restricted = "RESTRICTED",
        RateLimited = "RATE_LIMITED",
        Banned = "BANNED",
        Deleted = "DELETED",
        Migrated = "MIGRATED",
        Unverified = "UNVERIFIED",
    }
}

words! {
    /// What people's blocks and reports make of the number.
    Quality {
        Green = "GREEN",
        Yellow = "YELLOW",
        Red = "RED",
        /// Too few messages yet.
        Unknown = "UNKNOWN",
    }
}

words! {
    /// Where the review of the display name stands.
    NameState {
        Approved = "APPROVED",
        AvailableWithoutReview = "AVAILABLE_WITHOUT_REVIEW",
        PendingReview = "PENDING_REVIEW",
        Declined = "DECLINED",
        Expired = "EXPIRED",
        /// No name was given: messages are refused with code 131037.
        None = "NONE",
    }
}

words! {
    /// Messages a second, in and out.
    Throughput {
        /// 80.
        Standard = "STANDARD",
        /// 1000.
        High = "HIGH",
        NotApplicable = "NOT_APPLICABLE",
    }
}

/// What Meta says of one number. What it did not say is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberStatus {
    pub id: PhoneNumberId,
    pub state: Option<NumberState>,
    pub quality: Option<Quality>,
    pub name_state: Option<NameState>,
    pub throughput: Option<Throughput>,
    pub callbacks: Callbacks,
}

/// Where webhooks of a number go: the most particular address that is set.
///
/// Only `messages` and its like follow an override; events about templates and accounts always go to the app's own
/// address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Callbacks {
    /// The number's own override.
    #[serde(default)]
    pub phone_number: Option<String>,
    /// The account's override.
    #[serde(default, rename = "whatsapp_business_account")]
    pub account: Option<String>,
    /// The app's address.
    #[serde(default)]
    pub application: Option<String>,
}

impl Callbacks {
    /// Where messages go now.
    #[must_use]
    pub fn effective(&self) -> Option<&str> {
        [&self.phone_number, &self.account, &self.application].into_iter().flatten().map(String::as_str).next()
    }
}

#[derive(Deserialize)]
struct Answer {
    id: PhoneNumberId,
    #[serde(default)]
    status: Option<NumberState>,
    #[serde(default)]
    quality_rating: Option<Quality>,
    #[serde(default)]
    name_status: Option<NameState>,
    #[serde(default)]
    throughput: Option<Level>,
    #[serde(default)]
    webhook_configuration: Option<Callbacks>,
}

#[derive(Deserialize)]
struct Level {
    level: Throughput,
}

/// Asked for by name: the default answer holds fewer. The number itself and its owner's name are not asked for.
const FIELDS: &str = "id,status,quality_rating,name_status,throughput,webhook_configuration";

impl Graph {
    /// `GET /{phone-number-id}`.
    ///
    /// # Errors
    /// [`GraphError::NotVisible`] when there is no such number or the token may not see it.
    pub async fn number(&self, number: &PhoneNumberId) -> Result<NumberStatus, GraphError> {
        let answer: Answer = self.ask(&[number.as_str()], &[("fields", FIELDS)], "a phone number").await?;
        Ok(NumberStatus {
            id: answer.id,
            state: answer.status,
            quality: answer.quality_rating,
            name_state: answer.name_status,
            throughput: answer.throughput.map(|throughput| throughput.level),
            callbacks: answer.webhook_configuration.unwrap_or_default(),
        })
    }
}
