//! `portico migrate`.

use crate::config::Config;
use crate::failure::Failure;

/// Applies migrations to every cell's database, and says so cell by cell.
///
/// # Errors
/// When a database cannot be reached or refuses.
pub async fn migrate(config: &Config) -> Result<(), Failure> {
    for cell in &config.cells {
        println!("{}: migrating", cell.country);
        let applied = portico_ledger::migrate(&cell.database()?)
            .await
            .map_err(|error| Failure::NotSo(format!("cell {}: {error}", cell.country)))?;
        match applied {
            0 => println!("{}: nothing to do", cell.country),
            _ => println!("{}: {applied} migrations applied", cell.country),
        }
    }
    Ok(())
}
