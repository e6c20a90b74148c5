-- The airline with the most flights on each route; the earlier code wins a tie.
SELECT origin, dest, carrier
FROM (
    SELECT
        origin,
        dest,
        carrier,
        row_number() OVER (PARTITION BY origin, dest ORDER BY count(*) DESC, carrier) AS place
    FROM conditions
    GROUP BY origin, dest, carrier
) AS ranked
WHERE place = 1
