//! From a key and values to what the applicant reads.

use portico_vocab::Language;

use super::action::Acting;
use super::bundle::{TextError, Texts};
use super::{Rendered, Setting, Tell, values};

impl Texts {
    /// Says `tell` in `language`, or where there are no texts in it, in the nearest one: the same base language, the
    /// cell's first, English. [`Rendered::language`] is the one used.
    ///
    /// # Errors
    /// When the tell or the setting lacks a value the text needs, naming both, or the bundle is incomplete.
    pub fn render(&self, language: &Language, tell: &Tell, setting: &Setting) -> Result<Rendered, TextError> {
        let (language, words) =
            self.bundle(language, setting).ok_or_else(|| TextError::Language { language: language.clone() })?;
        let args = values::arguments(words, tell, setting)?;
        let id = tell.key.as_str();
        Ok(Rendered {
            key: tell.key,
            language: language.clone(),
            body: words.message(tell.key, id, &args)?,
            footer: words.attribute_if_any(tell.key, id, "footer", &args)?,
            action: Acting { texts: self, words, tell, setting, args: &args }.action()?,
        })
    }
}
