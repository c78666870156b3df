//! What lies in the bucket: the objects of a case are those its pictures name, and each opens to the digest they say.

use std::collections::BTreeSet;

use portico_case::{Case, StoredObject};
use portico_keys::CaseKey;
use portico_ledger::Belongings;
use portico_vault::{Purpose, StoredRef};
use portico_vocab::{Class, EvidenceId};

use super::Found;
use crate::{Cell, CellError};

fn pictures(case: &Case) -> impl Iterator<Item = (EvidenceId, &StoredObject, Purpose)> {
    case.evidence
        .iter()
        .filter_map(|item| Some((item.id, item.taken.as_ref()?)))
        .flat_map(|(id, taken)| [(id, &taken.image, Purpose::Image), (id, &taken.thumbnail, Purpose::Thumbnail)])
}

/// The ledger knows the objects of the case and no others under its name: what it does not know is swept.
pub(super) fn known(case: &Case, lying: &Belongings, found: &mut Found) {
    let mut rows: BTreeSet<&str> = lying.objects.iter().map(String::as_str).collect();
    for (id, object, purpose) in pictures(case) {
        if !rows.remove(object.key.as_str()) {
            found.push(format!("object: the row of {id} {purpose} is missing"));
        }
    }
    found.extend(rows.iter().map(|key| format!("object {key}: no picture of the case is this object")));
}

/// Every stored object opens and has the digest the case says.
pub(super) async fn open(cell: &Cell, key: &CaseKey, case: &Case, found: &mut Found) -> Result<(), CellError> {
    for (id, object, purpose) in pictures(case) {
        let stored = StoredRef { object_key: object.key.clone(), purpose, sha256: object.sha256, size: object.size };
        match cell.vault().get(key, &stored).await {
            Ok(_) => {}
            Err(error) if error.class() == Class::Transient => return Err(error.into()),
            Err(error) => found.push(format!("bucket: {id} {purpose}: {error}")),
        }
    }
    Ok(())
}
