//! Files at Meta: an id that lives for days, and URLs that live for five minutes.
//!
//! *Invariant:* a URL is worth nothing without the bearer token, after its time, or with a changed query; as Meta's
//! it carries its expiry (`ext`) and a keyed hash over it, so nothing has to be remembered.

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use portico_vocab::{MediaId, PhoneNumberId, Sha256, Timestamp};
use subtle::ConstantTimeEq as _;

/// Meta: Media, 2026-06-16: "URLs are valid for 5 minutes".
pub(crate) const URL_SECONDS: i64 = 300;
/// Ids received by webhook live 7 days, ids of files we uploaded 30 (same page).
pub(crate) const RECEIVED_DAYS: i64 = 7;
pub(crate) const UPLOADED_DAYS: i64 = 30;
/// What WhatsApp carries at most, inbound: 100 MB.
pub(crate) const MAX_BYTES: usize = 100 * 1024 * 1024;

/// One file.
#[derive(Clone)]
pub(crate) struct Medium {
    pub bytes: Bytes,
    pub mime: String,
    pub sha256: Sha256,
    pub owner: PhoneNumberId,
    pub expires: Timestamp,
}

impl Medium {
    pub(crate) fn alive(&self, now: Timestamp) -> bool {
        now < self.expires
    }
}

/// Makes and checks the short-lived URLs.
pub(crate) struct UrlKey([u8; 32]);

impl UrlKey {
    pub(crate) const fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// The query of a download URL, in Meta's spelling.
    pub(crate) fn query(&self, media: &MediaId, now: Timestamp) -> String {
        let ext = now.as_seconds() + URL_SECONDS;
        format!("mid={media}&ext={ext}&hash={}", self.hash(media, ext))
    }

    /// Whether a download URL is ours, unchanged, and still young enough.
    pub(crate) fn accepts(&self, media: &MediaId, ext: i64, hash: &str, now: Timestamp) -> bool {
        now.as_seconds() < ext && bool::from(self.hash(media, ext).as_bytes().ct_eq(hash.as_bytes()))
    }

    fn hash(&self, media: &MediaId, ext: i64) -> String {
        keyed_hex(&self.0, format!("{media}\n{ext}").as_bytes())
    }
}

/// HMAC-SHA-256 in lower-case hex: the one keyed digest on Meta's side of the wire (RFC 2104).
pub(crate) fn keyed_hex(key: &[u8], message: &[u8]) -> String {
    keyed(key, message).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// HMAC-SHA-256 (RFC 2104); any key length is legal, so the constructor cannot fail and an empty digest never leaves.
pub(crate) fn keyed(key: &[u8], message: &[u8]) -> Vec<u8> {
    Hmac::<sha2::Sha256>::new_from_slice(key)
        .map(|mac| mac.chain_update(message).finalize().into_bytes().to_vec())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_lives_five_minutes_and_cannot_be_stretched() {
        let key = UrlKey::new([1; 32]);
        let media = MediaId::parse("1234567890").unwrap();
        let now = Timestamp::from_seconds(1_000);
        let query = key.query(&media, now);
        let hash = query.rsplit('=').next().unwrap();
        assert!(key.accepts(&media, 1_300, hash, now.plus_seconds(299)));
        assert!(!key.accepts(&media, 1_300, hash, now.plus_seconds(300)), "expired");
        assert!(!key.accepts(&media, 1_900, hash, now), "the expiry was changed");
        assert!(!key.accepts(&MediaId::parse("999").unwrap(), 1_300, hash, now), "another file");
    }

    #[test]
    fn the_keyed_digest_is_that_of_rfc_4231() {
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(keyed_hex(b"Jefe", b"what do ya want for nothing?"), expected);
    }
}
