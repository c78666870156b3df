//! Every refusal of the configuration, by the key its message names.

use portico::config::{Config, Secret, schema};

/// A production configuration of Brazil that nothing is wrong with.
const SOUND: &str = r#"
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

fn refusal(text: &str) -> String {
    let refused = Config::parse(text).and_then(|config| config.check_for_serve());
    refused.map_or_else(|error| error.to_string(), |()| String::from("it was accepted"))
}

fn changed(from: &str, to: &str) -> String {
    assert!(SOUND.contains(from), "{from} is not in the sample");
    SOUND.replacen(from, to, 1)
}

/// The sample's cell again, with `changes`.
fn twice(changes: &[(&str, &str)]) -> String {
    let cell = SOUND.split("[[").nth(1).map(|cell| format!("[[{cell}")).unwrap_or_default();
    let second = changes.iter().fold(cell, |cell, (from, to)| {
        assert!(cell.contains(from), "{from} is not in the cell");
        cell.replacen(from, to, 1)
    });
    SOUND.replacen("[[subscriber]]", &format!("{second}\n[[subscriber]]"), 1)
}

#[test]
fn a_sound_configuration_is_taken() {
    Config::parse(SOUND).unwrap().check_for_serve().unwrap();
}

#[test]
fn each_refusal_names_its_key() {
    let cases = [
        (changed("listen =", "listne = 1\nlisten ="), "listne"),
        (changed("country = \"BR\"", "country = \"br\""), "country"),
        (changed("{ env = \"PORTICO_VERIFY_TOKEN\" }", "\"inline\""), "whatsapp.verify_token"),
        (changed("{ file = \"/run/secrets/br.key\" }", "\"inline\""), "cell.master_key"),
        (changed("{ env = \"PORTICO_CBS_TOKEN\" }", "\"inline\""), "api_client.token"),
        (changed("127.0.0.1:8080", "0.0.0.0:8080"), "listen_private"),
        (changed("sa-east-1\"", "us-east-1\""), "cell.bucket.region"),
        (changed("country = \"BR\"", "country = \"ZZ\"").replace("[\"BR\"]", "[\"ZZ\"]"), "cell.country"),
        (changed("cells = [\"BR\"]\nurl", "cells = [\"IN\"]\nurl"), "subscriber"),
        (changed("cells = [\"BR\"]\nscopes", "cells = [\"DE\"]\nscopes"), "api_client"),
        (
            format!("{SOUND}\n[telemetry]\notlp_endpoint = \"http://otel.bank.example:4318\"\n"),
            "telemetry.otlp_endpoint",
        ),
        (
            SOUND.replace("\"BR\"", "\"IN\"").replace("sa-east-1", "ap-south-1"),
            "cell.country: expected a country whose profile this build can keep",
        ),
        (
            format!(
                "{}\n[console]\ndev_sign_in = true\n",
                changed("listen =", "listen_private = \"10.0.0.5:9090\"\nlisten =")
            ),
            "console.dev_sign_in",
        ),
    ];
    for (text, key) in cases {
        let message = refusal(&text);
        assert!(message.contains(key), "{key}: {message}");
    }
}

#[test]
fn cells_share_nothing() {
    let apart: [(&str, &str); 5] = [
        ("country = \"BR\"", "country = \"IN\""),
        ("postgres:///br", "postgres:///in"),
        ("br.key", "in.key"),
        ("106540352242922", "106540352242933"),
        ("name = \"kyc-br\"", "name = \"kyc-in\""),
    ];
    assert!(refusal(&twice(&apart)).contains("shared_ingress_accepted"), "apart, they only need the ingress accepted");
    for (left_out, key) in ["country", "database", "master_key", "phone_number_ids", "bucket"].iter().enumerate() {
        let changes: Vec<_> =
            apart.iter().enumerate().filter(|(place, _)| *place != left_out).map(|(_, change)| *change).collect();
        let message = refusal(&twice(&changes));
        assert!(message.contains(&format!("cell.{key}")), "{key}: {message}");
    }
}

#[test]
fn secrets_are_read_where_they_lie_and_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, "s3cret\n").unwrap();
    let secret = Secret::File { file: path };
    assert_eq!(secret.read().unwrap(), "s3cret");
    assert!(!format!("{secret:?} {:?}", Secret::Inline("s3cret".into())).contains("s3cret"));
    let missing = Secret::Env { env: "PORTICO_NOT_SET_ANYWHERE".into() }.read().unwrap_err().to_string();
    assert!(missing.contains("PORTICO_NOT_SET_ANYWHERE"), "{missing}");
}

#[test]
fn the_schema_names_every_section() {
    let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
    for section in ["listen", "whatsapp", "limits", "cell", "subscriber", "api_client", "console", "telemetry"] {
        assert!(schema["properties"][section].is_object(), "{section}");
    }
}
