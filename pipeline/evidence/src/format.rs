//! Our own readers of the three allowed containers: they walk the parts and decode nothing.
//!
//! A decoder that is kind to damage (zune takes a JPEG cut at a tenth of its length as sound) cannot tell whether a
//! file is whole, and an allocation limit cannot tell a bomb from a photo before it is too late. Walking the container
//! can, in time linear in the file and without allocating.
//! *Invariant:* a `Shape` is only made of a file that holds a whole picture.

mod jpeg;
mod png;
mod webp;

use crate::exif::Exif;
use crate::{Kind, Limits, Refusal};

/// What a container says about its picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    /// As stored, before any turn.
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) progressive: bool,
    pub(crate) exif: Option<Exif>,
}

/// Walks the container of an allowed kind.
pub(crate) fn walk(kind: Kind, bytes: &[u8], limits: &Limits) -> Result<Shape, Refusal> {
    match kind {
        Kind::Jpeg => jpeg::walk(bytes, limits),
        Kind::Png => png::walk(bytes),
        Kind::WebP => webp::walk(bytes),
        kind => Err(Refusal::Unsupported { kind }),
    }
}

/// Reads forward and never past the end; `None` means the file stops here.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    const fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(len)?;
        let part = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(part)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[b]| b)
    }
}
