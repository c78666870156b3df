//! A source file as tidy sees it: its path, its text, and which part of it goes into the product.

/// A text file of the repository.
#[derive(Debug)]
pub struct Source {
    /// Relative to the root, with `/`.
    pub path: String,
    pub text: String,
}

/// The folders whose crates are shipped.
const PRODUCT: [&str; 3] = ["pipeline/", "services/", "storage/"];

impl Source {
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into() }
    }

    /// What follows the last dot of the file's name.
    pub fn extension(&self) -> &str {
        self.name().rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    pub fn name(&self) -> &str {
        self.path.rsplit_once('/').map_or(&self.path, |(_, name)| name)
    }

    /// Whether the file is part of a shipped crate, and not one of its tests or examples.
    pub fn is_product(&self) -> bool {
        let is_beside = self.path.split('/').any(|part| matches!(part, "tests" | "tests.rs" | "examples" | "benches"));
        PRODUCT.iter().any(|folder| self.path.starts_with(folder)) && !is_beside
    }

    /// Lines with their numbers, from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// The lines of code that ship: no comments, and nothing from the module of tests at the end of a file on.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let tests = self.first_test_line();
        self.lines().take_while(move |(number, _)| *number < tests).filter(|(_, line)| {
            let line = line.trim_start();
            !line.starts_with("//")
        })
    }

    fn first_test_line(&self) -> usize {
        let mut lines = self.lines().peekable();
        while let Some((number, line)) = lines.next() {
            let opens_module = |(_, next): &(usize, &str)| next.starts_with("mod ") || next.starts_with("#[path");
            if line == "#[cfg(test)]" && lines.peek().is_some_and(opens_module) {
                return number;
            }
        }
        usize::MAX
    }

    /// `path:line`, as editors and terminals open it.
    pub fn place(&self, line: usize) -> String {
        format!("{}:{line}", self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_and_comments_are_not_code() {
        let source = Source::new("pipeline/a/src/b.rs", "//! b\nfn b() {}\n  // why\n#[cfg(test)]\nmod tests {\n}\n");
        assert_eq!(source.code().collect::<Vec<_>>(), [(2, "fn b() {}")]);
    }

    #[test]
    fn a_test_folder_is_not_product() {
        let is_product = |path| Source::new(path, "").is_product();
        assert!(is_product("storage/ledger/src/memory.rs"));
        assert!(!is_product("storage/ledger/tests/conformance.rs"));
        assert!(!is_product("storage/ledger/src/memory/tests.rs"));
        assert!(!is_product("xtask/src/main.rs"));
    }
}
