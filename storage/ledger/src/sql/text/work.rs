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
    job.due_at"
        )
    };
}

statements! {
    /// Rows come back in any order; `due_at` restores it.
    CLAIM = two("tiii", claim_jobs!(""), claim_jobs!("\n    FOR UPDATE SKIP LOCKED"));

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

    ADD = rows("biitib", "
INSERT INTO job (
    owner,
    version,
    ordinal,
    queue,
    run_at,
    fence,
    tries,
    payload
)
SELECT
    column1,
    column2,
    column3,
    column4,
    column5,
    0,
    0,
    column6
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
    delivery.why
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
    detail
FROM outbound
WHERE state = 'parked'
ORDER BY state_at
LIMIT $1");

    UNPARK_JOB = one("biii", "
UPDATE job
SET parked_at = NULL,
    tries = 0,
    run_at = $4
WHERE owner = $1
    AND version = $2
    AND ordinal = $3
    AND parked_at IS NOT NULL");

    /// A delivery taken up again starts afresh: its tries and the days it may take count from now.
    UNPARK_DELIVERY = one("bti", "
UPDATE delivery
SET parked_at = NULL,
    tries = 0,
    run_at = $3,
    first_at = $3
WHERE event_id = $1
    AND subscriber = $2
    AND parked_at IS NOT NULL");

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
    payload
FROM job
WHERE owner = $1
    AND version = $2
    AND ordinal = $3");
}
