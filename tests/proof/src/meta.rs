//! Posting a webhook as Meta posts it, without the stand-in: a body that no phone would send.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use hmac::{Hmac, KeyInit as _, Mac as _};
use portico_crash::Site;
use reqwest::{Client, Response};

/// The webhooks' path.
pub const WEBHOOKS: &str = "/webhooks/whatsapp";

/// Posts a body with its signature.
///
/// # Errors
/// When there is no answer.
pub async fn posts(site: &Site, http: &Client, body: &[u8]) -> Result<Response> {
    let signature = signature(site, body)?;
    let request = http.post(format!("http://{}{WEBHOOKS}", site.front.address()));
    Ok(request.header("x-hub-signature-256", signature).body(body.to_vec()).send().await?)
}

/// What Meta would sign it with.
fn signature(site: &Site, body: &[u8]) -> Result<String> {
    let secret = std::fs::read(site.folder().join("PORTICO_APP_SECRET"))?;
    let mac = Hmac::<sha2::Sha256>::new_from_slice(&secret).ok().context("any key will do")?;
    let digest = mac.chain_update(body).finalize().into_bytes();
    let mut text = "sha256=".to_owned();
    for byte in digest {
        write!(text, "{byte:02x}")?;
    }
    Ok(text)
}
