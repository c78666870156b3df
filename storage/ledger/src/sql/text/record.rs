//! Commits, in the order their statements run; inputs of no case; the cell's chains.
//!
//! The guards come first and each answers by its row count; what follows is all new rows.

use crate::sql::statement::statements;

statements! {
    /// Guard: a short count is a repeat.
    INPUTS = rows("bbii", "
INSERT INTO input (
    id,
    case_id,
    version,
    at
) VALUES", "
ON CONFLICT (id) DO NOTHING");

    /// Guard: a short count is a case opened meanwhile.
    CASES_OPEN = rows("bbittiiitbbbb", "
INSERT INTO kase (
    id,
    sender,
    version,
    stage,
    outcome,
    opened_at,
    updated_at,
    review_since,
    summary,
    head,
    body,
    wrapped_key,
    id_end
) VALUES", "
ON CONFLICT (id) DO NOTHING");

    /// Guard: a short count is a case changed meanwhile. `column1` is what both engines call the first of VALUES.
    CASES_CHANGE = rows("bibittiiitbb", "
UPDATE kase
SET sender = change.column3,
    version = change.column4,
    stage = change.column5,
    outcome = change.column6,
    opened_at = change.column7,
    updated_at = change.column8,
    review_since = change.column9,
    summary = change.column10,
    head = change.column11,
    body = change.column12
FROM (VALUES", "
) AS change
WHERE kase.id = change.column1
    AND kase.version = change.column2");

    /// Guard: a short count is a lost lease.
    JOBS_DONE = rows("biii", "
DELETE FROM job
WHERE parked_at IS NULL
    AND (owner, version, ordinal, fence) IN (VALUES", "
)");

    /// Guard: a short count is a sender with another open case.
    OPEN = rows("bb", "
INSERT INTO open_case (
    sender,
    case_id
) VALUES", "
ON CONFLICT (sender) DO NOTHING");

    CLOSE = rows("bb", "
DELETE FROM open_case
WHERE (sender, case_id) IN (VALUES", "
)");

    SHRED = rows("b", "
UPDATE kase
SET wrapped_key = NULL
WHERE id IN (VALUES", "
)");

    ENTRIES = rows("biittttbbb", "
INSERT INTO entry (
    case_id,
    version,
    at,
    stage,
    kind,
    actor,
    outcome,
    previous,
    digest,
    body
) VALUES", "");

    JOBS = rows("biitibt", "
INSERT INTO job (
    owner,
    version,
    ordinal,
    queue,
    run_at,
    fence,
    tries,
    payload,
    trace
)
SELECT
    column1,
    column2,
    column3,
    column4,
    column5,
    0,
    0,
    column6,
    column7
FROM (VALUES", "
) AS fresh");

    OUTBOUNDS = rows("bbiiitbtitbbb", "
INSERT INTO outbound (
    id,
    case_id,
    version,
    ordinal,
    at,
    text,
    payload,
    state,
    state_at,
    detail,
    rendered,
    text_hash,
    wamid
) VALUES", "");

    EVENTS = rows("bbiitit", "
INSERT INTO event (
    id,
    case_id,
    seq,
    version,
    kind,
    at,
    data
) VALUES", "");

    DELIVERIES = rows("btbiit", "
INSERT INTO delivery (
    event_id,
    subscriber,
    case_id,
    seq,
    run_at,
    first_at,
    fence,
    tries,
    trace
)
SELECT
    column1,
    column2,
    column3,
    column4,
    column5,
    column5,
    0,
    0,
    column6
FROM (VALUES", "
) AS fresh");

    SEEN = rows("bbb", "
INSERT INTO seen (
    hash,
    case_id,
    evidence
) VALUES", "
ON CONFLICT (hash, case_id, evidence) DO NOTHING");

    OBJECTS = rows("tb", "
INSERT INTO object (
    key,
    case_id
) VALUES", "");

    OBJECTS_FORGET = rows("t", "
DELETE FROM object
WHERE key IN (VALUES", "
)");

    /// An alias written again moves to its new sender.
    ALIASES = rows("btb", "
INSERT INTO alias (
    hash,
    kind,
    sender
) VALUES", "
ON CONFLICT (hash) DO UPDATE
SET kind = excluded.kind,
    sender = excluded.sender");

    STOPS = rows("bi", "
INSERT INTO stop_list (
    hash,
    stopped_at
) VALUES", "
ON CONFLICT (hash) DO UPDATE
SET stopped_at = excluded.stopped_at
WHERE stop_list.stopped_at IS NULL
    OR stop_list.stopped_at < excluded.stopped_at");

    LIFTS = rows("bi", "
INSERT INTO stop_list (
    hash,
    lifted_at
) VALUES", "
ON CONFLICT (hash) DO UPDATE
SET lifted_at = excluded.lifted_at
WHERE stop_list.lifted_at IS NULL
    OR stop_list.lifted_at < excluded.lifted_at");

    WINDOWS = rows("tbi", "
INSERT INTO reach (
    phone_number,
    sender,
    newest_inbound_at
) VALUES", "
ON CONFLICT (phone_number, sender) DO UPDATE
SET newest_inbound_at = excluded.newest_inbound_at
WHERE reach.newest_inbound_at < excluded.newest_inbound_at");

    /// Locks a head for the rest of the transaction on either engine, and reads it as it is then.
    HEAD_LOCK = one("t", "
UPDATE head
SET seq = seq
WHERE name = $1
RETURNING
    seq,
    digest");

    HEAD_MOVE = one("tib", "
UPDATE head
SET seq = $2,
    digest = $3
WHERE name = $1");

    LINK = one("tiibtbb", "
INSERT INTO chain (
    name,
    seq,
    at,
    case_id,
    body,
    previous,
    digest
) VALUES ($1, $2, $3, $4, $5, $6, $7)");

    POLICY_KEEP = one("bt", "
INSERT INTO policy (
    hash,
    body
) VALUES ($1, $2)
ON CONFLICT (hash) DO NOTHING");
}
