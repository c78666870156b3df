//! A page as a browser would hold it: its text, its forms, its pictures. Reads the HTML our own templates write, by
//! the names of fields alone, so that a page may be laid out anew without a test noticing.

use anyhow::{Context as _, Result};

/// What came back, after redirects.
#[derive(Debug, Clone)]
pub struct Page {
    pub status: u16,
    pub html: String,
}

/// A form and what it would send.
#[derive(Debug, Clone)]
pub struct Form {
    pub action: String,
    fields: Vec<(String, String)>,
    /// Boxes, radios, options and buttons: sent only when chosen.
    offered: Vec<(String, String)>,
}

impl Page {
    /// The first form whose action ends so.
    ///
    /// # Errors
    /// When there is none.
    pub fn form(&self, action_ends: &str) -> Result<Form> {
        let forms = self.forms().into_iter();
        let mut forms = forms.filter(|form| form.action.ends_with(action_ends));
        forms.next().with_context(|| format!("the page has no form {action_ends} (status {})", self.status))
    }

    /// Every form of the page.
    #[must_use]
    pub fn forms(&self) -> Vec<Form> {
        let mut forms = Vec::new();
        let mut select = String::new();
        for tag in tags(&self.html) {
            if tag.name == "form" {
                let action = tag.get("action").unwrap_or_default();
                forms.push(Form { action, fields: Vec::new(), offered: Vec::new() });
            }
            if tag.name == "select" {
                select = tag.get("name").unwrap_or_default();
            }
            if let Some(form) = forms.last_mut() {
                form.read(&tag, &select);
            }
        }
        forms
    }

    /// Whether the visible text holds these words.
    #[must_use]
    pub fn says(&self, words: &str) -> bool {
        self.text().contains(words)
    }

    /// The page without its tags.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for piece in self.html.split('<') {
            text.push_str(piece.split_once('>').map_or(piece, |(_, after)| after));
        }
        unescape(&text)
    }

    /// Addresses of the evidence pictures it shows.
    #[must_use]
    pub fn pictures(&self) -> Vec<String> {
        let images = tags(&self.html).into_iter().filter(|tag| tag.name == "img");
        images.filter_map(|tag| tag.get("src")).filter(|src| src.contains("/evidence/")).collect()
    }
}

impl Form {
    fn read(&mut self, tag: &Tag<'_>, select: &str) {
        let value = tag.get("value").unwrap_or_default();
        if tag.name == "option" {
            self.offered.push((select.to_owned(), value));
            return;
        }
        let Some(name) = tag.get("name") else { return };
        match (tag.name, tag.get("type").as_deref()) {
            ("input", Some("radio" | "checkbox")) | ("button", _) => self.offered.push((name, value)),
            ("input" | "textarea", _) => self.fields.push((name, value)),
            _ => {}
        }
    }

    /// Chooses one of what is offered under `name`.
    ///
    /// # Errors
    /// When it is not offered.
    pub fn choose(mut self, name: &str, value: &str) -> Result<Self> {
        let offered = self.offered.iter().any(|(of, known)| of == name && known == value);
        anyhow::ensure!(offered, "the form does not offer {name}={value}: {:?}", self.offered);
        self.fields.push((name.to_owned(), value.to_owned()));
        Ok(self)
    }

    /// Ticks every box of this name.
    #[must_use]
    pub fn choose_all(mut self, name: &str) -> Self {
        let boxes: Vec<_> = self.offered.iter().filter(|(of, _)| of == name).cloned().collect();
        self.fields.extend(boxes);
        self
    }

    /// What is offered under this name.
    #[must_use]
    pub fn offers(&self, name: &str) -> Vec<&str> {
        self.offered.iter().filter(|(of, _)| of == name).map(|(_, value)| value.as_str()).collect()
    }

    /// Fills a field in, replacing what stands there.
    #[must_use]
    pub fn fill(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(of, _)| of != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Whether a field holds this value.
    #[must_use]
    pub fn holds(&self, name: &str, value: &str) -> bool {
        self.fields.iter().any(|(of, known)| of == name && known == value)
    }

    pub(crate) fn fields(&self) -> &[(String, String)] {
        &self.fields
    }
}

struct Tag<'a> {
    name: &'a str,
    rest: &'a str,
}

impl Tag<'_> {
    /// The value of a double-quoted attribute, unescaped.
    fn get(&self, attribute: &str) -> Option<String> {
        let marked = format!(" {attribute}=\"");
        let (_, after) = self.rest.split_once(&marked)?;
        after.split_once('"').map(|(value, _)| unescape(value))
    }
}

fn tags(html: &str) -> Vec<Tag<'_>> {
    let inside = html.split('<').skip(1).filter_map(|piece| piece.split_once('>')).map(|(inside, _)| inside);
    inside
        .map(|inside| {
            let end = inside.find(char::is_whitespace).unwrap_or(inside.len());
            Tag { name: &inside[..end], rest: &inside[end..] }
        })
        .collect()
}

fn unescape(text: &str) -> String {
    let named = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    let numbered = named.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">");
    numbered.replace("&#38;", "&").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_sends_what_a_browser_would() {
        let html = r#"<form action="/a/decide" method="post"><input type="hidden" name="form" value="1&#38;2">
            <input type="radio" name="outcome" value="declined"><textarea name="note" rows="2"></textarea>
            <select name="slot"><option value="selfie">Selfie</option></select><button>Send</button></form>"#;
        let page = Page { status: 200, html: html.to_owned() };
        let form = page.form("/decide").unwrap();
        assert_eq!(form.fields(), [("form".into(), "1&2".into()), ("note".into(), String::new())]);
        assert_eq!(form.offers("slot"), ["selfie"]);
        assert!(form.clone().choose("outcome", "approved").is_err());
        assert!(form.choose("outcome", "declined").unwrap().holds("outcome", "declined"));
        assert!(page.says("Selfie") && !page.says("outcome"));
    }
}
