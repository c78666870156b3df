//! `fsck` finds damage in every table and column, and in objects; what no history can tell is on a list, and the list is
//! held to what is true of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use portico_cell::{CaseVerdict, Cell, Fsck};
use portico_crash::{Bucket, Chance, Engine, Held, Person, Plot, Site};
use portico_e2e::until;

/// Columns in which any value is one that may have come about, and why. Rows too: a table alone means a row taken out.
const UNTOLD: &[(&str, &str)] = &[
    ("api_request", "an answer kept for thirty days; the change it made is in the history"),
    ("api_request.answer", "as above"),
    ("api_request.at", "as above"),
    ("api_request.body", "as above"),
    ("api_request.client", "as above"),
    ("api_request.idempotency_key", "as above"),
    ("api_request.status", "as above"),
    ("claim", "a hold of minutes, beside the case"),
    ("claim.held_until", "as above"),
    ("claim.reviewer", "as above"),
    ("delivery.delivered_at", "only the newest of a subscriber is written down elsewhere"),
    ("delivery.due_at", "what a lease pushed forward"),
    ("delivery.fence", "counts leases"),
    ("delivery.first_at", "moved by whoever takes it up again"),
    ("delivery.run_at", "a lease, or a later try"),
    ("delivery.trace", "another request's trace would be as good"),
    ("delivery.tries", "counts tries"),
    ("delivery.why", "the last try's word"),
    ("inbox_day.destroyed_bodies", "a sum of what is gone"),
    ("job", "a timer that another has replaced is as good as gone"),
    ("job.due_at", "what a lease pushed forward"),
    ("job.fence", "counts leases"),
    ("job.run_at", "a lease, or a later try; a timer is not put off into the past"),
    ("job.trace", "another request's trace would be as good"),
    ("job.tries", "counts tries"),
    ("job.why", "the last try's word"),
    ("outbound.detail", "Meta's word on a failure"),
    ("outbound.state", "a receipt may come at any time; a state that needs other columns is found"),
    ("outbound.state_at", "when a receipt came"),
    ("outbound.wamid", "Meta's name for it, told to nobody else"),
    ("segment", "once sorted, the entries of its inputs keep its bodies' digests"),
    ("segment.trace", "another request's trace would be as good"),
    ("subscriber.disabled_at", "a 410 may come at any time"),
];

/// Rows of a table that are damaged: more would show the same.
const ROWS: usize = 3;

/// What stands in a column, and other things of its kind.
fn damages(held: &Held) -> Vec<Held> {
    match held {
        // As long as a trace must be.
        Held::Null => vec![Held::Number(1), Held::Text("0".repeat(55)), Held::Bytes(vec![1; 32])],
        Held::Number(number) => vec![Held::Number(number + 1_000), Held::Number(number - 1_000), Held::Null],
        Held::Text(text) => {
            let mut other = text.clone();
            other.pop();
            let words = [format!("{text}x"), format!("{other}0"), String::new(), "delivered".to_owned()];
            words.map(Held::Text).into_iter().chain([Held::Null]).collect()
        }
        Held::Bytes(bytes) => {
            let flipped = |place: usize| {
                let mut bytes = bytes.clone();
                bytes[place] ^= 1;
                Held::Bytes(bytes)
            };
            let mut damages = vec![Held::Null];
            if let Some(last) = bytes.len().checked_sub(1) {
                damages.extend([flipped(0), flipped(last), Held::Bytes(bytes[..last].to_vec())]);
            }
            damages
        }
    }
}

/// The first differences of the cell; an error that says what cannot be read is one too.
async fn differences(cell: &Cell, objects: bool) -> Vec<String> {
    match look(cell, objects).await {
        Ok(found) => found,
        Err(error) => vec![format!("{error:#}")],
    }
}

async fn look(cell: &Cell, objects: bool) -> Result<Vec<String>> {
    let mut fsck = Fsck::begin(cell, objects).await?;
    let rest = fsck.rest().await?;
    if !rest.is_empty() {
        return Ok(rest);
    }
    for id in cell.ledger().case_ids(None, 1_000).await? {
        if let CaseVerdict::Differs(differences) = fsck.case(id).await? {
            return Ok(differences);
        }
    }
    Ok(Vec::new())
}

const PURGE: &str = "UPDATE job SET run_at = 1 WHERE queue = 'timer' \
    AND owner = (SELECT id FROM kase WHERE stage = 'withdrawn' ORDER BY opened_at LIMIT 1)";
const SHREDDED: &str = "SELECT COUNT(*) FROM kase WHERE wrapped_key IS NULL \
    AND NOT EXISTS (SELECT 1 FROM object WHERE case_id = kase.id)";

/// A cell in which everything has happened once: cases in every stage of their life, strangers, events delivered, one
/// case shredded, and one body that lies unsorted.
async fn lived() -> Result<Site> {
    let site = Site::build(Engine::Sqlite, Bucket::Embedded, &Chance::seeded()).await?;
    let serve = site.start("serve", &[]).await?;
    let mut people = Vec::new();
    for plot in [Plot::Stops, Plot::Completes, Plot::Refuses, Plot::Declines] {
        people.push(Person::arrives(&site, plot)?);
    }
    site.with_account_system(async {
        for person in &mut people {
            person.lives().await?;
            site.quiet().await?;
        }
        site.decides(&people).await?;
        ensure!(site.tampers(PURGE).await? > 0, "the case of the first to have stopped is purged");
        until("it is shredded", async || Ok((site.counts(SHREDDED).await? > 0).then_some(()))).await?;
        // Somebody is left in the middle of it.
        let mut last = Person::arrives(&site, Plot::Completes)?;
        last.agrees().await?;
        last.shows("specimens/id_front.jpg").await?;
        site.quiet().await
    })
    .await?;
    serve.terminate().await?;
    let ingress = site.start("ingress", &["ingress"]).await?;
    people[1].says("obrigada").await?;
    ingress.terminate().await?;
    site.tampers("INSERT INTO claim SELECT id, 'a.reviewer', 1 FROM kase LIMIT 1").await?;
    Ok(site)
}

