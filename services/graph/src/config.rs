//! What the client must be told, with the defaults that `[whatsapp]` of contract.md section 2 stands for.

use std::fmt;

use reqwest::Url;
use reqwest::header::HeaderValue;

use crate::GraphError;

/// What stands before the token in the header.
const SCHEME: &str = "Bearer ";

/// The bearer token of Meta's system user. Marked sensitive, so that no HTTP library prints it either.
#[derive(Clone)]
pub struct AccessToken(HeaderValue);

impl AccessToken {
    /// # Errors
    /// When `text` is blank or cannot stand in a header.
    pub fn parse(text: &str) -> Result<Self, GraphError> {
        let error =
            GraphError::Config { key: "whatsapp.access_token", expected: "the token of a system user, on one line" };
        let text = text.trim();
        if text.is_empty() {
            return Err(error);
        }
        let mut value = HeaderValue::try_from(format!("{SCHEME}{text}")).map_err(|_| error)?;
        value.set_sensitive(true);
        Ok(Self(value))
    }

    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }

    /// The bare token, for the one question that takes it as a parameter.
    pub(crate) fn text(&self) -> &str {
        self.0.to_str().ok().and_then(|text| text.strip_prefix(SCHEME)).unwrap_or_default()
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken")
    }
}

/// How the Graph API is reached.
#[derive(Debug, Clone)]
pub struct GraphConfig {
    /// With the version, such as `https://graph.facebook.com/v25.0`.
    pub base_url: String,
    /// The only hosts media are fetched from: `host` (on the scheme's own port) or `host:port`.
    pub media_hosts: Vec<String>,
    /// Lets plain `http` through; for tests on loopback.
    pub allow_http: bool,
    pub access_token: AccessToken,
    pub user_agent: String,
    pub connect_timeout_ms: u64,
    /// From the first byte of a request to the last byte of its answer, for all but downloads; of a download, the
    /// longest silence.
    pub timeout_ms: u64,
    /// For one whole download.
    pub media_timeout_ms: u64,
    pub max_media_bytes: u64,
}

impl GraphConfig {
    /// The configuration with the defaults of everything that has one.
    #[must_use]
    pub fn new(base_url: &str, media_hosts: &[&str], access_token: AccessToken) -> Self {
        Self {
            base_url: base_url.to_owned(),
            media_hosts: media_hosts.iter().map(|host| (*host).to_owned()).collect(),
            allow_http: false,
            access_token,
            user_agent: String::from(concat!("portico/", env!("CARGO_PKG_VERSION"))),
            connect_timeout_ms: 5_000,
            timeout_ms: 20_000,
            media_timeout_ms: 120_000,
            max_media_bytes: 16 * 1024 * 1024,
        }
    }

    pub(crate) fn parse_base_url(&self) -> Result<Url, GraphError> {
        let error = GraphError::Config {
            key: "whatsapp.graph_url",
            expected: "https and the version, such as https://graph.facebook.com/v25.0 (http only with allow_http)",
        };
        let Ok(url) = Url::parse(self.base_url.trim_end_matches('/')) else {
            return Err(error);
        };
        if self.scheme_allowed(&url) && url.host_str().is_some() { Ok(url) } else { Err(error) }
    }

    pub(crate) fn scheme_allowed(&self, url: &Url) -> bool {
        url.scheme() == "https" || (self.allow_http && url.scheme() == "http")
    }

    /// Whether the token may go to `url`: scheme, host and port all as configured, and no name or password in it.
    pub(crate) fn media_allowed(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        let listed = self.media_hosts.iter().any(|entry| match url.port() {
            // `port()` is `None` on the scheme's own port, where the list needs no port either.
            None => entry.eq_ignore_ascii_case(host),
            Some(port) => entry.eq_ignore_ascii_case(&format!("{host}:{port}")),
        });
        listed && self.scheme_allowed(url) && url.username().is_empty() && url.password().is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(hosts: &[&str], allow_http: bool) -> GraphConfig {
        let token = AccessToken::parse("token").unwrap();
        GraphConfig { allow_http, ..GraphConfig::new("https://graph.facebook.com/v25.0", hosts, token) }
    }

    #[test]
    fn the_token_goes_only_where_the_list_says() {
        let strict = config(&["lookaside.fbsbx.com", "localhost:9000"], false);
        for (url, allowed) in [
            ("https://lookaside.fbsbx.com/x?y", true),
            ("https://LOOKASIDE.fbsbx.com/x", true),
            ("https://lookaside.fbsbx.com:443/x", true),
            ("https://localhost:9000/x", true),
            ("http://lookaside.fbsbx.com/x", false),
            ("https://lookaside.fbsbx.com:8443/x", false),
            ("https://lookaside.fbsbx.com.evil.example/x", false),
            ("https://evil.example/lookaside.fbsbx.com", false),
            ("https://lookaside.fbsbx.com@evil.example/", false),
            ("https://a:b@lookaside.fbsbx.com/", false),
            ("https://localhost/x", false),
            ("ftp://lookaside.fbsbx.com/x", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(strict.media_allowed(&Url::parse(url).unwrap()), allowed, "{url}");
        }
        assert!(config(&["localhost:9000"], true).media_allowed(&Url::parse("http://localhost:9000/x").unwrap()));
    }

    #[test]
    fn mistakes_in_the_configuration_are_named() {
        for bad in ["", "graph.facebook.com", "http://graph.facebook.com/v25.0", "file:///x"] {
            let config = GraphConfig { base_url: bad.to_owned(), ..config(&[], false) };
            assert!(config.parse_base_url().unwrap_err().to_string().contains("whatsapp.graph_url"), "{bad}");
        }
        for bad in ["", "  ", "two\nlines"] {
            assert!(AccessToken::parse(bad).unwrap_err().to_string().contains("whatsapp.access_token"));
        }
        assert!(!format!("{:?}", config(&[], false)).contains("token\""));
    }
}
