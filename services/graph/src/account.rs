//! One WhatsApp Business Account: its numbers, and the apps that get its webhooks.

use portico_vocab::{PhoneNumberId, WabaId};
use serde::Deserialize;

use crate::{Graph, GraphError};

/// An app that gets the account's webhooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    pub app_id: String,
    pub app_name: Option<String>,
    /// Where this account's messages go instead of to the app's own address.
    pub override_callback_uri: Option<String>,
}

#[derive(Deserialize)]
struct Subscribed {
    whatsapp_business_api_data: App,
    #[serde(default)]
    override_callback_uri: Option<String>,
}

#[derive(Deserialize)]
struct App {
    id: String,
    #[serde(default)]
    name: Option<String>,
}

#[derive(Deserialize)]
struct Owned {
    id: PhoneNumberId,
}

impl Graph {
    /// `GET /{waba}/subscribed_apps` (Meta: Webhook overrides, 2026-06-28): empty means that no webhook is sent at all.
    ///
    /// # Errors
    /// [`GraphError::NotVisible`] when there is no such account or the token may not see it.
    pub async fn subscriptions(&self, waba: &WabaId) -> Result<Vec<Subscription>, GraphError> {
        let path = [waba.as_str(), "subscribed_apps"];
        let answers: Vec<Subscribed> = self.ask_all(&path, &[], "a list of subscribed apps").await?;
        let subscriptions = answers.into_iter().map(|answer| Subscription {
            app_id: answer.whatsapp_business_api_data.id,
            app_name: answer.whatsapp_business_api_data.name,
            override_callback_uri: answer.override_callback_uri.filter(|uri| !uri.is_empty()),
        });
        Ok(subscriptions.collect())
    }

    /// `GET /{waba}/phone_numbers`: the numbers that belong to the account. A number does not say itself whose it is.
    ///
    /// # Errors
    /// As [`Self::subscriptions`].
    pub async fn numbers_of(&self, waba: &WabaId) -> Result<Vec<PhoneNumberId>, GraphError> {
        let path = [waba.as_str(), "phone_numbers"];
        let owned: Vec<Owned> = self.ask_all(&path, &[("fields", "id")], "a list of phone numbers").await?;
        Ok(owned.into_iter().map(|number| number.id).collect())
    }
}
