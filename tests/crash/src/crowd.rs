//! Many people at once, one after another, for as long as they are wanted.

use anyhow::Result;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{Person, Plot, Site};

/// Keeps `at_once` people busy until `enough`, plot after plot, then waits until each has come to the end of theirs.
///
/// # Errors
/// When somebody was never answered.
pub async fn crowd(site: &Site, at_once: usize, enough: CancellationToken) -> Result<Vec<Person>> {
    let mut plots = Plot::ALL.into_iter().cycle();
    let mut living = JoinSet::new();
    let mut done = Vec::new();
    loop {
        // Each plot is lived through at least once, however short the run.
        while living.len() < at_once && (!enough.is_cancelled() || done.len() + living.len() < Plot::ALL.len()) {
            let Some(plot) = plots.next() else { break };
            let mut person = Person::arrives(site, plot)?;
            living.spawn(async move { person.lives().await.map(|()| person) });
        }
        match living.join_next().await {
            Some(person) => done.push(person??),
            None => return Ok(done),
        }
    }
}
