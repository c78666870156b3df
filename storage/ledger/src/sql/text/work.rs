//! Jobs, their leases, what gave up.
//!
//! *Invariant:* every change of a held job names its fence; one that lets the job go raises it.

use crate::sql::statement::statements;

/// `pick` is materialized: a plain `IN (SELECT … LIMIT …)` may be run again by the planner and lock more than the limit.
macro_rules! claim_jobs {
    ($suffix:literal) => {
        concat!(
            "
WITH pick AS MATERIALIZED (
    SELECT
        owner,
        version,
        ordinal
    FROM job
    WHERE queue = $1
        AND parked_at IS NULL
        AND run_at <= $2
        AND run_at >= $5
    ORDER BY run_at, owner, version, ordinal
    LIMIT $4",
            $suffix,
            "
)
UPDATE job
SET run_at = $3,
    due_at = run_at,
    fence = fence + 1
FROM pick
WHERE job.owner = pick.owner
    AND job.version = pick.version
    AND job.ordinal = pick.ordinal
RETURNING
    job.owner,
    job.version,
    job.ordinal,
    job.fence,
    job.tries,
    job.payload,
    job.trace,
    job.due_at"
        )
    };
}

statements! {
    /// Rows come back in any order; `due_at` restores it.
    CLAIM = two("tiiii", claim_jobs!(""), claim_jobs!("\n    FOR UPDATE SKIP LOCKED"));

    RENEW = one("biiii", "
UPDATE job
SET run_at = $5
WHERE owner = $1
    AND version = $2
    AND ordinal = $3
    AND fence = $4
    AND parked_at IS NULL");

    FINISH = one("biii", "
DELETE FROM job
WHERE owner = $1
    AND version = $2
    AND ordinal = $3
    AND fence = $4
    AND parked_at IS NULL");

    ADD = rows("biitibt", "
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
) AS fresh
WHERE TRUE
ON CONFLICT (owner, version, ordinal) DO NOTHING");

    RETRY = one("biiiit", "
UPDATE job
SET run_at = $5,
    fence = fence + 1,
    tries = tries + 1,
    why = $6
WHERE owner = $1
    AND version = $2
    AND ordinal = $3
    AND fence = $4
    AND parked_at IS NULL");

    POSTPONE = one("biiii", "
UPDATE job
SET run_at = $5,
    fence = fence + 1
WHERE owner = $1
    AND version = $2
    AND ordinal = $3
    AND fence = $4
    AND parked_at IS NULL");

    /// A send to come again: its try is counted, its reason stands on the message.
    AGAIN = one("biiii", "
UPDATE job
SET run_at = $5,
    fence = fence + 1,
    tries = tries + 1
WHERE owner = $1
    AND version = $2
    AND ordinal = $3
    AND fence = $4
    AND parked_at IS NULL");

    PARK = one("biiiit", "
UPDATE job
SET parked_at = $5,
    fence = fence + 1,
    why = $6
WHERE owner = $1
    AND version = $2
    AND ordinal = $3
    AND fence = $4
    AND parked_at IS NULL");

    /// Whether the fence still holds its job; read in the transaction that relies on it.
    HELD = one("biii", "
UPDATE job
SET fence = fence
WHERE owner = $1
    AND version = $2
    AND ordinal = $3
    AND fence = $4
    AND parked_at IS NULL");

    PARKED_JOBS = one("i", "
SELECT
    owner,
    version,
    ordinal,
    parked_at,
    queue,
    why
FROM job
WHERE parked_at IS NOT NULL
ORDER BY parked_at
LIMIT $1");

    PARKED_DELIVERIES = one("i", "
SELECT
    delivery.subscriber,
    delivery.event_id,
    delivery.parked_at,
    event.kind,
    delivery.why,
    event.case_id
FROM delivery
JOIN event ON event.id = delivery.event_id
WHERE delivery.parked_at IS NOT NULL
ORDER BY delivery.parked_at
LIMIT $1");

    PARKED_SENDS = one("i", "
SELECT
    id,
    state_at,
    text,
    detail,
    case_id
FROM outbound
WHERE state = 'parked'
    AND acknowledged_at IS NULL
ORDER BY state_at
LIMIT $1");

    // A person's answer for parked work. Each names what is parked, so that of two persons one finds nothing.

    JOB_QUEUE = one("bii", "
SELECT queue
FROM job
WHERE owner = $1
    AND version = $2
    AND ordinal = $3
    AND parked_at IS NOT NULL");

    TAKE_UP_JOB = one("biii", "
UPDATE job
SET parked_at = NULL,
    tries = 0,
    run_at = $4
WHERE owner = $1
    AND version = $2
    AND ordinal = $3
    AND parked_at IS NOT NULL");

    DISCARD_JOB = one("bii", "
DELETE FROM job
WHERE owner = $1
    AND version = $2
    AND ordinal = $3
    AND parked_at IS NOT NULL");

    /// The message of a `tell` job that will never run: it holds up no other, and nobody need be asked about it again.
    DISCARD_TOLD = one("biiit", "
UPDATE outbound
SET state = CASE WHEN state = 'queued' THEN 'held' ELSE 'parked' END,
    state_at = $4,
    acknowledged_at = $4,
    detail = $5
WHERE case_id = $1
    AND version = $2
    AND ordinal = $3
    AND state IN ('queued', 'sending', 'unknown')");

    /// Starts afresh: its tries and the days it may take count from now.
    TAKE_UP_DELIVERY = one("bti", "
UPDATE delivery
SET parked_at = NULL,
    tries = 0,
    run_at = $3,
    first_at = $3
WHERE event_id = $1
    AND subscriber = $2
    AND parked_at IS NOT NULL
RETURNING case_id");

    /// The later ones of its case go on.
    SKIP_DELIVERY = one("bti", "
UPDATE delivery
SET parked_at = NULL,
    skipped_at = $3
WHERE event_id = $1
    AND subscriber = $2
    AND parked_at IS NOT NULL
RETURNING case_id");

    PARKED_SEND = one("b", "
SELECT case_id
FROM outbound
WHERE id = $1
    AND state = 'parked'
    AND acknowledged_at IS NULL");

    ACKNOWLEDGE_SEND = one("bi", "
UPDATE outbound
SET acknowledged_at = $2
WHERE id = $1
    AND state = 'parked'
    AND acknowledged_at IS NULL
RETURNING case_id");

    BACKLOG = one("ti", "
SELECT
    COUNT(*),
    MIN(run_at)
FROM job
WHERE queue = $1
    AND parked_at IS NULL
    AND run_at <= $2");

    JOB = one("bii", "
SELECT
    owner,
    version,
    ordinal,
    queue,
    run_at,
    payload,
    trace
FROM job
WHERE owner = $1
    AND version = $2
    AND ordinal = $3");
}
