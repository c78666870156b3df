//! The one HTTP client, and the addresses of the Graph API.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, Url, header, redirect};

use crate::{GraphConfig, GraphError};

/// The WhatsApp Cloud API. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct Graph(Arc<Inner>);

struct Inner {
    config: GraphConfig,
    base: Url,
    client: Client,
}

impl Graph {
    /// # Errors
    /// When the configuration names no usable address, or TLS cannot be set up.
    pub fn new(config: GraphConfig) -> Result<Self, GraphError> {
        let base = config.parse_base_url()?;
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            // The configuration alone says where bytes go, not the environment.
            .no_proxy()
            .referer(false)
            .user_agent(&config.user_agent)
            .connect_timeout(Duration::from_millis(config.connect_timeout_ms))
            .read_timeout(Duration::from_millis(config.timeout_ms))
            .build()
            .map_err(|_| GraphError::Config {
                key: "whatsapp",
                expected: "a user agent and time-outs that an HTTP client takes",
            })?;
        Ok(Self(Arc::new(Inner { config, base, client })))
    }

    pub(crate) fn config(&self) -> &GraphConfig {
        &self.0.config
    }

    /// `<base>/<segments…>`; each segment is escaped, so that an id can never lead elsewhere.
    pub(crate) fn address(&self, segments: &[&str]) -> Url {
        let mut url = self.0.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// A request that carries the token. *Invariant:* called only with [`Self::address`] or an address that
    /// [`GraphConfig::media_allowed`] has let through.
    pub(crate) fn request(&self, method: Method, url: Url, timeout_ms: u64) -> RequestBuilder {
        self.0
            .client
            .request(method, url)
            .header(header::AUTHORIZATION, self.0.config.access_token.header())
            .timeout(Duration::from_millis(timeout_ms))
    }
}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Graph({})", self.0.config.base_url)
    }
}
