//! What lies inside a [`SegmentRow`](crate::SegmentRow) once it is opened: slices of verified webhook bodies.
//!
//! The ingress writes it, the `sort` job reads it, perhaps days and versions later, so the form is fixed here and
//! carries its own version:
//!
//! ```text
//! segment = version (1 byte, now 1) · slice*
//! slice   = length (u32, big-endian) · head (JSON) · length (u32, big-endian) · change (JSON, byte for byte as signed)
//! ```
//!
//! It is stored sealed under the day's inbox key, with [`SEAL_PURPOSE`] as the purpose and the segment's id as the
//! only associated data. *Invariant:* what [`encode`] wrote, [`decode`] reads back unchanged; a head may gain keys,
//! never lose or change one.

use std::fmt;

use portico_vocab::{Class, PhoneNumberId, Sha256, Timestamp, WabaId};
use serde::{Deserialize, Serialize};

/// The purpose a segment is sealed for: `day_key.seal(SEAL_PURPOSE, &[&segment.id], &encode(slices))`.
pub const SEAL_PURPOSE: &str = "inbox";

const VERSION: u8 = 1;

/// One entry of `changes[]` of a body whose signature was checked, with what custody keeps of that body.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slice {
    /// When the body came in, by our clock.
    pub received_at: Timestamp,
    /// Digest of the whole body, which other cells may have got slices of too.
    pub body_sha256: Sha256,
    /// The signature over the whole body was good. Always true today; kept so that a record says what was checked.
    pub signature_ok: bool,
    /// `X-Hub-Signature-256` as it came.
    pub signature: String,
    /// `entry[].id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waba: Option<WabaId>,
    /// `value.metadata.phone_number_id`; account-level changes have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<PhoneNumberId>,
    /// `entry[].time`: tells two equal account-level changes apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry_time: Option<Timestamp>,
    /// W3C `traceparent` of the request it came with, while that was traced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    /// The change itself, byte for byte. Personal: the segment is sealed because of it.
    #[serde(skip)]
    pub change: String,
}

impl fmt::Debug for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slice(of {}, {} bytes)", self.body_sha256, self.change.len())
    }
}

/// A segment cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SegmentError {
    #[error("a segment of version {0} cannot be read by this build: a newer one wrote it")]
    Version(u8),
    #[error("a segment is cut short")]
    CutShort,
    #[error("a slice of a segment is not what was expected: {0}")]
    Slice(&'static str),
}

impl SegmentError {
    #[must_use]
    pub const fn class(&self) -> Class {
        match self {
            Self::Version(_) => Class::Permanent,
            Self::CutShort | Self::Slice(_) => Class::Bug,
        }
    }
}

#[must_use]
pub fn encode(slices: &[Slice]) -> Vec<u8> {
    let mut out = vec![VERSION];
    for slice in slices {
        // A head holds numbers, digests and short texts: it has no way to fail.
        let head = serde_json::to_vec(slice).unwrap_or_default();
        put(&mut out, &head);
        put(&mut out, slice.change.as_bytes());
    }
    out
}

/// What [`SegmentRow::custody`](crate::SegmentRow::custody) keeps of bodies, a line each, in order: when it came in
/// (RFC 3339), its SHA-256 in hex, the signature that was checked. Any slice of a body will do.
#[must_use]
pub fn custody<'s>(bodies: impl IntoIterator<Item = &'s Slice>) -> String {
    let line = |slice: &Slice| {
        format!("{} {} {}", slice.received_at.to_rfc3339(), slice.body_sha256.to_hex(), slice.signature)
    };
    bodies.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

/// # Errors
/// When the bytes are of another version, cut short, or hold a slice that is not one.
pub fn decode(bytes: &[u8]) -> Result<Vec<Slice>, SegmentError> {
    let (version, mut rest) = bytes.split_first().ok_or(SegmentError::CutShort)?;
    if *version != VERSION {
        return Err(SegmentError::Version(*version));
    }
    let mut slices = Vec::new();
    while !rest.is_empty() {
        let head = take(&mut rest)?;
        let change = take(&mut rest)?;
        let mut slice: Slice = serde_json::from_slice(head).map_err(|_| SegmentError::Slice("its head"))?;
        std::str::from_utf8(change)
            .map_err(|_| SegmentError::Slice("its change, which is not UTF-8"))?
            .clone_into(&mut slice.change);
        slices.push(slice);
    }
    Ok(slices)
}

fn put(out: &mut Vec<u8>, part: &[u8]) {
    // A webhook body is at most 3 MiB, so a part's length always fits.
    let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(part);
}

fn take<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], SegmentError> {
    let (length, after) = rest.split_first_chunk::<4>().ok_or(SegmentError::CutShort)?;
    let length = u32::from_be_bytes(*length) as usize;
    let (part, after) = after.split_at_checked(length).ok_or(SegmentError::CutShort)?;
    *rest = after;
    Ok(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(change: &str, waba: Option<&str>) -> Slice {
        Slice {
            received_at: Timestamp::from_seconds(1_795_000_000),
            body_sha256: Sha256::of(b"body"),
            signature_ok: true,
            signature: String::from("sha256=00"),
            waba: waba.map(|id| WabaId::parse(id).unwrap()),
            phone_number: None,
            entry_time: Some(Timestamp::from_seconds(1_795_000_000)),
            trace: None,
            change: change.to_owned(),
        }
    }

    #[test]
    fn slices_come_back_byte_for_byte() {
        let slices = [slice(r#"{"a" : "image\/jpeg", "b":"\u00e9"}"#, Some("102")), slice("", None)];
        assert_eq!(decode(&encode(&slices)).unwrap(), slices);
        assert_eq!(decode(&encode(&[])).unwrap(), []);
    }

    #[test]
    fn custody_has_a_line_a_body() {
        let other = Slice { body_sha256: Sha256::of(b"other"), ..slice("c", None) };
        let digest = Sha256::of(b"body").to_hex();
        let kept = custody(&[slice("a", None), other]);
        let lines: Vec<_> = kept.lines().collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0], format!("{} {digest} sha256=00", slice("", None).received_at.to_rfc3339()));
    }

    /// The form is fixed for good: segments of yesterday are sorted by the build of today.
    #[test]
    fn the_form_does_not_move() {
        assert_eq!(Sha256::of(&encode(&[slice("{}", Some("102"))])).to_hex()[..16], *"d902c447609bb2ae");
    }

    #[test]
    fn every_cut_and_every_other_version_is_refused() {
        let bytes = encode(&[slice("{}", None)]);
        for end in 2..bytes.len() {
            assert_eq!(decode(&bytes[..end]), Err(SegmentError::CutShort), "cut at {end}");
        }
        assert_eq!(decode(&[]), Err(SegmentError::CutShort));
        assert_eq!(decode(&[2]), Err(SegmentError::Version(2)));
        assert_eq!(format!("{:?}", slice("secret", None)).matches("secret").count(), 0);
    }
}
