---- pivot
PIVOT fleet.flights.list ON dest IN ('ARN', 'OSL') USING count(*) GROUP BY day
---- pivot in SQL
SELECT * FROM (SELECT dest, day, delay FROM fleet.flights.list) PIVOT (avg(delay) FOR dest IN ('ARN', 'OSL'))
---- pivot with two figures
PIVOT (SELECT dest, delay FROM fleet.flights.list) ON dest IN ('ARN') USING sum(delay) AS total, count(*) AS n
---- unpivot
UNPIVOT (SELECT id, delay, id * 2 AS twice FROM fleet.flights.list) ON delay, twice INTO NAME what VALUE figure
---- unpivot with nulls
SELECT * FROM (SELECT id::DOUBLE AS a, delay::DOUBLE AS b FROM fleet.flights.list) UNPIVOT INCLUDE NULLS (v FOR n IN (a, b))
---- a WITH
WITH late AS (SELECT * FROM fleet.flights.list WHERE delay > 10) SELECT dest, count(*) FROM late GROUP BY dest
---- two WITHs
WITH a AS (SELECT id FROM fleet.flights.list), b AS (SELECT id + 1 AS id FROM a) SELECT * FROM a JOIN b USING (id)
---- a materialised WITH
WITH a AS MATERIALIZED (SELECT avg(delay) AS m FROM fleet.flights.list) SELECT count(*) FROM fleet.flights.list, a WHERE delay > m
---- a WITH named as a port's part
WITH list AS (SELECT 1 AS x) SELECT * FROM list
---- a WITH named as a catalog table
WITH duckdb_tables AS (SELECT 1 AS x) SELECT * FROM duckdb_tables
---- a recursion
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT sum(i) FROM n
---- a recursion over a port
WITH RECURSIVE next AS (SELECT id, 1 AS depth FROM fleet.flights.list WHERE id = 1 UNION ALL SELECT f.id, depth + 1 FROM next n JOIN fleet.flights.list f ON f.id = n.id + 1 WHERE depth < 5) SELECT * FROM next
---- a recursion with keys
WITH RECURSIVE t(k, v) USING KEY (k) AS (SELECT 1, 0 UNION SELECT k, v + 1 FROM t WHERE v < 5) SELECT * FROM t
---- fibonacci
WITH RECURSIVE f(a, b) AS (VALUES (0, 1) UNION ALL SELECT b, a + b FROM f WHERE b < 100) SELECT a FROM f
---- a calendar
SELECT d::DATE AS day, count(f.id) FROM range(DATE '2025-01-01', DATE '2025-01-10', INTERVAL 1 DAY) r(d) LEFT JOIN fleet.flights.list f ON f.day = d::DATE GROUP BY ALL
---- a series
SELECT * FROM generate_series(1, 10, 3)
---- unnest a list
SELECT unnest([1, 2, 3]) AS x
---- unnest a struct
SELECT unnest({'a': 1, 'b': 'x'})
---- unnest deep
SELECT unnest([{'a': 1, 'b': [2, 3]}], recursive := true)
---- values as a table
SELECT * FROM (VALUES (1, 'one'), (2, 'two')) AS t(n, word)
---- repeat a row
SELECT * FROM repeat(5, 3)
---- rows of json
SELECT key, value FROM json_each('{"a": 1, "b": [2]}')
---- a tree of json
SELECT fullkey, atom FROM json_tree('{"a": {"b": 1}}')
