//! Canaries: invented personal values, one a field, that occur nowhere else and so tell where they got out.
//!
//! *Invariant:* the same field always has the same word, and two fields never share one; numbers are new each time,
//! because two people never share one.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::{Needle, Needles};

/// See the module.
#[derive(Default)]
pub struct Canaries {
    words: BTreeMap<String, String>,
    /// Each with the field it was in.
    numbers: Vec<(String, String)>,
}

impl Canaries {
    /// A word with letters that escapes must escape, for a field of text.
    pub fn word(&mut self, field: &str) -> String {
        self.named(field, |letters| format!("Žlu{letters}kanárek"))
    }

    /// The same of plain letters, for where nothing else fits: headers, paths, types.
    pub fn plain_word(&mut self, field: &str) -> String {
        self.named(field, |letters| format!("Zlu{letters}kanarek"))
    }

    fn named(&mut self, field: &str, word: impl Fn(&str) -> String) -> String {
        let next = self.words.len();
        let letter = |place: usize| char::from(b'a' + u8::try_from(place % 26).unwrap_or_default());
        let letters: String = [next / 26, next].map(letter).iter().collect();
        self.words.entry(field.to_owned()).or_insert_with(|| word(&letters)).clone()
    }

    /// A phone number that nobody has.
    pub fn number(&mut self, field: &str) -> String {
        let number = format!("55008{:08}", 31_415_926 + 17 * self.numbers.len());
        self.numbers.push((field.to_owned(), number.clone()));
        number
    }

    /// The digits of a user id.
    pub fn digits(&mut self, field: &str) -> String {
        let digits = format!("2718281{:013}", 8_284_590_452_u64 + 19 * self.numbers.len() as u64);
        self.numbers.push((field.to_owned(), digits.clone()));
        digits
    }

    /// A place on earth, by one of its two numbers; what comes after the point is looked for: eleven digits, so that no
    /// time or count holds them by chance.
    pub fn degrees(&mut self, field: &str) -> f64 {
        let decimals = format!("5{:09}7", 508_317_491 + 17 * self.numbers.len());
        let degrees = format!("-12.{decimals}").parse().unwrap_or_default();
        self.knows(field, &decimals);
        degrees
    }

    /// A value that came from elsewhere.
    pub fn knows(&mut self, field: &str, value: &str) {
        self.numbers.push((field.to_owned(), value.to_owned()));
    }

    /// # Errors
    /// When one is too short to be searched for.
    pub fn needles(&self) -> Result<Needles> {
        let all = self.words.iter().chain(self.numbers.iter().map(|(field, number)| (field, number)));
        Needles::new(all.map(|(field, value)| Needle::new(field, value.as_str())).collect::<Result<_>>()?)
    }
}
