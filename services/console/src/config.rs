//! What the pages need to know from the configuration.

/// `[console]`, as the pages see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleConfig {
    /// Sign in by choosing a name. True only where the listener is loopback; without it no page is served.
    pub dev_sign_in: bool,
    /// Where reviewers reach us, such as `https://kyc.bank.example`; sets the cookie's prefix and the expected origin.
    pub public_url: Option<String>,
    /// A session ends after this many seconds without a request.
    pub session_idle_seconds: i64,
    /// A session ends this many seconds after sign-in, whatever happens.
    pub session_absolute_seconds: i64,
    /// How long a reviewer holds a case.
    pub lease_seconds: i64,
}

impl Default for ConsoleConfig {
    fn default() -> Self {
        Self {
            dev_sign_in: false,
            public_url: None,
            session_idle_seconds: 15 * 60,
            session_absolute_seconds: 10 * 3600,
            lease_seconds: 600,
        }
    }
}

impl ConsoleConfig {
    /// Whether browsers reach us by TLS, so that the cookie can be `Secure` and `__Host-`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}
