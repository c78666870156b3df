//! Orphans: objects that no case knows, because the worker that put them never committed. They are swept.
//!
//! The bucket is gone through page by page, one page a round, again and again. *Invariant:* nothing young is deleted,
//! for its case may be about to be committed; and nothing at all when the ledger does not answer, or knows so little of
//! the bucket that it is rather the wrong ledger, or an old one put back, than a heap of orphans.

use portico_ledger::LedgerError;
use portico_vault::Vault;
use portico_vocab::Timestamp;

use crate::JobError;

/// A worker commits within minutes, tries included within a day by the same put; older objects wait for nobody.
const YOUNG_DAYS: i64 = 1;

/// Below this many orphans on a page, how many the ledger knows proves nothing.
const FEW: usize = 20;

/// What a round did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// Objects on the page.
    pub seen: usize,
    /// Orphans deleted.
    pub deleted: usize,
    /// Orphans that a retention lock keeps; they come up again.
    pub kept: usize,
    /// Orphans left alone because they outnumber what the ledger knows: for a person to look at.
    pub doubted: usize,
}

/// Goes through one cell's bucket. Where it stands is kept in memory: after a restart it begins anew.
#[derive(Debug, Default)]
pub(crate) struct Orphans {
    after: Option<String>,
}

impl Orphans {
    /// Sweeps the next page, at most a thousand objects. `unknown` gives those of some names that no case knows.
    pub(crate) async fn round(
        &mut self,
        vault: &Vault,
        now: Timestamp,
        unknown: impl AsyncFnOnce(&[String]) -> Result<Vec<String>, LedgerError>,
    ) -> Result<Swept, JobError> {
        if vault.is_read_only() {
            return Ok(Swept::default());
        }
        let page = vault.list(self.after.as_deref()).await?;
        let seen = page.objects.len();
        let young = now.plus_days(-YOUNG_DAYS);
        let old: Vec<String> =
            page.objects.into_iter().filter(|object| object.put_at < young).map(|object| object.object_key).collect();
        let orphans = if old.is_empty() { Vec::new() } else { unknown(&old).await? };
        let swept = if orphans.len() > FEW && orphans.len() > old.len() / 2 {
            Swept { seen, doubted: orphans.len(), ..Swept::default() }
        } else {
            let kept = vault.delete(&orphans).await?.len();
            Swept { seen, deleted: orphans.len() - kept, kept, doubted: 0 }
        };
        // Last, so that a page that failed comes again.
        self.after = page.next;
        Ok(swept)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use portico_keys::{CaseKey, CellKeys, MasterKey, SystemEntropy};
    use portico_vault::{BucketConfig, Purpose};
    use portico_vocab::{CaseId, CellId, Class, CountryCode};
    use tempfile::TempDir;

    use super::*;

    struct Bucket {
        vault: Vault,
        key: CaseKey,
        config: BucketConfig,
        _folder: TempDir,
    }

    impl Bucket {
        async fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let config = BucketConfig {
                name: "kyc-br".into(),
                region: "sa-east-1".into(),
                endpoint: format!("embedded:{}", folder.path().display()),
                access_key: String::new(),
                secret_key: String::new(),
            };
            let cell = CellId::of(CountryCode::parse("BR").unwrap());
            let keys = CellKeys::new(cell, MasterKey::generate(&SystemEntropy), Arc::new(SystemEntropy));
            let key = keys.new_case_key(CaseId::from_bytes([1; 16])).0;
            let vault = Vault::open(cell, config.clone(), Arc::new(SystemEntropy)).await.unwrap();
            Self { vault, key, config, _folder: folder }
        }

        async fn put(&self, count: usize) -> Vec<String> {
            let mut names = Vec::new();
            for _ in 0..count {
                let stored = self.vault.put(&self.key, Purpose::Image, b"a picture").await.unwrap();
                names.push(stored.into_reference().object_key);
            }
            names
        }

        /// The bucket's own time of its youngest object.
        async fn youngest(&self) -> Timestamp {
            self.vault.list(None).await.unwrap().objects.iter().map(|object| object.put_at).max().unwrap()
        }

        async fn names(&self) -> Vec<String> {
            self.vault.list(None).await.unwrap().objects.into_iter().map(|object| object.object_key).collect()
        }

        /// A round at `now`, with a ledger that knows `known`.
        async fn round(&self, now: Timestamp, known: &[String]) -> Swept {
            let unknown =
                async |names: &[String]| Ok(names.iter().filter(|name| !known.contains(name)).cloned().collect());
            Orphans::default().round(&self.vault, now, unknown).await.unwrap()
        }
    }

    #[tokio::test]
    async fn an_orphan_goes_once_it_is_a_day_old_and_what_a_case_knows_stays() {
        let bucket = Bucket::new().await;
        let (known, orphan) = (bucket.put(1).await, bucket.put(1).await);
        let put_at = bucket.youngest().await;
        assert_eq!(bucket.round(put_at.plus_days(1), &known).await, Swept { seen: 2, ..Swept::default() });
        assert_eq!(bucket.names().await.len(), 2, "{orphan:?} is young");

        let past = put_at.plus_days(1).plus_seconds(1);
        assert_eq!(bucket.round(past, &known).await, Swept { seen: 2, deleted: 1, ..Swept::default() });
        assert_eq!(bucket.names().await, known);
        assert_eq!(bucket.round(past, &known).await, Swept { seen: 1, ..Swept::default() });
    }

    #[tokio::test]
    async fn a_ledger_that_does_not_answer_or_hardly_knows_the_bucket_deletes_nothing() {
        let bucket = Bucket::new().await;
        let names = bucket.put(2 * (FEW + 1)).await;
        let past = bucket.youngest().await.plus_days(2);
        let silent = async |_: &[String]| Err(LedgerError::Unavailable("no connection".into()));
        let outcome = Orphans::default().round(&bucket.vault, past, silent).await;
        assert_eq!(outcome.unwrap_err().class(), Class::Transient);

        let doubted = bucket.round(past, &names[..FEW]).await;
        assert_eq!(doubted, Swept { seen: names.len(), doubted: FEW + 2, ..Swept::default() });
        assert_eq!(bucket.names().await.len(), names.len());

        let swept = bucket.round(past, &names[..FEW + 1]).await;
        assert_eq!(swept, Swept { seen: names.len(), deleted: FEW + 1, ..Swept::default() });
    }

    #[tokio::test]
    async fn a_vault_to_look_at_is_not_even_listed() {
        let bucket = Bucket::new().await;
        bucket.put(1).await;
        let past = bucket.youngest().await.plus_days(2);
        let vault = Vault::open_read_only(bucket.vault.cell(), bucket.config.clone(), Arc::new(SystemEntropy)).unwrap();
        let nobody = async |_: &[String]| -> Result<Vec<String>, LedgerError> { unreachable!("asked for nothing") };
        assert_eq!(Orphans::default().round(&vault, past, nobody).await.unwrap(), Swept::default());
        assert_eq!(bucket.names().await.len(), 1);
    }
}
