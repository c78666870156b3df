//! What a cell adds to every text: from its configuration and its country's profile.

use std::collections::BTreeMap;
use std::path::Path;

use portico_policy::Policy;
use portico_vocab::Language;
use portico_whatsapp::texts::{Setting, Texts};

use crate::config::{CellConfig, Config, ConfigError};

/// The words of one cell.
pub(crate) fn setting(cell: &CellConfig, policy: &Policy) -> Setting {
    Setting {
        bank: cell.bank_name.clone(),
        contact: cell.contact.clone(),
        privacy_url: cell.privacy_url.clone(),
        handoff_url: cell.handoff_url.clone(),
        timezone: cell.timezone.clone(),
        country: cell.country,
        languages: cell.languages.clone(),
        retention_years: policy.profile.retention_years_min,
        years_without_account: policy.profile.years_without_account(),
        purge_days: u32::try_from(policy.choices.purge_days).unwrap_or(u32::MAX),
        // Promised only when it is measured (chat.md rule 5).
        wait_hours: None,
        duty_hours: cell.duty_hours.clone(),
        limits: policy.profile.limits_text(),
        exception: BTreeMap::new(),
    }
}

/// The shipped texts, with a bank's own files `LANGUAGE.ftl` over them.
///
/// # Errors
/// When a file cannot be read or holds a text that is not one, or a cell offers a language there are no texts in.
pub(crate) fn texts(config: &Config) -> Result<Texts, ConfigError> {
    let texts = own_texts(config.texts_dir.as_deref())?;
    let missing = |language: &&Language| !texts.languages().any(|known| known == *language);
    match config.cells.iter().flat_map(|cell| &cell.languages).find(missing) {
        None => Ok(texts),
        Some(language) => {
            let known: Vec<_> = texts.languages().map(Language::to_string).collect();
            let mend = format!("{language} has no texts: add {language}.ftl to texts_dir, or remove it");
            Err(ConfigError::key("cell.languages", format!("some of: {}", known.join(", ")), mend))
        }
    }
}

fn own_texts(dir: Option<&Path>) -> Result<Texts, ConfigError> {
    let wrong = |error: portico_whatsapp::texts::TextError| {
        ConfigError::key("texts_dir", "Fluent files named LANGUAGE.ftl, such as en.ftl", error.to_string())
    };
    let mut texts = Texts::shipped().map_err(wrong)?;
    let Some(dir) = dir else { return Ok(texts) };
    let unreadable = |error: std::io::Error| ConfigError::File { path: dir.to_owned(), why: error.to_string() };
    for entry in std::fs::read_dir(dir).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let is_ftl = path.extension().is_some_and(|extension| extension == "ftl");
        let Some(language) = Language::parse(stem).ok().filter(|_| is_ftl) else { continue };
        let text = std::fs::read_to_string(&path).map_err(unreadable)?;
        texts = texts.with(&language, &text).map_err(wrong)?;
    }
    Ok(texts)
}
