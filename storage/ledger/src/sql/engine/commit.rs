//! Commits in SQL: several in one transaction, multi-row, guards first.
//!
//! Commits of one batch run in the order of their cases, so that two committers lock in the same order. When a guard
//! comes out short the whole batch is rolled back and its members go one by one in the order given, which is what
//! tells whose guard it was. *Invariant:* a batch that goes through leaves the rows its commits would have left singly.

use std::collections::{BTreeMap, BTreeSet};

use portico_vocab::{PhoneNumberId, Timestamp};

use super::run::{Fault, put, transaction};
use super::{Conn, Result, SqlLedger, work};
use crate::error::{CommitError, LedgerError};
use crate::group::Running;
use crate::model::{AliasRow, Commit, Committed, OpenChange, SenderId, StopChange, WindowRow};
use crate::sql::statement::SIZES;
use crate::sql::text::record as t;
use crate::sql::value::{Value, values};
use crate::{short, wellformed};

/// Commits in one transaction: past the largest text there is nothing to gain (docs/domain/ledger.md 2).
pub(super) const BATCH: usize = SIZES[0];

/// The guard that came out short.
#[derive(Debug, Clone, Copy)]
enum Guard {
    Repeat,
    Stale,
    LostLease,
    AlreadyOpen,
}

/// How a batch went.
#[derive(Debug, Clone, Copy)]
enum Together {
    Applied,
    /// Rolled back for the sake of one: each has to be tried by itself. So is a batch that is none.
    Singly,
    /// The store is away: trying each would only wait as often.
    Outage,
}

fn outage() -> CommitError {
    LedgerError::Unavailable("the store was away when the batch was committed".into()).into()
}

impl SqlLedger {
    /// Commits one change, with whatever others come while a transaction is under way.
    pub(super) async fn commit_in_group(&self, commit: &Commit) -> Result<Committed, CommitError> {
        let apart = |a: &Commit, b: &Commit| a.case.id != b.case.id;
        let run = |commits: Vec<Commit>| -> Running<'_, _> {
            Box::pin(async move {
                let results = self.commit_all(&commits).await;
                self.wake.wake().await;
                results
            })
        };
        self.commits.carry(commit.clone(), apart, run).await.unwrap_or_else(|| Err(outage()))
    }

    /// Results in the order given.
    pub(super) async fn commit_all(&self, commits: &[Commit]) -> Vec<Result<Committed, CommitError>> {
        let mut results = Vec::with_capacity(commits.len());
        for batch in commits.chunks(BATCH) {
            match self.commit_together(batch).await {
                Together::Applied => results.extend(batch.iter().map(|_| Ok(Committed::Applied))),
                Together::Outage => results.extend(batch.iter().map(|_| Err(outage()))),
                Together::Singly => {
                    for commit in batch {
                        results.push(self.commit_one(commit).await);
                    }
                }
            }
        }
        results
    }

    async fn commit_together(&self, batch: &[Commit]) -> Together {
        let cases: BTreeSet<_> = batch.iter().map(|commit| commit.case.id).collect();
        let apart = cases.len() == batch.len();
        if batch.len() < 2 || !apart || batch.iter().any(|commit| wellformed::check(commit).is_err()) {
            return Together::Singly;
        }
        match self.try_commit(batch).await {
            Ok(None) => Together::Applied,
            Ok(Some(_)) => Together::Singly,
            Err(fault) if fault.is_crossing() => Together::Singly,
            Err(fault) => match LedgerError::from(fault) {
                LedgerError::Unavailable(_) => Together::Outage,
                _ => Together::Singly,
            },
        }
    }

    async fn commit_one(&self, commit: &Commit) -> Result<Committed, CommitError> {
        wellformed::check(commit)?;
        match transaction!(self.try_commit(std::slice::from_ref(commit)))? {
            None => Ok(Committed::Applied),
            Some(Guard::Repeat) => Ok(Committed::AlreadyApplied),
            Some(Guard::Stale) => Err(CommitError::Stale),
            Some(Guard::LostLease) => Err(LedgerError::LostLease.into()),
            Some(Guard::AlreadyOpen) => Err(CommitError::AlreadyOpen),
        }
    }

    async fn try_commit(&self, commits: &[Commit]) -> Result<Option<Guard>, Fault> {
        let mut by_case: Vec<&Commit> = commits.iter().collect();
        by_case.sort_by_key(|commit| commit.case.id);
        let mut tx = self.begin().await?;
        if let Some(guard) = guard(&mut tx, &by_case).await? {
            tx.rollback().await?;
            return Ok(Some(guard));
        }
        effects(&mut tx, &by_case).await?;
        beside(&mut tx, commits).await?;
        tx.commit().await?;
        commits.iter().flat_map(|c| &c.jobs).for_each(|job| self.floors.queued(job.queue, job.run_at));
        Ok(None)
    }
}

