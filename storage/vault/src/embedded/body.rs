//! Reading a put's body whole and checking it before anything is written.
//!
//! s3s-fs compares checksums after it has replaced the object; here a body that is not what was announced never
//! reaches it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use futures::TryStreamExt as _;
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::{Checksum, PutObjectInput, StreamingBlob};
use s3s::{S3Request, S3Result, TrailingHeaders, s3_error};

/// Bodies are held in memory: a bound on what one request may take.
const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;

/// The body of `request`, proved to be the one its length, MD5 and checksums announce. The request is left with the
/// checksums that came as trailers, and no body.
pub(crate) async fn take_checked(request: &mut S3Request<PutObjectInput>) -> S3Result<Bytes> {
    let body = request.input.body.take().ok_or_else(|| s3_error!(IncompleteBody))?;
    let body = read(body).await?;
    let input = &mut request.input;
    if input.content_length.is_some_and(|announced| u64::try_from(announced).ok() != Some(body.len() as u64)) {
        return Err(s3_error!(IncompleteBody));
    }
    if input.content_md5.as_ref().is_some_and(|announced| *announced != md5(&body)) {
        return Err(s3_error!(BadDigest, "content-md5 differs"));
    }
    // Trailers are complete only once the body has been read.
    take_trailers(input, request.trailing_headers.as_ref())?;
    let announced = announced(input);
    if input.checksum_algorithm.take().is_some() && announced == Checksum::default() {
        return Err(s3_error!(InvalidRequest, "a checksum algorithm was named but no checksum was sent"));
    }
    if found(&announced, &body) != announced {
        return Err(s3_error!(BadDigest, "a checksum differs"));
    }
    Ok(body)
}

async fn read(mut body: StreamingBlob) -> S3Result<Bytes> {
    let mut whole = BytesMut::new();
    while let Some(chunk) = body.try_next().await.map_err(|_| s3_error!(IncompleteBody))? {
        if whole.len() + chunk.len() > MAX_BODY_BYTES {
            return Err(s3_error!(EntityTooLarge, "the embedded store takes at most {MAX_BODY_BYTES} bytes"));
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

fn md5(body: &[u8]) -> String {
    let mut md5 = Md5::new();
    md5.update(body);
    STANDARD.encode(md5.finalize())
}

fn take_trailers(input: &mut PutObjectInput, trailers: Option<&TrailingHeaders>) -> S3Result<()> {
    let Some(trailers) = trailers.and_then(TrailingHeaders::take) else {
        return Ok(());
    };
    for (name, slot) in [
        ("x-amz-checksum-crc32", &mut input.checksum_crc32),
        ("x-amz-checksum-crc32c", &mut input.checksum_crc32c),
        ("x-amz-checksum-crc64nvme", &mut input.checksum_crc64nvme),
        ("x-amz-checksum-sha1", &mut input.checksum_sha1),
        ("x-amz-checksum-sha256", &mut input.checksum_sha256),
    ] {
        if let Some(value) = trailers.get(name) {
            *slot = Some(value.to_str().map_err(|_| s3_error!(InvalidArgument))?.to_owned());
        }
    }
    Ok(())
}

fn announced(input: &PutObjectInput) -> Checksum {
    Checksum {
        checksum_crc32: input.checksum_crc32.clone(),
        checksum_crc32c: input.checksum_crc32c.clone(),
        checksum_crc64nvme: input.checksum_crc64nvme.clone(),
        checksum_sha1: input.checksum_sha1.clone(),
        checksum_sha256: input.checksum_sha256.clone(),
        ..Checksum::default()
    }
}

/// The same kinds of checksum as were announced, of the body.
fn found(announced: &Checksum, body: &[u8]) -> Checksum {
    let mut hasher = ChecksumHasher {
        crc32: announced.checksum_crc32.as_ref().map(|_| Default::default()),
        crc32c: announced.checksum_crc32c.as_ref().map(|_| Default::default()),
        crc64nvme: announced.checksum_crc64nvme.as_ref().map(|_| Default::default()),
        sha1: announced.checksum_sha1.as_ref().map(|_| Default::default()),
        sha256: announced.checksum_sha256.as_ref().map(|_| Default::default()),
    };
    hasher.update(body);
    hasher.finalize()
}
