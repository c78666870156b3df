//! The S3 client: how it is built and how its errors are classed.
//!
//! *Invariant:* every call ends: connecting, each attempt and the whole operation have time-outs, and the SDK cuts
//! downloads that stall.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{Config, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_http_client::tls;

use crate::VaultError;

const CONNECT: Duration = Duration::from_secs(3);
const ATTEMPT: Duration = Duration::from_secs(20);
/// Less than a job's lease, so that a worker that waited for the bucket can still say so.
const OPERATION: Duration = Duration::from_secs(45);
const ATTEMPTS: u32 = 3;
/// A customer waits for the answer to a photo: try again sooner than the SDK's second.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Where and as whom to call.
pub(crate) struct Peer<'a> {
    pub url: &'a str,
    pub region: &'a str,
    pub access_key: &'a str,
    pub secret_key: &'a str,
    /// The bucket is a path (`/bucket/key`), not a host: every S3 but Amazon's understands that.
    pub path_style: bool,
}

pub(crate) fn connect(peer: &Peer<'_>) -> Client {
    let http = aws_smithy_http_client::Builder::new();
    let http = if peer.url.starts_with("http://") {
        http.build_http()
    } else {
        http.tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc)).build_https()
    };
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    let config = Config::builder()
        .http_client(http)
        .endpoint_url(peer.url)
        .region(Region::new(peer.region.to_owned()))
        .credentials_provider(Credentials::new(peer.access_key, peer.secret_key, None, None, "portico"))
        .force_path_style(peer.path_style)
        // Every put carries its SHA-256 and every object is authenticated when it is opened: the SDK's own checksums
        // would add nothing, and trailers that other makers' S3 do not know.
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(FIRST_PAUSE))
        .timeout_config(timeouts)
        .build();
    Client::from_conf(config)
}

/// What an SDK error means to us. The SDK's own texts are dropped: they may hold access keys and object names.
pub(crate) fn class_error<E: ProvideErrorMetadata>(operation: &'static str, error: &SdkError<E>) -> VaultError {
    let unavailable = |why: &str| VaultError::Unavailable { operation, why: why.to_owned() };
    match error {
        SdkError::ServiceError(service) => {
            let code = service.err().code().unwrap_or_default();
            class_answer(operation, service.raw().status().as_u16(), code)
        }
        SdkError::TimeoutError(_) => unavailable("no answer in time"),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => unavailable("no connection in time"),
        SdkError::DispatchFailure(_) => unavailable("no connection"),
        SdkError::ResponseError(_) => unavailable("the answer was cut short or not S3"),
        _ => VaultError::Refused { operation, code: "the request could not be built".to_owned() },
    }
}

fn class_answer(operation: &'static str, status: u16, code: &str) -> VaultError {
    // A HEAD has no body and so no code.
    let code = if code.is_empty() { format!("status {status}") } else { code.to_owned() };
    match status {
        401 | 403 => VaultError::Denied { code },
        404 if code == "NoSuchBucket" => VaultError::NoBucket,
        404 => VaultError::Gone,
        // 409 is Amazon's answer to a conditional put that raced another one.
        409 | 412 => VaultError::NameTaken,
        501 => VaultError::NotOffered { operation },
        408 | 429 | 500.. => VaultError::Unavailable { operation, why: code },
        _ => VaultError::Refused { operation, code },
    }
}

#[cfg(test)]
mod tests {
    use portico_vocab::Class;

    use super::class_answer;

    #[test]
    fn only_what_may_pass_is_transient() {
        for (status, code, class) in [
            (503, "SlowDown", Class::Transient),
            (500, "", Class::Transient),
            (429, "", Class::Transient),
            (408, "RequestTimeout", Class::Transient),
            (412, "PreconditionFailed", Class::Transient),
            (404, "NoSuchKey", Class::Permanent),
            (404, "NoSuchBucket", Class::Permanent),
            (403, "AccessDenied", Class::Permanent),
            (400, "BadDigest", Class::Permanent),
            (501, "NotImplemented", Class::Permanent),
        ] {
            assert_eq!(class_answer("a put", status, code).class(), class, "{status} {code}");
        }
    }
}
