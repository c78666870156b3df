//! Verification of a delivery, from the specification of Standard Webhooks 1.0 alone.
//!
//! Signed is `{webhook-id}.{webhook-timestamp}.{body}` under HMAC-SHA-256; the secret is `whsec_` and base64 of 24 to
//! 64 bytes; the signature header holds one or more `v1,{base64}` parted by spaces; the timestamp may be five minutes
//! off. *Invariant:* the body is not parsed before it is verified.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use portico_vocab::{Sha256, Timestamp};
use serde::Serialize;
use subtle::ConstantTimeEq as _;

use crate::Error;
use crate::media::keyed;

const TOLERANCE_SECONDS: i64 = 300;

/// What verification found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Signed with our secret; `key` is the first eight hex digits of its SHA-256, so that two can be told apart.
    Verified {
        key: String,
    },
    Refused {
        why: &'static str,
    },
}

/// The three headers, as they came.
pub(super) struct Headers<'a> {
    pub id: Option<&'a str>,
    pub timestamp: Option<&'a str>,
    pub signature: Option<&'a str>,
}

/// The inbox's secret. No `Debug`.
pub(super) struct Secret {
    key: Vec<u8>,
    fingerprint: String,
}

impl Secret {
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        let encoded = text.strip_prefix("whsec_").ok_or(Error::WebhookSecret)?;
        let key = STANDARD.decode(encoded).map_err(|_| Error::WebhookSecret)?;
        if !(24..=64).contains(&key.len()) {
            return Err(Error::WebhookSecret);
        }
        let mut fingerprint = Sha256::of(&key).to_hex();
        fingerprint.truncate(8);
        Ok(Self { key, fingerprint })
    }

    pub(super) fn verify(&self, headers: &Headers<'_>, body: &[u8], now: Timestamp) -> Verdict {
        match self.check(headers, body, now) {
            Ok(()) => Verdict::Verified { key: self.fingerprint.clone() },
            Err(why) => Verdict::Refused { why },
        }
    }

    fn check(&self, headers: &Headers<'_>, body: &[u8], now: Timestamp) -> Result<(), &'static str> {
        let id = headers.id.ok_or("webhook-id is missing")?;
        let timestamp = headers.timestamp.ok_or("webhook-timestamp is missing")?;
        let signatures = headers.signature.ok_or("webhook-signature is missing")?;
        let seconds: i64 = timestamp.parse().map_err(|_| "webhook-timestamp is not Unix seconds")?;
        if (now.as_seconds() - seconds).abs() > TOLERANCE_SECONDS {
            return Err("webhook-timestamp is more than five minutes off");
        }
        let signed = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body].concat();
        let expected = keyed(&self.key, &signed);
        let ours = |signature: &str| {
            let given = signature.strip_prefix("v1,").and_then(|encoded| STANDARD.decode(encoded).ok());
            given.is_some_and(|given| bool::from(given.ct_eq(&expected)))
        };
        if signatures.split(' ').any(ours) { Ok(()) } else { Err("no signature is of our secret") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The example of the specification's reference libraries.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: &str = "1614265330";
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;

    fn verdict(id: &str, at: &str, signature: &str, body: &[u8], now: i64) -> bool {
        let headers = Headers { id: Some(id), timestamp: Some(at), signature: Some(signature) };
        let verdict = Secret::parse(SECRET).unwrap().verify(&headers, body, Timestamp::from_seconds(now));
        matches!(verdict, Verdict::Verified { .. })
    }

    #[test]
    fn the_reference_example_verifies_and_nothing_near_it_does() {
        let now = 1_614_265_330;
        assert!(verdict(ID, AT, SIGNATURE, BODY, now));
        assert!(verdict(ID, AT, &format!("v1a,AAAA v1,AAAA {SIGNATURE}"), BODY, now), "one of several is enough");
        assert!(!verdict("msg_other", AT, SIGNATURE, BODY, now));
        assert!(!verdict(ID, "1614265331", SIGNATURE, BODY, now));
        assert!(!verdict(ID, AT, SIGNATURE, b"{}", now));
        assert!(!verdict(ID, AT, &SIGNATURE.replace("v1,", "v2,"), BODY, now));
        assert!(verdict(ID, AT, SIGNATURE, BODY, now + 300) && !verdict(ID, AT, SIGNATURE, BODY, now + 301));
    }

    #[test]
    fn a_secret_needs_its_prefix_and_enough_bytes() {
        for bad in ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_c2hvcnQ=", "whsec_!!!"] {
            assert!(Secret::parse(bad).is_err());
        }
    }
}
