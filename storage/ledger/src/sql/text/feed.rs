//! Positions of events, deliveries to account systems.

use crate::sql::statement::statements;

/// Of each (subscriber, case) only the lowest undelivered event can be due: leased, waiting and parked ones hold back
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
        AND parked_at IS NULL
        AND run_at <= $1
        AND NOT EXISTS (
            SELECT 1
            FROM delivery AS earlier
            WHERE earlier.subscriber = delivery.subscriber
                AND earlier.case_id = delivery.case_id
                AND earlier.seq < delivery.seq
                AND earlier.delivered_at IS NULL
        )
        AND NOT EXISTS (
            SELECT 1
            FROM disabled_subscriber
            WHERE disabled_subscriber.name = delivery.subscriber
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
    AND parked_at IS NULL");

    DISABLE = one("ti", "
INSERT INTO disabled_subscriber (
    name,
    at
) VALUES ($1, $2)
ON CONFLICT (name) DO NOTHING");

    PARK_ALL = one("tit", "
UPDATE delivery
SET parked_at = $2,
    fence = fence + 1,
    why = $3
WHERE subscriber = $1
    AND delivered_at IS NULL
    AND parked_at IS NULL");

    DISABLED = one("", "
SELECT name
FROM disabled_subscriber
ORDER BY name");
}
