//! What was found, the worst first.

use portico_case::{EffectiveFinding, effective_findings};
use portico_vocab::FindingResult;

use super::sight::Sight;
use crate::pages::words;

/// One row: an icon, a word and a colour for the result, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FindingLine {
    pub class: &'static str,
    pub icon: &'static str,
    pub word: &'static str,
    pub check: &'static str,
    pub on: Option<&'static str>,
    pub detail: String,
    pub required: bool,
    pub source: String,
}

/// What must be looked at, and what is clear, folded away behind its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Findings {
    pub open: Vec<FindingLine>,
    pub clear: Vec<FindingLine>,
    /// `Sharp (Passport, Selfie), Light (Passport)`.
    pub clear_names: String,
}

pub(crate) fn findings(sight: &Sight) -> Findings {
    let mut rows = effective_findings(&sight.case, &sight.policy);
    rows.sort_by_key(|row| (weight(row.result), !row.required));
    let (clear, open): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.result == FindingResult::Clear);
    let lines = |rows: Vec<&EffectiveFinding>| rows.into_iter().map(|row| line(sight, row)).collect::<Vec<_>>();
    let (open, clear) = (lines(open), lines(clear));
    Findings { clear_names: names(&clear), open, clear }
}

/// Each check once, with the pictures it was made on.
fn names(lines: &[FindingLine]) -> String {
    let mut names: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in lines {
        match names.iter_mut().find(|(check, _)| *check == line.check) {
            Some((_, on)) => on.extend(line.on),
            None => names.push((line.check, line.on.into_iter().collect())),
        }
    }
    let name = |(check, on): &(&str, Vec<&str>)| match on.as_slice() {
        [] => (*check).to_owned(),
        on => format!("{check} ({})", on.join(", ")),
    };
    names.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// What a reviewer must look at comes first.
const fn weight(result: FindingResult) -> u8 {
    match result {
        FindingResult::Fail => 0,
        FindingResult::Unsure => 1,
        FindingResult::Consider => 2,
        FindingResult::Unavailable => 3,
        FindingResult::Clear => 4,
        FindingResult::NotApplicable => 5,
    }
}

fn line(sight: &Sight, row: &EffectiveFinding) -> FindingLine {
    let (class, icon, word) = words::result(row.result);
    let reasons: Vec<_> = row.reasons.iter().map(|reason| reason.internal_text()).collect();
    let nobody = "no machine does this yet";
    let detail = match (reasons.is_empty(), row.source.is_empty()) {
        (false, _) => reasons.join("; "),
        (true, true) if row.required => nobody.to_owned(),
        _ => String::new(),
    };
    FindingLine {
        class,
        icon,
        word,
        check: words::check(row.check),
        on: row.slot.map(|slot| sight.slot_label(slot)),
        detail: [detail, score(row)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
        required: row.required,
        source: row.source.clone(),
    }
}

/// `0.910, clear from 0.930`; integers where the unit is whole (pixels, grey levels).
fn score(row: &EffectiveFinding) -> String {
    match (row.score_milli, row.clear_from_milli) {
        (Some(score), Some(clear)) => format!("{}, clear from {}", milli(score), milli(clear)),
        (Some(score), None) => milli(score),
        (None, _) => String::new(),
    }
}

fn milli(value: i64) -> String {
    match (value / 1000, (value % 1000).abs()) {
        (whole, 0) => whole.to_string(),
        (whole, part) if whole.abs() < 10 => format!("{whole}.{part:03}").trim_end_matches('0').to_owned(),
        (whole, part) => format!("{whole}.{}", part / 100),
    }
}

#[cfg(test)]
mod tests {
    use super::milli;

    #[test]
    fn scores_are_short() {
        for (value, text) in [(910, "0.91"), (45, "0.045"), (1_200_000, "1200"), (137_250, "137.2"), (0, "0")] {
            assert_eq!(milli(value), text);
        }
    }
}
