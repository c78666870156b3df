//! Who a message is from: the aliases WhatsApp gave, looked up and resolved.

use portico_case::{Known, Resolution, SenderFacts, resolve_sender};
use portico_cell::Cell;
use portico_ledger::{AliasKind, SenderId, SenderMatch};
use portico_vocab::{CaseId, Purpose, Timestamp};
use portico_whatsapp::inbound::SenderIds;

use crate::JobError;

/// A resolved sender, with what to write when its message lands.
pub(crate) struct Sender {
    pub(crate) id: SenderId,
    /// Names to write: new ones, and those that move here.
    pub(crate) names: Vec<(AliasKind, [u8; 32])>,
    /// Every alias, for the stop-list.
    pub(crate) all: Vec<[u8; 32]>,
    pub(crate) known: Known,
    pub(crate) stopped_at: Option<Timestamp>,
    /// The open case of a second record of the same person; it ends for the older one.
    pub(crate) superseded: Option<CaseId>,
}

/// The keyed hashes of the names a message gave, strongest first.
pub(crate) fn hashes(cell: &Cell, ids: &SenderIds) -> Vec<(AliasKind, [u8; 32])> {
    let keys = cell.keys();
    let mut names = Vec::new();
    if let Some(user_id) = &ids.user_id {
        names.push((AliasKind::UserId, keys.lookup("user_id", user_id.expose(Purpose::Compare).as_str().as_bytes())));
    }
    if let Some(phone) = &ids.phone {
        names.push((AliasKind::Phone, keys.lookup("phone", phone.expose(Purpose::Compare).as_str().as_bytes())));
    }
    if let Some(parent) = &ids.parent_user_id {
        let hash = keys.lookup("parent_user_id", parent.expose(Purpose::Compare).as_str().as_bytes());
        names.push((AliasKind::ParentUserId, hash));
    }
    names
}

/// Finds or makes the sender behind `ids`.
pub(crate) async fn resolve(cell: &Cell, ids: &SenderIds) -> Result<Sender, JobError> {
    let names = hashes(cell, ids);
    let all: Vec<[u8; 32]> = names.iter().map(|(_, hash)| *hash).collect();
    let matches = cell.ledger().senders(&all).await?;
    let by = |kind| matches.iter().find(|found| found.alias.kind == kind);
    let (by_user_id, by_phone) = (by(AliasKind::UserId), by(AliasKind::Phone));
    let resolution = resolve_sender(by_phone.map(facts), by_user_id.map(facts), ids.user_id.is_some());
    let (id, found, dropped) = match resolution {
        Resolution::New => (fresh(cell, &names), None, None),
        Resolution::Known(id) => (id, matches.iter().find(|m| m.alias.sender == id), None),
        Resolution::Join { keep, drop } => {
            (keep, matches.iter().find(|m| m.alias.sender == keep), matches.iter().find(|m| m.alias.sender == drop))
        }
    };
    let mut written: Vec<(AliasKind, [u8; 32])> = names
        .iter()
        .copied()
        // A parent id is shared by a company's numbers: it never moves a sender.
        .filter(|(kind, _)| *kind != AliasKind::ParentUserId || found.is_none())
        .filter(|(_, hash)| !found.is_some_and(|m| m.all.iter().any(|alias| alias.hash == *hash)))
        .collect();
    if let Some(dropped) = dropped {
        written.extend(dropped.all.iter().map(|alias| (alias.kind, alias.hash)));
        written.sort_by_key(|(_, hash)| *hash);
        written.dedup_by_key(|(_, hash)| *hash);
    }
    let mut stop_hashes = all;
    stop_hashes.extend(found.iter().flat_map(|m| m.all.iter().map(|alias| alias.hash)));
    stop_hashes.sort_unstable();
    stop_hashes.dedup();
    Ok(Sender {
        id,
        names: written,
        known: known(cell, found).await?,
        stopped_at: cell.ledger().stopped_at(&stop_hashes).await?,
        all: stop_hashes,
        superseded: dropped.and_then(|m| m.open_case),
    })
}

fn facts(found: &SenderMatch) -> SenderFacts<SenderId> {
    SenderFacts {
        sender: found.alias.sender,
        has_user_id: found.all.iter().any(|alias| alias.kind == AliasKind::UserId),
        open_case: found.open_case,
    }
}

/// The newest case counts as ended only while it can be read: of a shredded one nothing is known any more.
async fn known(cell: &Cell, found: Option<&SenderMatch>) -> Result<Known, JobError> {
    let Some(found) = found else { return Ok(Known::default()) };
    if found.open_case.is_some() {
        return Ok(Known { open: found.open_case, ended: None });
    }
    let Some(latest) = found.latest_case else { return Ok(Known::default()) };
    let row = cell.ledger().case(latest).await?;
    let ended = row.filter(|row| row.key.is_some()).map(|row| (latest, row.stage));
    Ok(Known { open: None, ended })
}

/// The id of somebody new: it follows from the name they are first known by, so that two first messages sorted at the
/// same moment are of one sender, and the ledger lets only one of them open a case. A parent id is nobody's own.
fn fresh(cell: &Cell, names: &[(AliasKind, [u8; 32])]) -> SenderId {
    let own = names.iter().find(|(kind, _)| *kind != AliasKind::ParentUserId);
    let mut id = [0; 16];
    match own {
        Some((_, name)) => id.copy_from_slice(&cell.keys().lookup("sender", name)[..16]),
        None => cell.keys().entropy().fill(&mut id),
    }
    SenderId(id)
}
