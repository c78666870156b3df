//! docs/FIGURES.md: a section for each command that writes there, and each writes its own.
//!
//! *Invariant:* a figure is written by a command or not at all, beside the command, the commit and the machine.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::workspace::{Workspace, output};

const FILE: &str = "docs/FIGURES.md";

/// Puts `text` where the section of this name stands, or at the end.
pub fn write_section(workspace: &Workspace, name: &str, text: &str) -> Result<()> {
    let file = workspace.root().join(FILE);
    let before = fs::read_to_string(&file).with_context(|| format!("{FILE} cannot be read"))?;
    fs::write(&file, replaced(&before, name, text))?;
    println!("{text}");
    Ok(())
}

/// Commit and machine, as every section names them.
pub fn measured_on(workspace: &Workspace) -> Result<String> {
    let commit = output(Command::new("git").current_dir(workspace.root()).args(["rev-parse", "--short", "HEAD"]))?;
    let cores = std::thread::available_parallelism()?;
    Ok(format!("commit {}, {cores} cores, release build", commit.trim()))
}

fn marks(name: &str) -> (String, String) {
    (format!("<!-- section: {name} -->"), format!("<!-- end: {name} -->"))
}

fn cut<'t>(text: &'t str, name: &str) -> Option<(&'t str, &'t str, &'t str)> {
    let (begin, end) = marks(name);
    let (before, rest) = text.split_once(&begin)?;
    let (inside, after) = rest.split_once(&end)?;
    Some((before, inside, after))
}

fn replaced(text: &str, name: &str, section: &str) -> String {
    let (begin, end) = marks(name);
    let section = section.trim();
    match cut(text, name) {
        Some((before, _, after)) => format!("{before}{begin}\n{section}\n{end}{after}"),
        None => format!("{}\n\n{begin}\n{section}\n{end}\n", text.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_added_once_and_then_replaced() {
        let first = replaced("# Figures\n", "a", "one");
        assert_eq!(first, "# Figures\n\n<!-- section: a -->\none\n<!-- end: a -->\n");
        let both = replaced(&first, "b", "two\n");
        let changed = replaced(&both, "a", "three");
        assert_eq!(changed, both.replace("one", "three"));
        assert_eq!(cut(&changed, "b").map(|(_, inside, _)| inside), Some("\ntwo\n"));
    }
}
