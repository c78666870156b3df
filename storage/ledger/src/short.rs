//! The end of a case's id, as a person types it into a search box.

/// The characters as an id spells them: lower case, without what people type around them; `None` when nothing is left
/// or something no id holds is among them.
#[must_use]
pub fn spelled(typed: &str) -> Option<String> {
    let typed = typed.trim().to_ascii_lowercase();
    let end = typed.rsplit_once('_').map_or(typed.as_str(), |(_, end)| end);
    let fits = !end.is_empty() && end.len() <= 26 && end.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fits.then(|| end.to_owned())
}

/// The characters from the last to the first, as bytes: an index over them finds every id of one end as one range, in
/// the same order on both engines.
#[must_use]
pub fn backwards(text: &str) -> Vec<u8> {
    text.bytes().rev().collect()
}

/// The first and the first no longer of those that begin with `end` read backwards.
#[must_use]
pub fn range(end: &str) -> (Vec<u8>, Vec<u8>) {
    let first = backwards(end);
    let past = first.iter().copied().chain([u8::MAX]).collect();
    (first, past)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_read_as_an_id_spells_it() {
        assert_eq!(spelled(" 7K2M "), Some("7k2m".into()));
        assert_eq!(spelled("case_7k2m"), Some("7k2m".into()));
        for nothing in ["", "  ", "case_", "é", "a b", "%"] {
            assert_eq!(spelled(nothing), None, "{nothing}");
        }
    }
}
