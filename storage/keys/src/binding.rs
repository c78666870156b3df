//! One unambiguous byte string from several parts.
//!
//! *Invariant:* two different lists of parts never give the same bytes, so a purpose cannot swallow a part of what
//! follows it and no boundary can be moved.

/// Each part preceded by its length as eight big-endian bytes.
pub(crate) fn bind<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut bound = Vec::with_capacity(128);
    for part in parts {
        bound.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bound.extend_from_slice(part);
    }
    bound
}

#[cfg(test)]
mod tests {
    use super::bind;

    #[test]
    fn a_moved_boundary_changes_the_bytes() {
        assert_ne!(bind([&b"ab"[..], b"c"]), bind([&b"a"[..], b"bc"]));
        assert_ne!(bind([&b"a"[..]]), bind([&b"a"[..], b""]));
    }
}
