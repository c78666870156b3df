//! What every commit must hold before any ledger looks at its own rows.
//!
//! A commit is made by the core, so a breach is our own mistake: it is refused whole, with the table and the reason.
//! *Invariant:* after [`check`] every row of a commit names its case, its version, and itself only once.

use std::collections::BTreeSet;

use portico_vocab::CaseVersion;

use crate::error::LedgerError;
use crate::model::{Commit, TRACE_LENGTH};

/// # Errors
/// [`LedgerError::Inconsistent`] with the table and what is wrong with the row meant for it.
pub fn check(commit: &Commit) -> Result<(), LedgerError> {
    let (case, version) = (commit.case.id, commit.case.version);
    require(
        version == commit.expects.unwrap_or(CaseVersion(0)).next(),
        "kase",
        "version is not the expected one plus 1",
    )?;
    require(commit.entry.case == case && commit.entry.version == version, "entry", "another case or version")?;
    require(
        commit.jobs.iter().all(|job| job.key.owner == *case.as_bytes() && job.key.version == version.0),
        "job",
        "another case or version",
    )?;
    require(distinct(commit.jobs.iter().map(|job| job.key)), "job", "one key twice")?;
    require(
        commit.outbounds.iter().all(|outbound| outbound.case == case && outbound.version == version),
        "outbound",
        "another case or version",
    )?;
    require(distinct(commit.outbounds.iter().map(|outbound| outbound.id)), "outbound", "one id twice")?;
    require(
        commit.events.iter().all(|event| event.case == case && event.version == version),
        "event",
        "another case or version",
    )?;
    require(distinct(commit.events.iter().map(|event| event.id)), "event", "one id twice")?;
    require(distinct(commit.events.iter().map(|event| event.seq)), "event", "one seq twice")?;
    require(
        commit.deliveries.iter().all(|delivery| {
            commit.events.iter().any(|event| event.id == delivery.event && event.seq == delivery.seq)
                && delivery.case == case
        }),
        "delivery",
        "no event of this commit",
    )?;
    require(
        distinct(commit.deliveries.iter().map(|delivery| (delivery.event, &delivery.subscriber))),
        "delivery",
        "one event twice to one subscriber",
    )?;
    require(commit.objects.iter().all(|object| object.case == case), "object", "another case")?;
    require(distinct(commit.objects.iter().map(|object| &object.key)), "object", "one key twice")?;
    require(commit.seen.iter().all(|seen| seen.case == case), "seen", "another case")?;
    traces("job", commit.jobs.iter().map(|job| job.trace.as_deref()))?;
    traces("delivery", commit.deliveries.iter().map(|delivery| delivery.trace.as_deref()))
}

/// A trace is of one length, so that nothing else is kept as one by mistake.
///
/// # Errors
/// [`LedgerError::Inconsistent`] of `table`.
pub fn traces<'a>(table: &'static str, traces: impl Iterator<Item = Option<&'a str>>) -> Result<(), LedgerError> {
    let fit = traces.flatten().all(|trace| trace.len() == TRACE_LENGTH);
    require(fit, table, "a trace is not a W3C traceparent")
}

const fn require(holds: bool, table: &'static str, what: &'static str) -> Result<(), LedgerError> {
    if holds { Ok(()) } else { Err(LedgerError::Inconsistent { table, what }) }
}

fn distinct<T: Ord>(keys: impl Iterator<Item = T>) -> bool {
    let mut known = BTreeSet::new();
    keys.into_iter().all(|key| known.insert(key))
}
