//! A cell's bucket: on a folder of the process itself, or in a real S3 behind a line that can be cut.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, bail};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Config, Credentials, Region};
use serde_json::Value;

use crate::Line;

/// An S3 of the region that Brazil's profile allows: endpoint, region and keys as JSON; see xtask/README.md.
const SERVER: &str = "PORTICO_TEST_S3_2";

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
    /// A bucket on the server of `PORTICO_TEST_S3_2`, for any number of processes.
    ///
    /// # Errors
    /// When not run by `cargo xtask test`.
    pub fn remote() -> Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let server = Server::of_environment()?;
        let address: SocketAddr = server.endpoint.trim_start_matches("http://").parse().context("S3's endpoint")?;
        let name = format!("kyc-br-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        Ok(Self::Remote(Remote { name, line: Line::lay(Some(address))?, server }))
    }

    /// Makes it where somebody has to.
    pub(crate) async fn make(&self) -> Result<()> {
        if let Self::Remote(Remote { name, server, .. }) = self {
            server.client().create_bucket().bucket(name).send().await.context("the bucket cannot be made")?;
        }
        Ok(())
    }

    /// How many objects lie in a real S3's, asked past the line.
    pub(crate) async fn objects(&self) -> Result<usize> {
        let Self::Remote(Remote { name, server, .. }) = self else { bail!("an embedded bucket is its process's own") };
        Ok(server.client().list_objects_v2().bucket(name).send().await?.contents().len())
    }

    /// The section of the configuration; what stays in the process lies in `folder`.
    pub(crate) fn section(&self, folder: &Path) -> String {
        let (name, region, endpoint, keys) = match self {
            Self::Embedded => {
                ("kyc-br", "sa-east-1", format!("embedded:{}", folder.join("objects").display()), String::new())
            }
            Self::Remote(Remote { name, line, server }) => (
                name.as_str(),
                server.region.as_str(),
                format!("http://{}", line.address()),
                "access_key = { env = \"PORTICO_BR_S3_KEY\" }\nsecret_key = { env = \"PORTICO_BR_S3_SECRET\" }\n"
                    .into(),
            ),
        };
        format!("\n[cell.bucket]\nname = \"{name}\"\nregion = \"{region}\"\nendpoint = \"{endpoint}\"\n{keys}")
    }

    /// What the section's keys stand for.
    pub(crate) fn secrets(&self) -> Vec<(&'static str, String)> {
        let Self::Remote(Remote { server, .. }) = self else { return Vec::new() };
        vec![("PORTICO_BR_S3_KEY", server.access_key.clone()), ("PORTICO_BR_S3_SECRET", server.secret_key.clone())]
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

    fn of_environment() -> Result<Self> {
        let text = std::env::var(SERVER).with_context(|| format!("{SERVER} is not set: run `cargo xtask test`"))?;
        let server: Value = serde_json::from_str(&text)?;
        let word = |key: &str| {
            let word = server[key].as_str().map(str::to_owned);
            word.with_context(|| format!("{SERVER} says nothing of {key}"))
        };
        Ok(Self {
            endpoint: word("endpoint")?,
            region: word("region")?,
            access_key: word("access_key")?,
            secret_key: word("secret_key")?,
        })
    }
}
