//! Something personal, and every way in which a machine may have written it down.
//!
//! *Invariant:* each [`Spelling`] has a test that finds a needle planted in it, and a needle is too long to be met by
//! chance.

use std::fmt::Write as _;

use aho_corasick::{AhoCorasick, MatchKind};
use anyhow::{Context as _, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::{Found, Haystack};

/// Shorter ones are met by chance in base64.
const SHORTEST_BYTES: usize = 7;

/// How it is written. Case is not told apart in any: it hides nothing, and hexadecimal and escapes have both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spelling {
    Plain,
    /// Also inside something longer, at each of the three places where it may begin, and in the alphabet of URLs.
    Base64,
    Hex,
    /// Percent escapes: of all that must be escaped, or of every byte; a space as `+` or as `%20`.
    Url,
    /// `\u` escapes: of all beyond ASCII, or of every character.
    Json,
    /// `\u{…}`, as Rust writes what it debugs.
    Rust,
    /// Numbers of bytes between commas, as a list of bytes is written.
    Numbers,
    /// Either order of bytes.
    Utf16,
    /// Digits with something between them.
    Spaced,
}

/// See the module.
#[derive(Clone)]
pub struct Needle {
    /// What it is of whom: a failing test names this, never the thing itself.
    pub name: String,
    bytes: Vec<u8>,
}

impl Needle {
    /// # Errors
    /// When it is so short that chance would find it.
    pub fn new(name: impl Into<String>, thing: impl Into<Vec<u8>>) -> Result<Self> {
        let (name, bytes) = (name.into(), thing.into());
        ensure!(bytes.len() >= SHORTEST_BYTES, "{name} is too short to be searched for");
        Ok(Self { name, bytes })
    }

    /// One needle a word that is long enough: whoever leaks half a name leaks.
    ///
    /// # Errors
    /// When there is no such word.
    pub fn words(name: &str, text: &str) -> Result<Vec<Self>> {
        let words = text.split_whitespace().filter(|word| word.len() >= SHORTEST_BYTES);
        let needles: Vec<_> = words.map(|word| Self::new(name, word)).collect::<Result<_>>()?;
        ensure!(!needles.is_empty(), "{name} has no word that can be searched for");
        Ok(needles)
    }

    /// Everything to look for, each with how it is written.
    #[must_use]
    pub fn spellings(&self) -> Vec<(Spelling, Vec<u8>)> {
        let bytes = &self.bytes;
        let mut all = vec![(Spelling::Plain, bytes.clone())];
        for at in 0..3 {
            all.push((Spelling::Base64, base64(bytes, at, &STANDARD_NO_PAD)));
            all.push((Spelling::Base64, base64(bytes, at, &URL_SAFE_NO_PAD)));
        }
        all.push((Spelling::Hex, each(bytes, |out, byte| write!(out, "{byte:02x}"))));
        let must = |byte: u8| !byte.is_ascii_alphanumeric() && !b"-._~".contains(&byte);
        for space in ["%20", "+"] {
            all.push((
                Spelling::Url,
                each(bytes, |out, byte| match byte {
                    b' ' => write!(out, "{space}"),
                    byte if must(byte) => write!(out, "%{byte:02x}"),
                    byte => write!(out, "{}", char::from(byte)),
                }),
            ));
        }
        all.push((Spelling::Url, each(bytes, |out, byte| write!(out, "%{byte:02x}"))));
        for separator in [",", ", "] {
            let numbers: Vec<_> = bytes.iter().map(u8::to_string).collect();
            all.push((Spelling::Numbers, numbers.join(separator).into_bytes()));
        }
        if let Ok(text) = std::str::from_utf8(bytes) {
            all.extend(of_text(text));
        }
        // What two ways write alike is the first one's.
        all.sort_by(|(a, one), (b, other)| (one, a).cmp(&(other, b)));
        all.dedup_by(|(_, later), (_, first)| later == first);
        all
    }

    /// The digits alone, when it is a number.
    fn digits(&self) -> Option<&[u8]> {
        self.bytes.iter().all(u8::is_ascii_digit).then_some(self.bytes.as_slice())
    }
}

