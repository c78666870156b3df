//! Buckets on real S3 servers, for tests. Behind the feature `testing`.
//!
//! `cargo xtask test` starts the servers and names them in the environment (xtask/README.md). No two tests share a
//! bucket, so they may run at once; buckets end with their server.

use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use portico_keys::{Entropy as _, SystemEntropy};
use serde::Deserialize;

use crate::BucketConfig;
use crate::client::{Peer, connect};

/// A server that `cargo xtask test` starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Server {
    /// SeaweedFS, as `eu-central-1`: locks as Amazon does, cannot say where a bucket lies.
    First,
    /// A second one with other data and other keys, as `sa-east-1`.
    Second,
    /// moto: says where a bucket lies, and is not to be trusted with locks or digests.
    Moto,
}

/// Whether a bucket is made with Object Lock, which turns versions on too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectLock {
    On,
    Off,
}

#[derive(Deserialize)]
struct Address {
    endpoint: String,
    region: String,
    access_key: String,
    secret_key: String,
}

impl Server {
    /// The environment variable that holds its address and keys, as JSON.
    #[must_use]
    pub const fn variable(self) -> &'static str {
        match self {
            Self::First => "PORTICO_TEST_S3_1",
            Self::Second => "PORTICO_TEST_S3_2",
            Self::Moto => "PORTICO_TEST_S3_MOTO",
        }
    }

    /// The configuration of a bucket of this server that does not exist, in the region that the server plays.
    ///
    /// # Panics
    /// When the variable is not set: a test cannot go on without its server.
    #[must_use]
    #[expect(clippy::panic, reason = "a test without its server has nothing to answer with")]
    pub fn missing_bucket(self) -> BucketConfig {
        let variable = self.variable();
        let Ok(json) = std::env::var(variable) else {
            panic!("{variable} is not set: run `cargo xtask test`, which starts S3 servers");
        };
        let address: Address = match serde_json::from_str(&json) {
            Ok(address) => address,
            Err(error) => panic!("{variable} does not hold endpoint, region, access_key and secret_key: {error}"),
        };
        let mut random = [0; 8];
        SystemEntropy.fill(&mut random);
        BucketConfig {
            name: format!("kyc-{:016x}", u64::from_be_bytes(random)),
            region: address.region,
            endpoint: address.endpoint,
            access_key: address.access_key,
            secret_key: address.secret_key,
        }
    }

    /// A fresh, empty bucket.
    ///
    /// # Panics
    /// As [`Server::missing_bucket`], and when the server does not make the bucket.
    #[expect(clippy::panic, reason = "a test without its server has nothing to answer with")]
    pub async fn fresh_bucket(self, lock: ObjectLock) -> BucketConfig {
        let config = self.missing_bucket();
        let client = client(&config);
        let place = BucketLocationConstraint::from(config.region.as_str());
        // Amazon's first region has no name of its own here.
        let place = (config.region != "us-east-1")
            .then(|| CreateBucketConfiguration::builder().location_constraint(place).build());
        let request = client.create_bucket().bucket(&config.name).set_create_bucket_configuration(place);
        if let Err(error) = request.object_lock_enabled_for_bucket(lock == ObjectLock::On).send().await {
            panic!("the server of {} made no bucket: {error:?}", self.variable());
        }
        config
    }
}

/// A client of a bucket's server, for what the vault does not do.
#[must_use]
pub fn client(config: &BucketConfig) -> aws_sdk_s3::Client {
    connect(&Peer {
        url: &config.endpoint,
        region: &config.region,
        access_key: &config.access_key,
        secret_key: &config.secret_key,
        path_style: true,
    })
}
