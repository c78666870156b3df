//! The Fluent bundles, one a language.
//!
//! *Invariant:* a text that cannot be said whole is not said: a missing message, value or plural form is an error and never
//! a hole in what an applicant reads.

use std::collections::BTreeMap;
use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::resolver::ResolverError;
use fluent_bundle::resolver::errors::ReferenceKind;
use fluent_bundle::{FluentArgs, FluentError, FluentResource};
use portico_vocab::{Class, Language};
use unic_langid::LanguageIdentifier;

use super::{Setting, TextKey};

/// The texts this build ships, by language.
const SHIPPED: &[(&str, &str)] = &[
    ("de", include_str!("../../texts/de.ftl")),
    ("en", include_str!("../../texts/en.ftl")),
    ("hi", include_str!("../../texts/hi.ftl")),
    ("pt_BR", include_str!("../../texts/pt_BR.ftl")),
];

/// Why a text cannot be said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    #[error("text {key} needs the value {value}: the case or the cell's setting must give it")]
    Value { key: TextKey, value: String },
    #[error("text {key} has no {part} in {language}: the bundle must define it")]
    Missing { key: TextKey, part: String, language: Language },
    #[error("text {key} does not resolve in {language}: a reference in its bundle is wrong")]
    Broken { key: TextKey, language: Language },
    #[error("the texts in {language} do not parse: expected Fluent syntax, first mistake at byte {at}")]
    Syntax { language: Language, at: usize },
    #[error("no texts in {language}: expected one of the shipped languages or a file for it")]
    Language { language: Language },
    #[error("the time zone of the cell is not known: expected an IANA name such as Asia/Kolkata")]
    TimeZone,
}

impl TextError {
    /// All are mistakes of ours or of whoever wrote a bundle; trying again does not mend them.
    #[must_use]
    pub const fn class(&self) -> Class {
        Class::Bug
    }
}

/// Every text in every language.
pub struct Texts {
    bundles: BTreeMap<Language, FluentBundle<FluentResource>>,
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Texts").field(&self.bundles.keys().collect::<Vec<_>>()).finish()
    }
}

impl Texts {
    /// The texts of this build.
    ///
    /// # Errors
    /// When a shipped bundle does not parse; a test makes sure that none does.
    pub fn shipped() -> Result<Self, TextError> {
        let mut texts = Self { bundles: BTreeMap::new() };
        for (tag, source) in SHIPPED {
            let language = Language::parse(tag).map_err(|_| TextError::Language { language: Language::english() })?;
            texts = texts.with(&language, source)?;
        }
        Ok(texts)
    }

    /// Adds a bank's own texts in `language` (Fluent syntax); what it defines replaces what is there, the rest stays.
    ///
    /// # Errors
    /// When `source` does not parse, or `language` is unknown to Unicode.
    pub fn with(mut self, language: &Language, source: &str) -> Result<Self, TextError> {
        let resource = FluentResource::try_new(source.to_owned()).map_err(|(_, errors)| TextError::Syntax {
            language: language.clone(),
            at: errors.first().map_or(0, |error| error.pos.start),
        })?;
        let bundle = match self.bundles.entry(language.clone()) {
            std::collections::btree_map::Entry::Occupied(there) => there.into_mut(),
            std::collections::btree_map::Entry::Vacant(free) => {
                let id: LanguageIdentifier =
                    language.as_str().parse().map_err(|_| TextError::Language { language: language.clone() })?;
                let mut bundle = FluentBundle::new_concurrent(vec![id]);
                // Isolation marks around values would be sent to the applicant and counted against Meta's limits.
                bundle.set_use_isolating(false);
                free.insert(bundle)
            }
        };
        bundle.add_resource_overriding(resource);
        Ok(self)
    }

    /// Every language there are texts in.
    pub fn languages(&self) -> impl Iterator<Item = &Language> {
        self.bundles.keys()
    }

    /// The bundle to use for `wanted`: its own, one of the same base language, the cell's first, English.
    pub(super) fn bundle(&self, wanted: &Language, setting: &Setting) -> Option<(&Language, Words<'_>)> {
        let base = |language: &Language| language.as_str().split('_').next().unwrap_or_default().to_owned();
        let related = || self.bundles.keys().find(|language| base(language) == base(wanted));
        let first = || setting.languages.iter().find(|language| self.bundles.contains_key(*language));
        let found = Some(wanted).filter(|language| self.bundles.contains_key(*language));
        let language = found.or_else(related).or_else(first).cloned().unwrap_or_else(Language::english);
        let (language, bundle) = self.bundles.get_key_value(&language)?;
        Some((language, Words { language, bundle }))
    }
}

/// One language's words, asked for one text.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    pub(super) language: &'a Language,
    bundle: &'a FluentBundle<FluentResource>,
}

impl Words<'_> {
    /// The message `id` with `args` filled in.
    pub(super) fn message(&self, key: TextKey, id: &str, args: &FluentArgs<'_>) -> Result<String, TextError> {
        let pattern = self.bundle.get_message(id).and_then(|message| message.value());
        let pattern = pattern.ok_or_else(|| self.missing(key, id))?;
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(args), &mut errors).into_owned();
        self.whole(key, text, &errors)
    }

    /// Its attribute `name`; an error when there is none.
    pub(super) fn attribute(
        &self,
        key: TextKey,
        id: &str,
        name: &str,
        args: &FluentArgs<'_>,
    ) -> Result<String, TextError> {
        self.attribute_if_any(key, id, name, args)?.ok_or_else(|| self.missing(key, &format!("{id}.{name}")))
    }

    pub(super) fn attribute_if_any(
        &self,
        key: TextKey,
        id: &str,
        name: &str,
        args: &FluentArgs<'_>,
    ) -> Result<Option<String>, TextError> {
        let Some(attribute) = self.bundle.get_message(id).and_then(|message| message.get_attribute(name)) else {
            return Ok(None);
        };
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(attribute.value(), Some(args), &mut errors).into_owned();
        self.whole(key, text, &errors).map(Some)
    }

    fn missing(&self, key: TextKey, part: &str) -> TextError {
        TextError::Missing { key, part: part.to_owned(), language: self.language.clone() }
    }

    /// Fluent puts a hole where it cannot resolve; here a hole is an error that names the value.
    fn whole(&self, key: TextKey, text: String, errors: &[FluentError]) -> Result<String, TextError> {
        match errors.first() {
            None => Ok(text),
            Some(FluentError::ResolverError(ResolverError::Reference(ReferenceKind::Variable { id }))) => {
                Err(TextError::Value { key, value: id.clone() })
            }
            Some(_) => Err(TextError::Broken { key, language: self.language.clone() }),
        }
    }
}
