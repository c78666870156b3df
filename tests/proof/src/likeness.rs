//! Whether two pictures show the same, whatever they were scaled and compressed to.
//!
//! Portico draws every picture anew, so the bytes that are stored are not those that were sent. Compared is whether it
//! gets lighter or darker from place to place: 16 by 16 of them (a difference hash).

use anyhow::Result;
use image::imageops::FilterType;

/// Places a side.
const SIDE: u32 = 16;
/// Of 256 places. The same picture after our own drawing differs in about ten; different ones in a hundred.
const SAME_AT_MOST: usize = 40;

/// What a picture shows.
#[derive(Clone)]
pub struct Likeness(Vec<bool>);

impl Likeness {
    /// # Errors
    /// When the bytes are no picture.
    pub fn of(bytes: &[u8]) -> Result<Self> {
        let small = image::load_from_memory(bytes)?.resize_exact(SIDE + 1, SIDE, FilterType::Triangle).to_luma8();
        let places = (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (x, y)));
        Ok(Self(places.map(|(x, y)| small.get_pixel(x, y).0 < small.get_pixel(x + 1, y).0).collect()))
    }

    /// Whether both show the same.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        self.distance(other) <= SAME_AT_MOST
    }

    fn distance(&self, other: &Self) -> usize {
        self.0.iter().zip(&other.0).filter(|(ours, theirs)| ours != theirs).count()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageFormat};
    use portico_crash::{BRAZIL, GERMANY};

    use super::*;
    use crate::lying::picture;

    fn drawn_anew(bytes: &[u8], width: u32) -> Vec<u8> {
        let picture = image::load_from_memory(bytes).unwrap().resize(width, width, FilterType::Lanczos3);
        let mut out = Cursor::new(Vec::new());
        DynamicImage::from(picture.to_rgb8()).write_to(&mut out, ImageFormat::Jpeg).unwrap();
        out.into_inner()
    }

    #[test]
    fn a_picture_is_known_again_at_any_size_and_no_other_is_taken_for_it() {
        let names: Vec<_> = BRAZIL.pictures.iter().chain(GERMANY.pictures).collect();
        let pictures: Vec<_> = names.iter().map(|name| picture(name).unwrap()).collect();
        for (place, ours) in pictures.iter().enumerate() {
            let likeness = Likeness::of(ours).unwrap();
            for width in [160, 900] {
                let small = Likeness::of(&drawn_anew(ours, width)).unwrap();
                assert!(likeness.is_like(&small), "{} at {width}: {}", names[place], likeness.distance(&small));
            }
            for (other, theirs) in pictures.iter().enumerate().filter(|(other, _)| *other != place) {
                let theirs = Likeness::of(theirs).unwrap();
                let far = likeness.distance(&theirs);
                assert!(!likeness.is_like(&theirs), "{} and {}: {far}", names[place], names[other]);
            }
        }
    }
}
