//! A cell's bucket: there, writable, in its country, able to lock.

use std::sync::Arc;

use portico_keys::{CellKeys, Entropy, SystemEntropy};
use portico_vault::{LockProof, Purpose, RegionProof, Vault, VaultError};
use portico_vocab::{CaseId, CellId, Clock};

use super::{Line, Verdict};
use crate::assemble::parts;
use crate::config::CellConfig;

const PROBE: &[u8] = b"portico doctor was here";

pub(super) async fn look(section: &CellConfig, clock: &dyn Clock) -> Vec<Line> {
    let place = section.country.as_str();
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let config = match parts::bucket(section) {
        Ok(config) => config,
        Err(error) => return vec![Line::fail(place, "bucket", error.to_string(), "mend cell.bucket")],
    };
    let vault = match Vault::open(CellId::of(section.country), config, Arc::clone(&entropy)).await {
        Ok(vault) => vault,
        Err(VaultError::InUse) => return vec![in_use(section, &entropy).await],
        Err(error) => return vec![Line::fail(place, "bucket", error.to_string(), "mend cell.bucket")],
    };
    // First of all, and asked of a bucket that keeps us out too: nothing is written to another country.
    let region = region(section, &vault).await;
    let mut lines = Vec::new();
    if region.verdict() != Verdict::Fail {
        match vault.health().await {
            Ok(()) => lines.extend([probe(section, &vault, &entropy, clock).await, lock(place, &vault).await]),
            Err(error) => {
                lines.push(Line::fail(place, "bucket", error.to_string(), "see that it is there and lets us in"));
            }
        }
    }
    lines.push(region);
    vault.close().await;
    lines
}

/// Beside a process that runs on the embedded store nothing is written to it.
async fn in_use(section: &CellConfig, entropy: &Arc<dyn Entropy>) -> Line {
    let place = section.country.as_str();
    let Ok(config) = parts::bucket(section) else {
        return Line::fail(place, "bucket", "its keys cannot be read", "mend cell.bucket");
    };
    let found = match Vault::open_read_only(CellId::of(section.country), config, Arc::clone(entropy)) {
        Ok(vault) => vault.list(None).await.map(drop),
        Err(error) => Err(error),
    };
    match found {
        Ok(()) => Line::ok(place, "bucket", "can be read; a running process uses it, so nothing was written to it"),
        Err(error) => Line::fail(place, "bucket", error.to_string(), "see that its folder can be read"),
    }
}

/// Puts an object, gets it back, deletes it. It is sealed under a key that nobody keeps, and no case knows it.
async fn probe(section: &CellConfig, vault: &Vault, entropy: &Arc<dyn Entropy>, clock: &dyn Clock) -> Line {
    let place = section.country.as_str();
    let Ok(master) = parts::master_key(section) else {
        return Line::warn(place, "bucket", "there, and not written to without a master key", "mend cell.master_key");
    };
    let keys = CellKeys::new(CellId::of(section.country), master, Arc::clone(entropy));
    let mut random = [0; 10];
    entropy.fill(&mut random);
    let (key, _) = keys.new_case_key(CaseId::new(clock.now(), random));
    let may = "let cell.bucket.access_key put, get and delete objects there";
    let stored = match vault.put(&key, Purpose::Image, PROBE).await {
        Ok(stored) => stored.reference().clone(),
        Err(error) => return Line::fail(place, "bucket", format!("there, but not writable: {error}"), may),
    };
    let read = vault.get(&key, &stored).await;
    let deleted = vault.delete(std::slice::from_ref(&stored.object_key)).await;
    match (read, deleted) {
        (Err(error), _) => Line::fail(place, "bucket", format!("did not give back what was put: {error}"), may),
        (Ok(bytes), _) if bytes != PROBE => {
            Line::fail(place, "bucket", "gave back other bytes than were put", "do not use this store")
        }
        (Ok(_), Err(error)) => Line::fail(place, "bucket", format!("the probe object stays: {error}"), may),
        (Ok(_), Ok(kept)) if kept.is_empty() => Line::ok(place, "bucket", "put, read and deleted a probe object"),
        (Ok(_), Ok(_)) => Line::warn(
            place,
            "bucket",
            "put and read a probe object, which a lock of the bucket's own keeps",
            "take its default retention off: only decided evidence is to be locked",
        ),
    }
}

async fn region(section: &CellConfig, vault: &Vault) -> Line {
    let (place, configured) = (section.country.as_str(), &section.bucket.region);
    match vault.region().await {
        RegionProof::Confirmed => Line::ok(place, "region", format!("the bucket says it lies in {configured}")),
        RegionProof::CannotSay { why } => {
            Line::warn(place, "region", why, format!("make sure yourself that it lies in {configured}"))
        }
        RegionProof::Contradicted { actual } => {
            let found = format!("the bucket lies in {actual}, not in {configured}");
            Line::fail(place, "region", found, "name a bucket in the country: cell.bucket")
        }
    }
}

async fn lock(place: &str, vault: &Vault) -> Line {
    match vault.can_lock().await {
        LockProof::CanLock => Line::ok(place, "lock", "decided evidence can be locked against deletion"),
        LockProof::CannotLock { why } => Line::warn(
            place,
            "lock",
            format!("{why}: how long evidence must be kept is only recorded"),
            "make the bucket with Object Lock on; it cannot be turned on everywhere later",
        ),
    }
}
