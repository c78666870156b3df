//! A cell opened to look at, beside the process that has it open to write.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops; all of this crate is tests")]

use std::path::Path;
use std::sync::Arc;

use portico_cell::{Access, Cell, CellError, CellParts};
use portico_keys::{CellKeys, MasterKey, SeededEntropy};
use portico_ledger::{ChainName, Ledger, LedgerError, migrate, open, open_read_only};
use portico_policy::Policy;
use portico_vault::{BucketConfig, Vault};
use portico_vocab::{CaseId, CellId, Clock, CountryCode, Language, Timestamp};
use portico_whatsapp::texts::{Setting, Texts};

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(1_795_338_000)
    }
}

async fn parts(ledger: Arc<dyn Ledger>, folder: &Path) -> CellParts {
    let country = CountryCode::parse("BR").unwrap();
    let (cell, policy) = (CellId::of(country), Policy::shipped(country, "default").unwrap());
    let entropy = Arc::new(SeededEntropy::new(1));
    let bucket = BucketConfig {
        name: "kyc-br".to_owned(),
        region: policy.profile.regions[0].clone(),
        endpoint: format!("embedded:{}", folder.display()),
        access_key: String::new(),
        secret_key: String::new(),
    };
    CellParts {
        ledger,
        keys: CellKeys::new(cell, MasterKey::generate(&*entropy), entropy.clone()),
        vault: Vault::open(cell, bucket, entropy).await.unwrap(),
        setting: setting(country, &policy),
        policy,
        texts: Arc::new(Texts::shipped().unwrap()),
        clock: Arc::new(Noon),
        subscribers: Vec::new(),
    }
}

fn setting(country: CountryCode, policy: &Policy) -> Setting {
    Setting {
        bank: "Example Bank".to_owned(),
        contact: "privacy@bank.example".to_owned(),
        privacy_url: "https://bank.example/kyc".to_owned(),
        handoff_url: "https://bank.example/branch".to_owned(),
        timezone: "America/Sao_Paulo".to_owned(),
        country,
        languages: vec![Language::parse("en").unwrap()],
        retention_years: policy.profile.retention_years_min,
        years_without_account: policy.profile.years_without_account(),
        purge_days: 30,
        wait_hours: Some(2),
        duty_hours: "Mon-Sat 09:00-18:00".to_owned(),
        limits: policy.profile.limits_text(),
        exception: std::collections::BTreeMap::new(),
    }
}

#[tokio::test]
async fn a_cell_to_look_at_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/cell.db", folder.path().display());
    migrate(&url).await.unwrap();
    let writer = open(&url).await.unwrap();
    let looking = Cell::open_read_only(parts(open_read_only(&url).await.unwrap(), folder.path()).await);
    let hash = looking.policy().pin().hash;
    assert_eq!(writer.policy(hash).await.unwrap(), None, "not even its policy");
    assert_eq!(looking.policy_by_hash(hash).await.unwrap().pin().hash, hash);
    let access = Access { actor: "operator".into(), purpose: "test".into(), request_id: None };
    let case = CaseId::from_bytes([1; 16]);
    let refused = looking.record_access(case, &access, "image").await;
    assert!(matches!(refused, Err(CellError::Ledger(LedgerError::ReadOnly))), "{refused:?}");
    // What the writer does is seen.
    writer.append(ChainName::Access, looking.now(), Some(case), "{}").await.unwrap();
    assert_eq!(looking.ledger().accesses(case).await.unwrap().len(), 1);
}
