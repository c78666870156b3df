//! How far long work has come: a bar on a terminal, plain lines otherwise, both on standard error.

use std::io::{IsTerminal as _, Write as _};

const BAR: usize = 40;

/// Counts up to a total that may grow while it counts.
pub(super) struct Progress {
    what: String,
    total: u64,
    done: u64,
    /// The last hundredth that was drawn, or tenth where lines are written.
    shown: Option<u64>,
    terminal: bool,
}

impl Progress {
    pub(super) fn new(what: impl Into<String>, total: u64) -> Self {
        let terminal = std::io::stderr().is_terminal();
        Self { what: what.into(), total, done: 0, shown: None, terminal }
    }

    /// One more is done.
    pub(super) fn step(&mut self) {
        self.done += 1;
        let steps = if self.terminal { 100 } else { 10 };
        let part = self.done * steps / self.total.max(self.done);
        if self.shown == Some(part) {
            return;
        }
        self.shown = Some(part);
        let (what, done, total) = (&self.what, self.done, self.total.max(self.done));
        if self.terminal {
            let filled = usize::try_from(part).unwrap_or(0) * BAR / 100;
            let _ = write!(
                std::io::stderr(),
                "\r{what} [{}{}] {done} of {total}",
                "#".repeat(filled),
                ".".repeat(BAR - filled)
            );
        } else {
            let _ = writeln!(std::io::stderr(), "{what}: {done} of {total}");
        }
    }

    /// Clears the bar, so that what follows has its own line.
    pub(super) fn end(self) {
        if self.terminal && self.shown.is_some() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
