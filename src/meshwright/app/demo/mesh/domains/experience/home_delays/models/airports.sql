-- How late flights are at each airport: at departure where they leave from, at arrival where they go to.
SELECT
    airport,
    count(*) AS flights,
    count(*) FILTER (WHERE delay >= $late_minutes) AS late,
    round(avg(delay), 2) AS mean_delay
FROM (
    SELECT origin AS airport, dep_delay AS delay FROM departures
    UNION ALL
    SELECT dest AS airport, arr_delay AS delay FROM departures
) AS touched
GROUP BY airport