/// Rows worth damaging: what hangs on a shredded case can no longer be told from its history.
fn condition(table: &str) -> &'static str {
    match table {
        "kase" => "wrapped_key IS NOT NULL",
        "job" => "owner NOT IN (SELECT id FROM kase WHERE wrapped_key IS NULL)",
        "entry" | "outbound" | "event" | "object" | "seen" | "delivery" | "open_case" => {
            "case_id IN (SELECT id FROM kase WHERE wrapped_key IS NOT NULL)"
        }
        "input" => "case_id IS NULL OR case_id IN (SELECT id FROM kase WHERE wrapped_key IS NOT NULL)",
        "alias" | "reach" => "sender IN (SELECT sender FROM kase WHERE wrapped_key IS NOT NULL)",
        "stop_list" => {
            "hash NOT IN (SELECT hash FROM alias WHERE sender IN (SELECT sender FROM kase WHERE wrapped_key IS NULL))"
        }
        _ => "TRUE",
    }
}

fn spread(rows: Vec<i64>) -> Vec<i64> {
    let step = rows.len().div_ceil(ROWS).max(1);
    rows.into_iter().step_by(step).collect()
}

/// What was done where, and what `fsck` said.
#[derive(Default)]
struct Tally {
    found: BTreeMap<String, usize>,
    unseen: BTreeMap<String, Vec<String>>,
}

impl Tally {
    fn note(&mut self, place: &str, what: String, differences: &[String]) {
        if differences.is_empty() {
            self.unseen.entry(place.to_owned()).or_default().push(what);
        } else {
            *self.found.entry(place.to_owned()).or_default() += 1;
        }
    }
}

#[tokio::test]
async fn damage_in_any_table_and_column_is_found() -> Result<()> {
    let site = lived().await?;
    let cell = site.cell().await?;
    let mut tamper = site.tamper().await?;
    let sound = differences(&cell, false).await;
    ensure!(sound.is_empty(), "before any damage: {sound:#?}");
    let mut tally = Tally::default();
    for (table, columns) in tamper.tables().await? {
        // A database of another schema is refused before anything is looked at.
        if table == "migration" {
            continue;
        }
        let rows = spread(tamper.rows(&table, condition(&table)).await?);
        ensure!(!rows.is_empty() || matches!(table.as_str(), "session"), "nothing to damage in {table}");
        for row in rows {
            let held = tamper.delete(&table, &columns, row).await?;
            tally.note(&table, format!("row {row} taken out"), &differences(&cell, false).await);
            tamper.restore(&table, &columns, row, &held).await?;
            for (column, before) in columns.iter().zip(&held) {
                for damage in damages(before).into_iter().filter(|damage| damage != before) {
                    if !tamper.write(&table, column, row, &damage).await? {
                        continue;
                    }
                    let what = format!("row {row}: {before:?} to {damage:?}");
                    tally.note(&format!("{table}.{column}"), what, &differences(&cell, false).await);
                    tamper.write(&table, column, row, before).await?;
                }
            }
        }
    }
    tamper.close().await?;
    let sound = differences(&cell, false).await;
    ensure!(sound.is_empty(), "after all was put back: {sound:#?}");
    let untold = |place: &str| UNTOLD.iter().any(|(known, _)| *known == place);
    let missed: Vec<_> = tally.unseen.iter().filter(|(place, _)| !untold(place)).collect();
    ensure!(missed.is_empty(), "not found: {missed:#?}");
    let stale: Vec<_> = UNTOLD.iter().filter(|(place, _)| !tally.unseen.contains_key(*place)).collect();
    ensure!(stale.is_empty(), "found after all, so not untold: {stale:#?}");
    println!("{} places, {} damages found", tally.found.len(), tally.found.values().sum::<usize>());
    site.close().await;
    Ok(())
}

#[tokio::test]
async fn damage_in_any_object_is_found() -> Result<()> {
    let site = lived().await?;
    let cell = site.cell().await?;
    ensure!(differences(&cell, true).await.is_empty());
    let objects = files(&site.objects_folder())?;
    ensure!(objects.len() >= 4, "{} objects", objects.len());
    for object in &objects {
        let bytes = std::fs::read(object)?;
        let (mut flipped, other) =
            (bytes.clone(), objects.iter().find(|other| *other != object).context("one object")?);
        *flipped.last_mut().context("an empty object")? ^= 1;
        for damaged in [flipped, bytes[..bytes.len() / 2].to_vec(), Vec::new(), std::fs::read(other)?] {
            std::fs::write(object, damaged)?;
            ensure!(!differences(&cell, true).await.is_empty(), "{}", object.display());
        }
        std::fs::remove_file(object)?;
        ensure!(!differences(&cell, true).await.is_empty(), "{} is gone", object.display());
        std::fs::write(object, bytes)?;
    }
    ensure!(differences(&cell, true).await.is_empty(), "all is put back");
    site.close().await;
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    Ok(found)
}
