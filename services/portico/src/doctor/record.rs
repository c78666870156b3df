//! A cell's database, and whether the master key is the one its rows were sealed with. Opened to look only.

use std::sync::Arc;

use portico_keys::{CellKeys, MasterKey, SystemEntropy};
use portico_ledger::{CaseFilter, Ledger, LedgerError};
use portico_vocab::CellId;

use super::Line;
use crate::assemble::parts;
use crate::config::CellConfig;

/// Of the oldest cases, enough that one of them is not shredded.
const CASES_TRIED: u32 = 200;

const SET_BACK: &str = "set it back to its default, for this database and this user too";

pub(super) async fn look(section: &CellConfig) -> Vec<Line> {
    let place = section.country.as_str();
    let key = parts::master_key(section);
    let mut lines = Vec::new();
    if let Err(error) = &key {
        lines.push(Line::fail(place, "master key", error.to_string(), "restore the key this cell was begun with"));
    }
    let address = match section.database() {
        Ok(address) => address,
        Err(error) => {
            lines.push(Line::fail(place, "database", error.to_string(), "mend cell.database"));
            return lines;
        }
    };
    let ledger = match portico_ledger::open_read_only(&address).await {
        Ok(ledger) => ledger,
        Err(error) => {
            lines.push(Line::fail(place, "database", error.to_string(), mend(&error)));
            return lines;
        }
    };
    lines.push(durability(section, ledger.as_ref()).await);
    lines.extend(disabled(place, ledger.as_ref()).await);
    if let Ok(key) = key {
        lines.push(opens(place, section, key, ledger.as_ref()).await);
    }
    lines
}

/// Whether an acknowledged webhook outlives a power cut.
async fn durability(section: &CellConfig, ledger: &dyn Ledger) -> Line {
    let place = section.country.as_str();
    match ledger.durability().await {
        Ok(durability) if durability.is_sound() => {
            Line::ok(place, "database", format!("{}, migrated, durable", durability.engine))
        }
        Ok(durability) => {
            let (engine, unsound) = (&durability.engine, durability.unsound());
            let found = format!("{engine}: what it has acknowledged may be lost: {unsound}");
            match &section.accept_volatile_database {
                Some(why) => Line::warn(place, "database", format!("{found}; accepted: {why}"), SET_BACK),
                None => Line::fail(place, "database", found, SET_BACK),
            }
        }
        Err(error) => Line::fail(place, "database", error.to_string(), mend(&error)),
    }
}

const fn mend(error: &LedgerError) -> &'static str {
    match error {
        LedgerError::NotMigrated { .. } => "run `portico migrate`",
        LedgerError::NewerSchema { .. } | LedgerError::OtherSchema { .. } => "use the build that migrated it",
        LedgerError::Address => "mend cell.database",
        _ => "see that it runs, that the address is right and that this user may connect",
    }
}

/// Tries the key on what is there.
async fn opens(place: &str, section: &CellConfig, key: MasterKey, ledger: &dyn Ledger) -> Line {
    let id = key.id();
    let keys = CellKeys::new(CellId::of(section.country), key, Arc::new(SystemEntropy));
    let page = ledger.cases(&CaseFilter { limit: CASES_TRIED, ..CaseFilter::default() }).await;
    let rows = match page {
        Ok(page) => page.rows,
        Err(error) => return Line::fail(place, "master key", error.to_string(), "see that the database can be read"),
    };
    let Some((case, wrapped)) = rows.iter().find_map(|row| Some((row.id, row.key.as_ref()?))) else {
        return Line::ok(place, "master key", format!("well formed ({id}); nothing is stored yet that it could open"));
    };
    match keys.open_case_key(case, wrapped) {
        Ok(_) => Line::ok(place, "master key", format!("opens what is stored ({id})")),
        Err(_) => Line::fail(
            place,
            "master key",
            format!("another key than the one this cell's cases are sealed under ({id})"),
            "restore the right key: without it nothing stored can be read",
        ),
    }
}

async fn disabled(place: &str, ledger: &dyn Ledger) -> Vec<Line> {
    let names = ledger.disabled_subscribers().await.unwrap_or_default();
    let line = |name: String| {
        let found = format!("{name} answered 410 Gone and gets no more events");
        Line::fail(
            place,
            "subscriber",
            found,
            "ask its operators; then enable it again on the console's page of operations",
        )
    };
    names.into_iter().map(line).collect()
}
