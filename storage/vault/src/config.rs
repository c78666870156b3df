//! Where a cell's objects live: `[cell.bucket]` of the configuration (contract.md, section 2).

use std::fmt;
use std::path::{Path, PathBuf};

use crate::VaultError;

/// One cell's bucket. `Debug` shows neither key.
#[derive(Clone)]
pub struct BucketConfig {
    /// 3 to 63 lower-case letters, digits, `.` and `-` (Amazon S3: bucket naming rules).
    pub name: String,
    /// Where the bucket must be, such as `ap-south-1`.
    pub region: String,
    /// A URL, or `embedded:DIR` for the in-process S3 on a folder.
    pub endpoint: String,
    /// Not used by the embedded S3, which makes its own at every start.
    pub access_key: String,
    /// As `access_key`.
    pub secret_key: String,
}

impl fmt::Debug for BucketConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BucketConfig")
            .field("name", &self.name)
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

impl BucketConfig {
    /// # Errors
    /// [`VaultError::Configuration`] saying which field is wrong and what was expected.
    pub(crate) fn check(&self) -> Result<Endpoint, VaultError> {
        if !is_bucket_name(&self.name) {
            return Err(VaultError::Configuration(
                "bucket.name must be 3 to 63 lower-case letters, digits, `.` and `-`",
            ));
        }
        if self.region.is_empty() {
            return Err(VaultError::Configuration("bucket.region must name the bucket's region, such as ap-south-1"));
        }
        let endpoint = Endpoint::parse(&self.endpoint)?;
        if matches!(endpoint, Endpoint::Remote { .. }) && (self.access_key.is_empty() || self.secret_key.is_empty()) {
            return Err(VaultError::Configuration("bucket.access_key and bucket.secret_key must not be empty"));
        }
        Ok(endpoint)
    }

    /// One text for every spelling of one place: two configurations with the same text are the same bucket. The keys do
    /// not matter; an embedded store is its folder, whatever its bucket is called.
    ///
    /// # Errors
    /// [`VaultError::Configuration`] when the endpoint cannot be read.
    pub fn place(&self) -> Result<String, VaultError> {
        let endpoint = Endpoint::parse(&self.endpoint)?;
        Ok(match &endpoint {
            Endpoint::Embedded { folder } => format!("embedded {}", settled(folder).display()),
            // A bucket's name is its own in all of Amazon's regions.
            Endpoint::Remote { .. } if endpoint.is_aws() => format!("amazon {}", self.name),
            Endpoint::Remote { url, host } => {
                let host = match host.to_ascii_lowercase().as_str() {
                    "localhost" | "127.0.0.1" | "[::1]" => String::from("loopback"),
                    host => host.to_owned(),
                };
                let (scheme, authority) = url.split_once("://").unwrap_or_default();
                let port = authority.rsplit_once(':').map(|(_, port)| port).filter(|port| port.parse::<u16>().is_ok());
                let port = port.unwrap_or(if scheme == "https" { "443" } else { "80" });
                format!("{host} {port} {}", self.name)
            }
        })
    }
}

/// The folder behind a path, through symlinks and dots, whether it is there already or not.
fn settled(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let whole = std::fs::canonicalize(&path);
    whole.unwrap_or_else(|_| match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => settled(parent).join(name),
        _ => path,
    })
}

fn is_bucket_name(name: &str) -> bool {
    (3..=63).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-'))
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.ends_with(|c: char| c.is_ascii_alphanumeric())
        && !name.contains("..")
}

/// What `endpoint` means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Embedded { folder: PathBuf },
    Remote { url: String, host: String },
}

const EXPECTED: &str =
    "bucket.endpoint must be https://HOST, http://HOST on loopback, or embedded:DIR, without a path or credentials";

impl Endpoint {
    fn parse(text: &str) -> Result<Self, VaultError> {
        let wrong = VaultError::Configuration(EXPECTED);
        if let Some(folder) = text.strip_prefix("embedded:") {
            return if folder.is_empty() { Err(wrong) } else { Ok(Self::Embedded { folder: folder.into() }) };
        }
        let url = text.trim_end_matches('/');
        let Some((scheme, authority)) = url.split_once("://") else {
            return Err(wrong);
        };
        let host = host_of(authority);
        let bare = !authority.contains(['/', '@', '?', '#']) && !host.is_empty();
        match scheme {
            "https" if bare => {}
            // Request signatures are not secret, but whoever sees one sees object names and sizes: TLS off loopback.
            "http" if bare && matches!(host, "localhost" | "127.0.0.1" | "[::1]") => {}
            _ => return Err(wrong),
        }
        Ok(Self::Remote { url: url.to_owned(), host: host.to_owned() })
    }

