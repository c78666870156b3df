//! An account system that wants events, checked when the configuration is read.

use portico_ledger::envelope::EVENT_TYPES;
use portico_vocab::CellId;
use reqwest::Url;

use crate::address::check_literal;
use crate::{RelayError, Secret};

/// One `[[subscriber]]` of contract.md section 2, with its secrets already read.
#[derive(Debug, Clone)]
pub struct SubscriberConfig {
    pub name: String,
    pub cells: Vec<CellId>,
    pub url: String,
    /// Empty for all.
    pub events: Vec<String>,
    /// All of them sign.
    pub secrets: Vec<Secret>,
    pub allow_private: bool,
}

/// A subscriber whose configuration holds together.
#[derive(Debug, Clone)]
pub struct Subscriber {
    name: String,
    cells: Vec<CellId>,
    url: Url,
    events: Vec<String>,
    secrets: Vec<Secret>,
    allow_private: bool,
}

impl Subscriber {
    /// # Errors
    /// When the address cannot be posted to, an event type is unknown, or there is no secret; the message names which.
    pub fn new(config: SubscriberConfig) -> Result<Self, RelayError> {
        let SubscriberConfig { name, cells, url, events, secrets, allow_private } = config;
        let wrong = |key, expected| RelayError::Subscriber { name: name.clone(), key, expected };
        if name.is_empty() {
            return Err(wrong("name", "a name"));
        }
        if secrets.is_empty() {
            return Err(wrong("secret", "whsec_… or whsk_…, or a list of them while rotating"));
        }
        if let Some(kind) = events.iter().find(|kind| !EVENT_TYPES.contains(&kind.as_str())) {
            return Err(RelayError::UnknownEvent { name, kind: kind.clone(), known: EVENT_TYPES.join(", ") });
        }
        let url = Url::parse(&url).map_err(|_| wrong("url", "an https address"))?;
        let scheme_allowed = url.scheme() == "https" || (allow_private && url.scheme() == "http");
        if !scheme_allowed || !url.has_host() {
            return Err(wrong("url", "an https address (http only with allow_private)"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("url", "an address without name and password: the signature proves who we are"));
        }
        if !allow_private && check_literal(&url).is_err() {
            return Err(wrong("url", "a public address: set allow_private if it is meant to be private"));
        }
        Ok(Self { name, cells, url, events, secrets, allow_private })
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    #[must_use]
    pub fn secrets(&self) -> &[Secret] {
        &self.secrets
    }

    #[must_use]
    pub fn allows_private(&self) -> bool {
        self.allow_private
    }

    #[must_use]
    pub fn serves(&self, cell: CellId) -> bool {
        self.cells.contains(&cell)
    }

    /// Whether an event of `kind` in `cell` is to be delivered here.
    #[must_use]
    pub fn wants(&self, cell: CellId, kind: &str) -> bool {
        self.serves(cell) && (self.events.is_empty() || self.events.iter().any(|wanted| wanted == kind))
    }
}

#[cfg(test)]
mod tests {
    use portico_vocab::CountryCode;

    use super::*;

    fn cell(country: &str) -> CellId {
        CellId::of(CountryCode::parse(country).unwrap())
    }

    fn config(url: &str) -> SubscriberConfig {
        SubscriberConfig {
            name: String::from("core-banking"),
            cells: vec![cell("IN")],
            url: url.to_owned(),
            events: vec![String::from("kyc.account.approved")],
            secrets: vec![Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()],
            allow_private: false,
        }
    }

    #[test]
    fn a_subscriber_wants_its_events_of_its_cells() {
        let some = Subscriber::new(config("https://cbs.example/hooks/kyc")).unwrap();
        assert!(some.wants(cell("IN"), "kyc.account.approved"));
        assert!(!some.wants(cell("IN"), "kyc.case.opened") && !some.wants(cell("BR"), "kyc.account.approved"));
        let all = Subscriber::new(SubscriberConfig { events: vec![], ..config("https://cbs.example/") }).unwrap();
        assert!(all.wants(cell("IN"), "kyc.case.opened"));
    }

    #[test]
    fn mistakes_are_named() {
        let told = |config| Subscriber::new(config).unwrap_err().to_string();
        let good = || config("https://cbs.example/");
        for url in [
            "",
            "cbs.example",
            "http://cbs.example/",
            "ftp://cbs.example/",
            "https://a:b@cbs.example/",
            "https://10.0.0.1/",
        ] {
            let message = told(config(url));
            assert!(message.contains("core-banking: url is not"), "{message}");
        }
        let typo = SubscriberConfig { events: vec![String::from("kyc.account.aproved")], ..good() };
        assert!(told(typo).contains("\"kyc.account.aproved\"; expected some of: kyc.case.opened, "));
        assert!(told(SubscriberConfig { secrets: vec![], ..good() }).contains("secret is not whsec_"));
        assert!(told(SubscriberConfig { name: String::new(), ..good() }).contains("name is not"));
        let private = SubscriberConfig { allow_private: true, ..config("http://127.0.0.1:9000/inbox") };
        assert!(Subscriber::new(private).is_ok());
    }
}
