//! What the applicant can tap under each text.
//!
//! Ids and their order are fixed here; titles come from the bundle (`consent:accept` is the attribute `consent-accept`).

use fluent_bundle::FluentArgs;
use portico_vocab::Language;

use super::bundle::{TextError, Texts, Words};
use super::{Action, Button, Row, Setting, Tell, TextKey, Value};

/// Reply ids of the buttons under `key`, but for those of the notice.
const fn buttons(key: TextKey) -> &'static [&'static str] {
    match key {
        TextKey::RetakeBlurred2
        | TextKey::RetakeGlare2
        | TextKey::RetakeDark2
        | TextKey::RetakeAgain
        | TextKey::RetakeRequested
        | TextKey::CapsReached
        | TextKey::VerdictNeutral => &["person:ask"],
        TextKey::VerdictFace | TextKey::VerdictDeclined => &["person:ask", "case:restart"],
        TextKey::RestartAsk => &["case:restart", "case:leave", "person:ask"],
        TextKey::Help => &["person:ask", "status:show"],
        _ => &[],
    }
}

/// Everything an action is made of.
pub(super) struct Acting<'a> {
    pub(super) texts: &'a Texts,
    pub(super) words: Words<'a>,
    pub(super) tell: &'a Tell,
    pub(super) setting: &'a Setting,
    pub(super) args: &'a FluentArgs<'a>,
}

impl Acting<'_> {
    pub(super) fn action(&self) -> Result<Action, TextError> {
        match self.tell.key {
            TextKey::Notice => self.notice(),
            TextKey::LanguageChoose => self.list(self.language_rows()?),
            TextKey::DocumentChoose => self.list(self.document_rows()?),
            TextKey::VerdictLimited | TextKey::VerdictHandoff => {
                Ok(Action::Link { title: self.title("button")?, url: self.setting.handoff_url.clone() })
            }
            key => match buttons(key) {
                [] => Ok(Action::None),
                ids => Ok(Action::Buttons(ids.iter().map(|id| self.button(id)).collect::<Result<_, _>>()?)),
            },
        }
    }

    /// Accept, decline, and a third: the other language, the list of them, or a person where there is no other.
    fn notice(&self) -> Result<Action, TextError> {
        let others: Vec<&Language> = self.offered().filter(|language| *language != self.words.language).collect();
        let third = match others[..] {
            [] => self.button("person:ask")?,
            [other] => Button { id: format!("language:{other}"), title: self.own_name(other)? },
            _ => self.button("language:list")?,
        };
        Ok(Action::Buttons(vec![self.button("consent:accept")?, self.button("consent:decline")?, third]))
    }

    /// The cell's languages there are texts in.
    fn offered(&self) -> impl Iterator<Item = &Language> {
        let shipped: Vec<&Language> = self.texts.languages().collect();
        self.setting.languages.iter().filter(move |language| shipped.contains(language))
    }

    fn language_rows(&self) -> Result<Vec<Row>, TextError> {
        let row = |language: &Language| {
            let title = self.own_name(language)?;
            Ok(Row { id: format!("language:{language}"), title, description: String::new() })
        };
        self.offered().map(row).collect()
    }

    /// A language by the name its speakers give it.
    fn own_name(&self, language: &Language) -> Result<String, TextError> {
        let (_, words) = self
            .texts
            .bundle(language, self.setting)
            .ok_or_else(|| TextError::Language { language: language.clone() })?;
        words.message(self.tell.key, "language-self", self.args)
    }

    fn document_rows(&self) -> Result<Vec<Row>, TextError> {
        let Some(Value::Documents(kinds)) = self.tell.values.get("documents") else {
            return Err(TextError::Value { key: self.tell.key, value: String::from("documents") });
        };
        let names = kinds.iter().map(|kind| kind.as_str()).chain(["none"]);
        names.map(|name| self.document_row(name)).collect()
    }

    fn document_row(&self, name: &str) -> Result<Row, TextError> {
        let message = format!("document-{name}");
        Ok(Row {
            id: format!("document:{name}"),
            title: self.words.message(self.tell.key, &message, self.args)?,
            description: self.words.attribute(self.tell.key, &message, "hint", self.args)?,
        })
    }

    fn list(&self, rows: Vec<Row>) -> Result<Action, TextError> {
        Ok(Action::List { button: self.title("button")?, rows })
    }

    fn button(&self, id: &str) -> Result<Button, TextError> {
        Ok(Button { id: id.to_owned(), title: self.title(&id.replace(':', "-"))? })
    }

    fn title(&self, attribute: &str) -> Result<String, TextError> {
        self.words.attribute(self.tell.key, self.tell.key.as_str(), attribute, self.args)
    }
}
