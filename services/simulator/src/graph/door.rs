//! What every Graph call passes first: it is logged, its token is checked, and a fault asked for takes effect.

use std::time::Duration;

use axum::http::{HeaderMap, Method, header};
use subtle::ConstantTimeEq as _;

use crate::fault::Fault;
use crate::graph::answer::GraphError;
use crate::requests::{Operation, RequestLog};
use crate::simulator::Simulator;

/// How long an answer that never comes is waited for before the connection is given up.
const SILENCE: Duration = Duration::from_secs(300);

impl Simulator {
    /// Logs the call, then checks its token, then takes the fault that fits it.
    ///
    /// # Errors
    /// Code 190 without the right bearer token.
    pub(super) fn enter(
        &self,
        operation: Operation,
        method: &Method,
        path: String,
        headers: &HeaderMap,
    ) -> Result<Option<Fault>, GraphError> {
        let authorized = self.is_authorized(headers);
        let at = self.now();
        let mut world = self.world();
        world.log(RequestLog { at, operation, method: method.to_string(), path, authorized });
        if !authorized || !world.business.token_alive {
            return Err(GraphError::of(190));
        }
        match world.fault(operation) {
            Some(Fault::TokenExpired) => Err(GraphError::of(190)),
            other => Ok(other),
        }
    }

    fn is_authorized(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(header::AUTHORIZATION).map_or(&[][..], |value| value.as_bytes());
        given.strip_prefix(b"Bearer ").is_some_and(|token| self.is_right(token))
    }

    /// Whether this is the token, and it lives.
    pub(super) fn is_token(&self, text: &str) -> bool {
        self.is_right(text.as_bytes()) && self.world().business.token_alive
    }

    fn is_right(&self, token: &[u8]) -> bool {
        bool::from(token.ct_eq(self.0.config.access_token.as_bytes()))
    }

    /// Does not answer, until the caller or the stand-in goes away.
    pub(super) async fn say_nothing(&self) -> GraphError {
        tokio::select! {
            () = self.0.stop.cancelled() => {}
            () = tokio::time::sleep(SILENCE) => {}
        }
        GraphError::of(2)
    }
}
