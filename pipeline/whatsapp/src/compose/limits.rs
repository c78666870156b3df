//! Meta's limits on what we send, counted in characters (docs/domain/whatsapp.md section 3, OAS InteractiveObject).

use std::collections::BTreeSet;

use portico_vocab::Class;

use crate::texts::{Action, Rendered, TextKey};

const TEXT_BODY: usize = 4096;
const INTERACTIVE_BODY: usize = 1024;
const FOOTER: usize = 60;
const BUTTONS: usize = 3;
const BUTTON_TITLE: usize = 20;
const BUTTON_ID: usize = 256;
const LIST_BUTTON: usize = 20;
const ROWS: usize = 10;
const ROW_TITLE: usize = 24;
const ROW_DESCRIPTION: usize = 72;
const ROW_ID: usize = 200;
const LINK_TITLE: usize = 20;
const URL: usize = 2000;

/// A text that Meta would refuse. Names the text and the part, never the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("text {key}: {what} has {found}, WhatsApp takes {least} to {most}: change the text or the value in it")]
pub struct LimitError {
    pub key: TextKey,
    /// Such as `characters in the title of a button`.
    pub what: &'static str,
    pub found: usize,
    pub least: usize,
    pub most: usize,
}

impl LimitError {
    #[must_use]
    pub const fn class(&self) -> Class {
        Class::Bug
    }
}

/// Refuses what Meta would.
pub(super) fn check(rendered: &Rendered) -> Result<(), LimitError> {
    let limits = Limits { key: rendered.key };
    let most = if matches!(rendered.action, Action::None) { TEXT_BODY } else { INTERACTIVE_BODY };
    limits.text("the body", &rendered.body, 1, most)?;
    if let Some(footer) = &rendered.footer {
        limits.text("the footer", footer, 1, FOOTER)?;
    }
    match &rendered.action {
        Action::None => Ok(()),
        Action::Buttons(buttons) => {
            limits.count("the number of buttons", buttons.len(), 1, BUTTONS)?;
            for button in buttons {
                limits.text("the title of a button", &button.title, 1, BUTTON_TITLE)?;
                limits.text("the id of a button", &button.id, 1, BUTTON_ID)?;
            }
            limits.distinct("the number of different button titles", buttons.iter().map(|b| b.title.as_str()))?;
            limits.distinct("the number of different button ids", buttons.iter().map(|b| b.id.as_str()))
        }
        Action::List { button, rows } => {
            limits.text("the button of the list", button, 1, LIST_BUTTON)?;
            limits.count("the number of rows", rows.len(), 1, ROWS)?;
            for row in rows {
                limits.text("the title of a row", &row.title, 1, ROW_TITLE)?;
                limits.text("the description of a row", &row.description, 0, ROW_DESCRIPTION)?;
                limits.text("the id of a row", &row.id, 1, ROW_ID)?;
            }
            limits.distinct("the number of different row ids", rows.iter().map(|row| row.id.as_str()))
        }
        Action::Link { title, url } => {
            limits.text("the title of the link", title, 1, LINK_TITLE)?;
            limits.text("the address of the link", url, 1, URL)
        }
    }
}

struct Limits {
    key: TextKey,
}

impl Limits {
    fn count(&self, what: &'static str, found: usize, least: usize, most: usize) -> Result<(), LimitError> {
        let key = self.key;
        if (least..=most).contains(&found) { Ok(()) } else { Err(LimitError { key, what, found, least, most }) }
    }

    /// Edge spaces do not count towards the least: Meta trims them and then finds nothing.
    fn text(&self, what: &'static str, text: &str, least: usize, most: usize) -> Result<(), LimitError> {
        let found = text.chars().count();
        self.count(what, found, least, most)?;
        self.count(what, if text.trim().is_empty() { 0 } else { found }, least, most)
    }

    fn distinct<'a>(
        &self,
        what: &'static str,
        texts: impl ExactSizeIterator<Item = &'a str>,
    ) -> Result<(), LimitError> {
        let count = texts.len();
        self.count(what, texts.collect::<BTreeSet<_>>().len(), count, count)
    }
}
