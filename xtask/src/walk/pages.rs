//! The commands in a document.
//!
//! Every block fenced as `sh` is run; `sh terminal until=URL` is one to leave running in a terminal of its own, begun
//! when the URL answers. What needs another machine (systemd, Meta, an engine) is fenced as `console` and is not run.

use anyhow::{Result, bail, ensure};

/// One fenced block.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    /// `README.md:26`
    pub place: String,
    pub commands: String,
    pub runs: Runs,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Runs {
    /// In the reader's terminal, to its end.
    Here,
    /// In a terminal of its own, until the document ends; begun when this answers.
    Terminal { until: String },
}

/// Every block of a document that a reader runs.
pub fn blocks(name: &str, text: &str) -> Result<Vec<Block>> {
    let mut blocks = Vec::new();
    let mut open: Option<(Option<Runs>, String, String)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        match (&mut open, line.trim_start().strip_prefix("```")) {
            (None, Some(info)) => {
                let place = format!("{name}:{number}");
                open = Some((runs(&place, info)?, place, String::new()));
            }
            (Some(_), Some(rest)) => {
                ensure!(rest.trim().is_empty(), "{name}:{number}: a block opens inside a block");
                if let Some((Some(runs), place, commands)) = open.take() {
                    blocks.push(Block { place, commands, runs });
                }
            }
            (Some((_, _, commands)), None) => {
                commands.push_str(line);
                commands.push('\n');
            }
            (None, None) => {}
        }
    }
    ensure!(open.is_none(), "{name}: the last block is never closed");
    Ok(blocks)
}

/// How a block with this info string is run, if it is.
fn runs(place: &str, info: &str) -> Result<Option<Runs>> {
    let words: Vec<&str> = info.split_whitespace().collect();
    match words.as_slice() {
        ["sh"] => Ok(Some(Runs::Here)),
        ["sh", "terminal", until] => match until.strip_prefix("until=") {
            Some(url) => Ok(Some(Runs::Terminal { until: url.to_owned() })),
            None => bail!("{place}: expected until=URL, found {until}"),
        },
        ["sh", ..] => bail!("{place}: expected `sh` or `sh terminal until=URL`, found {info}"),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_and_the_rest_is_passed_over() {
        let text = "# A\n```sh\ncd a\nls\n```\n```toml\nx = 1\n```\n```console\n$ sudo x\n```\n\
                    ```sh terminal until=http://127.0.0.1:1/\nserve\n```\n";
        let terminal = Runs::Terminal { until: "http://127.0.0.1:1/".to_owned() };
        let found = blocks("A.md", text).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], Block { place: "A.md:2".into(), commands: "cd a\nls\n".into(), runs: Runs::Here });
        assert_eq!(found[1], Block { place: "A.md:12".into(), commands: "serve\n".into(), runs: terminal });
    }

    #[test]
    fn a_block_that_cannot_be_understood_is_named() {
        for (text, word) in [
            ("```sh\nls\n", "never closed"),
            ("```sh wlak\nls\n```\n", "A.md:1"),
            ("```sh terminal http://a\nls\n```\n", "until=URL"),
            ("```sh\nls\n```sh\n", "inside a block"),
        ] {
            assert!(blocks("A.md", text).unwrap_err().to_string().contains(word), "{text}");
        }
    }
}
