//! Positions of events, deliveries to account systems.

use crate::sql::statement::statements;

/// Of each (subscriber, case) only the lowest open event can be due: leased, waiting and parked ones hold back
/// those after them.
macro_rules! claim_deliveries {
    ($suffix:literal) => {
        concat!(
            "
WITH pick AS MATERIALIZED (
    SELECT
        event_id,
        subscriber
    FROM delivery
    WHERE delivered_at IS NULL
        AND skipped_at IS NULL
        AND parked_at IS NULL
        AND run_at <= $1
        AND NOT EXISTS (
            SELECT 1
            FROM delivery AS earlier
            WHERE earlier.subscriber = delivery.subscriber
                AND earlier.case_id = delivery.case_id
                AND earlier.seq < delivery.seq
                AND earlier.delivered_at IS NULL
                AND earlier.skipped_at IS NULL
        )
        AND NOT EXISTS (
            SELECT 1
            FROM subscriber
            WHERE subscriber.name = delivery.subscriber
                AND subscriber.disabled_at IS NOT NULL
        )
    ORDER BY run_at, case_id, seq, subscriber
    LIMIT $3",
            $suffix,
            "
)
UPDATE delivery
SET run_at = $2,
    due_at = run_at,
    fence = fence + 1
FROM pick
WHERE delivery.event_id = pick.event_id
    AND delivery.subscriber = pick.subscriber
RETURNING
    delivery.event_id,
    delivery.subscriber"
        )
    };
}

statements! {
    /// By time; within a case by `seq` even where two processes' clocks disagree, for the running maximum counts an
    /// event as no older than any before it in its case. The caller holds the head `event`, so no other gives positions.
    SEQUENCE = one("ii", "
WITH pick AS MATERIALIZED (
    SELECT
        id,
        ROW_NUMBER() OVER (ORDER BY newest_at, case_id, seq) AS place
    FROM (
        SELECT
            id,
            case_id,
            seq,
            MAX(at) OVER (PARTITION BY case_id ORDER BY seq) AS newest_at
        FROM event
        WHERE position IS NULL
    ) AS waiting
    ORDER BY newest_at, case_id, seq
    LIMIT $2
)
UPDATE event
SET position = $1 + pick.place
FROM pick
WHERE event.id = pick.id");

    EVENTS = one("itbi", "
SELECT
    event.position,
    event.id,
    event.case_id,
    event.seq,
    event.version,
    event.kind,
    event.at,
    event.data,
    (
        SELECT earlier.id
        FROM event AS earlier
        WHERE earlier.case_id = event.case_id
            AND earlier.seq < event.seq
        ORDER BY earlier.seq DESC
        LIMIT 1
    ),
    entry.digest
FROM event
JOIN entry
    ON entry.case_id = event.case_id
    AND entry.version = event.version
WHERE event.position > $1
    AND ($2 IS NULL OR event.kind = $2)
    AND ($3 IS NULL OR event.case_id = $3)
ORDER BY event.position
LIMIT $4");

    CLAIM = two("iii", claim_deliveries!(""), claim_deliveries!("\n    FOR UPDATE SKIP LOCKED"));

    /// What was just claimed, with the event behind each and the one delivered before it.
    CLAIMED = rows("bt", "
SELECT
    event.id,
    event.case_id,
    event.seq,
    event.version,
    event.kind,
    event.at,
    event.data,
    delivery.subscriber,
    delivery.fence,
    delivery.tries,
    delivery.first_at,
    (
        SELECT earlier.event_id
        FROM delivery AS earlier
        WHERE earlier.subscriber = delivery.subscriber
            AND earlier.case_id = delivery.case_id
            AND earlier.seq < delivery.seq
            AND earlier.delivered_at IS NOT NULL
        ORDER BY earlier.seq DESC
        LIMIT 1
    ),
    entry.digest,
    delivery.trace,
    delivery.due_at
FROM delivery
JOIN event ON event.id = delivery.event_id
JOIN entry
    ON entry.case_id = event.case_id
    AND entry.version = event.version
WHERE (delivery.event_id, delivery.subscriber) IN (VALUES", "
)");

    DELIVERED = one("btii", "
UPDATE delivery
SET delivered_at = $4,
    fence = fence + 1
WHERE event_id = $1
    AND subscriber = $2
    AND fence = $3
    AND delivered_at IS NULL
    AND skipped_at IS NULL
    AND parked_at IS NULL");

    RETRY = one("btiit", "
UPDATE delivery
SET run_at = $4,
    fence = fence + 1,
    tries = tries + 1,
    why = $5
WHERE event_id = $1
    AND subscriber = $2
    AND fence = $3
    AND delivered_at IS NULL
    AND skipped_at IS NULL
    AND parked_at IS NULL");

    PARK = one("btiit", "
UPDATE delivery
SET parked_at = $4,
    fence = fence + 1,
    why = $5
WHERE event_id = $1
    AND subscriber = $2
    AND fence = $3
    AND delivered_at IS NULL
    AND skipped_at IS NULL
    AND parked_at IS NULL");

    /// The newest success stays.
    SUCCESS = one("ti", "
INSERT INTO subscriber (
    name,
    last_success_at
) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE
SET last_success_at = excluded.last_success_at
WHERE subscriber.last_success_at IS NULL
    OR subscriber.last_success_at < excluded.last_success_at");

    /// The first 410 stays.
    DISABLE = one("ti", "
INSERT INTO subscriber (
    name,
    disabled_at
) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE
SET disabled_at = excluded.disabled_at
WHERE subscriber.disabled_at IS NULL");

    PARK_ALL = one("tit", "
UPDATE delivery
SET parked_at = $2,
    fence = fence + 1,
    why = $3
WHERE subscriber = $1
    AND delivered_at IS NULL
    AND skipped_at IS NULL
    AND parked_at IS NULL");

    DISABLED = one("", "
SELECT name
FROM subscriber
WHERE disabled_at IS NOT NULL
ORDER BY name");

    ENABLE = one("t", "
UPDATE subscriber
SET disabled_at = NULL
WHERE name = $1
    AND disabled_at IS NOT NULL");

    /// What the 410 parked, as if it had never been tried.
    TAKE_UP_ALL = one("tit", "
UPDATE delivery
SET parked_at = NULL,
    tries = 0,
    run_at = $2,
    first_at = $2
WHERE subscriber = $1
    AND delivered_at IS NULL
    AND skipped_at IS NULL
    AND parked_at IS NOT NULL
    AND why = $3");

    SUBSCRIBERS = one("", "
SELECT
    name,
    last_success_at,
    disabled_at
FROM subscriber");

    /// By subscriber; the next try is that of a delivery with none before it in its case.
    OPEN = one("", "
SELECT
    subscriber,
    COUNT(*),
    COUNT(parked_at),
    MIN(CASE WHEN parked_at IS NULL THEN first_at END),
    MIN(CASE WHEN parked_at IS NULL AND NOT EXISTS (
        SELECT 1
        FROM delivery AS earlier
        WHERE earlier.subscriber = delivery.subscriber
            AND earlier.case_id = delivery.case_id
            AND earlier.seq < delivery.seq
            AND earlier.delivered_at IS NULL
            AND earlier.skipped_at IS NULL
    ) THEN run_at END)
FROM delivery
WHERE delivered_at IS NULL
    AND skipped_at IS NULL
GROUP BY subscriber");
}
