//! SPDX licence expressions, as far as crates use them: names, `WITH`, `AND`, `OR`, parentheses, and the old `/`.
//!
//! Source: SPDX specification 2.3, annex D; `AND` binds tighter than `OR`. *Invariant:* an expression that cannot be
//! read is satisfied by nothing.

/// Whether one may use what is licensed as `expression` when exactly the licences of `allows` are accepted.
pub fn satisfied(expression: &str, allows: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut reader = Reader { words: spaced.split_whitespace().peekable(), allows };
    reader.any() == Some(true) && reader.words.next().is_none()
}

struct Reader<'a, W: Iterator<Item = &'a str>> {
    words: std::iter::Peekable<W>,
    allows: &'a dyn Fn(&str) -> bool,
}

/// Every method reads as far as its part goes; `None` is an expression that cannot be read.
impl<'a, W: Iterator<Item = &'a str>> Reader<'a, W> {
    fn any(&mut self) -> Option<bool> {
        let mut satisfied = self.all()?;
        while self.words.next_if_eq(&"OR").is_some() {
            satisfied |= self.all()?;
        }
        Some(satisfied)
    }

    fn all(&mut self) -> Option<bool> {
        let mut satisfied = self.one()?;
        while self.words.next_if_eq(&"AND").is_some() {
            satisfied &= self.one()?;
        }
        Some(satisfied)
    }

    fn one(&mut self) -> Option<bool> {
        match self.words.next()? {
            "(" => {
                let satisfied = self.any()?;
                self.words.next_if_eq(&")").map(|_| satisfied)
            }
            ")" | "AND" | "OR" | "WITH" => None,
            name if self.words.next_if_eq(&"WITH").is_some() => {
                let exception = self.words.next()?;
                Some((self.allows)(&format!("{name} WITH {exception}")))
            }
            name => Some((self.allows)(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mit_and_isc_allow(expression: &str) -> bool {
        satisfied(expression, &|name| ["MIT", "ISC"].contains(&name))
    }

    #[test]
    fn expressions_are_read() {
        for good in [
            "MIT",
            "GPL-2.0 OR MIT",
            "MIT AND ISC",
            "GPL-2.0/MIT",
            "(MIT OR GPL-2.0) AND ISC",
            "GPL-2.0 AND GPL-3.0 OR MIT",
        ] {
            assert!(mit_and_isc_allow(good), "{good}");
        }
        for bad in ["GPL-2.0", "MIT AND GPL-2.0", "MIT WITH LLVM-exception", "(MIT OR ISC) AND GPL-2.0"] {
            assert!(!mit_and_isc_allow(bad), "{bad}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_satisfied() {
        for bad in ["", "MIT OR", "(MIT", "MIT)", "MIT ISC", "AND MIT"] {
            assert!(!mit_and_isc_allow(bad), "{bad}");
        }
    }
}
