-- How PostgreSQL keeps what changes often small and near (docs/domain/ledger.md 4). A claim moves a job in its index, and
-- a finished job is deleted: both leave dead entries, which vacuum takes away after 5,000 of them and without pauses.
-- A case, a message and a delivery are updated in place while their page has room. What is sealed does not compress.
-- SQLite has nothing of the kind: there this step is empty.
/*POSTGRES
ALTER TABLE job SET (
    fillfactor = 70,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_cost_delay = 0
);
ALTER TABLE delivery SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01);
ALTER TABLE kase SET (fillfactor = 80);
ALTER TABLE outbound SET (fillfactor = 80);
ALTER TABLE segment ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE entry ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE kase ALTER COLUMN body SET STORAGE EXTERNAL;
*/
