//! Webhook bodies and their days' keys.

use crate::sql::statement::statements;

macro_rules! segment {
    ($rest:literal) => {
        concat!(
            "
SELECT
    id,
    day,
    at,
    bodies,
    custody,
    body,
    trace
FROM segment
",
            $rest
        )
    };
}

macro_rules! day_key {
    ($suffix:literal) => {
        concat!(
            "
SELECT wrapped
FROM inbox_day
WHERE day = $1",
            $suffix
        )
    };
}

statements! {
    SEGMENTS = rows("btiitbt", "
INSERT INTO segment (
    id,
    day,
    at,
    bodies,
    custody,
    body,
    trace
) VALUES", "");

    SEGMENT = one("b", segment!("WHERE id = $1"));

    /// With a job that was given up; by day, then as they came in.
    SEGMENTS_PARKED = one("ti", segment!("WHERE day < $1
    AND EXISTS (
        SELECT 1
        FROM job
        WHERE job.owner = segment.id
            AND job.parked_at IS NOT NULL
    )
ORDER BY day, id
LIMIT $2"));

    SEGMENT_REWRAP = one("bttb", "
UPDATE segment
SET day = $3,
    body = $4
WHERE id = $1
    AND day = $2
    AND EXISTS (
        SELECT 1
        FROM job
        WHERE job.owner = segment.id
            AND job.parked_at IS NOT NULL
    )");

    /// What its owner discarded.
    SEGMENT_EMPTY = one("bb", "
UPDATE segment
SET body = $2
WHERE id = $1");

    /// A day's key, which cannot be destroyed before the transaction that relies on it has ended.
    DAY_HOLD = two("t", day_key!(""), day_key!("\nFOR SHARE"));

    DAY_KEEP = one("tb", "
INSERT INTO inbox_day (
    day,
    wrapped,
    destroyed_bodies
) VALUES ($1, $2, 0)
ON CONFLICT (day) DO NOTHING");

    DAY_KEY = one("t", day_key!(""));

    /// Days that still have their key.
    DAYS_KEPT = one("t", "
SELECT day
FROM inbox_day
WHERE day < $1
    AND wrapped IS NOT NULL
ORDER BY day");

    /// Locks a day that has its key, so that the next statement sees every segment that relied on it.
    DAY_LOCK = one("t", "
UPDATE inbox_day
SET wrapped = wrapped
WHERE day = $1
    AND wrapped IS NOT NULL");

    /// A segment of the day that still has a job.
    DAY_UNSORTED = one("t", "
SELECT segment.id
FROM segment
JOIN job ON job.owner = segment.id
WHERE segment.day = $1
LIMIT 1");

    DAY_DESTROY = one("t", "
UPDATE inbox_day
SET wrapped = NULL,
    destroyed_bodies = destroyed_bodies + (
        SELECT CAST(COALESCE(SUM(bodies), 0) AS BIGINT)
        FROM segment
        WHERE segment.day = inbox_day.day
            AND LENGTH(segment.body) > 0
    )
WHERE day = $1
    AND wrapped IS NOT NULL");

    DAY_SEGMENTS_DELETE = one("t", "
DELETE FROM segment
WHERE day = $1
    AND LENGTH(body) > 0");
}
