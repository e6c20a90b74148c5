---- one value
SELECT 1
---- a whole port
SELECT * FROM fleet.flights.list
---- a port in quotes
SELECT * FROM "fleet"."flights"."list"
---- a port in capitals
SELECT * FROM FLEET.FLIGHTS.LIST
---- a semicolon at the end
SELECT count(*) FROM fleet.flights.list;
---- a comment at the end
SELECT count(*) FROM fleet.flights.list -- all of them
---- a comment before
/* all */ SELECT count(*) FROM fleet.flights.list
---- FROM first
FROM fleet.flights.list SELECT id WHERE id < 3
---- FROM alone
FROM fleet.flights.list
---- a table alone
TABLE fleet.flights.list
---- values
VALUES (1, 'a'), (2, 'b')
---- a name that looks hostile
SELECT id AS "drop table", 'COPY (SELECT 1) TO ''x''' AS text FROM fleet.flights.list
---- distinct
SELECT DISTINCT dest FROM fleet.flights.list
---- distinct on
SELECT DISTINCT ON (dest) dest, id FROM fleet.flights.list ORDER BY dest, id
---- a limit and an offset
SELECT id FROM fleet.flights.list ORDER BY id LIMIT 3 OFFSET 2
---- a limit in percent
SELECT id FROM fleet.flights.list ORDER BY id LIMIT 10%
---- order by all
SELECT dest, id FROM fleet.flights.list ORDER BY ALL
---- nulls first
SELECT delay FROM fleet.flights.list ORDER BY delay DESC NULLS FIRST
---- exclude
SELECT * EXCLUDE (tags) FROM fleet.flights.list
---- replace
SELECT * REPLACE (delay + 1 AS delay) FROM fleet.flights.list
---- rename
SELECT * RENAME (delay AS late) FROM fleet.flights.list
---- columns by pattern
SELECT COLUMNS('d.*') FROM fleet.flights.list
---- columns by lambda
SELECT COLUMNS(lambda c: c LIKE 'd%') FROM fleet.flights.list
---- minimum of all
SELECT min(COLUMNS(* EXCLUDE (tags, extra, stops))) FROM fleet.flights.list
---- a case
SELECT CASE WHEN delay > 15 THEN 'late' WHEN delay IS NULL THEN 'unknown' ELSE 'fine' END AS k, count(*) FROM fleet.flights.list GROUP BY k
---- a simple case
SELECT CASE dest WHEN 'ARN' THEN 1 ELSE 0 END FROM fleet.flights.list
---- in a list
SELECT id FROM fleet.flights.list WHERE dest IN ('ARN', 'OSL')
---- in a subquery
SELECT id FROM fleet.flights.list WHERE dest IN (SELECT dest FROM fleet.flights.list WHERE delay > 50)
---- exists
SELECT id FROM fleet.flights.list a WHERE EXISTS (SELECT 1 FROM fleet.flights.list b WHERE b.id = a.id + 1)
---- a scalar subquery
SELECT id, delay - (SELECT avg(delay) FROM fleet.flights.list) AS off FROM fleet.flights.list
---- any and all
SELECT id FROM fleet.flights.list WHERE delay >= ALL (SELECT delay FROM fleet.flights.list WHERE delay IS NOT NULL)
---- between
SELECT id FROM fleet.flights.list WHERE delay BETWEEN 10 AND 20
---- like and its kin
SELECT dest LIKE 'A%', dest ILIKE 'a%', dest NOT LIKE '%x', dest GLOB 'A*', dest SIMILAR TO 'A.*' FROM fleet.flights.list
---- coalesce and nullif
SELECT coalesce(delay, 0), nullif(delay, 0), ifnull(delay, 1) FROM fleet.flights.list
---- casts
SELECT id::VARCHAR, CAST(delay AS DECIMAL(10, 2)), TRY_CAST(dest AS INTEGER) FROM fleet.flights.list
---- try
SELECT TRY(CAST(dest AS INTEGER)) FROM fleet.flights.list
---- a subquery in FROM
SELECT avg(n) FROM (SELECT dest, count(*) AS n FROM fleet.flights.list GROUP BY dest)
---- union
SELECT id FROM fleet.flights.list UNION SELECT 999
---- union by name
SELECT id, dest FROM fleet.flights.list UNION ALL BY NAME SELECT 'X' AS dest, 1 AS id
---- intersect and except
SELECT id FROM fleet.flights.list INTERSECT SELECT id + 1 FROM fleet.flights.list EXCEPT SELECT 3
---- a sample
SELECT count(*) FROM fleet.flights.list USING SAMPLE 50 PERCENT (bernoulli, 42)
---- table sample
SELECT count(*) FROM fleet.flights.list TABLESAMPLE reservoir(5)
---- describe
DESCRIBE fleet.flights.list
---- describe a query
DESCRIBE SELECT dest, avg(delay) FROM fleet.flights.list GROUP BY dest
---- summarize
SUMMARIZE fleet.flights.list
---- an expression without a table
SELECT 1 + 2 * 3 AS seven, 'a' || 'b' AS ab, 7 // 2, 7 % 4, 2 ** 3, NOT true, 5 & 3, 5 | 3, 1 << 3
---- a collation
SELECT dest FROM fleet.flights.list ORDER BY dest COLLATE NOCASE
---- a number with underscores
SELECT 1_000_000, 0x1F, 1e3
---- a masked port whole
SELECT * FROM loyalty.members.profiles
---- a masked port counted
SELECT country, count(*), count(email), count(DISTINCT email) FROM loyalty.members.profiles GROUP BY country
---- a masked port joined with itself
SELECT count(*) FROM loyalty.members.profiles a JOIN loyalty.members.profiles b USING (email)
---- aggregates of an aggregates-only port
SELECT place, count(*), round(avg(amount), 2) AS mean FROM loyalty.members.visits GROUP BY place HAVING count(*) > 1 ORDER BY mean
---- aggregates of all of it
SELECT count(*), sum(amount), stddev(amount) FROM loyalty.members.visits WHERE amount > 5
---- aggregates by a case
SELECT CASE WHEN amount < 50 THEN 'small' ELSE 'large' END AS size, count(*) FROM loyalty.members.visits GROUP BY size
---- aggregates by month
SELECT date_trunc('month', day) AS month, sum(amount) FROM loyalty.members.visits GROUP BY ALL ORDER BY ALL
---- parameters that are not there
SELECT '?' AS mark, "?" FROM (SELECT 1 AS "?")
