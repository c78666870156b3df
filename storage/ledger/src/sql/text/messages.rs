//! Sends, receipts, windows, the stop-list.

use crate::sql::statement::statements;

macro_rules! outbound {
    ($rest:literal) => {
        concat!(
            "
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
    wamid
FROM outbound
",
            $rest
        )
    };
}

statements! {
    OUTBOUND = one("b", outbound!("WHERE id = $1"));

    OUTBOUNDS = one("b", outbound!("WHERE case_id = $1
ORDER BY version, ordinal, id"));

    OUTBOUND_BY_WAMID = one("b", outbound!("WHERE wamid = $1
ORDER BY at DESC, id DESC
LIMIT 1"));

    START = one("bibb", "
UPDATE outbound
SET state = 'sending',
    state_at = $2,
    rendered = $3,
    text_hash = $4
WHERE id = $1
    AND state = 'queued'");

    /// Moves a message only from the state it was read in.
    MOVE = one("btitbt", "
UPDATE outbound
SET state = $2,
    state_at = $3,
    detail = $4,
    wamid = COALESCE(wamid, $5)
WHERE id = $1
    AND state = $6");

    LEARN_WAMID = one("bb", "
UPDATE outbound
SET wamid = $2
WHERE id = $1
    AND wamid IS NULL");

    WINDOW = one("tb", "
SELECT newest_inbound_at
FROM reach
WHERE phone_number = $1
    AND sender = $2");

    /// A tie of STOP and its lifting goes to STOP.
    STOPPED_AT = one("b", "
SELECT stopped_at
FROM stop_list
WHERE hash = $1
    AND stopped_at IS NOT NULL
    AND (lifted_at IS NULL OR stopped_at >= lifted_at)");
}
