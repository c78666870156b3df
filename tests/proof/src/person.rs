//! What is personal of somebody in the chat, as needles.

use anyhow::Result;
use portico_crash::{Country, Person};
use portico_vocab::Sha256;

use crate::lying::picture;
use crate::{Likeness, Needle};

/// Everything that names somebody: by number, by WhatsApp's id, by the name they gave themselves, by their messages, and
/// by the digests of their pictures. `profile` is that name, `said` what they wrote.
///
/// # Errors
/// When something of it is too short to be searched for.
pub fn needles(person: &Person, profile: &str, said: &[&str]) -> Result<Vec<Needle>> {
    let whose = |what: &str| format!("{what} of {}", person.id);
    let mut needles = vec![
        Needle::new(whose("the number"), person.phone.as_str())?,
        Needle::new(whose("the user id"), person.user_id.as_str().split('.').next_back().unwrap_or_default())?,
    ];
    needles.extend(Needle::words(&whose("the profile name"), profile)?);
    for words in said {
        needles.extend(Needle::words(&whose("a text"), words)?);
    }
    for wamid in &person.said {
        needles.push(Needle::new(whose("a wamid"), wamid.as_str().trim_start_matches("wamid."))?);
    }
    for name in person.country.pictures {
        let digest = Sha256::of(&picture(name)?);
        needles.push(Needle::new(whose("a picture's digest"), digest.as_bytes().to_vec())?);
    }
    Ok(needles)
}

/// What the pictures that people of a country show look like.
///
/// # Errors
/// When one is no picture.
pub fn likenesses(country: &Country) -> Result<Vec<(&'static str, Likeness)>> {
    country.pictures.iter().map(|name| Ok((*name, Likeness::of(&picture(name)?)?))).collect()
}
