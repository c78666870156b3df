//! Whole rows, for proofs. Nothing here is read while work is done: a table may be walked.

use crate::sql::statement::statements;

statements! {
    CASE_IDS = one("bi", "
SELECT id
FROM kase
WHERE id > $1
ORDER BY id
LIMIT $2");

    CASE = one("b", "
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
    wrapped_key,
    id_end
FROM kase
WHERE id = $1");

    OPEN_CASE = one("b", "
SELECT case_id
FROM open_case
WHERE sender = $1");

    JOBS = one("b", "
SELECT
    owner,
    version,
    ordinal,
    queue,
    run_at,
    payload,
    trace,
    parked_at,
    why
FROM job
WHERE owner = $1
ORDER BY version, ordinal");

    OUTBOUNDS = one("b", "
SELECT
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
    wamid,
    acknowledged_at
FROM outbound
WHERE case_id = $1
ORDER BY version, ordinal, id");

    EVENTS = one("b", "
SELECT
    id,
    case_id,
    seq,
    version,
    kind,
    at,
    data,
    position
FROM event
WHERE case_id = $1
ORDER BY seq");

    DELIVERIES = one("b", "
SELECT
    event_id,
    subscriber,
    case_id,
    seq,
    run_at,
    trace,
    first_at,
    delivered_at,
    skipped_at,
    parked_at,
    why
FROM delivery
WHERE event_id IN (
    SELECT id
    FROM event
    WHERE event.case_id = $1
)
ORDER BY seq, subscriber");

    INPUTS = rows("b", "
SELECT
    id,
    case_id,
    version,
    at
FROM input
WHERE id IN (VALUES", "
)");

    STOPS = rows("b", "
SELECT
    hash,
    stopped_at,
    lifted_at
FROM stop_list
WHERE hash IN (VALUES", "
)");

    STOP_LIST = one("bi", "
SELECT
    hash,
    stopped_at,
    lifted_at
FROM stop_list
WHERE hash > $1
ORDER BY hash
LIMIT $2");

    CASES_OF = one("b", "
SELECT id
FROM kase
WHERE sender = $1
ORDER BY opened_at, id");

    SEGMENTS = one("bi", "
SELECT
    id,
    day,
    at,
    bodies,
    custody,
    body,
    trace
FROM segment
WHERE id > $1
ORDER BY id
LIMIT $2");

    DAYS = one("", "
SELECT
    day,
    wrapped
FROM inbox_day
ORDER BY day");

    POLICIES = one("", "
SELECT
    hash,
    body
FROM policy
ORDER BY hash");

    HEADS = one("", "
SELECT
    name,
    seq,
    digest
FROM head
ORDER BY name");

    /// Rows of nobody, a column a table, in the order that the reader names them.
    OWNERLESS = one("", "
SELECT
    (SELECT COUNT(*) FROM entry WHERE NOT EXISTS (SELECT 1 FROM kase WHERE kase.id = entry.case_id)),
    (
        SELECT COUNT(*)
        FROM input
        WHERE input.case_id IS NOT NULL
            AND NOT EXISTS (
                SELECT 1
                FROM entry
                WHERE entry.case_id = input.case_id
                    AND entry.version = input.version
            )
    ),
    (
        SELECT COUNT(*)
        FROM open_case
        WHERE NOT EXISTS (
            SELECT 1
            FROM kase
            WHERE kase.id = open_case.case_id
                AND kase.sender = open_case.sender
        )
    ),
    (SELECT COUNT(*) FROM alias WHERE NOT EXISTS (SELECT 1 FROM kase WHERE kase.sender = alias.sender)),
    (
        SELECT COUNT(*)
        FROM job
        WHERE NOT EXISTS (SELECT 1 FROM kase WHERE kase.id = job.owner)
            AND NOT EXISTS (SELECT 1 FROM segment WHERE segment.id = job.owner)
    ),
    (SELECT COUNT(*) FROM outbound WHERE NOT EXISTS (SELECT 1 FROM kase WHERE kase.id = outbound.case_id)),
    (SELECT COUNT(*) FROM event WHERE NOT EXISTS (SELECT 1 FROM kase WHERE kase.id = event.case_id)),
    (SELECT COUNT(*) FROM delivery WHERE NOT EXISTS (SELECT 1 FROM event WHERE event.id = delivery.event_id)),
    (SELECT COUNT(*) FROM seen WHERE NOT EXISTS (SELECT 1 FROM kase WHERE kase.id = seen.case_id)),
    (SELECT COUNT(*) FROM object WHERE NOT EXISTS (SELECT 1 FROM kase WHERE kase.id = object.case_id)),
    (SELECT COUNT(*) FROM claim WHERE NOT EXISTS (SELECT 1 FROM kase WHERE kase.id = claim.case_id)),
    (SELECT COUNT(*) FROM segment WHERE NOT EXISTS (SELECT 1 FROM inbox_day WHERE inbox_day.day = segment.day)),
    (SELECT COUNT(*) FROM reach WHERE NOT EXISTS (SELECT 1 FROM kase WHERE kase.sender = reach.sender))");

    TOTALS = one("", "
SELECT
    (SELECT COUNT(*) FROM entry),
    (SELECT COUNT(*) FROM input WHERE case_id IS NOT NULL),
    (SELECT COUNT(*) FROM input WHERE case_id IS NULL),
    (SELECT COUNT(*) FROM event WHERE position IS NOT NULL),
    (SELECT CAST(COALESCE(MAX(position), 0) AS BIGINT) FROM event)");

    SUCCESSES = one("", "
SELECT
    known.name,
    (SELECT MAX(delivery.delivered_at) FROM delivery WHERE delivery.subscriber = known.name),
    (SELECT subscriber.last_success_at FROM subscriber WHERE subscriber.name = known.name)
FROM (
    SELECT name
    FROM subscriber
    WHERE last_success_at IS NOT NULL
    UNION
    SELECT subscriber
    FROM delivery
    WHERE delivered_at IS NOT NULL
) AS known
ORDER BY known.name");
}
