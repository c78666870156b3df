//! Webhook bodies and their days' keys.

use crate::sql::statement::statements;

statements! {
    SEGMENTS = rows("btiib", "
INSERT INTO segment (
    id,
    day,
    at,
    bodies,
    body
) VALUES", "");

    SEGMENT = one("b", "
SELECT
    id,
    day,
    at,
    bodies,
    body
FROM segment
WHERE id = $1");

    DAY_KEEP = one("tb", "
INSERT INTO inbox_day (
    day,
    wrapped,
    destroyed_bodies
) VALUES ($1, $2, 0)
ON CONFLICT (day) DO NOTHING");

    DAY_KEY = one("t", "
SELECT wrapped
FROM inbox_day
WHERE day = $1");

    /// Days that can go: no segment of theirs has a job left.
    DAYS_SORTED = one("t", "
SELECT day
FROM inbox_day
WHERE day < $1
    AND wrapped IS NOT NULL
    AND NOT EXISTS (
        SELECT 1
        FROM segment
        JOIN job ON job.owner = segment.id
        WHERE segment.day = inbox_day.day
    )
ORDER BY day");

    DAY_DESTROY = one("t", "
UPDATE inbox_day
SET wrapped = NULL,
    destroyed_bodies = destroyed_bodies + (
        SELECT CAST(COALESCE(SUM(bodies), 0) AS BIGINT)
        FROM segment
        WHERE segment.day = inbox_day.day
    )
WHERE day = $1
    AND wrapped IS NOT NULL");

    DAY_SEGMENTS_DELETE = one("t", "
DELETE FROM segment
WHERE day = $1");
}
