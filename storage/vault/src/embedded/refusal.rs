//! What the embedded S3 refuses, because s3s-fs would answer 200 and not do it.
//!
//! The lists name what is understood; anything else of S3's vocabulary is 501 NotImplemented. So a retention, an
//! encryption or a version asked for is never silently dropped, nor is what a later S3 invents.

use s3s::{S3Request, S3Result, s3_error};

/// `x-amz-…` headers that are understood: signing, checksums, chunked bodies, and the caller's own metadata.
const HEADERS: [&str; 6] = [
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-decoded-content-length",
    "x-amz-sdk-checksum-algorithm",
    "x-amz-trailer",
    "x-amz-user-agent",
];
const HEADER_PREFIXES: [&str; 2] = ["x-amz-checksum-", "x-amz-meta-"];

/// Parameters that are understood: those of listing, and the words that name an operation.
const PARAMETERS: [&str; 9] =
    ["continuation-token", "delete", "delimiter", "list-type", "location", "max-keys", "prefix", "start-after", "x-id"];

/// Conditions that s3s-fs honours on a put and ignores on everything else.
const CONDITIONS: [&str; 4] = ["if-match", "if-modified-since", "if-none-match", "if-unmodified-since"];

/// The longest name of an object: s3s-fs makes file names of the base64 of it (255 bytes at most, with its suffixes).
const MAX_NAME_BYTES: usize = 64;

/// # Errors
/// 501 when the request asks for something that would be ignored.
pub(crate) fn refuse_ignored<T>(request: &S3Request<T>) -> S3Result<()> {
    for name in request.headers.keys().map(|name| name.as_str()).filter(|name| name.starts_with("x-amz-")) {
        if !HEADERS.contains(&name) && !HEADER_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
            return Err(s3_error!(NotImplemented, "the embedded store does not do what {name} asks for"));
        }
    }
    let query = request.uri.query().unwrap_or_default();
    for name in query.split('&').filter_map(|pair| pair.split('=').next()).filter(|name| !name.is_empty()) {
        if !PARAMETERS.contains(&name) {
            return Err(s3_error!(NotImplemented, "the embedded store does not know this parameter"));
        }
    }
    Ok(())
}

/// # Errors
/// 501 when a request other than a put carries a condition.
pub(crate) fn refuse_conditions<T>(request: &S3Request<T>) -> S3Result<()> {
    if CONDITIONS.iter().any(|name| request.headers.contains_key(*name)) {
        return Err(s3_error!(NotImplemented, "the embedded store takes conditions on a put only"));
    }
    Ok(())
}

/// # Errors
/// 400 unless `name` is 1 to 64 letters, digits, `-` and `_`: short, and no path.
pub(crate) fn check_name(name: &str) -> S3Result<()> {
    if name.len() > MAX_NAME_BYTES {
        return Err(s3_error!(KeyTooLongError, "the embedded store takes names of at most {MAX_NAME_BYTES} bytes"));
    }
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')) {
        return Err(s3_error!(InvalidArgument, "the embedded store takes names of letters, digits, - and _"));
    }
    Ok(())
}
