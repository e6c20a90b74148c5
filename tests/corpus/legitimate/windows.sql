---- row number
SELECT id, row_number() OVER (PARTITION BY dest ORDER BY delay) FROM fleet.flights.list
---- ranks
SELECT rank() OVER w, dense_rank() OVER w, percent_rank() OVER w, cume_dist() OVER w, ntile(4) OVER w FROM fleet.flights.list WINDOW w AS (ORDER BY delay)
---- neighbours
SELECT lag(delay) OVER w, lead(delay, 2, 0) OVER w, first_value(delay) OVER w, last_value(delay) OVER w, nth_value(delay, 2) OVER w FROM fleet.flights.list WINDOW w AS (PARTITION BY dest ORDER BY moment)
---- a running sum
SELECT sum(delay) OVER (ORDER BY moment ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM fleet.flights.list
---- a moving average
SELECT avg(delay) OVER (ORDER BY moment RANGE BETWEEN INTERVAL 7 DAYS PRECEDING AND CURRENT ROW) FROM fleet.flights.list
---- groups
SELECT count(*) OVER (ORDER BY day GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM fleet.flights.list
---- exclude
SELECT sum(delay) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) FROM fleet.flights.list
---- ignore nulls
SELECT last_value(delay IGNORE NULLS) OVER (ORDER BY id) FROM fleet.flights.list
---- qualify
SELECT id, dest FROM fleet.flights.list QUALIFY row_number() OVER (PARTITION BY dest ORDER BY delay DESC) = 1
---- a share
SELECT dest, count(*) / sum(count(*)) OVER () AS share FROM fleet.flights.list GROUP BY dest
---- distinct inside
SELECT count(DISTINCT dest) OVER (ORDER BY id) FROM fleet.flights.list
---- filtered inside
SELECT count(*) FILTER (delay > 5) OVER (PARTITION BY dest) FROM fleet.flights.list
