//! What an operator of a [`Site`] has written down: the configuration file and the secrets beside it.
//!
//! Secrets come by the environment, as a service manager gives them, and the master key by a file; the same lie in files
//! of the site's folder, for whoever opens the cell here.

use anyhow::{Context as _, Result};
use portico::config::{Config, Secret};

use crate::Site;
use crate::site::GRAPH_PATH;

/// Invented, like everything that is secret here.
const SECRETS: [(&str, &str); 4] = [
    ("PORTICO_APP_SECRET", "0123456789abcdef0123456789abcdef"),
    ("PORTICO_VERIFY_TOKEN", "verify-me"),
    ("PORTICO_ACCESS_TOKEN", "EAAexample"),
    ("PORTICO_CBS_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
];

/// Short enough that what a dead worker held is soon another's; long enough for a picture on a busy machine.
const LEASE_MS: u32 = 4_000;

/// A secret that the world outside shares.
pub(crate) fn secret(name: &str) -> Result<String> {
    let found = SECRETS.iter().find(|(of, _)| *of == name).map(|(_, value)| (*value).to_owned());
    found.context("no such secret")
}

impl Site {
    pub(crate) fn secrets(&self) -> Vec<(&'static str, String)> {
        let mut secrets: Vec<_> = SECRETS.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        secrets.push(("PORTICO_CBS_TOKEN", self.country.api_token.to_owned()));
        secrets.push(("PORTICO_MASTER_KEY", self.country.master_key.to_owned()));
        // It holds a password.
        secrets.push(("PORTICO_DATABASE", self.database.url()));
        secrets.extend(self.bucket.secrets());
        secrets
    }

    pub(crate) fn write_setting(&self) -> Result<()> {
        for (name, value) in self.secrets() {
            std::fs::write(self.folder().join(name), value)?;
        }
        std::fs::write(self.config_file(), self.text())?;
        Ok(())
    }

    fn text(&self) -> String {
        let country = self.country;
        let (graph, media, subscriber) = (self.graph.address(), self.media, self.subscriber.address());
        let key = self.folder().join("PORTICO_MASTER_KEY");
        let (key, bucket) = (key.display(), self.bucket.section(country, self.data()));
        let telemetry = self.traces.map(|to| format!("\n[telemetry]\notlp_endpoint = \"http://{to}\"\n"));
        format!(
            r#"
listen = "127.0.0.1:0"

[whatsapp]
graph_url = "http://{graph}{GRAPH_PATH}"
media_hosts = ["{media}"]
allow_http = true
app_secrets = [{{ env = "PORTICO_APP_SECRET" }}]
verify_token = {{ env = "PORTICO_VERIFY_TOKEN" }}
access_token = {{ env = "PORTICO_ACCESS_TOKEN" }}

[limits]
job_lease_ms = {LEASE_MS}
poll_ms = 100
drain_ms = 10000

[[cell]]
country = "{code}"
bank_name = "{bank}"
privacy_url = "https://bank.example/kyc"
contact = "privacy@bank.example"
handoff_url = "https://bank.example/branch"
timezone = "{timezone}"
duty_hours = "Mon-Fri 09:00-18:00"
waba_ids = ["{waba}"]
phone_number_ids = ["{number}"]
database = {{ env = "PORTICO_DATABASE" }}
master_key = {{ file = "{key}" }}
languages = ["{language}"]
{cell}
{bucket}
[[subscriber]]
name = "core-banking"
cells = ["{code}"]
url = "http://{subscriber}/inbox/hooks"
secret = {{ env = "PORTICO_CBS_SECRET" }}
allow_private = true

[[api_client]]
name = "core-banking"
cells = ["{code}"]
scopes = ["case:read", "evidence:read", "decision:write", "finding:write", "account:write"]
token = {{ env = "PORTICO_CBS_TOKEN" }}

[console]
dev_sign_in = {sign_in}
{telemetry}"#,
            sign_in = self.sign_in,
            cell = self.cell,
            code = country.code,
            bank = country.bank_name,
            timezone = country.timezone,
            waba = country.waba_id,
            number = country.phone_number_id,
            language = country.language,
            telemetry = telemetry.unwrap_or_default(),
        )
    }

    /// The configuration for the cell in this process: what the others read from their environment it reads from
    /// files, and it reaches the database past the line, which may be down, as one who may see every row.
    pub(crate) fn setting_here(&self) -> Result<Config> {
        let mut config = Config::load(&self.config_file())?;
        let file = |name: &str| Secret::File { file: self.folder().join(name) };
        config.whatsapp.app_secrets = vec![file("PORTICO_APP_SECRET")];
        config.whatsapp.verify_token = file("PORTICO_VERIFY_TOKEN");
        config.whatsapp.access_token = file("PORTICO_ACCESS_TOKEN");
        config.subscribers.clear();
        config.api_clients.clear();
        for cell in &mut config.cells {
            cell.database = Secret::Inline(self.database.direct_url());
            cell.bucket.access_key = cell.bucket.access_key.take().map(|_| file("PORTICO_S3_KEY"));
            cell.bucket.secret_key = cell.bucket.secret_key.take().map(|_| file("PORTICO_S3_SECRET"));
        }
        Ok(config)
    }
}
