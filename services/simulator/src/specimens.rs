//! Pictures drawn by us, so that a newcomer needs no identity document: `fixtures/images/specimens/*.jpg`, listed by
//! `build.rs` and carried inside the binary.

use std::sync::LazyLock;

use serde::Serialize;

/// One drawn picture.
#[derive(Debug, Clone, Serialize)]
pub struct Specimen {
    /// The file's name without its ending, such as `passport_blurred`.
    pub name: &'static str,
    /// The name as a person reads it: `Passport blurred`.
    pub title: String,
    #[serde(skip)]
    pub bytes: &'static [u8],
}

const DRAWN: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/specimens.rs"));

static SPECIMENS: LazyLock<Vec<Specimen>> = LazyLock::new(|| {
    let mut specimens: Vec<_> =
        DRAWN.iter().map(|&(name, bytes)| Specimen { name, title: title(name), bytes }).collect();
    specimens.sort_by_key(|specimen| (rank(specimen.name), specimen.name));
    specimens
});

/// All of them, those that lead to an approval first.
#[must_use]
pub fn specimens() -> &'static [Specimen] {
    &SPECIMENS
}

pub(crate) fn specimen(name: &str) -> Option<&'static Specimen> {
    SPECIMENS.iter().find(|specimen| specimen.name == name)
}

/// Documents as they should be, then faces, then what goes wrong.
fn rank(name: &str) -> u8 {
    match name {
        "passport" => 0,
        "id_front" => 1,
        "id_back" => 2,
        face if face.starts_with("selfie") => 3,
        _ => 4,
    }
}

fn title(name: &str) -> String {
    let words = name.replace("id_", "ID_").replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_become_words() {
        assert_eq!(title("passport_blurred"), "Passport blurred");
        assert_eq!(title("id_front"), "ID front");
        assert_eq!(title(""), "");
    }
}
