//! Every refusal of the configuration, by the key its message names.

use portico::config::{Config, Secret};
use portico_ledger::{Durability, DurabilitySetting};

use crate::sample::{SOUND, Sample, changed};

fn refusal(text: &str) -> String {
    let refused = Config::parse(text).and_then(|config| config.check_for_serve());
    refused.map_or_else(|error| error.to_string(), |()| String::from("it was accepted"))
}

#[test]
fn inline_secrets_need_a_word() {
    for (from, key) in [
        ("{ env = \"PORTICO_APP_SECRET\" }", "whatsapp.app_secrets"),
        ("{ env = \"PORTICO_VERIFY_TOKEN\" }", "whatsapp.verify_token"),
        ("{ file = \"/run/secrets/token\" }", "whatsapp.access_token"),
        ("{ file = \"/run/secrets/br.key\" }", "cell.master_key"),
        ("{ env = \"PORTICO_BR_S3_KEY\" }", "cell.bucket.access_key"),
        ("{ env = \"PORTICO_BR_S3_SECRET\" }", "cell.bucket.secret_key"),
        ("{ env = \"PORTICO_CBS_SECRET_NEXT\" }", "subscriber.secret"),
        ("{ env = \"PORTICO_CBS_TOKEN\" }", "api_client.token"),
    ] {
        let text = changed(from, "\"a-secret\"");
        assert!(refusal(&text).starts_with(key), "{}", refusal(&text));
        let allowed = text.replacen("listen =", "allow_inline_secrets = true\nlisten =", 1);
        assert_eq!(refusal(&allowed), "it was accepted");
    }
    for password in ["postgres://portico:secret@db.bank.example/br", "postgres://db.bank.example/br?password=secret"] {
        let message = refusal(&changed("postgres:///br", password));
        assert!(message.starts_with("cell.database") && !message.contains("=secret"), "{message}");
    }
    assert_eq!(refusal(&changed("\"postgres:///br\"", "{ env = \"PORTICO_BR_DATABASE\" }")), "it was accepted");
}

