//! What a form was drawn from: the dossier and version the reviewer saw, and the form's own one-time id.

use portico_case::{Case, dossier_digest};
use portico_keys::{CellKeys, Entropy};
use portico_vocab::{CaseVersion, DossierDigest, InputId, Sha256};

use crate::error::Error;
use crate::session::{SignedForm, hex};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// 16 random bytes in hex: sent twice, it is one input.
    pub form: String,
    pub dossier: DossierDigest,
    pub version: CaseVersion,
}

impl Seen {
    pub(crate) fn now(case: &Case, entropy: &dyn Entropy) -> Self {
        let mut id = [0; 16];
        entropy.fill(&mut id);
        Self { form: hex(&id), dossier: dossier_digest(case), version: case.version }
    }

    pub(crate) fn read(form: &SignedForm) -> Result<Self, Error> {
        let field = |field, expected| move || Error::BadField { field, expected };
        let id = form.get("form").filter(|id| id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()));
        let dossier = form.get("dossier").and_then(|text| Sha256::parse(text).ok());
        let version = form.get("version").and_then(|text| text.parse().ok());
        Ok(Self {
            form: id.ok_or_else(field("form", "the id the page was given"))?.to_owned(),
            dossier: DossierDigest(dossier.ok_or_else(field("dossier", "the digest the page was given"))?),
            version: CaseVersion(version.ok_or_else(field("version", "the number the page was given"))?),
        })
    }

    pub(crate) fn input_id(&self, keys: &CellKeys) -> InputId {
        keys.input_id(&[b"form", self.form.as_bytes()])
    }
}
