//! What stands in front of s3s-fs (docs/adr/README.md).
//!
//! Only the operations below are passed on; every other one is 501 by the trait's default. *Invariant:* a write is
//! answered after it is on disk, and writes to one name come one after another, so that of several conditional puts
//! one wins.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use s3s::dto::{
    DeleteObjectInput, DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput, GetBucketLocationInput,
    GetBucketLocationOutput, GetObjectInput, GetObjectOutput, HeadBucketInput, HeadBucketOutput, HeadObjectInput,
    HeadObjectOutput, ListObjectsV2Input, ListObjectsV2Output, PutObjectInput, PutObjectOutput, StreamingBlob,
};
use s3s::{S3, S3Error, S3Request, S3Response, S3Result, s3_error};
use s3s_fs::FileSystem;
use tokio::sync::{Mutex, MutexGuard};
use tokio::task::spawn_blocking;

use super::body::take_checked;
use super::folder::Folder;
use super::refusal::{check_name, refuse_conditions, refuse_ignored};

/// Names share this many turns; two names on one turn only wait for each other.
const TURNS: usize = 64;

pub(crate) struct Guard {
    store: FileSystem,
    folder: Arc<Folder>,
    turns: [Mutex<()>; TURNS],
}

impl Guard {
    pub(crate) fn new(store: FileSystem, folder: Arc<Folder>) -> Self {
        Self { store, folder, turns: std::array::from_fn(|_| Mutex::new(())) }
    }

    /// Waits until nobody else writes any of `names`. Turns are taken in ascending order, so that two writers of many
    /// names cannot wait for each other.
    async fn turns<'a>(&self, names: impl Iterator<Item = &'a str>) -> Vec<MutexGuard<'_, ()>> {
        let numbers: BTreeSet<usize> = names.map(turn_of).collect();
        let mut taken = Vec::with_capacity(numbers.len());
        for number in numbers {
            taken.push(self.turns[number].lock().await);
        }
        taken
    }

    /// There is one bucket: another name is not a folder to look into.
    fn check_bucket(&self, bucket: &str) -> S3Result<()> {
        if bucket == self.folder.bucket() { Ok(()) } else { Err(s3_error!(NoSuchBucket)) }
    }

    async fn on_disk(&self, work: impl FnOnce(&Folder) -> io::Result<()> + Send + 'static) -> S3Result<()> {
        let folder = Arc::clone(&self.folder);
        let done = spawn_blocking(move || work(&folder)).await.map_err(S3Error::internal_error)?;
        done.map_err(S3Error::internal_error)
    }
}

#[async_trait::async_trait]
impl S3 for Guard {
    async fn put_object(&self, mut req: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        refuse_ignored(&req)?;
        self.check_bucket(&req.input.bucket)?;
        check_name(&req.input.key)?;
        let body = take_checked(&mut req).await?;
        req.input.body = Some(whole(body));
        let name = req.input.key.clone();
        let _turn = self.turns([name.as_str()].into_iter()).await;
        let answer = self.store.put_object(req).await?;
        self.on_disk(move |folder| folder.sync_object(&name)).await?;
        Ok(answer)
    }

    async fn delete_object(&self, req: S3Request<DeleteObjectInput>) -> S3Result<S3Response<DeleteObjectOutput>> {
        refuse_ignored(&req)?;
        refuse_conditions(&req)?;
        self.check_bucket(&req.input.bucket)?;
        check_name(&req.input.key)?;
        let name = req.input.key.clone();
        let _turn = self.turns([name.as_str()].into_iter()).await;
        let answer = self.store.delete_object(req).await?;
        self.on_disk(move |folder| folder.forget_objects([name.as_str()].into_iter())).await?;
        Ok(answer)
    }

    async fn delete_objects(&self, req: S3Request<DeleteObjectsInput>) -> S3Result<S3Response<DeleteObjectsOutput>> {
        refuse_ignored(&req)?;
        refuse_conditions(&req)?;
        self.check_bucket(&req.input.bucket)?;
        let objects = &req.input.delete.objects;
        if objects.iter().any(|object| object.version_id.is_some()) {
            return Err(s3_error!(NotImplemented, "the embedded store keeps no versions"));
        }
        let names: Vec<String> = objects.iter().map(|object| object.key.clone()).collect();
        names.iter().try_for_each(|name| check_name(name))?;
        let _turns = self.turns(names.iter().map(String::as_str)).await;
        let quiet = req.input.delete.quiet == Some(true);
        let mut answer = self.store.delete_objects(req).await?;
        self.on_disk(move |folder| folder.forget_objects(names.iter().map(String::as_str))).await?;
        if quiet {
            answer.output.deleted = None;
        }
        Ok(answer)
    }

    async fn get_object(&self, req: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        refuse_ignored(&req)?;
        refuse_conditions(&req)?;
        self.check_bucket(&req.input.bucket)?;
        check_name(&req.input.key)?;
        self.store.get_object(req).await
    }

    async fn head_object(&self, req: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        refuse_ignored(&req)?;
        refuse_conditions(&req)?;
        self.check_bucket(&req.input.bucket)?;
        check_name(&req.input.key)?;
        self.store.head_object(req).await
    }

    async fn list_objects_v2(&self, req: S3Request<ListObjectsV2Input>) -> S3Result<S3Response<ListObjectsV2Output>> {
        refuse_ignored(&req)?;
        self.check_bucket(&req.input.bucket)?;
        self.store.list_objects_v2(req).await
    }

    async fn head_bucket(&self, req: S3Request<HeadBucketInput>) -> S3Result<S3Response<HeadBucketOutput>> {
        refuse_ignored(&req)?;
        self.check_bucket(&req.input.bucket)?;
        self.store.head_bucket(req).await
    }

    async fn get_bucket_location(
        &self,
        req: S3Request<GetBucketLocationInput>,
    ) -> S3Result<S3Response<GetBucketLocationOutput>> {
        refuse_ignored(&req)?;
        self.check_bucket(&req.input.bucket)?;
        self.store.get_bucket_location(req).await
    }
}

fn turn_of(name: &str) -> usize {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    (hasher.finish() % TURNS as u64) as usize
}

/// A body that is already here.
fn whole(body: Bytes) -> StreamingBlob {
    StreamingBlob::wrap(futures::stream::iter([Ok::<_, io::Error>(body)]))
}
