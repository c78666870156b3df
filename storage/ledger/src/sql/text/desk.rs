//! Reviewers' holds, sessions, API requests.

use crate::sql::statement::statements;

statements! {
    /// Takes a hold that is free, over or already this reviewer's; a short count means another's.
    CLAIM_TAKE = one("btii", "
INSERT INTO claim (
    case_id,
    reviewer,
    held_until
) VALUES ($1, $2, $3)
ON CONFLICT (case_id) DO UPDATE
SET reviewer = excluded.reviewer,
    held_until = excluded.held_until
WHERE claim.reviewer = excluded.reviewer
    OR claim.held_until <= $4");

    CLAIM = one("bi", "
SELECT
    case_id,
    reviewer,
    held_until
FROM claim
WHERE case_id = $1
    AND held_until > $2");

    CLAIM_RELEASE = one("bt", "
DELETE FROM claim
WHERE case_id = $1
    AND reviewer = $2");

    SESSION_PUT = one("btti", "
INSERT INTO session (
    token,
    reviewer,
    profile,
    expires_at
) VALUES ($1, $2, $3, $4)
ON CONFLICT (token) DO UPDATE
SET reviewer = excluded.reviewer,
    profile = excluded.profile,
    expires_at = excluded.expires_at");

    SESSION = one("bi", "
SELECT
    token,
    reviewer,
    profile,
    expires_at
FROM session
WHERE token = $1
    AND expires_at > $2");

    SESSION_END = one("b", "
DELETE FROM session
WHERE token = $1");

    /// A request past its days: its key may be used again.
    REQUEST_FORGET = one("tti", "
DELETE FROM api_request
WHERE client = $1
    AND idempotency_key = $2
    AND at <= $3");

    SESSIONS_SWEEP = one("ii", "
DELETE FROM session
WHERE token IN (
    SELECT token
    FROM session
    WHERE expires_at <= $1
    ORDER BY expires_at, token
    LIMIT $2
)");

    REQUESTS_SWEEP = one("ii", "
DELETE FROM api_request
WHERE (client, idempotency_key) IN (
    SELECT
        client,
        idempotency_key
    FROM api_request
    WHERE at <= $1
    ORDER BY at, client, idempotency_key
    LIMIT $2
)");

    REQUEST_BEGIN = one("ttbi", "
INSERT INTO api_request (
    client,
    idempotency_key,
    body,
    at
) VALUES ($1, $2, $3, $4)
ON CONFLICT (client, idempotency_key) DO NOTHING");

    REQUEST = one("tt", "
SELECT
    body,
    status,
    answer
FROM api_request
WHERE client = $1
    AND idempotency_key = $2");

    REQUEST_FINISH = one("ttib", "
UPDATE api_request
SET status = $3,
    answer = $4
WHERE client = $1
    AND idempotency_key = $2");

    REQUEST_ABANDON = one("tt", "
DELETE FROM api_request
WHERE client = $1
    AND idempotency_key = $2
    AND status IS NULL");
}
