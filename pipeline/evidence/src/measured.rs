//! A file that is known to be a whole picture of an allowed kind and size, though nothing has decoded it.
//!
//! *Invariant:* `Measured` exists only of bytes that fit every one of the `Limits` it was made with.

use crate::format::{self, Shape};
use crate::{Downloaded, Kind, Limits, Refusal};

/// A picture measured from the outside.
#[derive(Debug)]
pub struct Measured {
    downloaded: Downloaded,
    kind: Kind,
    shape: Shape,
    limits: Limits,
}

impl Measured {
    /// Tells the kind by content, walks the container to its end, and holds it against the limits.
    ///
    /// # Errors
    /// A [`Refusal`] with its reason code: another kind of file, too many bytes or pixels, or a file cut short.
    pub fn of(downloaded: Downloaded, limits: &Limits) -> Result<Self, Refusal> {
        let bytes = downloaded.bytes();
        let kind = Kind::sniff(bytes);
        if !kind.is_allowed() {
            return Err(Refusal::Unsupported { kind });
        }
        if bytes.len() > limits.file_bytes {
            return Err(Refusal::TooLarge { bytes: bytes.len(), limit_bytes: limits.file_bytes });
        }
        let shape = format::walk(kind, bytes, limits)?;
        fits(shape, limits)?;
        Ok(Self { downloaded, kind, shape, limits: *limits })
    }

    /// What the file really is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Width and height in pixels as stored, before any turn.
    #[must_use]
    pub const fn sides(&self) -> (u32, u32) {
        (self.shape.width, self.shape.height)
    }

    pub(crate) const fn downloaded(&self) -> &Downloaded {
        &self.downloaded
    }

    pub(crate) const fn shape(&self) -> Shape {
        self.shape
    }

    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }
}

fn fits(shape: Shape, limits: &Limits) -> Result<(), Refusal> {
    let Shape { width, height, progressive, .. } = shape;
    let limit_pixels = if progressive { limits.progressive_pixels } else { limits.pixels };
    if width.max(height) > limits.side_px || u64::from(width) * u64::from(height) > limit_pixels {
        return Err(Refusal::TooManyPixels { width, height, limit_side_px: limits.side_px, limit_pixels });
    }
    Ok(())
}
