//! What is refused: by every command what cannot be meant, by `serve` besides what production must not do.
//!
//! *Invariant:* every refusal of contract.md section 2 that needs neither secret nor network is made here, before
//! anything is opened; `assemble` makes the rest. docs/REFUSALS.md lists all of them with their tests.

use std::collections::BTreeSet;

use portico_console::v1::Scope;
use portico_ledger::envelope::EVENT_TYPES;
use portico_telemetry::TelemetryError;

use super::apart::{Apart, holds_password};
use super::{Config, ConfigError, Secret};

impl Config {
    /// What no command accepts.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.cells.is_empty() {
            return Err(ConfigError::key("cell", "at least one [[cell]]", "add the country's cell"));
        }
        let mut apart = Apart::default();
        for cell in &self.cells {
            apart.add(cell)?;
            cell.check_form()?;
        }
        self.check_numbers()?;
        self.check_whatsapp()?;
        self.check_peers()?;
        self.check_telemetry()?;
        self.limits.check()
    }

    fn check_telemetry(&self) -> Result<(), ConfigError> {
        let Some(traces) = self.telemetry.traces() else { return Ok(()) };
        traces.check().map_err(|error| match error {
            TelemetryError::Config { key, expected } => ConfigError::key(key, expected, "mend it or leave it out"),
            other => ConfigError::key("telemetry", "a trace receiver", other.to_string()),
        })
    }

    /// A number cannot be ours and to be ignored.
    fn check_numbers(&self) -> Result<(), ConfigError> {
        let ignored = &self.whatsapp.ignore_phone_number_ids;
        match self.cells.iter().flat_map(|cell| &cell.phone_number_ids).find(|id| ignored.contains(id)) {
            Some(id) => Err(ConfigError::key(
                "whatsapp.ignore_phone_number_ids",
                "numbers of no cell",
                format!("{id} is a cell's: its applicants would never be answered; remove it from one of the two"),
            )),
            None => Ok(()),
        }
    }

    fn check_whatsapp(&self) -> Result<(), ConfigError> {
        let whatsapp = &self.whatsapp;
        if whatsapp.app_secrets.is_empty() {
            return Err(ConfigError::key(
                "whatsapp.app_secrets",
                "one secret, two while rotating",
                "add the app's secret",
            ));
        }
        let hosts = [
            ("whatsapp.media_hosts", &whatsapp.media_hosts),
            ("whatsapp.flow_media_hosts", &whatsapp.flow_media_hosts),
        ];
        for (key, hosts) in hosts {
            if let Some(host) = hosts.iter().find(|host| !is_host(host)) {
                return Err(ConfigError::key(key, "host or host:port", format!("{host:?} is neither")));
            }
        }
        match &self.public_url {
            Some(url) if !is_origin(url, whatsapp.allow_http) => Err(ConfigError::key(
                "public_url",
                "https://HOST without a path, where Meta reaches `listen`",
                "give what stands before /webhooks/whatsapp in Meta's dashboard",
            )),
            _ => Ok(()),
        }
    }

    /// Subscribers and clients: each name once, and only cells, events and scopes that there are.
    fn check_peers(&self) -> Result<(), ConfigError> {
        let known = |country| self.cells.iter().any(|cell| cell.country == country);
        let mut names = BTreeSet::new();
        let subscribers = self.subscribers.iter().map(|s| ("subscriber", &s.name, &s.cells));
        let clients = self.api_clients.iter().map(|c| ("api_client", &c.name, &c.cells));
        for (section, name, cells) in subscribers.chain(clients) {
            if let Some(country) = cells.iter().find(|country| !known(**country)) {
                return Err(ConfigError::UnknownCell { section, name: name.clone(), country: *country });
            }
            if name.is_empty() || !names.insert((section, name)) {
                return Err(ConfigError::Named { section, name: name.clone() });
            }
        }
        for kind in self.subscribers.iter().flat_map(|subscriber| &subscriber.events) {
            if !EVENT_TYPES.contains(&kind.as_str()) {
                return Err(unknown("subscriber.events", kind, EVENT_TYPES));
            }
        }
        let scopes: Vec<_> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
        for word in self.api_clients.iter().flat_map(|client| &client.scopes) {
            if !scopes.contains(&word.as_str()) {
                return Err(unknown("api_client.scopes", word, &scopes));
            }
        }
        Ok(())
    }

    /// What `serve` refuses besides: each message names the key and the mend.
    ///
    /// # Errors
    /// The first refusal of contract.md section 2 that applies.
    pub fn check_for_serve(&self) -> Result<(), ConfigError> {
        if !self.allow_inline_secrets
            && let Some(key) = self.inline_secret()
        {
            return Err(ConfigError::key(
                key,
                "a secret as { env = \"NAME\" } or { file = \"PATH\" }",
                "move it out of the file, or set allow_inline_secrets = true",
            ));
        }
        if self.listen_private.is_none() && !self.listen.ip().is_loopback() {
            return Err(ConfigError::key(
                "listen_private",
                "an address of its own for console, /v1 and metrics when `listen` is not loopback",
                "set listen_private = \"10.0.0.5:9090\"",
            ));
        }
        if self.cells.len() > 1 && self.shared_ingress_accepted.as_ref().is_none_or(|reason| reason.trim().is_empty()) {
            return Err(ConfigError::key(
                "shared_ingress_accepted",
                "one `serve` a country, because a webhook is read before its country is known",
                "split the file, or say why one process may take both",
            ));
        }
        if self.console.dev_sign_in && !self.console_address().ip().is_loopback() {
            return Err(ConfigError::key(
                "console.dev_sign_in",
                "false, unless the console listens on loopback",
                "remove it; without it the role `console` serves /v1 alone",
            ));
        }
        for cell in &self.cells {
            cell.check_profile(self.policies_dir.as_deref())?;
        }
        Ok(())
    }

    /// Every secret that the file names, with its key.
    pub(crate) fn secrets(&self) -> Vec<(&'static str, &Secret)> {
        let whatsapp = &self.whatsapp;
        let mut secrets: Vec<(&'static str, &Secret)> =
            vec![("whatsapp.verify_token", &whatsapp.verify_token), ("whatsapp.access_token", &whatsapp.access_token)];
        secrets.extend(whatsapp.app_secrets.iter().map(|s| ("whatsapp.app_secrets", s)));
        for cell in &self.cells {
            secrets.push(("cell.master_key", &cell.master_key));
            secrets.extend(cell.bucket.access_key.iter().map(|s| ("cell.bucket.access_key", s)));
            secrets.extend(cell.bucket.secret_key.iter().map(|s| ("cell.bucket.secret_key", s)));
            // An address is a secret only where it holds one.
            let secret = match &cell.database {
                Secret::Inline(address) => holds_password(address),
                Secret::Env { .. } | Secret::File { .. } => true,
            };
            secrets.extend(secret.then_some(("cell.database", &cell.database)));
        }
        secrets.extend(self.subscribers.iter().flat_map(|s| s.secret.iter().map(|s| ("subscriber.secret", s))));
        secrets.extend(self.api_clients.iter().flat_map(|c| c.token.iter().map(|s| ("api_client.token", s))));
        secrets
    }

    fn inline_secret(&self) -> Option<&'static str> {
        self.secrets().into_iter().find(|(_, secret)| secret.is_inline()).map(|(key, _)| key)
    }
}

fn unknown(key: &'static str, word: &str, known: &[&str]) -> ConfigError {
    ConfigError::key(key, format!("some of: {}", known.join(", ")), format!("{word:?} is none of them"))
}

/// `host` or `host:port`, and nothing of a URL around it.
fn is_host(text: &str) -> bool {
    let (host, port) = text.rsplit_once(':').unwrap_or((text, "443"));
    let letters = |host: &str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    !host.is_empty() && letters(host) && port.parse::<u16>().is_ok_and(|port| port > 0)
}

/// A scheme, a host and perhaps a port.
pub(super) fn is_origin(url: &str, http_allowed: bool) -> bool {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://").filter(|_| http_allowed));
    host.is_some_and(is_host)
}
