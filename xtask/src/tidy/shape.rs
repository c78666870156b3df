//! The shape of a file: how it opens, how long it is, what it may hold.

use super::Finding;
use super::source::Source;

/// A file past this is two files. House style aims at 300; this is where the aim becomes a gate.
const LINES_MAX: usize = 700;

/// What counts as code, and so has a length.
const CODE: [&str; 5] = ["css", "html", "js", "rs", "sql"];

/// How a line at the margin of `lib.rs` may begin: docs, modules, re-exports, a constant of the whole crate.
const INDEX_LINES: [&str; 10] =
    ["//", "#![", "#[", "mod ", "pub mod ", "pub(crate) mod ", "pub use ", "pub(crate) use ", "pub const ", "}"];

/// Marks of unfinished work. Split, so that this file is not caught by itself.
const UNFINISHED: [&str; 4] =
    [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("todo", "!("), concat!("unimple", "mented!(")];

/// Silences that outlive their reason; `#[expect]` complains when it is no longer needed.
const SILENCES: [&str; 2] = [concat!("#[al", "low("), concat!("#![al", "low(")];

pub fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(length(source));
    findings.extend(unfinished(source));
    if source.extension() == "rs" {
        findings.extend(opening(source));
        findings.extend(silenced(source));
        findings.extend(index(source));
    }
    findings
}

fn length(source: &Source) -> Option<Finding> {
    let lines = source.text.lines().count();
    (CODE.contains(&source.extension()) && lines > LINES_MAX).then(|| {
        Finding::new("length", &source.path, format!("{lines} lines, of at most {LINES_MAX}: find the nouns and split"))
    })
}

fn opening(source: &Source) -> Option<Finding> {
    let opens = source.text.lines().next().is_some_and(|line| line.starts_with("//! "));
    (!opens)
        .then(|| Finding::new("opening", source.place(1), "open with `//!`: what it is, why it is so, its invariant"))
}

fn silenced(source: &Source) -> Vec<Finding> {
    let silences = |line: &str| SILENCES.iter().any(|mark| line.trim_start().starts_with(mark));
    let lines = source.lines().filter(|(_, line)| silences(line));
    lines.map(|(line, _)| Finding::new("silence", source.place(line), "use `#[expect(…, reason = \"…\")]`")).collect()
}

/// `lib.rs` is the table of contents of its crate.
fn index(source: &Source) -> Option<Finding> {
    if source.name() != "lib.rs" {
        return None;
    }
    let at_margin = |line: &str| !line.is_empty() && !line.starts_with(char::is_whitespace);
    let belongs = |line: &str| INDEX_LINES.iter().any(|start| line.starts_with(start));
    let (line, _) = source.lines().find(|(_, line)| at_margin(line) && !belongs(line))?;
    let message = "lib.rs holds docs, modules, `pub use` and constants: move the rest to a file of its own";
    Some(Finding::new("index", source.place(line), message))
}

fn unfinished(source: &Source) -> Vec<Finding> {
    if !source.is_product() || !CODE.contains(&source.extension()) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (line, text) in source.lines() {
        for mark in UNFINISHED.iter().filter(|mark| has_word(text, mark)) {
            findings.push(Finding::new(
                "unfinished",
                source.place(line),
                format!("`{mark}` ships: finish it or file it"),
            ));
        }
    }
    findings
}

/// Whether `word` stands in `text` and is not the tail or the head of a longer one.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let tail = &text[at + word.len()..];
        !joins(text[..at].chars().next_back()) && (word.ends_with('(') || !joins(tail.chars().next()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(path: &str, text: &str) -> Vec<&'static str> {
        check(&Source::new(path, text)).into_iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn a_good_file_passes() {
        let text = "//! A file.\n\nmod a;\n\n#[cfg(test)]\nmod tests;\n\npub use a::{\n    A,\n};\n";
        assert_eq!(rules("pipeline/a/src/lib.rs", text), [""; 0]);
    }

    #[test]
    fn a_file_without_an_opening_is_caught() {
        assert_eq!(rules("pipeline/a/src/a.rs", "use std::fmt;\n"), ["opening"]);
        assert_eq!(rules("pipeline/a/src/a.rs", ""), ["opening"]);
    }

    #[test]
    fn a_long_file_is_caught_and_a_long_fixture_is_not() {
        let text = format!("//! Long.\n{}", "\n".repeat(LINES_MAX));
        assert_eq!(rules("services/a/src/a.rs", &text), ["length"]);
        assert_eq!(rules("fixtures/a.json", &text), [""; 0]);
    }

    #[test]
    fn a_silence_is_caught() {
        let text = format!("//! A.\n{}dead_code)]\nfn a() {{}}\n", SILENCES[0]);
        assert_eq!(rules("tests/e2e/src/a.rs", &text), ["silence"]);
    }

    #[test]
    fn code_in_an_index_is_caught() {
        assert_eq!(rules("pipeline/a/src/lib.rs", "//! A.\n\npub fn a() {\n}\n"), ["index"]);
        assert_eq!(rules("pipeline/a/src/lib.rs", "//! A.\nstruct B;\n"), ["index"]);
        assert_eq!(rules("pipeline/a/src/b.rs", "//! A.\nstruct B;\n"), [""; 0]);
    }

    #[test]
    fn unfinished_work_is_caught_in_the_product_only() {
        let text = format!("//! A.\nfn a() {{\n    {});\n}}\n", UNFINISHED[2]);
        assert_eq!(rules("storage/a/src/a.rs", &text), ["unfinished"]);
        assert_eq!(rules("storage/a/tests/a.rs", &text), [""; 0]);
        assert!(!has_word(&format!("{}S are fine", UNFINISHED[0]), UNFINISHED[0]));
    }
}
