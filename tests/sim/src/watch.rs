//! Looks on after every commit: an invariant that breaks is a finding at once, with the case that broke it still young.

use std::sync::Arc;

use portico_cell::Watch;
use portico_vocab::{CellId, OutcomeName};

use crate::world::World;

pub struct Watching(pub Arc<World>);

impl Watch for Watching {
    fn decided(&self, _: CellId, outcome: OutcomeName) {
        self.0.note(|| format!("decided: {}", outcome.as_str()));
    }

    fn broke(&self, _: CellId, invariants: &[&'static str]) {
        self.0.book.lock().finds(format!("a commit broke invariants: {invariants:?}"));
    }

    fn trace(&self) -> Option<String> {
        None
    }
}
