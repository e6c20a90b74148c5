---- counts
SELECT count(*), count(delay), count(DISTINCT dest), count_if(delay > 10) FROM fleet.flights.list
---- sums
SELECT sum(delay), avg(delay), min(delay), max(delay), product(1 + delay / 1000) FROM fleet.flights.list
---- spread
SELECT stddev(delay), variance(delay), skewness(delay), kurtosis(delay), mad(delay), sem(delay) FROM fleet.flights.list
---- quantiles
SELECT median(delay), quantile_cont(delay, 0.9), quantile_disc(delay, [0.25, 0.75]), approx_quantile(delay, 0.5) FROM fleet.flights.list
---- modes
SELECT mode(dest), any_value(dest), first(dest ORDER BY id), last(dest ORDER BY id), entropy(dest) FROM fleet.flights.list
---- arguments
SELECT arg_max(dest, delay), arg_min(dest, delay), max_by(dest, delay), max(id, 3) FROM fleet.flights.list
---- texts
SELECT string_agg(dest, ',' ORDER BY id), list(dest ORDER BY id), array_agg(DISTINCT dest), group_concat(dest) FROM fleet.flights.list
---- histograms
SELECT histogram(dest), approx_top_k(dest, 3), approx_count_distinct(dest) FROM fleet.flights.list
---- logic
SELECT bool_and(delay > 0), bool_or(delay > 100), bit_and(id), bit_or(id), bit_xor(id) FROM fleet.flights.list
---- regression
SELECT corr(id, delay), covar_pop(id, delay), regr_slope(delay, id), regr_intercept(delay, id), regr_r2(delay, id) FROM fleet.flights.list
---- filter
SELECT count(*) FILTER (dest = 'ARN'), sum(delay) FILTER (WHERE delay > 10) FROM fleet.flights.list
---- having
SELECT dest, count(*) AS n FROM fleet.flights.list GROUP BY dest HAVING n > 2 ORDER BY n DESC
---- rollup
SELECT dest, day, count(*), grouping(dest) FROM fleet.flights.list GROUP BY ROLLUP (dest, day)
---- cube
SELECT dest, day, count(*) FROM fleet.flights.list GROUP BY CUBE (dest, day)
---- grouping sets
SELECT dest, day, count(*) FROM fleet.flights.list GROUP BY GROUPING SETS ((dest), (day), ())
---- group by all
SELECT dest, avg(delay) FROM fleet.flights.list GROUP BY ALL
---- weighted
SELECT weighted_avg(delay, id), geomean(delay + 1) FROM fleet.flights.list WHERE delay IS NOT NULL
---- json groups
SELECT json_group_array(dest), json_group_object(id::VARCHAR, dest) FROM fleet.flights.list
