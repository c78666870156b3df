//! What a file really is, by its first bytes.
//!
//! Neither the file name nor the declared media type decides: both are a stranger's words. Kinds that are refused are
//! still named, because "you sent a PDF" helps an applicant and "unsupported file" does not.
//! *Invariant:* `sniff` never looks past the first 512 bytes and never fails.

use std::fmt;

/// A kind of file, told by content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Jpeg,
    Png,
    WebP,
    Pdf,
    Heic,
    Avif,
    Gif,
    Bmp,
    Tiff,
    JpegXl,
    Video,
    Audio,
    Html,
    Svg,
    Zip,
    /// The compound file of old Word and Excel.
    Office,
    /// A program for some machine.
    Program,
    Text,
    Empty,
    Unknown,
}

/// Signatures at a fixed place: offset, bytes, kind. The first that fits wins.
const SIGNATURES: &[(usize, &[u8], Kind)] = &[
    (0, b"\xff\xd8\xff", Kind::Jpeg),
    (0, b"\x89PNG\r\n\x1a\n", Kind::Png),
    (0, b"GIF87a", Kind::Gif),
    (0, b"GIF89a", Kind::Gif),
    (0, b"II*\0", Kind::Tiff),
    (0, b"MM\0*", Kind::Tiff),
    (0, b"II+\0", Kind::Tiff),
    (0, b"\xff\x0a", Kind::JpegXl),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", Kind::JpegXl),
    (0, b"\x1aE\xdf\xa3", Kind::Video),
    (0, b"\0\0\x01\xba", Kind::Video),
    (0, b"OggS", Kind::Audio),
    (0, b"ID3", Kind::Audio),
    (0, b"fLaC", Kind::Audio),
    (0, b"#!AMR", Kind::Audio),
    (0, b"PK\x03\x04", Kind::Zip),
    (0, b"PK\x05\x06", Kind::Zip),
    (0, b"Rar!\x1a\x07", Kind::Zip),
    (0, b"7z\xbc\xaf\x27\x1c", Kind::Zip),
    (0, b"\x1f\x8b", Kind::Zip),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind::Office),
    (0, b"\x7fELF", Kind::Program),
    (0, b"MZ", Kind::Program),
    (0, b"BM", Kind::Bmp),
];

/// Brands of ISO base media files (ISO/IEC 14496-12, box `ftyp`) that are still pictures or sound; others are video.
const HEIC_BRANDS: &[&[u8; 4]] = &[b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"];
const AVIF_BRANDS: &[&[u8; 4]] = &[b"avif", b"avis"];
const AUDIO_BRANDS: &[&[u8; 4]] = &[b"M4A ", b"M4B "];

impl Kind {
    /// Names `bytes` by content.
    #[must_use]
    pub fn sniff(bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::Empty;
        }
        let head = &bytes[..bytes.len().min(512)];
        if let Some(kind) = riff(head).or_else(|| iso_media(head)) {
            return kind;
        }
        let at_fixed_place = |&&(offset, signature, _): &&(usize, &[u8], Kind)| {
            head.get(offset..).is_some_and(|rest| rest.starts_with(signature))
        };
        if let Some((_, _, kind)) = SIGNATURES.iter().find(at_fixed_place) {
            return *kind;
        }
        match head {
            // MPEG audio and raw AAC frames begin with twelve set bits; FF FE is the mark of UTF-16 text.
            [0xff, 0xf0..=0xfd, ..] => Self::Audio,
            // PDF readers accept some noise before the header, and so do those who send it.
            _ if head.windows(5).any(|w| w == b"%PDF-") => Self::Pdf,
            _ => text(head),
        }
    }

    /// Whether Portico opens it.
    #[must_use]
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::WebP)
    }

    /// The media type that honestly names an allowed kind.
    pub(crate) const fn mime(self) -> Option<&'static str> {
        match self {
            Self::Jpeg => Some("image/jpeg"),
            Self::Png => Some("image/png"),
            Self::WebP => Some("image/webp"),
            _ => None,
        }
    }

    /// Whether a declared media type (parameters and case ignored) names this kind.
    pub(crate) fn is_named_by(self, declared: &str) -> bool {
        let essence = declared.split(';').next().unwrap_or_default().trim();
        let essence = if essence.eq_ignore_ascii_case("image/jpg") { "image/jpeg" } else { essence };
        self.mime().is_some_and(|own| own.eq_ignore_ascii_case(essence))
    }

    /// The one sentence that mends a refusal.
    pub(crate) const fn mend(self) -> &'static str {
        match self {
            Self::Pdf | Self::Office | Self::Zip => "take a photo of the document itself instead",
            Self::Heic | Self::Avif | Self::JpegXl | Self::Tiff | Self::Bmp | Self::Gif | Self::Svg => {
                "send it as a photo rather than as a file, so that the phone makes a JPEG of it"
            }
            Self::Video | Self::Audio => "send one still photo",
            _ => "send a photo taken with the phone's camera",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "a JPEG picture",
            Self::Png => "a PNG picture",
            Self::WebP => "a WebP picture",
            Self::Pdf => "a PDF document",
            Self::Heic => "a HEIC picture",
            Self::Avif => "an AVIF picture",
            Self::Gif => "a GIF picture",
            Self::Bmp => "a BMP picture",
            Self::Tiff => "a TIFF picture",
            Self::JpegXl => "a JPEG XL picture",
            Self::Video => "a video",
            Self::Audio => "a sound recording",
            Self::Html => "a web page",
            Self::Svg => "an SVG drawing",
            Self::Zip => "an archive or office document",
            Self::Office => "an office document",
            Self::Program => "a program",
            Self::Text => "a text file",
            Self::Empty => "an empty file",
            Self::Unknown => "a file of unknown kind",
        })
    }
}