/// Runs the guards in order; the first that is short ends it.
async fn guard(conn: &mut Conn, commits: &[&Commit]) -> sqlx::Result<Option<Guard>> {
    let inputs = rows(commits, |c| Some(values![c.input, c.case.id, c.case.version, c.entry.at]));
    let opened = rows(commits, |c| c.expects.is_none().then(|| opened(c)));
    let changed = rows(commits, |c| c.expects.map(|expects| changed(c, expects)));
    let done = rows(commits, |c| {
        let (key, fence) = c.done.map(|done| (done.key, done.fence))?;
        Some(values![key.owner, key.version, key.ordinal, fence])
    });
    let open = rows(commits, |c| (c.open == OpenChange::Open).then(|| values![c.case.sender, c.case.id]));
    for (statement, rows, short) in [
        (&t::INPUTS, inputs, Guard::Repeat),
        (&t::CASES_OPEN, opened, Guard::Stale),
        (&t::CASES_CHANGE, changed, Guard::Stale),
        (&t::JOBS_DONE, done, Guard::LostLease),
        (&t::OPEN, open, Guard::AlreadyOpen),
    ] {
        if put(conn, statement, &rows).await? < rows.len() as u64 {
            return Ok(Some(short));
        }
    }
    Ok(None)
}

/// What hangs on the case: all new rows, but for what ends with this change.
async fn effects(conn: &mut Conn, commits: &[&Commit]) -> sqlx::Result<()> {
    let closed = rows(commits, |c| (c.open == OpenChange::Close).then(|| values![c.case.sender, c.case.id]));
    put(conn, &t::CLOSE, &closed).await?;
    put(conn, &t::SHRED, &rows(commits, |c| c.shred.then(|| values![c.case.id]))).await?;
    put(conn, &t::ENTRIES, &rows(commits, |c| Some(entry(c)))).await?;
    let jobs = rows_of(commits, |c| &c.jobs, work::job_row);
    put(conn, &t::JOBS, &jobs).await?;
    let outbounds = rows_of(
        commits,
        |c| &c.outbounds,
        |row| {
            values![
                row.id,
                row.case,
                row.version,
                row.ordinal,
                row.at,
                &row.text,
                &row.payload,
                row.state,
                row.state_at,
                row.detail.as_ref(),
                row.rendered.as_ref(),
                row.text_hash,
                row.wamid,
            ]
        },
    );
    put(conn, &t::OUTBOUNDS, &outbounds).await?;
    let events = rows_of(
        commits,
        |c| &c.events,
        |event| values![event.id, event.case, event.seq, event.version, &event.kind, event.at, &event.data],
    );
    put(conn, &t::EVENTS, &events).await?;
    let deliveries = rows_of(
        commits,
        |c| &c.deliveries,
        |row| values![row.event, &row.subscriber, row.case, row.seq, row.run_at, row.trace.as_ref()],
    );
    put(conn, &t::DELIVERIES, &deliveries).await?;
    let seen = rows_of(commits, |c| &c.seen, |seen| values![seen.hash, seen.case, seen.evidence]);
    put(conn, &t::SEEN, &seen).await?;
    let objects = rows_of(commits, |c| &c.objects, |object| values![&object.key, object.case]);
    put(conn, &t::OBJECTS, &objects).await?;
    Ok(())
}

