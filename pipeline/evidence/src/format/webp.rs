//! WebP: the RIFF container of RFC 9649.
//!
//! *Invariant:* accepted files are as long as their RIFF header says and hold one whole image chunk. Animations are
//! refused: a moving picture is no photograph of a document.

use super::{Cursor, Shape};
use crate::exif::Exif;
use crate::{Kind, Refusal};

/// `VP8X` flag of an animation (RFC 9649, section 2.7).
const ANIMATED: u8 = 0b0000_0010;

pub(super) fn walk(bytes: &[u8]) -> Result<Shape, Refusal> {
    let announced = bytes.get(4..8).and_then(|l| l.first_chunk()).map_or(u32::MAX, |l| u32::from_le_bytes(*l)) as usize;
    let end = announced.checked_add(8).filter(|&end| end <= bytes.len());
    let body = bytes.get(..end.ok_or(incomplete("the file ends before the picture does"))?).unwrap_or_default();

    let mut cursor = Cursor::new(body, 12);
    let (mut canvas, mut sides, mut exif) = (None, None, None);
    while cursor.at < body.len() {
        let (name, chunk) = cursor.riff_chunk().ok_or(incomplete("a part is cut short"))?;
        match &name {
            b"VP8X" if chunk.first().is_some_and(|flags| flags & ANIMATED != 0) => {
                return Err(Refusal::UnsupportedVariant { kind: Kind::WebP, variant: "moving pictures" });
            }
            b"VP8X" => canvas = canvas.or(extended(chunk)),
            b"VP8 " => sides = sides.or(Some(lossy(chunk).ok_or(incomplete("the frame header is damaged"))?)),
            b"VP8L" => sides = sides.or(Some(lossless(chunk).ok_or(incomplete("the frame header is damaged"))?)),
            b"EXIF" => exif = exif.or(Some(Exif::read(chunk))),
            _ => {}
        }
    }
    let (width, height) = sides.ok_or(incomplete("there is no picture"))?;
    if canvas.is_some_and(|canvas| canvas != (width, height)) {
        return Err(incomplete("canvas and picture differ in size"));
    }
    Ok(Shape { width, height, progressive: false, exif })
}

const fn incomplete(what: &'static str) -> Refusal {
    Refusal::Incomplete { kind: Kind::WebP, what }
}

/// Sides of the canvas: 24 bits each, less one (RFC 9649, section 2.7).
fn extended(chunk: &[u8]) -> Option<(u32, u32)> {
    let [_, _, _, _, a, b, c, d, e, f, ..] = *chunk else { return None };
    Some((u32::from_le_bytes([a, b, c, 0]) + 1, u32::from_le_bytes([d, e, f, 0]) + 1))
}

/// Sides of a key frame (RFC 6386, section 9.1).
fn lossy(chunk: &[u8]) -> Option<(u32, u32)> {
    let [tag, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1, ..] = *chunk else { return None };
    let is_key_frame = tag & 1 == 0;
    let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
    Some((side(w0, w1), side(h0, h1))).filter(|&(w, h)| is_key_frame && w > 0 && h > 0)
}

/// Sides of a lossless picture: 14 bits each, less one (RFC 9649, section 3.4).
fn lossless(chunk: &[u8]) -> Option<(u32, u32)> {
    let [0x2f, a, b, c, d, ..] = *chunk else { return None };
    let bits = u32::from_le_bytes([a, b, c, d]);
    Some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
}

impl<'a> Cursor<'a> {
    /// Name and body of the next chunk; bodies of odd length are padded, and some writers forget the last pad.
    fn riff_chunk(&mut self) -> Option<([u8; 4], &'a [u8])> {
        let name = self.array()?;
        let len = u32::from_le_bytes(self.array()?) as usize;
        let body = self.take(len)?;
        if len % 2 == 1 && self.at < self.bytes.len() {
            self.take(1)?;
        }
        Some((name, body))
    }
}
