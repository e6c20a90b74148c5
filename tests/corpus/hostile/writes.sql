---- copy a query to a file
COPY (SELECT 1) TO '<out>/x.csv'
---- copy over data
COPY (SELECT 1 AS id) TO '<raw>' (FORMAT parquet)
---- copy a port to a file
COPY fleet.flights.list TO '<out>/x.parquet' (FORMAT parquet)
---- copy to a partition folder
COPY (SELECT 1 AS a) TO '<out>/parts' (FORMAT parquet, PARTITION_BY (a))
---- copy to a device
COPY (SELECT 1) TO '/dev/stdout'
---- copy from
COPY fleet.flights.list FROM '<other>/hidden.csv'
---- export
EXPORT DATABASE '<out>/dump'
---- import
IMPORT DATABASE '<other>'
---- create a table
CREATE TABLE t AS SELECT 1
---- create a temporary table
CREATE TEMP TABLE t AS SELECT * FROM loyalty.members.profiles
---- create a view
CREATE VIEW v AS SELECT 1
---- replace a port
CREATE OR REPLACE VIEW loyalty.members.profiles AS SELECT 1
---- create a macro
CREATE MACRO m(a) AS a
---- create a table macro
CREATE MACRO m() AS TABLE SELECT 1
---- create a schema
CREATE SCHEMA s
---- create a sequence
CREATE SEQUENCE s
---- create a type
CREATE TYPE mood AS ENUM ('a')
---- create a secret
CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')
---- create an index
CREATE INDEX i ON fleet.flights.list (id)
---- drop a port
DROP VIEW loyalty.members.profiles
---- drop a schema
DROP SCHEMA loyalty.members CASCADE
---- alter a port
ALTER VIEW loyalty.members.profiles RENAME TO x
---- insert
INSERT INTO fleet.flights.list VALUES (1)
---- update
UPDATE fleet.flights.list SET id = 1
---- delete
DELETE FROM fleet.flights.list
---- truncate
TRUNCATE fleet.flights.list
---- merge
MERGE INTO fleet.flights.list USING (SELECT 1 AS id) s USING (id) WHEN MATCHED THEN DELETE
---- comment on
COMMENT ON VIEW loyalty.members.profiles IS 'x'
---- vacuum
VACUUM
---- analyze
ANALYZE
---- checkpoint
CHECKPOINT
---- force a checkpoint
FORCE CHECKPOINT
---- begin
BEGIN TRANSACTION
---- commit
COMMIT
---- rollback
ROLLBACK
---- write to the log
SELECT write_log('x')
---- enable logging to files
CALL enable_logging(storage := 'file', storage_path := '<out>/log')
---- enable logging as a table
SELECT * FROM enable_logging(storage := 'file', storage_path := '<out>/log')
---- enable profiling
SELECT * FROM enable_profiling(save_location := '<out>/profile.json')
---- insert in a WITH
WITH a AS (INSERT INTO fleet.flights.list VALUES (99) RETURNING *) SELECT * FROM a
---- update in a WITH
WITH a AS (UPDATE fleet.flights.list SET id = 1 RETURNING *) SELECT * FROM a
---- delete in a WITH
WITH a AS (DELETE FROM fleet.flights.list RETURNING *) SELECT * FROM a
---- copy in a WITH
WITH a AS (COPY (SELECT 1) TO '<out>/x.csv') SELECT * FROM a
---- merge in a WITH
WITH a AS (MERGE INTO fleet.flights.list USING (SELECT 1 AS id) s USING (id) WHEN MATCHED THEN DELETE RETURNING *) SELECT * FROM a
---- insert deep in a WITH
SELECT * FROM (WITH b AS (WITH a AS (INSERT INTO fleet.flights.list VALUES (99) RETURNING *) SELECT * FROM a) SELECT * FROM b)
---- a recursive WITH that copies
WITH RECURSIVE a AS (COPY (SELECT 1) TO '<out>/x.csv') SELECT * FROM a
