-- What finished cases leave, `n` being their numbers from FROM_N to TO_N: the rows of a whole onboarding, smaller than they
-- are. For PostgreSQL: tables of the size they have after years, for benches and for the test of plans.
-- Ids in the order of time, digests, times; gone again at the end.
CREATE FUNCTION bench_id(n BIGINT) RETURNS BYTEA LANGUAGE SQL IMMUTABLE AS
$$ SELECT int8send(1700000000000 + n) || substr(sha256(int8send(n)), 1, 8) $$;
CREATE FUNCTION bench_digest(n BIGINT, salt BIGINT) RETURNS BYTEA LANGUAGE SQL IMMUTABLE AS
$$ SELECT sha256(int8send(n) || int8send(salt)) $$;
CREATE FUNCTION bench_time(n BIGINT) RETURNS BIGINT LANGUAGE SQL IMMUTABLE AS
$$ SELECT 1700000000000000 + n * 1000000 $$;

INSERT INTO kase (id, sender, version, stage, outcome, opened_at, updated_at, summary, head, body, wrapped_key, id_end)
SELECT bench_id(n), bench_id(n), 12, 'decided', 'approved', bench_time(n), bench_time(n), '{}', bench_digest(n, 12),
    repeat('x', 800)::bytea, repeat('k', 96)::bytea, bench_id(n)
FROM generate_series(FROM_N, TO_N) AS n;
INSERT INTO entry (case_id, version, at, stage, kind, actor, outcome, previous, digest, body)
SELECT bench_id(n), v, bench_time(n), 'collecting', 'message', 'applicant', 'applied', bench_digest(n, v - 1),
    bench_digest(n, v), repeat('x', 600)::bytea
FROM generate_series(FROM_N, TO_N) AS n, generate_series(1, 12) AS v;
INSERT INTO input (id, case_id, version, at)
SELECT bench_digest(n, v), bench_id(n), v, bench_time(n) FROM generate_series(FROM_N, TO_N) AS n, generate_series(1, 12) AS v;
INSERT INTO outbound (id, case_id, version, ordinal, at, text, payload, state, state_at, rendered, text_hash, wamid)
SELECT substr(bench_digest(n, 100 + v), 1, 16), bench_id(n), v, 0, bench_time(n), 'photo-ok', repeat('x', 200)::bytea,
    'read', bench_time(n), repeat('x', 300)::bytea, bench_digest(n, v), bench_digest(n, 200 + v)
FROM generate_series(FROM_N, TO_N) AS n, generate_series(1, 7) AS v;
INSERT INTO event (id, case_id, seq, version, kind, at, data, position)
SELECT substr(bench_digest(n, 300 + v), 1, 16), bench_id(n), v, v, 'kyc.decision.made', bench_time(n), '{}', (n - 1) * 4 + v
FROM generate_series(FROM_N, TO_N) AS n, generate_series(1, 4) AS v;
INSERT INTO delivery (event_id, subscriber, case_id, seq, run_at, first_at, fence, tries, delivered_at)
SELECT substr(bench_digest(n, 300 + v), 1, 16), 'core', bench_id(n), v, bench_time(n), bench_time(n), 2, 0, bench_time(n)
FROM generate_series(FROM_N, TO_N) AS n, generate_series(1, 4) AS v;
INSERT INTO alias (hash, kind, sender) SELECT bench_digest(n, 400), 'phone', bench_id(n) FROM generate_series(FROM_N, TO_N) AS n;
INSERT INTO reach (phone_number, sender, newest_inbound_at)
SELECT '106540352242922', bench_id(n), bench_time(n) FROM generate_series(FROM_N, TO_N) AS n;
INSERT INTO stop_list (hash, lifted_at) SELECT bench_digest(n, 400), bench_time(n) FROM generate_series(FROM_N, TO_N) AS n;
INSERT INTO object (key, case_id)
SELECT 'o/' || n || '/' || v, bench_id(n) FROM generate_series(FROM_N, TO_N) AS n, generate_series(1, 6) AS v;
INSERT INTO seen (hash, case_id, evidence)
SELECT bench_digest(n, 500 + v), bench_id(n), substr(bench_digest(n, 600 + v), 1, 16)
FROM generate_series(FROM_N, TO_N) AS n, generate_series(1, 3) AS v;

INSERT INTO chain (name, seq, at, case_id, body, previous, digest)
SELECT 'access', (n - 1) * 2 + v, bench_time(n), bench_id(n), '{}', bench_digest(n, 700 + v), bench_digest(n, 701 + v)
FROM generate_series(FROM_N, TO_N) AS n, generate_series(1, 2) AS v;

DROP FUNCTION bench_id(BIGINT);
DROP FUNCTION bench_digest(BIGINT, BIGINT);
DROP FUNCTION bench_time(BIGINT);
