//! What every page works on: the cells and the settings of the console.

use std::sync::Arc;

use portico_cell::{Access, Cell, Loaded};
use portico_vocab::{CaseId, Timestamp};

use crate::ConsoleConfig;
use crate::error::Error;
use crate::session::Reviewer;

/// The cells this console serves. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Desk(Arc<Inner>);

struct Inner {
    /// Never empty: a console without cells has no routes.
    home: Cell,
    cells: Vec<Cell>,
    config: ConsoleConfig,
}

impl Desk {
    /// `None` without a cell.
    pub(crate) fn new(cells: Vec<Cell>, config: ConsoleConfig) -> Option<Self> {
        let home = cells.first()?.clone();
        Some(Self(Arc::new(Inner { home, cells, config })))
    }

    pub(crate) fn config(&self) -> &ConsoleConfig {
        &self.0.config
    }

    /// The cell that keeps reviewers' sessions: names of colleagues, nothing of any applicant.
    pub(crate) fn home(&self) -> &Cell {
        &self.0.home
    }

    pub(crate) fn cells(&self) -> &[Cell] {
        &self.0.cells
    }

    /// The cells this reviewer works for.
    pub(crate) fn cells_of<'a>(&'a self, reviewer: &'a Reviewer) -> impl Iterator<Item = &'a Cell> {
        self.0.cells.iter().filter(|cell| reviewer.sees(cell.country()))
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.home.now()
    }

    /// The case and its cell; what a reviewer may not see does not exist.
    pub(crate) async fn find(&self, reviewer: &Reviewer, case: CaseId) -> Result<(Cell, Loaded), Error> {
        for cell in self.cells_of(reviewer) {
            if let Some(loaded) = cell.load(case).await? {
                return Ok((cell.clone(), loaded));
            }
        }
        Err(Error::NotFound)
    }
}

/// How an access by this reviewer is recorded.
pub(crate) fn access(reviewer: &Reviewer) -> Access {
    Access { actor: format!("reviewer:{}", reviewer.id), purpose: "review".to_owned(), request_id: None }
}
