//! A cell's bucket: on a folder of the process itself, or in a real S3 behind a line that can be cut.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, bail};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Config, Credentials, Region};
use serde_json::Value;

use crate::{Country, Line};

/// See the module.
pub enum Bucket {
    /// Of one process at a time.
    Embedded,
    Remote(Remote),
}

/// A fresh bucket of a real S3.
pub struct Remote {
    name: String,
    line: Line,
    server: Server,
}

struct Server {
    endpoint: String,
    region: String,
    access_key: String,
    secret_key: String,
}

impl Bucket {
    /// A bucket on the S3 of a region that the country's profile allows, for any number of processes.
    ///
    /// # Errors
    /// When not run by `cargo xtask test`.
    pub fn remote(country: &Country) -> Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let server = Server::of_environment(country)?;
        let address: SocketAddr = server.endpoint.trim_start_matches("http://").parse().context("S3's endpoint")?;
        let serial = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("kyc-{}-{}-{serial}", country.lower(), std::process::id());
        Ok(Self::Remote(Remote { name, line: Line::lay(Some(address))?, server }))
    }

    /// Makes it where somebody has to.
    pub(crate) async fn make(&self) -> Result<()> {
        if let Self::Remote(Remote { name, server, .. }) = self {
            server.client().create_bucket().bucket(name).send().await.context("the bucket cannot be made")?;
        }
        Ok(())
    }

    /// The names of the objects in a real S3's, asked past the line.
    pub(crate) async fn names(&self) -> Result<Vec<String>> {
        let Self::Remote(Remote { name, server, .. }) = self else { bail!("an embedded bucket is its process's own") };
        let listed = server.client().list_objects_v2().bucket(name).send().await?;
        Ok(listed.contents().iter().filter_map(|object| object.key().map(str::to_owned)).collect())
    }

    /// One object of a real S3's as it lies there, sealed.
    pub(crate) async fn object(&self, key: &str) -> Result<Vec<u8>> {
        let Self::Remote(Remote { name, server, .. }) = self else { bail!("an embedded bucket is its process's own") };
        let object = server.client().get_object().bucket(name).key(key).send().await?;
        Ok(object.body.collect().await?.to_vec())
    }

    /// Puts an object beside those of the cell.
    pub(crate) async fn put(&self, key: &str, bytes: &[u8]) -> Result<()> {
        let Self::Remote(Remote { name, server, .. }) = self else { bail!("an embedded bucket is its process's own") };
        server.client().put_object().bucket(name).key(key).body(bytes.to_vec().into()).send().await?;
        Ok(())
    }

    /// Where a real S3 listens, past the line.
    pub(crate) fn server(&self) -> Option<SocketAddr> {
        let Self::Remote(Remote { server, .. }) = self else { return None };
        server.endpoint.trim_start_matches("http://").parse().ok()
    }

    /// The section of the configuration; what stays in the process lies in `folder`.
    pub(crate) fn section(&self, country: &Country, folder: &Path) -> String {
        let (name, region, endpoint, keys) = match self {
            Self::Embedded => (
                format!("kyc-{}", country.lower()),
                country.region,
                format!("embedded:{}", folder.join("objects").display()),
                "",
            ),
            Self::Remote(Remote { name, line, server }) => (
                name.clone(),
                server.region.as_str(),
                format!("http://{}", line.address()),
                "access_key = { env = \"PORTICO_S3_KEY\" }\nsecret_key = { env = \"PORTICO_S3_SECRET\" }\n",
            ),
        };
        format!("\n[cell.bucket]\nname = \"{name}\"\nregion = \"{region}\"\nendpoint = \"{endpoint}\"\n{keys}")
    }

    /// What the section's keys stand for.
    pub(crate) fn secrets(&self) -> Vec<(&'static str, String)> {
        let Self::Remote(Remote { server, .. }) = self else { return Vec::new() };
        vec![("PORTICO_S3_KEY", server.access_key.clone()), ("PORTICO_S3_SECRET", server.secret_key.clone())]
    }

    pub(crate) const fn line(&self) -> Option<&Line> {
        if let Self::Remote(Remote { line, .. }) = self { Some(line) } else { None }
    }
}

impl Server {
    fn client(&self) -> Client {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .endpoint_url(&self.endpoint)
            .region(Region::new(self.region.clone()))
            .credentials_provider(Credentials::new(&self.access_key, &self.secret_key, None, None, "test"))
            .force_path_style(true)
            .build();
        Client::from_conf(config)
    }

    fn of_environment(country: &Country) -> Result<Self> {
        let variable = country.s3;
        let text = std::env::var(variable).with_context(|| format!("{variable} is not set: run `cargo xtask test`"))?;
        let server: Value = serde_json::from_str(&text)?;
        let word = |key: &str| {
            let word = server[key].as_str().map(str::to_owned);
            word.with_context(|| format!("{variable} says nothing of {key}"))
        };
        Ok(Self {
            endpoint: word("endpoint")?,
            region: word("region")?,
            access_key: word("access_key")?,
            secret_key: word("secret_key")?,
        })
    }
}
