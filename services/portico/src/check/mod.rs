//! Commands that look at a configuration's cells and change little: a file each.

mod fsck;
mod migrate;
mod parked;
mod progress;

pub use fsck::fsck;
pub use migrate::migrate;
pub use parked::{Answer, parked_answer, parked_list};

use portico_vocab::CountryCode;

use crate::config::{CellConfig, Config};
use crate::failure::Failure;

/// The sections to look at: all, or the one of `only`.
fn sections(config: &Config, only: Option<CountryCode>) -> Result<Vec<&CellConfig>, Failure> {
    let sections: Vec<_> =
        config.cells.iter().filter(|cell| only.is_none_or(|country| cell.country == country)).collect();
    match only {
        Some(country) if sections.is_empty() => {
            Err(Failure::Usage(format!("--cell: there is no [[cell]] of {country} in this file: name one that it has")))
        }
        _ => Ok(sections),
    }
}
