//! Configurations that nothing is wrong with, to be changed in one place: one as production writes it, and one whose
//! parts all lie in a folder, so that it can be opened.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use portico::assemble::Assembly;
use portico::clock::SystemClock;
use portico::config::{Config, ConfigError};
use portico::failure::Failure;
use tempfile::TempDir;

/// A production configuration of Brazil that nothing is wrong with.
pub const SOUND: &str = r#"
listen = "127.0.0.1:8080"

[whatsapp]
app_secrets = [{ env = "PORTICO_APP_SECRET" }]
verify_token = { env = "PORTICO_VERIFY_TOKEN" }
access_token = { file = "/run/secrets/token" }

[[cell]]
country = "BR"
bank_name = "Banco Exemplo"
privacy_url = "https://bank.example/kyc"
contact = "privacy@bank.example"
handoff_url = "https://bank.example/branch"
timezone = "America/Sao_Paulo"
duty_hours = "Mon-Fri 09:00-18:00"
waba_ids = ["102290129340398"]
phone_number_ids = ["106540352242922"]
database = "postgres:///br"
master_key = { file = "/run/secrets/br.key" }
languages = ["pt_BR"]

[cell.bucket]
name = "kyc-br"
region = "sa-east-1"
endpoint = "https://s3.sa-east-1.amazonaws.com"
access_key = { env = "PORTICO_BR_S3_KEY" }
secret_key = { env = "PORTICO_BR_S3_SECRET" }

[[subscriber]]
name = "core-banking"
cells = ["BR"]
url = "https://cbs.example/hooks/kyc"
events = ["kyc.account.approved"]
secret = [{ env = "PORTICO_CBS_SECRET" }, { env = "PORTICO_CBS_SECRET_NEXT" }]

[[api_client]]
name = "core-banking"
cells = ["BR"]
scopes = ["case:read"]
token = { env = "PORTICO_CBS_TOKEN" }
"#;

/// The sample with one passage changed.
#[must_use]
pub fn changed(from: &str, to: &str) -> String {
    assert!(SOUND.contains(from), "{from} is not in the sample");
    SOUND.replacen(from, to, 1)
}

/// What lies in the folder, by name.
const SECRETS: [(&str, &str); 6] = [
    ("app_secret", "0123456789abcdef0123456789abcdef"),
    ("verify_token", "a-verify-token-of-some-length"),
    ("access_token", "EAAtoken"),
    ("master", "bWFzdGVybWFzdGVybWFzdGVybWFzdGVybWFzdGVybWE="),
    ("webhook_secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    ("api_token", "pk_0123456789abcdef0123456789abcdef"),
];

/// A cell of Brazil in a folder of its own, with SQLite and the embedded store.
pub struct Sample(TempDir);

impl Sample {
    /// # Errors
    /// When the folder cannot be written to.
    pub async fn new() -> Result<Self> {
        let sample = Self::unmigrated()?;
        for country in ["br", "in"] {
            portico_ledger::migrate(&format!("sqlite://{}/{country}.db", sample.path().display())).await?;
        }
        Ok(sample)
    }

    /// # Errors
    /// When the folder cannot be written to.
    pub fn unmigrated() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        for (name, secret) in SECRETS {
            let path = folder.path().join(name);
            std::fs::write(&path, secret)?;
            std::fs::set_permissions(path, Permissions::from_mode(0o600))?;
        }
        Ok(Self(folder))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// The whole file.
    pub fn text(&self) -> String {
        let folder = self.path().display();
        let cell = self.cell("BR", &format!("{{ file = \"{folder}/master\" }}"));
        format!(
            r#"
listen = "127.0.0.1:0"

[whatsapp]
app_secrets = [{{ file = "{folder}/app_secret" }}]
verify_token = {{ file = "{folder}/verify_token" }}
access_token = {{ file = "{folder}/access_token" }}
{cell}
[[subscriber]]
name = "core-banking"
cells = ["BR"]
url = "https://cbs.example/hooks/kyc"
secret = {{ file = "{folder}/webhook_secret" }}

[[api_client]]
name = "core-banking"
cells = ["BR"]
scopes = ["case:read"]
token = {{ file = "{folder}/api_token" }}
"#
        )
    }

    /// A cell of `country` with its own database, bucket and number, and the master key given.
    pub fn cell(&self, country: &str, master_key: &str) -> String {
        let (lower, folder) = (country.to_lowercase(), self.path().display());
        let number = country.bytes().fold(String::new(), |text, byte| text + &byte.to_string());
        format!(
            r#"
[[cell]]
country = "{country}"
bank_name = "Banco Exemplo"
privacy_url = "https://bank.example/kyc"
contact = "privacy@bank.example"
handoff_url = "https://bank.example/branch"
timezone = "America/Sao_Paulo"
duty_hours = "Mon-Fri 09:00-18:00"
waba_ids = ["1022901293{number}"]
phone_number_ids = ["1065403522{number}"]
database = "sqlite://{folder}/{lower}.db"
master_key = {master_key}
languages = ["pt_BR"]

[cell.bucket]
name = "kyc-{lower}"
region = "sa-east-1"
endpoint = "embedded:{folder}/{lower}.objects"
"#
        )
    }

    /// The configuration with one passage changed.
    ///
    /// # Errors
    /// When it is refused.
    pub fn config(&self, from: &str, to: &str) -> Result<Config, ConfigError> {
        let text = self.text();
        assert!(text.contains(from), "{from} is not in the sample");
        Config::parse(&text.replacen(from, to, 1))
    }

    /// Everything opened.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn assembly(&self, config: &Config) -> Result<Assembly, Failure> {
        Assembly::of(config, Arc::new(SystemClock)).await
    }

    /// Why `text` is not opened.
    pub async fn refusal(&self, text: &str) -> String {
        let config = match Config::parse(text) {
            Ok(config) => config,
            Err(error) => return error.to_string(),
        };
        match Assembly::of(&config, Arc::new(SystemClock)).await {
            Ok(_) => String::from("it was accepted"),
            Err(Failure::Usage(message) | Failure::NotSo(message)) => message,
        }
    }
}
