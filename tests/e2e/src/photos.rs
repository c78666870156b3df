//! Pictures and files of `fixtures/images`, as a phone would send them.

use std::path::Path;

use anyhow::{Context as _, Result};
use portico_simulator::Attachment;

/// A picture in the chat, such as `specimens/passport.jpg`.
///
/// # Errors
/// When there is no such fixture.
pub fn photo(name: &str) -> Result<Attachment> {
    Ok(Attachment::photo(read(name)?))
}

/// A file sent as a document, with its name and declared type.
///
/// # Errors
/// When there is no such fixture.
pub fn file(name: &str, mime: &str) -> Result<Attachment> {
    let filename = Path::new(name).file_name().and_then(|name| name.to_str()).unwrap_or(name);
    Ok(Attachment::file(read(name)?, mime, filename))
}

pub(crate) fn read(name: &str) -> Result<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/images").join(name);
    std::fs::read(&path).with_context(|| format!("no fixture {name}"))
}