    /// Whether Amazon answers there: its names are under the bucket's own host, elsewhere they are paths.
    pub(crate) fn is_aws(&self) -> bool {
        matches!(self, Self::Remote { host, .. } if host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn"))
    }

    /// The region that an Amazon endpoint names: `s3.ap-south-1.amazonaws.com`, with or without `dualstack`.
    pub(crate) fn named_region(&self) -> Option<&str> {
        let Self::Remote { host, .. } = self else { return None };
        let service = host.strip_suffix(".amazonaws.com").or_else(|| host.strip_suffix(".amazonaws.com.cn"))?;
        let region = service.strip_prefix("s3.")?;
        Some(region.strip_prefix("dualstack.").unwrap_or(region))
    }
}

/// The authority without its port; an IPv6 address keeps its brackets.
fn host_of(authority: &str) -> &str {
    match authority.rfind(':') {
        Some(at) if authority[at + 1..].bytes().all(|b| b.is_ascii_digit()) => &authority[..at],
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_https_loopback_or_embedded() {
        for good in
            ["https://s3.example", "https://s3.example:9000/", "http://127.0.0.1:1", "http://[::1]:9", "embedded:d"]
        {
            assert!(Endpoint::parse(good).is_ok(), "{good}");
        }
        for bad in
            ["", "embedded:", "s3.example", "http://s3.example", "ftp://a", "https://a/b", "https://u:p@a", "https://"]
        {
            assert!(Endpoint::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn amazon_endpoints_name_their_region() {
        let region = |url| Endpoint::parse(url).unwrap().named_region().map(str::to_owned);
        assert_eq!(region("https://s3.ap-south-1.amazonaws.com").as_deref(), Some("ap-south-1"));
        assert_eq!(region("https://s3.dualstack.sa-east-1.amazonaws.com:443").as_deref(), Some("sa-east-1"));
        assert_eq!(region("https://s3.amazonaws.com"), None);
        assert_eq!(region("https://minio.example"), None);
    }

    #[test]
    fn every_spelling_of_a_place_is_one() {
        let place = |endpoint: &str, name: &str| {
            let (endpoint, name) = (endpoint.to_owned(), name.to_owned());
            let (region, access_key, secret_key) = (String::new(), String::new(), String::new());
            BucketConfig { name, region, endpoint, access_key, secret_key }.place().unwrap()
        };
        for (one, other) in [
            ("https://s3.bank.example", "https://S3.bank.example:443/"),
            ("http://localhost:9000", "http://127.0.0.1:9000"),
            ("https://s3.sa-east-1.amazonaws.com", "https://s3.dualstack.sa-east-1.amazonaws.com"),
            ("embedded:/var/lib/../lib/kyc", "embedded:/var/lib/kyc/"),
        ] {
            assert_eq!(place(one, "kyc"), place(other, "kyc"), "{one} {other}");
        }
        assert_ne!(place("https://s3.bank.example", "kyc-in"), place("https://s3.bank.example", "kyc-br"));
        assert_ne!(place("https://s3.bank.example", "kyc"), place("https://s3.bank.example:8443", "kyc"));
        assert_eq!(place("embedded:/a", "kyc-in"), place("embedded:/a", "kyc-br"), "one folder, whatever its bucket");
    }

    #[test]
    fn debug_shows_no_key() {
        let config = BucketConfig {
            name: "kyc-in".into(),
            region: "ap-south-1".into(),
            endpoint: "https://s3.example".into(),
            access_key: "THE-ACCESS-KEY".into(),
            secret_key: "THE-SECRET-KEY".into(),
        };
        assert!(!format!("{config:?}").contains("THE-"));
        assert!(config.check().is_ok());
        assert!(BucketConfig { name: "Kyc".into(), ..config.clone() }.check().is_err());
        assert!(BucketConfig { secret_key: String::new(), ..config }.check().is_err());
    }
}
