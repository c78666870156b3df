//! JSON as Meta writes it: slashes as `\/`, everything beyond ASCII as `\uXXXX`.
//!
//! A gateway that parses and writes again before it checks the signature fails on the first such body, so the
//! stand-in must send such bodies (real signed capture in pywa's `tests/test_server.py`; Meta: Create a webhook
//! endpoint).

use std::fmt::Write as _;

use serde_json::Value;

pub(super) fn to_bytes(value: &Value) -> Vec<u8> {
    let plain = value.to_string();
    let mut text = String::with_capacity(plain.len() + plain.len() / 8);
    for character in plain.chars() {
        match character {
            // In JSON a slash occurs in strings only, and never as part of an escape that serde_json writes.
            '/' => text.push_str("\\/"),
            ascii if ascii.is_ascii() => text.push(ascii),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    // Writing to a string cannot fail.
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_and_letters_are_escaped_and_mean_the_same() {
        let value = serde_json::json!({"mime": "image/jpeg", "name": "João 🙂 \"quoted\" \\ / नमस्ते"});
        let bytes = to_bytes(&value);
        let text = std::str::from_utf8(&bytes).unwrap();
        assert!(text.is_ascii());
        assert!(text.contains(r"image\/jpeg") && text.contains(r"Jo\u00e3o \ud83d\ude42"), "{text}");
        assert_eq!(serde_json::from_slice::<Value>(&bytes).unwrap(), value);
    }
}
