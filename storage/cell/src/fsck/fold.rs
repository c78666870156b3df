//! A case, refolded from its entries: the rows that each of its changes must have written.

use portico_case::{Case, Change, Ctx, Recorded, STEP_VERSION, open, step};
use portico_keys::CaseKey;
use portico_ledger::{Belongings, Commit, EntryRow};
use portico_policy::Policy;
use portico_vocab::{CaseVersion, IdStream};

use super::Found;
use super::links::Links;
use crate::beside::{self, Beside};
use crate::rows::{Making, expected_digest, open_entry};
use crate::{Cell, CellError};

/// What a whole history comes to.
pub(super) struct Folded {
    pub(super) case: Case,
    /// In the order of the entries.
    pub(super) changes: Vec<Refolded>,
}

pub(super) struct Refolded {
    pub(super) recorded: Recorded,
    pub(super) change: Change,
    /// The rows it must have written. Sealed columns are sealed anew, so they are compared once opened.
    pub(super) commit: Commit,
    /// The entry says what was written beside; entries of older builds do not.
    pub(super) says_beside: bool,
}

#[expect(clippy::large_enum_variant, reason = "made once a look, never kept")]
pub(super) enum Refold {
    Whole(Folded),
    OtherStepVersion(u32),
    /// Too damaged to go on; what is found says where.
    Broken,
}

/// Each entry names its predecessor's digest, and the last one's is the case's head.
pub(super) fn links(lying: &Belongings, found: &mut Found) {
    let mut previous = portico_audit::genesis("case");
    let mut expected = 1;
    for entry in &lying.entries {
        if entry.version.0 != expected {
            found.push(format!("entry {expected}: missing"));
            expected = entry.version.0;
        }
        if entry.previous != previous {
            found.push(format!("entry {expected}: previous is not the digest of the one before"));
        }
        previous = entry.digest;
        expected += 1;
    }
    if previous != lying.row.head {
        found.push("kase.head: not the newest entry's digest".to_owned());
    }
}

pub(super) async fn refold(
    cell: &Cell,
    key: &CaseKey,
    lying: &Belongings,
    links: &Links,
    found: &mut Found,
) -> Result<Refold, CellError> {
    let mut changes: Vec<Refolded> = Vec::with_capacity(lying.entries.len());
    let mut case: Option<Case> = None;
    for entry in &lying.entries {
        let at = entry.version.0;
        let Ok((canonical, recorded)) = open_entry(key, entry) else {
            found.push(format!("entry {at}: its body does not open"));
            return Ok(Refold::Broken);
        };
        if expected_digest(key, lying.row.id, entry, &canonical, &recorded) != entry.digest {
            found.push(format!("entry {at}: its digest is another"));
        }
        if recorded.step_version != STEP_VERSION {
            return Ok(Refold::OtherStepVersion(recorded.step_version));
        }
        let kept = links.policies.contains(&recorded.policy);
        let Some(policy) = cell.policy_by_hash(recorded.policy).await.ok().filter(|_| kept) else {
            found.push(format!("entry {at}: the policy {} it was judged by is missing or unreadable", recorded.policy));
            return Ok(Refold::Broken);
        };
        let Some(change) = stepped(case.as_ref(), &recorded, &policy) else {
            found.push(format!("entry {at}: there is nothing it could follow"));
            return Ok(Refold::Broken);
        };
        let beside = beside::read(&canonical)?;
        let says_beside = beside.is_some();
        let beside = beside.unwrap_or_else(|| Beside::unsaid(lying.row.sender));
        let making = Making {
            cell,
            key,
            head: changes.last().map_or_else(|| portico_audit::genesis("case"), |last| last.commit.entry.digest),
            was_ended: case.as_ref().is_some_and(|case| case.stage_name().is_end()),
            recorded: &recorded,
            beside: &beside,
            policy: &policy,
            done: None,
            wrapped_key: None,
        };
        let commit = making.rows(&change)?;
        plain(entry, &commit.entry, found);
        case = Some(change.next().clone());
        changes.push(Refolded { recorded, change, commit, says_beside });
    }
    let Some(case) = case else {
        found.push("entry: there is none".to_owned());
        return Ok(Refold::Broken);
    };
    let policy = cell.policy_of(&case).await?;
    found.extend(portico_case::invariant::of_case(&case, &policy).into_iter().map(|broken| format!("kase: {broken}")));
    Ok(Refold::Whole(Folded { case, changes }))
}

fn stepped(before: Option<&Case>, recorded: &Recorded, policy: &Policy) -> Option<Change> {
    let now = recorded.now;
    match (before, &recorded.opening) {
        (None, Some(opening)) => {
            let ids = IdStream::new(opening.id, CaseVersion(1));
            Some(open(opening, &recorded.input, &Ctx { now, policy, ids }))
        }
        (Some(case), None) => {
            let ids = IdStream::new(case.id, case.version.next());
            Some(step(case, &recorded.input, &Ctx { now, policy, ids }))
        }
        _ => None,
    }
}

/// What an entry says in the plain must be what refolding says. The digest covers it too; this names the column.
fn plain(lying: &EntryRow, due: &EntryRow, found: &mut Found) {
    let columns = [
        ("case_id", lying.case == due.case),
        ("version", lying.version == due.version),
        ("at", lying.at == due.at),
        ("stage", lying.stage == due.stage),
        ("kind", lying.kind == due.kind),
        ("actor", lying.actor == due.actor),
        ("outcome", lying.outcome == due.outcome),
    ];
    for (column, _) in columns.iter().filter(|(_, same)| !same) {
        found.push(format!("entry {}: {column} is another", lying.version.0));
    }
}
