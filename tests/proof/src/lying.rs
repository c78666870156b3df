//! What lies open to whoever gets at a disk, a database, a bucket, a log or a door of Portico, with no key at all.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use portico_crash::{Process, Record, Site};

use crate::{Haystack, Straw};

/// Gathers one site's, as it is now.
pub struct Lying<'a> {
    site: &'a Site,
    pub hay: Haystack,
}

impl<'a> Lying<'a> {
    #[must_use]
    pub fn of(site: &'a Site) -> Self {
        Self { site, hay: Haystack::default() }
    }

    /// Every value of every column of every table.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn rows(&mut self) -> Result<Vec<Record>> {
        let records = self.site.records().await?;
        for (place, record) in records.iter().enumerate() {
            for (column, value) in &record.values {
                self.hay.add(format!("row {}.{column} #{place}", record.table), value.bytes.clone());
            }
        }
        Ok(records)
    }

    /// Every object of a real S3, by name, as it lies there. Gives how many.
    ///
    /// # Errors
    /// When S3 does not answer.
    pub async fn objects(&mut self) -> Result<usize> {
        let names = self.site.objects().await?;
        for name in &names {
            self.hay.add(format!("object {name}"), self.site.object(name).await?);
        }
        Ok(names.len())
    }

    /// Every file of the site's folder, by name: logs, and what is embedded. Left out are the configuration and the
    /// secrets, which an operator writes and Portico does not.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn files(&mut self) -> Result<()> {
        let mut folders = vec![self.site.folder().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if !is_an_operators(&path) {
                    let kind =
                        if path.extension().is_some_and(|extension| extension == "log") { "log" } else { "file" };
                    let name = path.strip_prefix(self.site.folder())?.display().to_string();
                    self.hay.add(format!("{kind} {name}"), fs::read(&path)?);
                }
            }
        }
        Ok(())
    }

    /// What a process says of itself.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn tells(&mut self, process: &Process) -> Result<()> {
        self.hay.add("metrics", process.metrics().await?);
        self.hay.add("readiness", process.readiness().await?.1);
        Ok(())
    }

    /// Every event that the account system was sent.
    pub fn events(&mut self) {
        for event in self.site.events() {
            self.hay.add(format!("event {}", event.kind), event.body.to_string());
        }
    }

    /// What commands say, however they end.
    ///
    /// # Errors
    /// When one does not start.
    pub async fn commands(&mut self, commands: &[&[&str]]) -> Result<()> {
        for words in commands {
            self.hay.add(format!("command {}", words.join(" ")), self.site.says(words).await?);
        }
        Ok(())
    }

    /// Pieces that were gathered elsewhere.
    pub fn add(&mut self, straws: Vec<Straw>) {
        for Straw { place, bytes } in straws {
            self.hay.add(place, bytes);
        }
    }
}

fn is_an_operators(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name == "portico.toml" || name.starts_with("PORTICO_")
}

/// A picture of `fixtures/images`, as it is sent.
pub(crate) fn picture(name: &str) -> Result<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/images").join(name);
    fs::read(&path).with_context(|| format!("no fixture {name}"))
}
