//! What Meta knows of the business: its accounts, who is subscribed to them, their numbers and templates, and whether
//! the token lives.
//!
//! It is a standing state, changed through the control interface or by the calls an operator would make; a
//! [`crate::Fault`] is one failure of one call.

use std::collections::BTreeMap;

use portico_vocab::{PhoneNumberId, WabaId};
use serde::{Deserialize, Serialize};

use crate::config::Number;

/// One WhatsApp Business Account.
#[derive(Debug, Clone, Serialize)]
pub struct Account {
    /// Whether our app is subscribed; without it no webhook is sent.
    pub subscribed: bool,
    /// Where its messages go instead of to the app's address.
    pub override_callback_uri: Option<String>,
    pub templates: Vec<Template>,
}

/// One message template in one language, in Meta's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    pub name: String,
    pub language: String,
    /// `APPROVED`, `PAUSED`, `REJECTED` …
    pub status: String,
    /// `UTILITY`, `MARKETING`, `AUTHENTICATION`.
    pub category: String,
}

/// What a number's page at Meta would show, in Meta's words.
#[derive(Debug, Clone, Serialize)]
pub struct Standing {
    /// `CONNECTED` once it is registered.
    pub status: String,
    pub quality_rating: String,
    pub name_status: String,
    /// The number's own override, which goes before the account's.
    pub override_callback_uri: Option<String>,
}

/// Everything of the business, as part of the world.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Business {
    pub token_alive: bool,
    pub accounts: BTreeMap<WabaId, Account>,
    pub numbers: BTreeMap<PhoneNumberId, Standing>,
}

impl Business {
    /// All in order: subscribed, connected, with the one template every account starts with.
    pub(crate) fn of(numbers: &[Number]) -> Self {
        let account = Account {
            subscribed: true,
            override_callback_uri: None,
            templates: vec![Template {
                name: "hello_world".to_owned(),
                language: "en_US".to_owned(),
                status: "APPROVED".to_owned(),
                category: "UTILITY".to_owned(),
            }],
        };
        let standing = Standing {
            status: "CONNECTED".to_owned(),
            quality_rating: "GREEN".to_owned(),
            name_status: "APPROVED".to_owned(),
            override_callback_uri: None,
        };
        Self {
            token_alive: true,
            accounts: numbers.iter().map(|number| (number.waba_id.clone(), account.clone())).collect(),
            numbers: numbers.iter().map(|number| (number.phone_number_id.clone(), standing.clone())).collect(),
        }
    }

    /// Where webhooks of `number` go: the number's override, the account's, the app's address; `None` when our app is
    /// not subscribed.
    pub(crate) fn callback<'a>(&'a self, number: &Number, app: &'a str) -> Option<&'a str> {
        let account = self.accounts.get(&number.waba_id).filter(|account| account.subscribed)?;
        let own = self.numbers.get(&number.phone_number_id).and_then(|own| own.override_callback_uri.as_deref());
        Some(own.or(account.override_callback_uri.as_deref()).unwrap_or(app))
    }
}
