//! What a bucket's listing shows.

use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::Object;
use portico_vocab::Timestamp;

/// An object as a listing shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub object_key: String,
    /// When it was put, by the bucket's clock. An orphan sweep must leave young ones alone: their case row may be on
    /// its way.
    pub put_at: Timestamp,
    /// Length of the sealed object, in bytes.
    pub size: u64,
}

/// At most a thousand objects, in order of their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub objects: Vec<Listed>,
    /// Where the next page starts; `None` after the last.
    pub next: Option<String>,
}

impl Page {
    pub(crate) fn of(answer: &ListObjectsV2Output) -> Self {
        let objects: Vec<Listed> = answer.contents().iter().filter_map(Listed::of).collect();
        let more = answer.is_truncated() == Some(true);
        let next = objects.last().filter(|_| more).map(|last| last.object_key.clone());
        Self { objects, next }
    }
}

impl Listed {
    fn of(object: &Object) -> Option<Self> {
        Some(Self {
            object_key: object.key()?.to_owned(),
            put_at: Timestamp::from_seconds(object.last_modified()?.secs()),
            size: u64::try_from(object.size()?).ok()?,
        })
    }
}
