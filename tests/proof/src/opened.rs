//! All that one cell has sealed, opened with its own keys: what the holder of its master key can read.
//!
//! *Invariant:* nothing stays closed unnoticed. A value of the database that could be sealed, in a column that is not
//! listed here, is an error, and so is an object of the bucket that no case opens.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, bail, ensure};
use portico_case::{Case, StoredObject};
use portico_cell::{Cell, job_key};
use portico_crash::{Record, Value};
use portico_keys::CaseKey;
use portico_ledger::segment::SEAL_PURPOSE;
use portico_ledger::{Fence, JobKey};
use portico_vault::{Purpose, StoredRef};
use portico_vocab::CaseId;

use crate::{Haystack, Likeness};

/// Bytes longer than this are neither an id nor a digest nor a keyed hash: they are sealed, unless a list here knows
/// better.
const LONGEST_HASH: usize = 32;

/// Columns of bytes that are not sealed, and keys that are wrapped.
const NOT_SEALED: [(&str, &str); 3] = [("api_request", "answer"), ("inbox_day", "wrapped"), ("kase", "wrapped_key")];

/// See the module.
#[derive(Default)]
pub struct Opened {
    pub hay: Haystack,
    /// What each picture shows, by its object's name.
    pub pictures: Vec<(String, Likeness)>,
}

impl Opened {
    /// Opens everything in `records` and in the bucket, which holds `objects` objects.
    ///
    /// # Errors
    /// When something stays closed.
    pub async fn of(cell: &Cell, records: &[Record], objects: usize) -> Result<Self> {
        let mut opened = Self::default();
        for (place, record) in records.iter().enumerate() {
            for (column, value) in &record.values {
                if value.is_bytes && value.bytes.len() > LONGEST_HASH && !is_not_sealed(record, column) {
                    let plain = open(cell, records, record, column, value);
                    let place = format!("row {}.{column} #{place}", record.table);
                    opened.hay.add(&place, plain.with_context(|| place.clone())?);
                }
            }
        }
        opened.objects(cell, records, objects).await?;
        Ok(opened)
    }

    async fn objects(&mut self, cell: &Cell, records: &[Record], objects: usize) -> Result<()> {
        let mut names = BTreeSet::new();
        for record in records.iter().filter(|record| record.table == "kase") {
            let key = case_key(cell, records, &record.id("id")?)?;
            let case: Case = serde_json::from_slice(&open(cell, records, record, "body", record.value("body")?)?)?;
            for taken in case.evidence.iter().filter_map(|item| item.taken.as_ref()) {
                for (object, purpose) in [(&taken.image, Purpose::Image), (&taken.thumbnail, Purpose::Thumbnail)] {
                    let plain = cell.vault().get(&key, &stored(object, purpose)).await?;
                    self.pictures.push((object.key.clone(), Likeness::of(&plain)?));
                    self.hay.add(format!("object {}", object.key), plain);
                    names.insert(object.key.clone());
                }
            }
        }
        ensure!(names.len() == objects, "{objects} objects lie in the bucket, {} open", names.len());
        Ok(())
    }

    /// The names of the objects that show what `likeness` shows.
    #[must_use]
    pub fn showing(&self, likeness: &Likeness) -> Vec<&str> {
        let like = self.pictures.iter().filter(|(_, shown)| shown.is_like(likeness));
        like.map(|(name, _)| name.as_str()).collect()
    }
}

fn stored(object: &StoredObject, purpose: Purpose) -> StoredRef {
    StoredRef { object_key: object.key.clone(), purpose, sha256: object.sha256, size: object.size }
}

fn is_not_sealed(record: &Record, column: &str) -> bool {
    NOT_SEALED.contains(&(record.table.as_str(), column))
}

/// One sealed value. The purposes and what is bound beside them are stored forms, written out here a second time: that
/// they open is the test that they are what the product says.
fn open(cell: &Cell, records: &[Record], record: &Record, column: &str, value: &Value) -> Result<Vec<u8>> {
    let sealed = value.bytes.as_slice();
    let case = |column: &str| case_key(cell, records, &record.id(column)?);
    Ok(match (record.table.as_str(), column) {
        ("kase", "body") => case("id")?.open("case", &[&record.number("version")?.to_be_bytes()], sealed)?,
        ("entry", "body") => case("case_id")?.open("entry", &[&record.number("version")?.to_be_bytes()], sealed)?,
        ("outbound", "payload") => case("case_id")?.open("tell", &[&record.id("id")?], sealed)?,
        ("outbound", "rendered") => case("case_id")?.open("rendered", &[&record.id("id")?], sealed)?,
        ("job", "payload") => {
            let (version, ordinal) = (record.number("version")?, u32::try_from(record.number("ordinal")?)?);
            let key = job_key(Fence { key: JobKey { owner: record.id("owner")?, version, ordinal }, fence: 0 });
            match record.text("queue")?.as_str() {
                "sweep" => cell.keys().open("sweep", &[&key], sealed)?,
                _ => case("owner")?.open("job", &[&key], sealed)?,
            }
        }
        ("segment", "body") => {
            let day = record.text("day")?;
            let mut days = records.iter().filter(|other| other.table == "inbox_day");
            let row = days.find(|row| row.text("day").is_ok_and(|of| of == day)).context("its day has no key")?;
            let key = cell.keys().open_day_key(&day, &row.value("wrapped")?.bytes)?;
            key.open(SEAL_PURPOSE, &[&record.id("id")?], sealed)?
        }
        (table, column) => bail!("nobody here opens {table}.{column}: list it, sealed or not"),
    })
}

fn case_key(cell: &Cell, records: &[Record], id: &[u8; 16]) -> Result<CaseKey> {
    let mut cases = records.iter().filter(|record| record.table == "kase");
    let row = cases.find(|row| row.id("id").is_ok_and(|of| of == *id)).context("of no case")?;
    Ok(cell.keys().open_case_key(CaseId::from_bytes(*id), &row.value("wrapped_key")?.bytes)?)
}

/// Reading a record by its columns.
trait Columns {
    fn value(&self, column: &str) -> Result<&Value>;

    fn id(&self, column: &str) -> Result<[u8; 16]> {
        self.value(column)?.bytes.as_slice().try_into().context("no id")
    }

    fn text(&self, column: &str) -> Result<String> {
        Ok(String::from_utf8(self.value(column)?.bytes.clone())?)
    }

    fn number(&self, column: &str) -> Result<u64> {
        Ok(self.text(column)?.parse()?)
    }
}

impl Columns for Record {
    fn value(&self, column: &str) -> Result<&Value> {
        self.values.get(column).with_context(|| format!("{} has no {column}", self.table))
    }
}
