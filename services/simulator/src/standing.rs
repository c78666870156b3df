//! `/stand-in`: the state of the business and of the webhooks, and a way to change it from another process. Loopback
//! only, like the phone page.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use portico_vocab::{PhoneNumberId, WabaId};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::account::{Account, Standing, Template};
use crate::error::Error;
use crate::outage::Outage;
use crate::simulator::Simulator;

/// How webhooks fared, in all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Deliveries {
    /// Webhooks that were answered 200.
    pub taken: u64,
    /// Attempts that were not.
    pub failed: u64,
    /// Webhooks being tried again.
    pub waiting: u64,
}

/// A change; what is left out stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    token_alive: Option<bool>,
    /// A way of [`Outage`], or `none`.
    outage: Option<Down>,
    /// The outage is over after this long; else when it is said to be.
    outage_seconds: Option<u64>,
    waba_id: Option<WabaId>,
    subscribed: Option<bool>,
    /// Empty: none.
    override_callback_uri: Option<String>,
    templates: Option<Vec<Template>>,
    phone_number_id: Option<PhoneNumberId>,
    status: Option<String>,
    quality_rating: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Down {
    None,
    #[serde(untagged)]
    Some(Outage),
}

/// `GET /stand-in`.
pub(crate) async fn show(State(simulator): State<Simulator>) -> Response {
    let (business, deliveries) = {
        let world = simulator.world();
        (world.business.clone(), world.deliveries)
    };
    let outage = *simulator.0.outage.borrow();
    Json(json!({"business": business, "webhooks": deliveries, "outage": outage})).into_response()
}

/// `POST /stand-in`.
pub(crate) async fn change(State(simulator): State<Simulator>, Json(wish): Json<Wish>) -> Response {
    match simulator.grant(wish) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()).into_response(),
    }
}

impl Simulator {
    fn grant(&self, wish: Wish) -> Result<(), Error> {
        if let Some(waba) = &wish.waba_id {
            self.account_stands(waba, |account| {
                account.subscribed = wish.subscribed.unwrap_or(account.subscribed);
                if let Some(uri) = wish.override_callback_uri {
                    account.override_callback_uri = Some(uri).filter(|uri| !uri.is_empty());
                }
                if let Some(templates) = wish.templates {
                    account.templates = templates;
                }
            })?;
        }
        if let Some(number) = &wish.phone_number_id {
            self.number_stands(number, |standing| {
                standing.status = wish.status.unwrap_or_else(|| standing.status.clone());
                standing.quality_rating = wish.quality_rating.unwrap_or_else(|| standing.quality_rating.clone());
            })?;
        }
        if let Some(alive) = wish.token_alive {
            self.token_is_alive(alive);
        }
        match (wish.outage, wish.outage_seconds) {
            (Some(Down::Some(outage)), Some(seconds)) => {
                self.graph_is_down(Some(outage));
                let simulator = self.clone();
                self.spawn_idle(async move {
                    tokio::time::sleep(Duration::from_secs(seconds)).await;
                    simulator.graph_is_down(None);
                });
            }
            (Some(Down::Some(outage)), None) => self.graph_is_down(Some(outage)),
            (Some(Down::None), _) => self.graph_is_down(None),
            (None, _) => {}
        }
        Ok(())
    }

    /// Changes an account until it is changed again: unsubscribed, overridden elsewhere, a template paused.
    ///
    /// # Errors
    /// When no number is of this account.
    pub fn account_stands(&self, waba: &WabaId, change: impl FnOnce(&mut Account)) -> Result<(), Error> {
        let mut world = self.world();
        change(world.business.accounts.get_mut(waba).ok_or(Error::NoAccount)?);
        Ok(())
    }

    /// Changes a number until it is changed again.
    ///
    /// # Errors
    /// When there is no such number.
    pub fn number_stands(&self, number: &PhoneNumberId, change: impl FnOnce(&mut Standing)) -> Result<(), Error> {
        let mut world = self.world();
        change(world.business.numbers.get_mut(number).ok_or(Error::NoAccount)?);
        Ok(())
    }

    /// A dead token is answered 401 and code 190 everywhere, until it lives again.
    pub fn token_is_alive(&self, alive: bool) {
        self.world().business.token_alive = alive;
    }

    #[must_use]
    pub fn deliveries(&self) -> Deliveries {
        self.world().deliveries
    }
}
