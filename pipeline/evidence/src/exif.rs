//! Two facts out of an EXIF block: which way is up, and whether it tells a place.
//!
//! Only the first directory is read and nothing in it is kept: the block itself is never copied into a derivative.
//! *Invariant:* any bytes are taken; damage reads as "upright, no place". Source: CIPA DC-008 (Exif 2.32), TIFF 6.0.

/// Tag 0x0112: how the stored pixels must be turned to be upright.
const ORIENTATION: u16 = 0x0112;
/// Tag 0x8825: where the GPS directory lies.
const GPS: u16 = 0x8825;
/// A directory of a camera has a few dozen entries.
const ENTRIES_MAX: usize = 512;

/// What an EXIF block says that matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exif {
    /// 1 to 8; 1 is upright.
    pub(crate) orientation: u8,
    pub(crate) has_gps: bool,
}

impl Exif {
    /// Reads a TIFF block: the bytes after `Exif\0\0` in JPEG, the whole chunk in PNG and WebP.
    pub(crate) fn read(block: &[u8]) -> Self {
        let mut exif = Self { orientation: 1, has_gps: false };
        // Some writers keep the JPEG prefix in WebP too.
        let tiff = Tiff::open(block.strip_prefix(b"Exif\0\0").unwrap_or(block));
        for (tag, value) in tiff.iter().flat_map(Tiff::first_directory) {
            match tag {
                ORIENTATION => exif.orientation = u8::try_from(value).ok().filter(|o| (1..=8).contains(o)).unwrap_or(1),
                GPS => exif.has_gps = true,
                _ => {}
            }
        }
        exif
    }
}

struct Tiff<'a> {
    bytes: &'a [u8],
    big_endian: bool,
}

impl<'a> Tiff<'a> {
    fn open(bytes: &'a [u8]) -> Option<Self> {
        match bytes.get(..4)? {
            b"II*\0" => Some(Self { bytes, big_endian: false }),
            b"MM\0*" => Some(Self { bytes, big_endian: true }),
            _ => None,
        }
    }

    /// Tag and first 16-bit value of each entry.
    fn first_directory(&self) -> impl Iterator<Item = (u16, u16)> + '_ {
        let start = self.u32(4).map_or(usize::MAX, |at| at as usize);
        let entries = self.u16(start).map_or(0, usize::from).min(ENTRIES_MAX);
        (0..entries).map_while(move |i| {
            let at = start.checked_add(2 + 12 * i)?;
            Some((self.u16(at)?, self.u16(at.checked_add(8)?)?))
        })
    }

    fn u16(&self, at: usize) -> Option<u16> {
        let two: [u8; 2] = self.bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.big_endian { u16::from_be_bytes(two) } else { u16::from_le_bytes(two) })
    }

    fn u32(&self, at: usize) -> Option<u32> {
        let four: [u8; 4] = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if self.big_endian { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UPRIGHT: Exif = Exif { orientation: 1, has_gps: false };

    #[test]
    fn both_byte_orders_are_read() {
        let little = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        let big = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0";
        assert_eq!(Exif::read(little), Exif { orientation: 6, has_gps: false });
        assert_eq!(Exif::read(big), Exif { orientation: 8, has_gps: false });
    }

    #[test]
    fn damage_reads_as_upright() {
        for block in [&b""[..], b"II*\0", b"II*\0\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff\x12\x01", b"nonsense"] {
            assert_eq!(Exif::read(block), UPRIGHT);
        }
        let ninety_nine = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x63\0\0\0\0\0\0\0";
        assert_eq!(Exif::read(ninety_nine), UPRIGHT);
    }
}
