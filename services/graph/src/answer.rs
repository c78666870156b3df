//! What the Graph API says, read without trust: sizes are capped, odd shapes are `None`.

use portico_vocab::Sha256;
use portico_whatsapp::compose::{SendError, classify};
use reqwest::Response;
use serde::Deserialize;
use serde_json::Value;

/// No answer of the Graph API comes near this; a proxy's error page might.
const MAX_ANSWER_BYTES: usize = 256 * 1024;

/// The answer's body, or `None` when it is longer than any answer should be.
pub(crate) async fn read(mut response: Response) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// `GET /<media-id>` (Meta: Media, 2026-06-16).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LookUp {
    pub url: String,
    pub mime: Option<String>,
    /// `None` when absent or impossible.
    pub sha256: Option<Sha256>,
    pub file_size: Option<u64>,
}

impl LookUp {
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(body).ok()?;
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        // A string in Meta's examples, a number in a real capture.
        let size = value.get("file_size").and_then(|v| v.as_u64().or_else(|| v.as_str()?.parse().ok()));
        Some(Self {
            url: text("url")?,
            mime: text("mime_type"),
            sha256: text("sha256").and_then(|hash| Sha256::parse(&hash).ok()),
            file_size: size,
        })
    }
}

/// The error in `body`, classed; `None` when there is none of Meta's in it.
pub(crate) fn error(body: &[u8], http: u16) -> Option<SendError> {
    #[derive(Deserialize)]
    struct Answer {
        error: Inner,
    }
    #[derive(Deserialize)]
    struct Inner {
        code: i64,
    }
    serde_json::from_slice::<Answer>(body).ok().map(|answer| classify(answer.error.code, http))
}

/// Whether `body` says that the object asked for is not there or not ours to see: code 33, or 100 with subcode 33.
pub(crate) fn names_no_object(body: &[u8]) -> bool {
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return false };
    let number = |at: &str| value.pointer(at).and_then(Value::as_i64);
    let (code, subcode) = (number("/error/code"), number("/error/error_subcode"));
    code == Some(33) || (code == Some(100) && subcode == Some(33))
}

/// The id of the message that was taken: `messages[0].id`.
pub(crate) fn message_id(body: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(body).ok()?;
    value.pointer("/messages/0/id")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_up_is_read_in_every_spelling() {
        let hash = Sha256::of(b"x");
        for (size, expected) in
            [("\"303833\"", Some(303_833)), ("303833", Some(303_833)), ("null", None), ("\"?\"", None)]
        {
            let body =
                format!(r#"{{"url":"https://h/x","mime_type":"image/jpeg","sha256":"{hash}","file_size":{size}}}"#);
            let found = LookUp::parse(body.as_bytes()).unwrap();
            assert_eq!((found.file_size, found.sha256), (expected, Some(hash)));
        }
        let impossible = LookUp::parse(br#"{"url":"u","sha256":"4654+8g="}"#).unwrap();
        assert_eq!((impossible.sha256, impossible.mime), (None, None));
        for bad in [&b"<html>"[..], b"{}", b"[]", br#"{"url":7}"#] {
            assert_eq!(LookUp::parse(bad), None);
        }
    }

    #[test]
    fn only_an_error_of_metas_form_is_one() {
        let body =
            br#"{"error":{"message":"(#131047)","type":"OAuthException","code":131047,"error_data":{"details":"x"}}}"#;
        assert_eq!(error(body, 400), Some(classify(131_047, 400)));
        for other in [&b""[..], b"<html>502</html>", b"{}", br#"{"error":"no"}"#] {
            assert_eq!(error(other, 502), None);
        }
    }
}
