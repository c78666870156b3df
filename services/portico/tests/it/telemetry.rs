//! `[telemetry]` and the form of log lines: what is refused, by its key, and what a line then looks like.

use std::process::Command;

use portico::config::TelemetrySection;
use portico_telemetry::TelemetryError;

use crate::sample::SOUND;

fn section(text: &str) -> Result<TelemetrySection, toml::de::Error> {
    toml::from_str(text)
}

#[test]
fn traces_go_nowhere_until_an_endpoint_is_named() {
    assert_eq!(section("").unwrap().traces(), None);
    assert_eq!(section("sample_ratio = 0.5").unwrap().traces(), None);
    let traces = section("otlp_endpoint = \"https://otel.bank.example:4318\"").unwrap().traces().unwrap();
    assert_eq!((traces.sample_ratio, traces.check()), (1.0, Ok(())));
}

#[test]
fn each_refusal_names_its_key() {
    for (text, refused) in [
        ("otlp_endpoint = \"http://otel.bank.example:4318\"", "telemetry.otlp_endpoint"),
        ("otlp_endpoint = \"nowhere\"", "telemetry.otlp_endpoint"),
        ("otlp_endpoint = \"https://otel.bank.example\"\nsample_ratio = 1.5", "telemetry.sample_ratio"),
        ("otlp_endpoint = \"https://otel.bank.example\"\nsample_ratio = -0.1", "telemetry.sample_ratio"),
    ] {
        let error = section(text).unwrap().traces().unwrap().check().unwrap_err();
        assert!(matches!(error, TelemetryError::Config { key, .. } if key == refused), "{text}: {error}");
    }
    assert!(section("endpoint = \"https://otel.bank.example\"").is_err(), "an unknown key");
}

fn portico(log_format: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portico"));
    command.env("PORTICO_LOG_FORMAT", log_format).env_remove("PORTICO_LOG");
    command
}

#[test]
fn a_form_of_log_lines_that_is_none_is_refused() {
    let output = portico("xml").args(["config", "schema"]).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains("PORTICO_LOG_FORMAT") && message.contains("text or json"), "{message}");
}

#[test]
fn in_json_every_line_is_an_object() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("portico.toml");
    let database = format!("sqlite://{}", folder.path().join("br.db").display());
    std::fs::write(&config, SOUND.replace("postgres:///br", &database)).unwrap();
    let output = portico("json").args(["migrate", "--config"]).arg(&config).output().unwrap();
    let lines = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{lines}");
    let read = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap();
    let migrated = lines.lines().map(read).find(|line| line["message"] == "migrated").unwrap();
    assert!(migrated["level"] == "INFO" && migrated["number"] == 1 && migrated["timestamp"].is_string(), "{migrated}");
}