/// What lies beside the case and may be written by several commits of a batch: one row a key, the last given or the
/// largest.
async fn beside(conn: &mut Conn, commits: &[Commit]) -> sqlx::Result<()> {
    let aliases: BTreeMap<_, &AliasRow> =
        commits.iter().flat_map(|c| &c.aliases).map(|alias| (alias.hash, alias)).collect();
    let aliases: Vec<_> = aliases.into_values().map(|alias| values![alias.hash, alias.kind, alias.sender]).collect();
    put(conn, &t::ALIASES, &aliases).await?;
    change_stops(conn, commits.iter().map(|c| &c.stop)).await?;
    move_windows(conn, commits.iter().filter_map(|c| c.window.as_ref())).await
}

/// Puts under and takes off the stop-list. Each statement keeps maxima, so their order does not matter.
pub(super) async fn change_stops<'c>(
    conn: &mut Conn,
    changes: impl Iterator<Item = &'c StopChange>,
) -> sqlx::Result<()> {
    let (mut stops, mut lifts) = (BTreeMap::new(), BTreeMap::new());
    for change in changes {
        let (newest, hashes, at) = match change {
            StopChange::Keep => continue,
            StopChange::Set { hashes, at } => (&mut stops, hashes, *at),
            StopChange::Lift { hashes, at } => (&mut lifts, hashes, *at),
        };
        for hash in hashes {
            let known: &mut Timestamp = newest.entry(*hash).or_insert(at);
            *known = at.max(*known);
        }
    }
    for (statement, newest) in [(&t::STOPS, stops), (&t::LIFTS, lifts)] {
        let rows: Vec<_> = newest.into_iter().map(|(hash, at)| values![hash, at]).collect();
        put(conn, statement, &rows).await?;
    }
    Ok(())
}

/// Moves 24-hour windows forward, never back.
pub(super) async fn move_windows<'c>(
    conn: &mut Conn,
    windows: impl Iterator<Item = &'c WindowRow>,
) -> sqlx::Result<()> {
    let mut newest: BTreeMap<(&PhoneNumberId, SenderId), Timestamp> = BTreeMap::new();
    for row in windows {
        let known = newest.entry((&row.phone_number, row.sender)).or_insert(row.newest_inbound_at);
        *known = row.newest_inbound_at.max(*known);
    }
    let rows: Vec<_> = newest.into_iter().map(|((number, sender), at)| values![number, sender, at]).collect();
    put(conn, &t::WINDOWS, &rows).await?;
    Ok(())
}

fn rows<'c>(commits: &[&'c Commit], row: impl Fn(&'c Commit) -> Option<Vec<Value<'c>>>) -> Vec<Vec<Value<'c>>> {
    commits.iter().filter_map(|commit| row(commit)).collect()
}

fn rows_of<'c, T: 'c>(
    commits: &[&'c Commit],
    list: impl Fn(&'c Commit) -> &'c Vec<T>,
    row: impl Fn(&'c T) -> Vec<Value<'c>>,
) -> Vec<Vec<Value<'c>>> {
    commits.iter().flat_map(|commit| list(commit)).map(row).collect()
}

fn opened(commit: &Commit) -> Vec<Value<'_>> {
    let case = &commit.case;
    values![
        case.id,
        case.sender,
        case.version,
        case.stage,
        case.outcome,
        case.opened_at,
        case.updated_at,
        case.review_since,
        &case.summary,
        case.head,
        &case.body,
        case.key.as_ref(),
        short::backwards(&case.id.to_string()),
    ]
}

fn changed(commit: &Commit, expects: portico_vocab::CaseVersion) -> Vec<Value<'_>> {
    let case = &commit.case;
    values![
        case.id,
        expects,
        case.sender,
        case.version,
        case.stage,
        case.outcome,
        case.opened_at,
        case.updated_at,
        case.review_since,
        &case.summary,
        case.head,
        &case.body,
    ]
}

fn entry(commit: &Commit) -> Vec<Value<'_>> {
    let entry = &commit.entry;
    values![
        entry.case,
        entry.version,
        entry.at,
        entry.stage,
        &entry.kind,
        &entry.actor,
        &entry.outcome,
        entry.previous,
        entry.digest,
        &entry.body,
    ]
}
