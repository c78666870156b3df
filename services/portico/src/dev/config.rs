//! The configuration `dev` gives itself: made once, kept in the data folder, read by every other command but `serve`.

use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use portico_keys::{Entropy, MasterKey};
use serde::{Deserialize, Serialize};

use super::{Options, Tuning};
use crate::config::Config;
use crate::failure::Failure;

/// What must be the same at the next start: without the master keys nothing stored can be read again.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Secrets {
    pub(super) app_secret: String,
    pub(super) verify_token: String,
    pub(super) access_token: String,
    pub(super) webhook_secret: String,
    pub(super) api_token: String,
    master_key_in: String,
    master_key_br: String,
}

const SECRETS: &str = "secrets.toml";

impl Secrets {
    pub(super) fn load_or_make(data: &Path, entropy: &dyn Entropy) -> Result<Self, Failure> {
        let unusable = |why: String| {
            Failure::Usage(format!("--data: {}: {why}: choose a folder that can be written to", data.display()))
        };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(data).map_err(|error| unusable(error.to_string()))?;
        let path = data.join(SECRETS);
        if path.exists() {
            let text = fs::read_to_string(&path).map_err(|error| unusable(error.to_string()))?;
            return toml::from_str(&text).map_err(|_| {
                Failure::Usage(format!(
                    "{}: not what `portico dev` wrote: restore it, or remove the folder",
                    path.display()
                ))
            });
        }
        let token = |bytes: usize| {
            let mut random = vec![0; bytes];
            entropy.fill(&mut random);
            random
        };
        let secrets = Self {
            app_secret: portico_vocab::Sha256::of(&token(32)).to_hex()[..32].to_owned(),
            verify_token: URL_SAFE_NO_PAD.encode(token(16)),
            access_token: format!("EAA{}", URL_SAFE_NO_PAD.encode(token(32))),
            webhook_secret: format!("whsec_{}", STANDARD.encode(token(32))),
            api_token: format!("pk_{}", URL_SAFE_NO_PAD.encode(token(32))),
            master_key_in: MasterKey::generate(entropy).to_base64(),
            master_key_br: MasterKey::generate(entropy).to_base64(),
        };
        let text = toml::to_string(&secrets).map_err(|error| unusable(error.to_string()))?;
        write_private(&path, &text).map_err(|error| unusable(error.to_string()))?;
        Ok(secrets)
    }
}

/// Readable by its owner only, and whole or not at all.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let draft = path.with_extension("new");
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(draft, path)
}

struct Country {
    code: &'static str,
    bank: &'static str,
    timezone: &'static str,
    languages: &'static str,
    phone_number_id: &'static str,
    waba_id: &'static str,
    region: &'static str,
}

const COUNTRIES: [Country; 2] = [
    Country {
        code: "IN",
        bank: "Example Bank",
        timezone: "Asia/Kolkata",
        languages: "\"en\", \"hi\"",
        phone_number_id: "106540352242922",
        waba_id: "102290129340398",
        region: "ap-south-1",
    },
    Country {
        code: "BR",
        bank: "Banco Exemplo",
        timezone: "America/Sao_Paulo",
        languages: "\"pt_BR\"",
        phone_number_id: "106540352242933",
        waba_id: "102290129340409",
        region: "sa-east-1",
    },
];

/// Writes `portico.toml` and gives back what it says.
pub(super) fn write(
    options: &Options,
    address: SocketAddr,
    secrets: &Secrets,
    tuning: &Tuning,
) -> Result<Config, Failure> {
    let text = render(options, address, secrets, tuning);
    let path = options.data.join("portico.toml");
    write_private(&path, &text).map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?;
    Ok(Config::load(&path)?)
}

fn render(options: &Options, address: SocketAddr, secrets: &Secrets, tuning: &Tuning) -> String {
    let Secrets { app_secret, verify_token, access_token, webhook_secret, api_token, .. } = secrets;
    let mut text = format!(
        r#"# Written by `portico dev` at every start; for the other commands. Not for `serve`: it holds secrets.
listen = "{address}"
allow_inline_secrets = true

[whatsapp]
graph_url = "http://{address}/graph/v25.0"
media_hosts = ["{address}"]
allow_http = true
app_secrets = ["{app_secret}"]
verify_token = "{verify_token}"
access_token = "{access_token}"

[console]
dev_sign_in = true
"#
    );
    if let Some(graph_timeout_ms) = tuning.graph_timeout_ms {
        text.push_str(&format!("\n[limits]\ngraph_timeout_ms = {graph_timeout_ms}\n"));
    }
    for country in &COUNTRIES {
        text.push_str(&cell(options, country, secrets, tuning));
    }
    text.push_str(&subscriber("account-inbox", &format!("http://{address}/inbox/hooks"), webhook_secret));
    if let Some(url) = &options.subscriber {
        text.push_str(&subscriber("own", url, webhook_secret));
    }
    text.push_str(&format!(
        r#"
[[api_client]]
name = "core-banking"
cells = ["IN", "BR"]
scopes = ["case:read", "applicant:read", "evidence:read", "decision:write", "finding:write", "account:write"]
token = "{api_token}"
"#
    ));
    text
}

fn cell(options: &Options, country: &Country, secrets: &Secrets, tuning: &Tuning) -> String {
    let Country { code, bank, timezone, languages, phone_number_id, waba_id, region } = country;
    let lower = code.to_lowercase();
    let data = fs::canonicalize(&options.data).unwrap_or_else(|_| options.data.clone());
    let data = data.display();
    let own = tuning.databases.iter().find(|(of, _)| of == code).map(|(_, database)| database.clone());
    let database = own.unwrap_or_else(|| format!("sqlite://{data}/{lower}.db"));
    let master_key = if *code == "IN" { &secrets.master_key_in } else { &secrets.master_key_br };
    format!(
        r#"
[[cell]]
country = "{code}"
bank_name = "{bank}"
privacy_url = "bank.example/kyc"
contact = "privacy@bank.example"
handoff_url = "https://bank.example/video"
timezone = "{timezone}"
duty_hours = "Mon-Sat 09:00-18:00"
waba_ids = ["{waba_id}"]
phone_number_ids = ["{phone_number_id}"]
database = "{database}"
master_key = "{master_key}"
languages = [{languages}]

[cell.bucket]
name = "kyc-{lower}"
region = "{region}"
endpoint = "embedded:{data}/{lower}.objects"
"#
    )
}

fn subscriber(name: &str, url: &str, secret: &str) -> String {
    format!(
        r#"
[[subscriber]]
name = "{name}"
cells = ["IN", "BR"]
url = "{url}"
secret = "{secret}"
allow_private = true
"#
    )
}
