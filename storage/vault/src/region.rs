//! Is the bucket where the configuration says it is?
//!
//! No S3 refuses a request signed for another region, so residency is proved by asking the bucket, never by hoping for
//! an error: first the endpoint's own name, then `x-amz-bucket-region` of HeadBucket (which Amazon sends even with a
//! refusal), then GetBucketLocation.

use aws_sdk_s3::Client;

use crate::config::Endpoint;

/// What is known of the bucket's real region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegionProof {
    /// The bucket says it is in the configured region.
    Confirmed,
    /// It is elsewhere: `serve` must refuse to start.
    Contradicted { actual: String },
    /// Nobody says: `serve` warns.
    CannotSay { why: &'static str },
}

pub(crate) async fn prove(client: &Client, bucket: &str, configured: &str, endpoint: &Endpoint) -> RegionProof {
    if let Some(named) = endpoint.named_region()
        && named != configured
    {
        return RegionProof::Contradicted { actual: named.to_owned() };
    }
    let said = match head_bucket_region(client, bucket).await {
        Some(region) => Some(region),
        None => bucket_location(client, bucket).await,
    };
    match said {
        Some(actual) if actual == configured => RegionProof::Confirmed,
        Some(actual) => RegionProof::Contradicted { actual },
        None => RegionProof::CannotSay { why: "this S3 does not tell where a bucket is" },
    }
}

async fn head_bucket_region(client: &Client, bucket: &str) -> Option<String> {
    let said = match client.head_bucket().bucket(bucket).send().await {
        Ok(answer) => answer.bucket_region().map(str::to_owned),
        Err(error) => error.raw_response().and_then(|raw| raw.headers().get("x-amz-bucket-region")).map(str::to_owned),
    };
    said.filter(|region| !region.is_empty())
}

async fn bucket_location(client: &Client, bucket: &str) -> Option<String> {
    let answer = client.get_bucket_location().bucket(bucket).send().await.ok()?;
    // Only Amazon means us-east-1 by an empty answer, and there HeadBucket has already spoken.
    match answer.location_constraint()?.as_str() {
        "" => None,
        "EU" => Some("eu-west-1".to_owned()),
        region => Some(region.to_owned()),
    }
}