/// The sample with a section of one name given twice.
fn again(section: &str) -> String {
    let head = format!("[[{section}]]");
    let body = SOUND.split(&head).nth(1).and_then(|rest| rest.split("[[").next()).unwrap_or_default();
    assert!(body.contains("name"), "{section} is not in the sample");
    format!("{SOUND}\n{head}{body}")
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
        (changed("bank_name = \"Banco Exemplo\"", "bank_name = \" \""), "cell.bank_name"),
        (changed("privacy_url = \"https://bank.example/kyc\"", "privacy_url = \"\""), "cell.privacy_url"),
        (changed("contact = \"privacy@bank.example\"", "contact = \"\""), "cell.contact"),
        (changed("https://bank.example/branch", "bank.example/branch"), "cell.handoff_url"),
        (changed("America/Sao_Paulo", "America/Sao Paulo"), "cell.timezone"),
        (changed("Mon-Fri 09:00-18:00", "office hours"), "cell.duty_hours"),
        (changed("[\"106540352242922\"]", "[]"), "cell.phone_number_ids"),
        (changed("[\"pt_BR\"]", "[]"), "cell.languages"),
        (changed("languages =", "capture_signoff = \"\"\nlanguages ="), "cell.capture_signoff"),
        (changed("languages =", "accept_volatile_database = \" \"\nlanguages ="), "cell.accept_volatile_database"),
        (changed("languages =", "capture = \"secure_link\"\nlanguages ="), "secure_link"),
        (changed("languages =", "policy = \"lax\"\nlanguages ="), "cell.policy"),
        (changed("postgres:///br", "mysql://br"), "cell.database"),
        (changed("postgres:///br", "postgres://portico:secret@db.bank.example/br"), "cell.database"),
        (changed("https://s3.sa-east-1.amazonaws.com", "http://s3.bank.example"), "cell.bucket"),
        (changed("[{ env = \"PORTICO_APP_SECRET\" }]", "[]"), "whatsapp.app_secrets"),
        (changed("verify_token =", "media_hosts = [\"https://a.example/\"]\nverify_token ="), "whatsapp.media_hosts"),
        (changed("verify_token =", "flow_media_hosts = [\"a b\"]\nverify_token ="), "whatsapp.flow_media_hosts"),
        (
            changed("verify_token =", "ignore_phone_number_ids = [\"106540352242922\"]\nverify_token ="),
            "whatsapp.ignore_phone_number_ids",
        ),
        (changed("listen =", "public_url = \"http://kyc.bank.example\"\nlisten ="), "public_url"),
        (changed("listen =", "public_url = \"https://kyc.bank.example/hooks\"\nlisten ="), "public_url"),
        (changed("[\"kyc.account.approved\"]", "[\"kyc.account.aproved\"]"), "subscriber.events"),
        (changed("[\"case:read\"]", "[\"case:reed\"]"), "api_client.scopes"),
        (format!("{SOUND}\n[limits]\njobs_at_once = 0\n"), "limits.jobs_at_once"),
        (
            format!("{SOUND}\n[telemetry]\notlp_endpoint = \"http://otel.bank.example:4318\"\n"),
            "telemetry.otlp_endpoint",
        ),
        (again("subscriber"), "subscriber \"core-banking\""),
        (again("api_client"), "api_client \"core-banking\""),
        (changed("{ env = \"PORTICO_VERIFY_TOKEN\" }", "\"inline\""), "whatsapp.verify_token"),
        (changed("{ file = \"/run/secrets/br.key\" }", "\"inline\""), "cell.master_key"),
        (changed("{ env = \"PORTICO_CBS_TOKEN\" }", "\"inline\""), "api_client.token"),
        (changed("127.0.0.1:8080", "0.0.0.0:8080"), "listen_private"),
        (changed("sa-east-1\"", "us-east-1\""), "cell.bucket.region"),
        (changed("country = \"BR\"", "country = \"ZZ\"").replace("[\"BR\"]", "[\"ZZ\"]"), "cell.country"),
        (changed("cells = [\"BR\"]\nurl", "cells = [\"IN\"]\nurl"), "subscriber"),
        (changed("cells = [\"BR\"]\nscopes", "cells = [\"DE\"]\nscopes"), "api_client"),
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
fn what_cells_share_is_seen_however_it_is_spelt() {
    let apart =
        [("country = \"BR\"", "country = \"IN\""), ("br.key", "in.key"), ("106540352242922", "106540352242933")];
    let with = |more: [(&str, &str); 2]| refusal(&twice(&apart.into_iter().chain(more).collect::<Vec<_>>()));
    let message =
        with([("postgres:///br", "postgresql:///br?sslmode=disable"), ("name = \"kyc-br\"", "name = \"kyc-in\"")]);
    assert!(message.contains("cell.database"), "{message}");
    let bucket = ("https://s3.sa-east-1.amazonaws.com", "https://S3.dualstack.sa-east-1.amazonaws.com:443/");
    let message = with([("postgres:///br", "postgres:///in"), bucket]);
    assert!(message.contains("cell.bucket"), "{message}");
}

#[tokio::test]
async fn one_master_key_from_two_places_is_one_master_key() {
    let sample = Sample::new().await.unwrap();
    let (secret, copy) = (sample.file("master"), sample.path().join("copy"));
    std::fs::copy(&secret, &copy).unwrap();
    let second = sample.cell("IN", &format!("{{ file = {copy:?} }}"));
    let message = sample.refusal(&format!("{}\n{second}", sample.text())).await;
    assert!(message.contains("cell.master_key"), "{message}");
    let other = sample.path().join("other");
    std::fs::write(&other, "b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcm90aGVyb3Q=").unwrap();
    let second = sample.cell("IN", &format!("{{ file = {other:?} }}"));
    assert_eq!(sample.refusal(&format!("{}\n{second}", sample.text())).await, "it was accepted");
}

#[tokio::test]
async fn a_bucket_that_lies_elsewhere_is_refused() {
    let sample = Sample::new().await.unwrap();
    let (before, after) = sample.text().split_once("endpoint = ").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let (_, after) = after.split_once('\n').unwrap();
    let key = sample.file("app_secret");
    let keys = format!("access_key = {{ file = {key:?} }}\nsecret_key = {{ file = {key:?} }}");
    let elsewhere = format!("{before}endpoint = \"https://s3.eu-west-1.amazonaws.com\"\n{keys}\n{after}");
    let message = sample.refusal(&elsewhere).await;
    assert!(message.contains("cell.bucket.region") && message.contains("eu-west-1"), "{message}");
}

#[tokio::test]
async fn one_token_is_one_clients() {
    let sample = Sample::new().await.unwrap();
    let client = |name: &str| {
        let token = sample.file("api_token");
        format!("\n[[api_client]]\nname = \"{name}\"\ncells = [\"BR\"]\nscopes = []\ntoken = {{ file = {token:?} }}\n")
    };
    let message = sample.refusal(&format!("{}{}", sample.text(), client("second"))).await;
    assert!(message.contains("api_client.token"), "{message}");
}

#[tokio::test]
async fn a_database_that_was_not_migrated_is_refused_with_the_command_that_mends_it() {
    let sample = Sample::unmigrated().unwrap();
    let message = sample.refusal(&sample.text()).await;
    assert!(message.contains("portico migrate"), "{message}");
}

#[tokio::test]
async fn a_database_that_may_forget_needs_a_word() {
    let sample = Sample::unmigrated().unwrap();
    let (database, _guard) = portico_ledger::testing::fresh_postgres().await;
    portico_ledger::migrate(&database).await.unwrap();
    let volatile = format!("{database}?options=-c%20synchronous_commit%3Doff");
    let sqlite = format!("sqlite://{}/br.db", sample.path().display());
    let text = sample.text().replace(&sqlite, &volatile);
    let message = sample.refusal(&text).await;
    assert!(message.starts_with("cell.accept_volatile_database"), "{message}");
    assert!(message.contains("synchronous_commit = off") && message.contains("back to its default"), "{message}");
    let accepted = text.replacen("languages =", "accept_volatile_database = \"a trial\"\nlanguages =", 1);
    assert_eq!(sample.refusal(&accepted).await, "it was accepted");
    assert_eq!(sample.refusal(&text.replace(&volatile, &database)).await, "it was accepted");
}

#[test]
fn each_setting_that_may_forget_is_named() {
    for (engine, name, value) in [
        ("PostgreSQL 15.18", "fsync", "off"),
        ("PostgreSQL 15.18", "synchronous_commit", "off"),
        ("PostgreSQL 15.18", "full_page_writes", "off"),
        ("SQLite 3.50.2", "synchronous", "normal"),
        ("SQLite 3.50.2", "journal_mode", "memory"),
    ] {
        let setting = |sound| DurabilitySetting { name, value: value.to_owned(), sound };
        let durability = |sound| Durability { engine: engine.to_owned(), settings: vec![setting(sound)] };
        let mut config = Config::parse(SOUND).unwrap();
        config.cells[0].check_durability(&durability(true)).unwrap();
        let message = config.cells[0].check_durability(&durability(false)).unwrap_err().to_string();
        let named = message.contains(engine) && message.contains(&format!("{name} = {value}"));
        assert!(message.starts_with("cell.accept_volatile_database") && named, "{message}");
        config.cells[0].accept_volatile_database = Some(String::from("a trial"));
        config.cells[0].check_durability(&durability(false)).unwrap();
    }
}

#[tokio::test]
async fn a_language_without_texts_is_refused() {
    let sample = Sample::new().await.unwrap();
    let message = sample.refusal(&sample.text().replace("\"pt_BR\"", "\"pt_BR\", \"tlh\"")).await;
    assert!(message.contains("cell.languages") && message.contains("tlh"), "{message}");
}

#[test]
fn a_policy_of_the_banks_own_that_is_weaker_than_the_law_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let shipped = include_str!("../../../../pipeline/policy/policies/default.toml");
    let weaker: String = shipped
        .lines()
        .map(|line| if line.starts_with("documents") { "documents = [\"aadhaar\"]" } else { line })
        .fold(String::new(), |text, line| text + line + "\n");
    std::fs::write(folder.path().join("own.toml"), weaker).unwrap();
    let text = changed("listen =", &format!("policies_dir = {:?}\nlisten =", folder.path()));
    let message = refusal(&text.replace("languages =", "policy = \"own\"\nlanguages ="));
    assert!(message.contains("cell.policy") && message.contains("aadhaar"), "{message}");
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
