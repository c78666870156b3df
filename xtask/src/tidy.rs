//! `cargo xtask tidy`: the rules of the house that no compiler knows, as one fast command.
//!
//! Each rule is a pure function from what was read (source text, manifests, cargo's graph) to findings, and has a test
//! with a bad sample that it must catch. What is allowed (which crate may use which, where routes may stand) is data at
//! the top of its file. *Invariant:* a finding names the place, what is wrong there and how to mend it.

mod arrows;
mod borders;
mod leaks;
mod licences;
mod manifests;
mod purity;
mod shape;
mod source;
mod spdx;

use std::fmt;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use self::source::Source;
use crate::workspace::{Workspace, output};

/// One place that breaks one rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    rule: &'static str,
    /// A path, with a line where there is one; or the name of a crate.
    place: String,
    message: String,
}

impl Finding {
    fn new(rule: &'static str, place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { rule, place: place.into(), message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: [{}] {}", self.place, self.rule, self.message)
    }
}

pub fn run(workspace: &Workspace) -> Result<ExitCode> {
    let sources = sources(workspace)?;
    let members = workspace.members()?;
    let mut findings = Vec::new();
    for source in &sources {
        findings.extend(shape::check(source));
        findings.extend(borders::check(source));
        findings.extend(leaks::check(source));
    }
    findings.extend(arrows::check(&members));
    findings.extend(manifests::check(workspace, &members)?);
    findings.extend(purity::check(workspace, &members)?);
    findings.extend(licences::check(workspace)?);
    for finding in &findings {
        println!("{finding}");
    }
    println!("tidy: {} files, {} crates, {} findings", sources.len(), members.len(), findings.len());
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Every text file that git tracks or would track; pictures and other bytes are passed over.
fn sources(workspace: &Workspace) -> Result<Vec<Source>> {
    let mut git = Command::new("git");
    git.current_dir(workspace.root()).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let paths = output(&mut git).context("tidy reads the files that git knows")?;
    let mut sources = Vec::new();
    for path in paths.split_terminator('\0') {
        // A file removed but not yet staged is still listed.
        let Ok(bytes) = std::fs::read(workspace.root().join(path)) else {
            continue;
        };
        if let Ok(text) = String::from_utf8(bytes) {
            sources.push(Source::new(path, text));
        }
    }
    Ok(sources)
}
