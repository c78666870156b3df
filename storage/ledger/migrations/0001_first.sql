-- The first schema of a cell. One text for both engines: BYTEA and BIGINT become BLOB and INTEGER on SQLite, where
-- every table is STRICT. Times are microseconds since 1970, ids 16 bytes, digests and keyed hashes 32 bytes.
-- `case` and `window` are reserved words: hence `kase` and `reach`.

-- `custody` is the digest and signature of each body; `body` is empty once a person discarded it, and the row stays.
CREATE TABLE segment (
    id BYTEA NOT NULL PRIMARY KEY,
    day TEXT NOT NULL,
    at BIGINT NOT NULL,
    bodies BIGINT NOT NULL,
    custody TEXT NOT NULL,
    body BYTEA NOT NULL,
    trace TEXT CHECK (LENGTH(trace) = 55)
) /*STRICT*/;
CREATE INDEX segment_day ON segment (day);

-- `wrapped` is NULL once the day's key is destroyed; its segments are deleted with it and their bodies counted here.
CREATE TABLE inbox_day (
    day TEXT NOT NULL PRIMARY KEY,
    wrapped BYTEA,
    destroyed_bodies BIGINT NOT NULL
) /*STRICT*/;

-- Every input ever consumed. Without a case it is a stray; its reason stands in the stray chain.
CREATE TABLE input (
    id BYTEA NOT NULL PRIMARY KEY,
    case_id BYTEA,
    version BIGINT,
    at BIGINT NOT NULL
) /*STRICT*/;

-- `id_end` is the text form of the id read backwards, so that its end can be searched by a range of the index.
CREATE TABLE kase (
    id BYTEA NOT NULL PRIMARY KEY,
    sender BYTEA NOT NULL,
    version BIGINT NOT NULL,
    stage TEXT NOT NULL,
    outcome TEXT,
    opened_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    review_since BIGINT,
    summary TEXT NOT NULL,
    head BYTEA NOT NULL,
    body BYTEA NOT NULL,
    wrapped_key BYTEA,
    id_end BYTEA NOT NULL
) /*STRICT*/;
CREATE INDEX kase_sender ON kase (sender, opened_at, id);
CREATE INDEX kase_opened ON kase (opened_at, id);
CREATE INDEX kase_review ON kase (review_since, id) WHERE review_since IS NOT NULL;
CREATE INDEX kase_id_end ON kase (id_end);
CREATE INDEX kase_open ON kase (stage) WHERE stage IN ('consenting', 'collecting', 'checking', 'in_review');

CREATE TABLE entry (
    case_id BYTEA NOT NULL,
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    stage TEXT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    outcome TEXT NOT NULL,
    previous BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (case_id, version)
) /*STRICT*/;

-- One open case a sender.
CREATE TABLE open_case (
    sender BYTEA NOT NULL PRIMARY KEY,
    case_id BYTEA NOT NULL
) /*STRICT*/;

CREATE TABLE alias (
    hash BYTEA NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    sender BYTEA NOT NULL
) /*STRICT*/;
CREATE INDEX alias_sender ON alias (sender);

-- Newest STOP and newest lifting of it; both are kept as maxima, so that their order of arrival does not matter.
CREATE TABLE stop_list (
    hash BYTEA NOT NULL PRIMARY KEY,
    stopped_at BIGINT,
    lifted_at BIGINT
) /*STRICT*/;

-- The 24-hour window of (our number, sender) counts from here.
CREATE TABLE reach (
    phone_number TEXT NOT NULL,
    sender BYTEA NOT NULL,
    newest_inbound_at BIGINT NOT NULL,
    PRIMARY KEY (phone_number, sender)
) /*STRICT*/;

-- A lease is `run_at` pushed forward, `due_at` what it was before; a finished job is deleted. `trace` is a W3C
-- traceparent, here as elsewhere.
CREATE TABLE job (
    owner BYTEA NOT NULL,
    version BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    queue TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    due_at BIGINT,
    fence BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    parked_at BIGINT,
    why TEXT,
    trace TEXT CHECK (LENGTH(trace) = 55),
    payload BYTEA NOT NULL,
    PRIMARY KEY (owner, version, ordinal)
) /*STRICT*/;
CREATE INDEX job_due ON job (queue, run_at, owner, version, ordinal) WHERE parked_at IS NULL;
CREATE INDEX job_parked ON job (parked_at) WHERE parked_at IS NOT NULL;

