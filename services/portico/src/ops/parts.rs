//! The parts a process stands on, by its roles, and one look at each.
//!
//! *Invariant:* a look ends within [`PROBE`], whatever the peer does.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::join_all;
use portico_cell::Cell;
use portico_vocab::{PhoneNumberId, Timestamp};
use tokio::time::timeout;

use super::Watched;
use crate::serve::Role;

const PROBE: Duration = Duration::from_secs(2);

/// A subscriber whose oldest due event has waited longer is behind.
const BEHIND_SECONDS: i64 = 300;

/// How a part stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    Ok,
    /// The process does its work; something outside of it does not, or is late.
    Degraded(String),
    /// Work of this process cannot be done.
    Down(String),
}

/// Every part of one cell that this process needs, looked at now: `ledger`, `vault`, `inbox`, `number:ID`,
/// `subscriber:NAME`.
pub(super) async fn look(watched: &Watched, cell: &Cell) -> BTreeMap<String, State> {
    let has = |roles: &[Role]| roles.iter().any(|role| watched.roles.contains(role));
    let ledger = async {
        let answer = timeout(PROBE, cell.ledger().health()).await;
        ("ledger".to_owned(), answered(answer.map(|health| health.map_err(|error| error.to_string()))))
    };
    let vault = async {
        if !has(&[Role::Worker, Role::Console]) {
            return None;
        }
        let answer = timeout(PROBE, cell.vault().health()).await;
        Some(("vault".to_owned(), answered(answer.map(|health| health.map_err(|error| error.to_string())))))
    };
    let subscribers = async { if has(&[Role::Relay]) { subscribers(cell).await } else { Vec::new() } };
    let (ledger, vault, subscribers) = tokio::join!(ledger, vault, subscribers);
    let mut parts: BTreeMap<String, State> = BTreeMap::from([ledger]);
    parts.extend(vault);
    parts.extend(subscribers);
    if has(&[Role::Ingress]) {
        parts.insert("inbox".to_owned(), inbox(watched, cell));
    }
    if has(&[Role::Worker]) {
        parts.extend(numbers(watched, cell));
    }
    parts
}

/// The same for every cell, all at once.
pub(super) async fn look_at_all(watched: &Watched) -> Vec<BTreeMap<String, State>> {
    join_all(watched.cells.iter().map(|cell| look(watched, cell))).await
}

fn answered<E>(answer: Result<Result<(), String>, E>) -> State {
    match answer {
        Ok(Ok(())) => State::Ok,
        Ok(Err(why)) => State::Down(why),
        Err(_) => State::Down(format!("no answer within {} s", PROBE.as_secs())),
    }
}

fn inbox(watched: &Watched, cell: &Cell) -> State {
    match watched.inbox.has_room(cell.id()) {
        Some(true) => State::Ok,
        Some(false) => State::Down("too many webhooks wait to be made durable".to_owned()),
        None => State::Down("nobody makes webhooks durable".to_owned()),
    }
}

/// A number that Meta refuses keeps no other work from being done: webhooks of it still come in and must be taken.
fn numbers(watched: &Watched, cell: &Cell) -> Vec<(String, State)> {
    let stopped = watched.stopped.stopped(cell.id());
    let ours = watched.numbers.iter().filter(|(of, _)| *of == cell.id()).flat_map(|(_, numbers)| numbers);
    let state = |number: &PhoneNumberId| match stopped.iter().find(|stopped| stopped.number == *number) {
        Some(stopped) => State::Degraded(format!("Meta refuses this number: code {}", stopped.code)),
        None => State::Ok,
    };
    ours.map(|number| (format!("number:{}", number.as_str()), state(number))).collect()
}

async fn subscribers(cell: &Cell) -> Vec<(String, State)> {
    let Ok(Ok(subscribers)) = timeout(PROBE, cell.ledger().subscribers()).await else { return Vec::new() };
    let now = cell.now();
    let behind = |since: Option<Timestamp>| since.is_some_and(|at| now.seconds_since(at) > BEHIND_SECONDS);
    let state = |subscriber: &portico_ledger::SubscriberState| {
        if subscriber.disabled_since.is_some() {
            State::Degraded("it answered 410 and is disabled".to_owned())
        } else if behind(subscriber.oldest_due) {
            State::Degraded(format!("{} events wait, the oldest for more than {BEHIND_SECONDS} s", subscriber.waiting))
        } else {
            State::Ok
        }
    };
    subscribers.iter().map(|subscriber| (format!("subscriber:{}", subscriber.name), state(subscriber))).collect()
}
