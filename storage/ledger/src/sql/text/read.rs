//! Looking things up.

use crate::sql::statement::statements;

macro_rules! case {
    ($rest:literal) => {
        concat!(
            "
SELECT
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
    wrapped_key
FROM kase
",
            $rest
        )
    };
}

macro_rules! chain {
    ($rest:literal) => {
        concat!(
            "
SELECT
    seq,
    at,
    case_id,
    body,
    previous,
    digest
FROM chain
",
            $rest
        )
    };
}

statements! {
    CASE = one("b", case!("WHERE id = $1"));

    /// Absent filters are NULL; the first page starts before every row.
    CASES = one("ttibi", case!("WHERE ($1 IS NULL OR stage = $1)
    AND ($2 IS NULL OR outcome = $2)
    AND (opened_at, id) > ($3, $4)
ORDER BY opened_at, id
LIMIT $5"));

    SENDER = one("b", "
SELECT
    alias.kind,
    alias.sender,
    open_case.case_id,
    (
        SELECT kase.id
        FROM kase
        WHERE kase.sender = alias.sender
        ORDER BY kase.opened_at DESC, kase.id DESC
        LIMIT 1
    )
FROM alias
LEFT JOIN open_case ON open_case.sender = alias.sender
WHERE alias.hash = $1");

    ALIASES = one("b", "
SELECT
    kind,
    hash,
    sender
FROM alias
WHERE sender = $1");

    INPUT = one("b", "
SELECT at
FROM input
WHERE id = $1");

    ENTRIES = one("bii", "
SELECT
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
FROM entry
WHERE case_id = $1
    AND version > $2
ORDER BY version
LIMIT $3");

    POLICY = one("b", "
SELECT body
FROM policy
WHERE hash = $1");

    SEEN = one("b", "
SELECT
    case_id,
    evidence
FROM seen
WHERE hash = $1
ORDER BY case_id, evidence");

    OBJECTS = one("b", "
SELECT key
FROM object
WHERE case_id = $1
ORDER BY key");

    OBJECTS_KNOWN = rows("t", "
SELECT key
FROM object
WHERE key IN (VALUES", "
)");

    QUEUE = one("ibii", "
SELECT
    kase.id,
    kase.review_since,
    kase.summary,
    claim.reviewer,
    claim.held_until
FROM kase
LEFT JOIN claim
    ON claim.case_id = kase.id
    AND claim.held_until > $3
WHERE kase.review_since IS NOT NULL
    AND (kase.review_since, kase.id) > ($1, $2)
ORDER BY kase.review_since, kase.id
LIMIT $4");

    /// From the id's end read backwards, up to the first that no longer begins with it.
    CASES_BY_SHORT = one("bbi", "
SELECT id
FROM kase
WHERE id_end >= $1
    AND id_end < $2
ORDER BY opened_at DESC, id DESC
LIMIT $3");

    CHAIN = one("tii", chain!("WHERE name = $1
    AND seq > $2
ORDER BY seq
LIMIT $3"));

    NEWEST_LINKS = one("ti", chain!("WHERE name = $1
ORDER BY seq DESC
LIMIT $2"));

    ACCESSES = one("tb", chain!("WHERE name = $1
    AND case_id = $2
ORDER BY seq"));

    COUNTS = one("i", "
SELECT
    (SELECT CAST(COALESCE(SUM(bodies), 0) AS BIGINT) FROM segment),
    (SELECT CAST(COALESCE(SUM(destroyed_bodies), 0) AS BIGINT) FROM inbox_day),
    (SELECT COUNT(*) FROM seen),
    (SELECT COUNT(*) FROM kase WHERE review_since IS NOT NULL),
    (SELECT COUNT(*) FROM kase WHERE outcome IS NOT NULL),
    (SELECT COUNT(*) FROM delivery WHERE delivered_at IS NOT NULL),
    (SELECT COUNT(*) FROM kase),
    (SELECT COUNT(*) FROM job WHERE parked_at IS NULL AND run_at <= $1),
    (SELECT COUNT(*) FROM job WHERE parked_at IS NOT NULL),
    (SELECT COUNT(*) FROM delivery WHERE parked_at IS NOT NULL),
    (SELECT COUNT(*) FROM outbound WHERE state = 'parked' AND acknowledged_at IS NULL)");

    // What is unfinished. Each names the predicate of an index word for word, or it would walk the table.

    CASES_OPEN = one("", "
SELECT
    stage,
    COUNT(*)
FROM kase
WHERE stage IN ('consenting', 'collecting', 'checking', 'in_review')
GROUP BY stage");

    STUCK = one("ii", "
SELECT id
FROM kase
WHERE stage IN ('consenting', 'collecting', 'checking', 'in_review')
    AND stage <> 'in_review'
    AND updated_at <= $1
    AND NOT EXISTS (
        SELECT 1
        FROM job
        WHERE job.owner = kase.id
            AND job.parked_at IS NULL
            AND (kase.stage <> 'checking' OR job.queue <> 'timer')
    )
ORDER BY id
LIMIT $2");

    OUTBOUNDS_OPEN = one("", "
SELECT
    state,
    COUNT(*)
FROM outbound
WHERE state IN ('queued', 'sending', 'unknown')
GROUP BY state");

    OUTBOUNDS_PARKED = one("", "
SELECT
    state,
    COUNT(*)
FROM outbound
WHERE state = 'parked'
    AND acknowledged_at IS NULL
GROUP BY state");

    SEGMENTS_UNSORTED = one("", "
SELECT
    COUNT(*),
    MIN(segment.at)
FROM job
JOIN segment ON segment.id = job.owner
WHERE job.queue = 'sort'
    AND job.parked_at IS NULL");

    JOBS_PARKED = one("", "
SELECT
    queue,
    COUNT(*)
FROM job
WHERE parked_at IS NOT NULL
GROUP BY queue");

    DELIVERIES_OPEN = one("", "
SELECT
    COUNT(*),
    COUNT(parked_at)
FROM delivery
WHERE delivered_at IS NULL
    AND skipped_at IS NULL");

    READABLE = one("", "
SELECT seq
FROM head
WHERE name = 'health'");

    /// A write that changes nothing, to show that writing works.
    HEALTH = one("", "
UPDATE head
SET seq = seq
WHERE name = 'health'");
}