fn riff(head: &[u8]) -> Option<Kind> {
    match (head.get(..4)?, head.get(8..12)?) {
        (b"RIFF", b"WEBP") => Some(Kind::WebP),
        (b"RIFF", b"AVI ") => Some(Kind::Video),
        (b"RIFF", b"WAVE") => Some(Kind::Audio),
        _ => None,
    }
}

fn iso_media(head: &[u8]) -> Option<Kind> {
    if head.get(4..8)? != b"ftyp" {
        return None;
    }
    let brand = head.get(8..12)?;
    let is_one_of = |brands: &[&[u8; 4]]| brands.iter().any(|known| known.as_slice() == brand);
    Some(match () {
        () if is_one_of(HEIC_BRANDS) => Kind::Heic,
        () if is_one_of(AVIF_BRANDS) => Kind::Avif,
        () if is_one_of(AUDIO_BRANDS) => Kind::Audio,
        () => Kind::Video,
    })
}

fn text(head: &[u8]) -> Kind {
    // A cut in the middle of a letter is no reason to call text unknown.
    let readable = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(e) if e.error_len().is_none() => std::str::from_utf8(&head[..e.valid_up_to()]).unwrap_or_default(),
        Err(_) => return Kind::Unknown,
    };
    if readable.contains('\0') {
        return Kind::Unknown;
    }
    let lower = readable.trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    match () {
        () if lower.starts_with("<!doctype html") || lower.starts_with("<html") || lower.contains("<script") => {
            Kind::Html
        }
        () if lower.starts_with("<svg") || (lower.starts_with("<?xml") && lower.contains("<svg")) => Kind::Svg,
        () => Kind::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_known_by_its_first_bytes() {
        let table: &[(&[u8], Kind)] = &[
            (b"\xff\xd8\xff\xe0", Kind::Jpeg),
            (b"\x89PNG\r\n\x1a\n\0", Kind::Png),
            (b"RIFF\0\0\0\0WEBPVP8 ", Kind::WebP),
            (b"RIFF\0\0\0\0WAVEfmt ", Kind::Audio),
            (b"%PDF-1.7\n", Kind::Pdf),
            (b"\n\n%PDF-1.4", Kind::Pdf),
            (b"\0\0\0\x18ftypheic", Kind::Heic),
            (b"\0\0\0\x18ftypmif1", Kind::Heic),
            (b"\0\0\0\x18ftypavif", Kind::Avif),
            (b"\0\0\0\x18ftypmp42", Kind::Video),
            (b"\0\0\0\x18ftypM4A ", Kind::Audio),
            (b"GIF89a", Kind::Gif),
            (b"BM6\0", Kind::Bmp),
            (b"II*\0", Kind::Tiff),
            (b"OggS\0\x02", Kind::Audio),
            (b"\xff\xfb\x90", Kind::Audio),
            (b"PK\x03\x04", Kind::Zip),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind::Office),
            (b"\x7fELF", Kind::Program),
            (b"<!DOCTYPE html><p>", Kind::Html),
            (b" \n<html>", Kind::Html),
            (b"<?xml version='1.0'?><svg>", Kind::Svg),
            ("caf\u{e9}".as_bytes(), Kind::Text),
            (b"", Kind::Empty),
            (b"\x01\x02\0\x90", Kind::Unknown),
        ];
        for (bytes, kind) in table {
            assert_eq!(Kind::sniff(bytes), *kind, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn a_declared_type_is_compared_without_its_parameters() {
        assert!(Kind::Jpeg.is_named_by("image/jpeg; charset=binary") && Kind::Jpeg.is_named_by("IMAGE/JPG"));
        assert!(!Kind::Jpeg.is_named_by("image/png") && !Kind::Pdf.is_named_by("application/pdf"));
    }
}