-- A parked send that a person acknowledged is off the list, and stays `parked`.
CREATE TABLE outbound (
    id BYTEA NOT NULL PRIMARY KEY,
    case_id BYTEA NOT NULL,
    version BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    at BIGINT NOT NULL,
    text TEXT NOT NULL,
    payload BYTEA NOT NULL,
    state TEXT NOT NULL,
    state_at BIGINT NOT NULL,
    detail TEXT,
    rendered BYTEA,
    text_hash BYTEA,
    wamid BYTEA,
    acknowledged_at BIGINT
) /*STRICT*/;
CREATE INDEX outbound_case ON outbound (case_id, version, ordinal);
CREATE INDEX outbound_wamid ON outbound (wamid) WHERE wamid IS NOT NULL;
CREATE INDEX outbound_parked ON outbound (state_at) WHERE state = 'parked' AND acknowledged_at IS NULL;
CREATE INDEX outbound_open ON outbound (state) WHERE state IN ('queued', 'sending', 'unknown');

-- `position` is given after commit by one sequencer: dense, in the order it saw.
CREATE TABLE event (
    id BYTEA NOT NULL PRIMARY KEY,
    case_id BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    data TEXT NOT NULL,
    position BIGINT
) /*STRICT*/;
CREATE UNIQUE INDEX event_seq ON event (case_id, seq);
CREATE UNIQUE INDEX event_position ON event (position);
CREATE INDEX event_unsequenced ON event (case_id, seq) WHERE position IS NULL;

-- Ended, that is delivered or skipped by a person, rows stay: `previous` of the next event reads those delivered.
CREATE TABLE delivery (
    event_id BYTEA NOT NULL,
    subscriber TEXT NOT NULL,
    case_id BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    due_at BIGINT,
    first_at BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    delivered_at BIGINT,
    skipped_at BIGINT,
    parked_at BIGINT,
    why TEXT,
    trace TEXT CHECK (LENGTH(trace) = 55),
    PRIMARY KEY (event_id, subscriber)
) /*STRICT*/;
CREATE UNIQUE INDEX delivery_seq ON delivery (subscriber, case_id, seq);
CREATE INDEX delivery_open ON delivery (subscriber, case_id, seq) WHERE delivered_at IS NULL AND skipped_at IS NULL;
CREATE INDEX delivery_due ON delivery (run_at, case_id, seq)
WHERE delivered_at IS NULL AND skipped_at IS NULL AND parked_at IS NULL;
CREATE INDEX delivery_parked ON delivery (parked_at) WHERE parked_at IS NOT NULL;

-- A row from the first delivery that arrived, or the first 410.
CREATE TABLE subscriber (
    name TEXT NOT NULL PRIMARY KEY,
    last_success_at BIGINT,
    disabled_at BIGINT
) /*STRICT*/;

CREATE TABLE seen (
    hash BYTEA NOT NULL,
    case_id BYTEA NOT NULL,
    evidence BYTEA NOT NULL,
    PRIMARY KEY (hash, case_id, evidence)
) /*STRICT*/;

-- What the bucket holds of a case; an object without a row is an orphan.
CREATE TABLE object (
    key TEXT NOT NULL PRIMARY KEY,
    case_id BYTEA NOT NULL
) /*STRICT*/;
CREATE INDEX object_case ON object (case_id);

CREATE TABLE chain (
    name TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    case_id BYTEA,
    body TEXT NOT NULL,
    previous BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    PRIMARY KEY (name, seq)
) /*STRICT*/;
CREATE INDEX chain_case ON chain (name, case_id, seq) WHERE case_id IS NOT NULL;

-- The last position of everything counted densely. Whoever adds locks its row first, and so adds alone.
CREATE TABLE head (
    name TEXT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    digest BYTEA
) /*STRICT*/;
INSERT INTO head (name, seq) VALUES ('stray', 0), ('access', 0), ('operations', 0), ('event', 0), ('health', 0);

CREATE TABLE claim (
    case_id BYTEA NOT NULL PRIMARY KEY,
    reviewer TEXT NOT NULL,
    held_until BIGINT NOT NULL
) /*STRICT*/;

CREATE TABLE session (
    token BYTEA NOT NULL PRIMARY KEY,
    reviewer TEXT NOT NULL,
    profile TEXT NOT NULL,
    expires_at BIGINT NOT NULL
) /*STRICT*/;
CREATE INDEX session_expires ON session (expires_at);

-- `status` and `answer` are NULL while the request runs.
CREATE TABLE api_request (
    client TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    body BYTEA NOT NULL,
    at BIGINT NOT NULL,
    status BIGINT,
    answer BYTEA,
    PRIMARY KEY (client, idempotency_key)
) /*STRICT*/;
CREATE INDEX api_request_at ON api_request (at);

-- Policies by content hash: a case pins one at consent, and no upgrade loses it.
CREATE TABLE policy (
    hash BYTEA NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
) /*STRICT*/;
