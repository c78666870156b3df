//! The bucket of a simulated cell: objects in memory, with the failures of a real one.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use portico_vault::{Bucket, Kept, Listed, Page, Retained, VaultError};
use portico_vocab::Timestamp;

use crate::fault::Fault;
use crate::pause::pause;
use crate::world::{Place, World};

#[derive(Debug, Default)]
pub struct Objects {
    objects: BTreeMap<String, Object>,
    /// Whether it can hold objects against deletion.
    pub locks: bool,
}

#[derive(Debug)]
struct Object {
    bytes: Vec<u8>,
    put_at: Timestamp,
    locked_until: Option<Timestamp>,
}

/// One process's way to it. The judge's way neither waits nor fails.
pub struct SimBucket {
    world: Arc<World>,
    judge: bool,
}

impl SimBucket {
    #[must_use]
    pub const fn new(world: Arc<World>, judge: bool) -> Self {
        Self { world, judge }
    }

    async fn turn(&self, operation: &'static str, fault: Fault) -> Result<(), VaultError> {
        if self.judge {
            return Ok(());
        }
        self.world.stands(Place::Outside(operation));
        pause().await;
        if self.world.goes_wrong(self.world.mood.bucket) {
            self.world.fired(fault);
            return Err(unavailable(operation));
        }
        Ok(())
    }
}

fn unavailable(operation: &'static str) -> VaultError {
    VaultError::Unavailable { operation, why: "simulated".to_owned() }
}

#[async_trait]
impl Bucket for SimBucket {
    async fn put(&self, object_key: &str, object: &[u8]) -> Result<(), VaultError> {
        self.turn("a put", Fault::PutFailedBefore).await?;
        let put = Object { bytes: object.to_vec(), put_at: self.world.now(), locked_until: None };
        if self.world.objects.lock().objects.insert(object_key.to_owned(), put).is_some() {
            self.world.book.lock().finds(format!("an object was put over another: {object_key}"));
        }
        self.turn("a put", Fault::PutFailedAfter).await
    }

    async fn get(&self, object_key: &str) -> Result<Vec<u8>, VaultError> {
        self.turn("a get", Fault::GetFailed).await?;
        let objects = self.world.objects.lock();
        objects.objects.get(object_key).map(|object| object.bytes.clone()).ok_or(VaultError::Gone)
    }

    async fn delete(&self, object_keys: &[String]) -> Result<Vec<Kept>, VaultError> {
        self.turn("a delete", Fault::DeleteFailed).await?;
        let now = self.world.now();
        let mut kept = Vec::new();
        let mut objects = self.world.objects.lock();
        for key in object_keys {
            match objects.objects.get(key).and_then(|object| object.locked_until).filter(|until| *until > now) {
                Some(until) => kept.push(Kept { object_key: key.clone(), until }),
                None => drop(objects.objects.remove(key)),
            }
        }
        Ok(kept)
    }

    async fn retain(&self, object_keys: &[String], until: Timestamp) -> Result<Retained, VaultError> {
        self.turn("a retention lock", Fault::DeleteFailed).await?;
        let mut objects = self.world.objects.lock();
        if !objects.locks {
            return Ok(Retained::CannotLock { why: "simulated" });
        }
        for key in object_keys {
            let object = objects.objects.get_mut(key).ok_or(VaultError::Gone)?;
            object.locked_until = object.locked_until.max(Some(until));
        }
        Ok(Retained::Locked)
    }

    async fn list(&self, after: Option<&str>) -> Result<Page, VaultError> {
        self.turn("a list", Fault::GetFailed).await?;
        let objects = self.world.objects.lock();
        let listed = objects.objects.iter().filter(|(key, _)| after.is_none_or(|after| key.as_str() > after));
        let listed = listed.map(|(key, object)| Listed {
            object_key: key.clone(),
            put_at: object.put_at,
            size: object.bytes.len() as u64,
        });
        Ok(Page { objects: listed.take(1_000).collect(), next: None })
    }
}
