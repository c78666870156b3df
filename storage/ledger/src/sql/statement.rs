//! A statement: its text on each engine and the types it binds.
//!
//! sqlx hides mistakes on SQLite (an unbound `$n` is NULL, a bind too many is taken, a wrong type finds no row), so a
//! statement declares what it binds, every call is checked against that in debug builds, and a test prepares each text
//! on both engines. *Invariant:* the `$n` of a text are exactly 1 to the number of declared binds.

use std::fmt::Write as _;
use std::sync::OnceLock;

use super::value::Value;

/// One SQL statement.
#[derive(Debug)]
pub struct Statement {
    pub name: &'static str,
    /// A letter a bind: see [`Value::letter`].
    pub binds: &'static str,
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

impl Statement {
    /// The same text for both engines.
    pub const fn one(name: &'static str, binds: &'static str, text: &'static str) -> Self {
        Self { name, binds, sqlite: text, postgres: text }
    }

    /// A text for each engine.
    pub const fn two(name: &'static str, binds: &'static str, sqlite: &'static str, postgres: &'static str) -> Self {
        Self { name, binds, sqlite, postgres }
    }

    /// Stops a test that binds something else than the text takes.
    pub fn check(&self, values: &[Value<'_>]) {
        debug_assert!(fits(self.binds, values), "{} binds {}, not {values:?}", self.name, self.binds);
    }
}

/// A statement over several rows: `head`, the rows as tuples of `$n`, `tail`. The portable form of an array.
#[derive(Debug)]
pub struct Rows {
    pub name: &'static str,
    /// A letter a column of a row.
    pub binds: &'static str,
    head: &'static str,
    tail: &'static str,
    texts: [OnceLock<&'static str>; SIZES.len()],
}

/// How many rows a multi-row text may have, most first. Few fixed sizes, so that a connection's cache of prepared
/// statements holds them all: a new text for every count costs more than it saves (measured: docs/domain/ledger.md 2).
pub const SIZES: [usize; 6] = [32, 16, 8, 4, 2, 1];

impl Rows {
    pub const fn new(name: &'static str, binds: &'static str, head: &'static str, tail: &'static str) -> Self {
        Self { name, binds, head, tail, texts: [const { OnceLock::new() }; SIZES.len()] }
    }

    /// The largest text that `left` rows fill, and how many rows it takes.
    pub fn text(&self, left: usize) -> (usize, &'static str) {
        let place = SIZES.iter().position(|size| *size <= left).unwrap_or(SIZES.len() - 1);
        (SIZES[place], self.texts[place].get_or_init(|| self.write(SIZES[place]).leak()))
    }

    /// Stops a test that binds a row of other types than the text takes.
    pub fn check(&self, row: &[Value<'_>]) {
        debug_assert!(fits(self.binds, row), "{} binds rows of {}, not {row:?}", self.name, self.binds);
    }

    fn write(&self, rows: usize) -> String {
        let width = self.binds.len();
        let mut text = String::from(self.head);
        for row in 0..rows {
            text.push_str(if row == 0 { "\n(" } else { ",\n(" });
            for column in 1..=width {
                let _ = write!(text, "{}${}", if column == 1 { "" } else { ", " }, row * width + column);
            }
            text.push(')');
        }
        text.push_str(self.tail);
        text
    }
}

fn fits(binds: &str, values: &[Value<'_>]) -> bool {
    binds.chars().eq(values.iter().map(Value::letter))
}

/// Declares statements and the list of them that the tests walk, so that none can be left out of it.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $kind:ident($binds:literal, $($text:expr),+ $(,)?);)*) => {
        $($(#[$doc])* pub static $name: statements!(@type $kind) = statements!(@new $kind)(
            stringify!($name), $binds, $($text),+
        );)*
        #[cfg(test)]
        pub static ALL: &[$crate::sql::statement::Any] = &[$($crate::sql::statement::Any::$kind(&$name)),*];
    };
    (@type one) => { $crate::sql::statement::Statement };
    (@type two) => { $crate::sql::statement::Statement };
    (@type rows) => { $crate::sql::statement::Rows };
    (@new one) => { $crate::sql::statement::Statement::one };
    (@new two) => { $crate::sql::statement::Statement::two };
    (@new rows) => { $crate::sql::statement::Rows::new };
}
pub(super) use statements;

/// A statement of any kind, for the tests that walk all of them. Variants are named as [`statements`] names kinds.
#[cfg(test)]
#[expect(non_camel_case_types, reason = "the macro writes the kind as the variant")]
#[derive(Debug, Clone, Copy)]
pub enum Any {
    one(&'static Statement),
    two(&'static Statement),
    rows(&'static Rows),
}
