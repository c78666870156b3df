//! The command line: help everywhere, and what the exit status says (contract.md, section 1).

use std::process::Command;

use clap::CommandFactory as _;
use portico::cli::Cli;

use crate::sample::Sample;

/// Exit status and everything printed.
fn portico(arguments: &[&str]) -> (Option<i32>, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_portico")).args(arguments).output();
    ran.map_or_else(
        |error| (None, error.to_string()),
        |output| {
            let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            (output.status.code(), text.concat())
        },
    )
}

fn every(command: &clap::Command, path: &str, found: &mut Vec<(String, bool)>) {
    for inner in command.get_subcommands() {
        let path = format!("{path} {}", inner.get_name());
        let explained = |argument: &clap::Arg| argument.get_id() == "config" || argument.get_help().is_some();
        found.push((path.clone(), inner.get_about().is_some() && inner.get_arguments().all(explained)));
        every(inner, &path, found);
    }
}

#[test]
fn every_command_and_every_argument_says_what_it_is() {
    let mut found = Vec::new();
    every(&Cli::command(), "portico", &mut found);
    for command in ["dev", "serve", "doctor", "migrate", "fsck", "parked", "config", "openapi"] {
        assert!(found.iter().any(|(path, _)| *path == format!("portico {command}")), "{command}");
    }
    let silent: Vec<_> = found.iter().filter(|(_, said)| !said).map(|(path, _)| path).collect();
    assert!(silent.is_empty(), "{silent:?}");
    assert_eq!(portico(&["fsck", "--help"]).0, Some(0));
}

#[tokio::test]
async fn the_exit_status_tells_done_not_so_and_misused_apart() {
    let sample = Sample::new().await.unwrap();
    let config = sample.file("portico.toml");
    std::fs::write(&config, sample.text()).unwrap();
    let config = config.to_str().unwrap();
    for (arguments, status, word) in [
        (vec!["migrate", "--config", config], 0, "nothing to do"),
        (vec!["fsck", "--config", config], 0, "0 differ"),
        (vec!["parked", "list", "--config", config], 0, "nothing is parked"),
        (vec!["parked", "retry", "send:x", "--config", config], 1, "parked list"),
        (vec!["parked", "discard", "send:x", "--by", " ", "--why", "x", "--config", config], 2, "--by"),
        (vec!["fsck", "--config", config, "--cell", "IN"], 2, "--cell"),
        (vec!["fsck", "--config", "/nowhere.toml"], 2, "/nowhere.toml"),
        (vec!["doctor"], 2, "--config"),
        (vec!["nothing"], 2, "nothing"),
    ] {
        let (said, text) = portico(&arguments);
        assert_eq!(said, Some(status), "{arguments:?}: {text}");
        assert!(text.contains(word), "{arguments:?}: {text}");
    }
}
