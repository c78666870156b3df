//! PNG: chunks of the W3C PNG specification, third edition, section 5.
//!
//! *Invariant:* accepted files begin with `IHDR`, hold `IDAT`, and reach `IEND` with no chunk cut short. Checksums are
//! the decoder's, which refuses what does not agree.

use super::{Cursor, Shape};
use crate::exif::Exif;
use crate::{Kind, Refusal};

pub(super) fn walk(bytes: &[u8]) -> Result<Shape, Refusal> {
    let mut cursor = Cursor::new(bytes, 8);
    let mut sides = None;
    let (mut exif, mut has_data) = (None, false);
    loop {
        let (name, body) = cursor.chunk().ok_or(incomplete("the file ends before the picture does"))?;
        match (&name, sides) {
            (b"IHDR", None) => sides = Some(header(body)?),
            (_, None) => return Err(incomplete("the header does not come first")),
            (b"IDAT", Some(_)) => has_data = true,
            (b"eXIf", Some(_)) => exif = exif.or(Some(Exif::read(body))),
            (b"IEND", Some((width, height))) if has_data => {
                return Ok(Shape { width, height, progressive: false, exif });
            }
            (b"IEND", Some(_)) => return Err(incomplete("there are no pixels before the end")),
            _ => {}
        }
    }
}

const fn incomplete(what: &'static str) -> Refusal {
    Refusal::Incomplete { kind: Kind::Png, what }
}

fn header(body: &[u8]) -> Result<(u32, u32), Refusal> {
    let [a, b, c, d, e, f, g, h, ..] = *body else {
        return Err(incomplete("the header is cut short"));
    };
    match (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h])) {
        (0, _) | (_, 0) => Err(incomplete("a side is zero")),
        sides => Ok(sides),
    }
}

impl<'a> Cursor<'a> {
    /// Name and body of the next chunk; its checksum is stepped over.
    fn chunk(&mut self) -> Option<([u8; 4], &'a [u8])> {
        let len = u32::from_be_bytes(self.array()?) as usize;
        let name = self.array()?;
        let body = self.take(len)?;
        self.take(4)?;
        Some((name, body))
    }
}