fn of_text(text: &str) -> Vec<(Spelling, Vec<u8>)> {
    let escaped = |every: bool| {
        let mut out = String::new();
        for unit in text.encode_utf16() {
            match u8::try_from(unit).ok().filter(u8::is_ascii) {
                Some(byte) if !every => out.push(char::from(byte)),
                _ => drop(write!(out, "\\u{unit:04x}")),
            }
        }
        out.into_bytes()
    };
    let debugged: String =
        text.chars().map(|c| if c.is_ascii() { c.to_string() } else { c.escape_unicode().to_string() }).collect();
    let units: Vec<_> = text.encode_utf16().collect();
    vec![
        (Spelling::Json, escaped(false)),
        (Spelling::Json, escaped(true)),
        (Spelling::Rust, debugged.into_bytes()),
        (Spelling::Utf16, units.iter().flat_map(|unit| unit.to_le_bytes()).collect()),
        (Spelling::Utf16, units.iter().flat_map(|unit| unit.to_be_bytes()).collect()),
    ]
}

fn each(bytes: &[u8], write: impl Fn(&mut String, u8) -> std::fmt::Result) -> Vec<u8> {
    let mut out = String::new();
    for byte in bytes {
        // A string takes everything.
        let _ = write(&mut out, *byte);
    }
    out.into_bytes()
}

/// What surely stands in the base64 of anything that has `bytes` at a place of this remainder by three.
fn base64(bytes: &[u8], at: usize, alphabet: &impl Engine) -> Vec<u8> {
    let padded = [&[0; 2][..at], bytes].concat();
    let text = alphabet.encode(&padded);
    // A character holds six bits; those with bits of a neighbour may be anything.
    let (from, to) = ((at * 8).div_ceil(6), padded.len() * 8 / 6);
    text.as_bytes()[from..to].to_vec()
}

/// Many needles, looked for at once.
pub struct Needles {
    needles: Vec<Needle>,
    /// Of each pattern: its needle and its spelling.
    patterns: Vec<(usize, Spelling)>,
    search: AhoCorasick,
    numbers: AhoCorasick,
    /// Of each number: its needle.
    numbered: Vec<usize>,
}

impl Needles {
    /// # Errors
    /// When there are none, or too many.
    pub fn new(needles: Vec<Needle>) -> Result<Self> {
        ensure!(!needles.is_empty(), "nothing to look for");
        let (mut patterns, mut texts, mut numbered, mut numbers) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (place, needle) in needles.iter().enumerate() {
            for (spelling, text) in needle.spellings() {
                patterns.push((place, spelling));
                texts.push(text);
            }
            if let Some(digits) = needle.digits() {
                numbered.push(place);
                numbers.push(digits.to_vec());
            }
        }
        let build = |texts: &[Vec<u8>]| {
            AhoCorasick::builder().match_kind(MatchKind::Standard).ascii_case_insensitive(true).build(texts)
        };
        Ok(Self { search: build(&texts)?, numbers: build(&numbers)?, needles, patterns, numbered })
    }

    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.needles.iter().map(|needle| needle.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The first of this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn named(&self, name: &str) -> Result<&Needle> {
        self.needles.iter().find(|needle| needle.name == name).with_context(|| format!("no needle {name}"))
    }

    /// Where any of them is, each once a place.
    #[must_use]
    pub fn within(&self, hay: &Haystack) -> Vec<Found> {
        let mut found = Vec::new();
        for straw in hay.straws() {
            for (needle, spelling) in self.of(straw.place.as_bytes()).into_iter().chain(self.of(&straw.bytes)) {
                let (needle, place) = (self.needles[needle].name.clone(), straw.place.clone());
                found.push(Found { needle, spelling, place });
            }
        }
        found.sort();
        found.dedup();
        found
    }

    fn of(&self, bytes: &[u8]) -> Vec<(usize, Spelling)> {
        let mut found: Vec<_> =
            self.search.find_overlapping_iter(bytes).map(|hit| self.patterns[hit.pattern().as_usize()]).collect();
        let close: Vec<u8> = bytes.iter().copied().filter(|byte| !b" \t-./()+_".contains(byte)).collect();
        if close.len() < bytes.len() {
            let spaced = self.numbers.find_overlapping_iter(&close);
            found.extend(spaced.map(|hit| (self.numbered[hit.pattern().as_usize()], Spelling::Spaced)));
        }
        found
    }
}

#[cfg(test)]
mod tests;
