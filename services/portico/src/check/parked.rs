//! `portico parked`: work that gave up, and what a person does about it.
//!
//! Needs the databases alone, neither keys nor bucket. Listing opens to look only; answering takes the ledger, so on
//! SQLite a running process has to be stopped first, and the refusal says so.

use portico_cell::Act;
use portico_ledger::{LedgerError, ParkedAct, ParkedItem, ParkedKind, Resolved};
use portico_vocab::Clock;

use crate::config::{CellConfig, Config};
use crate::failure::Failure;

/// More than this stands on no screen; what is beyond comes when these are answered.
const SHOWN: u32 = 1_000;

/// What a person answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Retry,
    /// Given up for good, by a named person, for a reason.
    Discard {
        by: String,
        why: String,
    },
}

impl Answer {
    const fn act(&self) -> ParkedAct {
        match self {
            Self::Retry => ParkedAct::Retry,
            Self::Discard { .. } => ParkedAct::Discard,
        }
    }

    /// The link in the cell's chain of operations.
    fn note(&self, id: &str) -> Result<String, Failure> {
        let (by, why) = match self {
            Self::Retry => (None, None),
            Self::Discard { by, why } => (Some(by.clone()), Some(why.clone())),
        };
        Act::answer(self.act(), id, by, why).note().map_err(|error| Failure::NotSo(error.to_string()))
    }
}

/// Prints everything that gave up, oldest first, with the commands that answer it.
///
/// # Errors
/// When a cell cannot be read.
pub async fn parked_list(config: &Config) -> Result<(), Failure> {
    let mut count = 0;
    for cell in &config.cells {
        let not_so = |error| not_so(cell, &error);
        let ledger = portico_ledger::open_read_only(&cell.database()?).await.map_err(not_so)?;
        for item in ledger.parked(SHOWN).await.map_err(not_so)? {
            count += 1;
            print(cell, &item);
        }
    }
    if count == 0 {
        println!("nothing is parked");
    }
    Ok(())
}

fn print(cell: &CellConfig, item: &ParkedItem) {
    let ParkedItem { kind, id, since, what, why, case: _ } = item;
    let word = match kind {
        ParkedKind::Job => "job",
        ParkedKind::Inbox => "inbox",
        ParkedKind::Delivery => "delivery",
        ParkedKind::Send => "send",
    };
    println!("{} {word} since {} {what}: {why}", cell.country, since.to_rfc3339());
    // Whether a message arrived is not known, so it is never sent again.
    if *kind != ParkedKind::Send {
        println!("    portico parked retry {id}");
    }
    println!("    portico parked discard {id} --by NAME --why TEXT");
}

/// Answers for one piece of parked work; the act and its link in the chain of operations are one transaction.
///
/// # Errors
/// When nothing parked has this id, it is a message that may have arrived, or another process holds the database.
pub async fn parked_answer(config: &Config, clock: &dyn Clock, id: &str, answer: &Answer) -> Result<(), Failure> {
    if let Answer::Discard { by, why } = answer
        && (by.trim().is_empty() || why.trim().is_empty())
    {
        return Err(Failure::Usage(
            "--by and --why: expected who discards it and the reason: both are kept".to_owned(),
        ));
    }
    for cell in &config.cells {
        let not_so = |error| not_so(cell, &error);
        let ledger = portico_ledger::open(&cell.database()?).await.map_err(not_so)?;
        match ledger.resolve_parked(id, answer.act(), clock.now(), &answer.note(id)?).await.map_err(not_so)? {
            Resolved::Done => {
                let done = if *answer == Answer::Retry { "is due again" } else { "is discarded" };
                println!("{}: {id} {done}", cell.country);
                return Ok(());
            }
            Resolved::NotParked => {}
            Resolved::NeverResent => {
                return Err(Failure::NotSo(format!(
                    "{id} is a message that may have arrived, so it is never sent again: look at its case, then `portico \
                     parked discard {id} --by NAME --why TEXT`"
                )));
            }
        }
    }
    Err(Failure::NotSo(format!("nothing parked is called {id}: see `portico parked list`")))
}

fn not_so(cell: &CellConfig, error: &LedgerError) -> Failure {
    Failure::NotSo(format!("cell {}: {error}", cell.country))
}
