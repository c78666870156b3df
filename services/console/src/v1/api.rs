//! What every handler works on: the cells, the clients, and the work under way.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::HeaderMap;
use portico_cell::Cell;
use portico_vocab::{CaseId, CountryCode};
use tokio_util::task::TaskTracker;

use super::client::{ApiClient, ApiConfig, authenticate};
use super::problem::Problem;

/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct Api(Arc<Inner>);

struct Inner {
    cells: Vec<Cell>,
    clients: Vec<Arc<ApiClient>>,
    webhook_public_keys: Vec<String>,
    tasks: TaskTracker,
    running: Mutex<HashSet<(String, String)>>,
}

impl Api {
    pub(crate) fn new(cells: Vec<Cell>, config: ApiConfig) -> Self {
        Self(Arc::new(Inner {
            cells,
            clients: config.clients.into_iter().map(Arc::new).collect(),
            webhook_public_keys: config.webhook_public_keys,
            tasks: TaskTracker::new(),
            running: Mutex::default(),
        }))
    }

    pub(crate) fn webhook_public_keys(&self) -> &[String] {
        &self.0.webhook_public_keys
    }

    /// Work that goes on when its client hangs up.
    pub(crate) fn tasks(&self) -> &TaskTracker {
        &self.0.tasks
    }

    pub(crate) fn client(&self, headers: &HeaderMap) -> Result<Arc<ApiClient>, Problem> {
        authenticate(&self.0.clients, headers)
    }

    /// The cells this client works with.
    pub(crate) fn cells_of<'a>(&'a self, client: &'a ApiClient) -> impl Iterator<Item = &'a Cell> {
        self.0.cells.iter().filter(|cell| client.serves(cell.country()))
    }

    /// The case's cell; what lies in a cell of others does not exist.
    pub(crate) async fn find(&self, client: &ApiClient, id: CaseId) -> Result<Cell, Problem> {
        for cell in self.cells_of(client) {
            if cell.ledger().case(id).await?.is_some() {
                return Ok(cell.clone());
            }
        }
        Err(Problem::NotFound)
    }

    /// The cell a list is of: the one named, or the only one there is.
    pub(crate) fn cell_of_list(&self, client: &ApiClient, country: Option<CountryCode>) -> Result<Cell, Problem> {
        let mut cells = self.cells_of(client);
        match country {
            Some(country) => cells.find(|cell| cell.country() == country).cloned().ok_or(Problem::NotFound),
            None => match (cells.next(), cells.next()) {
                (Some(only), None) => Ok(only.clone()),
                (None, _) => Err(Problem::NotFound),
                (Some(_), Some(_)) => Err(Problem::CountryNeeded { countries: client.cells.clone() }),
            },
        }
    }

    /// Takes (client, key) until the guard is dropped; `None` while another request of this process holds it.
    pub(crate) fn begin(&self, client: &str, key: &str) -> Option<Running> {
        let pair = (client.to_owned(), key.to_owned());
        let first = self.0.running.lock().unwrap_or_else(PoisonError::into_inner).insert(pair.clone());
        first.then(|| Running { api: self.clone(), pair })
    }
}

/// A POST under way.
pub(crate) struct Running {
    api: Api,
    pair: (String, String),
}

impl Drop for Running {
    fn drop(&mut self) {
        self.api.0.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.pair);
    }
}
