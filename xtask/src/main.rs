//! The project's own commands, run as `cargo xtask …`: what a person and CI do alike.
//!
//! Plain Rust instead of scripts, because the rules of the house deserve types and tests too, and because a machine
//! with nothing but a Rust toolchain must be able to run them. *Invariant:* a command leaves the machine as it found
//! it: servers stop, temporary folders go, only what the command is named for is written.

mod bench;
mod campaign;
mod docs;
mod figures;
mod image;
mod ports;
mod postgres;
mod programs;
mod reaper;
mod regen;
mod s3;
#[cfg(feature = "specimens")]
mod specimens;
mod test;
mod tidy;
#[cfg(test)]
mod unit;
mod venv;
mod walk;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The commands of the Portico workspace", disable_version_flag = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run every test, with a private PostgreSQL, S3 servers and a headless browser
    Test(test::Args),
    /// Check the rules that no compiler knows: arrows, purity, borders, manifests, licences
    Tidy,
    /// Build the documentation; a broken link fails
    Docs,
    /// Draw the specimen pictures of fixtures/images again
    Specimens,
    /// Write the files that the binary can generate
    Regen(regen::Args),
    /// Gather the container image, try it out, build it
    Image(image::Args),
    /// Follow README.md and docs/OPERATING.md on a clean machine, command by command
    Walk(walk::Args),
    /// Run what the tests do for a minute for as long as you like
    Campaign(campaign::Args),
    /// Measure the release build and write docs/FIGURES.md
    Bench(bench::Args),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::locate()?;
    match command {
        Command::Test(args) => test::run(&workspace, &args),
        Command::Tidy => tidy::run(&workspace),
        Command::Docs => docs::run(&workspace),
        Command::Specimens => draw_specimens(&workspace),
        Command::Regen(args) => regen::run(&workspace, &args),
        Command::Image(args) => image::run(&workspace, &args),
        Command::Walk(args) => walk::run(&workspace, &args),
        Command::Campaign(args) => campaign::run(&workspace, &args),
        Command::Bench(args) => bench::run(&workspace, &args),
    }
}

#[cfg(feature = "specimens")]
fn draw_specimens(workspace: &Workspace) -> anyhow::Result<ExitCode> {
    specimens::draw_all(&workspace.root().join("fixtures/images/specimens"))?;
    Ok(ExitCode::SUCCESS)
}

/// Builds this command anew with the crates that draw, and lets that one do it.
#[cfg(not(feature = "specimens"))]
fn draw_specimens(workspace: &Workspace) -> anyhow::Result<ExitCode> {
    let mut with_pictures = workspace.cargo();
    with_pictures.args(["run", "--quiet", "--package", "xtask", "--features", "specimens", "--", "specimens"]);
    Ok(if with_pictures.status()?.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
