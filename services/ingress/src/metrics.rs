//! What the ingress counts, as Prometheus reads it. No label holds an id: numbers and digests go to the log.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

/// One thing that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Count {
    /// Bodies acknowledged after every cell they name had committed.
    Accepted,
    /// Bodies acknowledged that had nothing for any cell.
    Empty,
    Unsigned,
    Forged,
    TooLarge,
    /// The body did not come in whole, or not in time.
    CutOff,
    /// Told to come again because a number is of no cell.
    Stranger,
    /// Told to come again because a cell could not commit.
    NotDurable,
    /// Told to come again because too much is waiting.
    Busy,
    HandshakeMet,
    HandshakeRefused,
    /// Changes committed in a cell.
    ChangeKept,
    /// Changes of a number on the ignore list.
    ChangeIgnored,
    /// Changes of a number, or of an account, that is of no cell.
    ChangeOfStranger,
    /// Changes without number and account.
    ChangeOfNobody,
    /// Commits of one segment.
    Segments,
}

struct Line {
    count: Count,
    family: &'static str,
    help: &'static str,
    label: &'static str,
}

const WEBHOOKS: (&str, &str) = ("portico_ingress_webhooks_total", "Webhook requests by how they were answered.");
const HANDSHAKES: (&str, &str) =
    ("portico_ingress_handshakes_total", "Verification handshakes by how they were answered.");
const CHANGES: (&str, &str) = ("portico_ingress_changes_total", "Changes in signed webhooks by where they went.");
const SEGMENTS: (&str, &str) = ("portico_ingress_segments_total", "Segments of webhook bodies committed.");

const fn line(count: Count, (family, help): (&'static str, &'static str), label: &'static str) -> Line {
    Line { count, family, help, label }
}

/// In the order they are printed; those of one family stand together.
const LINES: [Line; 16] = [
    line(Count::Accepted, WEBHOOKS, r#"{answer="accepted"}"#),
    line(Count::Empty, WEBHOOKS, r#"{answer="empty"}"#),
    line(Count::Unsigned, WEBHOOKS, r#"{answer="unsigned"}"#),
    line(Count::Forged, WEBHOOKS, r#"{answer="forged"}"#),
    line(Count::TooLarge, WEBHOOKS, r#"{answer="too_large"}"#),
    line(Count::CutOff, WEBHOOKS, r#"{answer="cut_off"}"#),
    line(Count::Stranger, WEBHOOKS, r#"{answer="stranger"}"#),
    line(Count::NotDurable, WEBHOOKS, r#"{answer="not_durable"}"#),
    line(Count::Busy, WEBHOOKS, r#"{answer="busy"}"#),
    line(Count::HandshakeMet, HANDSHAKES, r#"{answer="met"}"#),
    line(Count::HandshakeRefused, HANDSHAKES, r#"{answer="refused"}"#),
    line(Count::ChangeKept, CHANGES, r#"{to="cell"}"#),
    line(Count::ChangeIgnored, CHANGES, r#"{to="ignored"}"#),
    line(Count::ChangeOfStranger, CHANGES, r#"{to="stranger"}"#),
    line(Count::ChangeOfNobody, CHANGES, r#"{to="nobody"}"#),
    line(Count::Segments, SEGMENTS, ""),
];

/// The counters of one ingress.
#[derive(Debug, Default)]
pub struct IngressMetrics([AtomicU64; LINES.len()]);

impl IngressMetrics {
    pub(crate) fn add(&self, count: Count, by: usize) {
        self.0[count as usize].fetch_add(by as u64, Ordering::Relaxed);
    }

    #[must_use]
    pub fn get(&self, count: Count) -> u64 {
        self.0[count as usize].load(Ordering::Relaxed)
    }

    /// Appends every counter in Prometheus' text format (version 0.0.4).
    pub fn render(&self, out: &mut String) {
        let mut family = "";
        for line in &LINES {
            if line.family != family {
                family = line.family;
                let _ = writeln!(out, "# HELP {family} {}\n# TYPE {family} counter", line.help);
            }
            let _ = writeln!(out, "{family}{} {}", line.label, self.get(line.count));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_count_has_its_line() {
        let metrics = IngressMetrics::default();
        for (place, line) in LINES.iter().enumerate() {
            assert_eq!(line.count as usize, place);
        }
        metrics.add(Count::Segments, 3);
        let mut text = String::new();
        metrics.render(&mut text);
        assert!(text.contains("portico_ingress_webhooks_total{answer=\"accepted\"} 0\n"));
        assert!(text.ends_with("# TYPE portico_ingress_segments_total counter\nportico_ingress_segments_total 3\n"));
        assert_eq!(text.matches("# TYPE").count(), 4);
    }
}
