-- Few flights say little: each route's own share is pulled towards what is usual at that hour in that
-- weather, as if `$prior_flights` more flights had gone as usual.
WITH counted AS (
    SELECT
        conditions.origin,
        conditions.dest,
        conditions.hour,
        conditions.weather,
        count(*) AS flights,
        count(*) FILTER (WHERE conditions.is_cancelled) AS cancelled,
        count(*) FILTER (WHERE conditions.is_late) AS late,
        avg(conditions.dep_delay) AS mean_delay,
        avg(planes.seats) AS mean_seats
    FROM conditions
    LEFT JOIN planes ON planes.tailnum = conditions.tailnum
    GROUP BY conditions.origin, conditions.dest, conditions.hour, conditions.weather
)
SELECT
    counted.origin,
    counted.dest,
    airports.name AS dest_name,
    counted.hour,
    counted.weather,
    counted.flights,
    counted.cancelled,
    counted.late,
    round(counted.mean_delay, 2) AS mean_delay,
    round(counted.mean_seats, 1) AS mean_seats,
    airlines.name AS main_airline,
    round(
        (counted.cancelled + counted.late + $prior_flights * averages.usual_risk)
        / (counted.flights + $prior_flights),
        4
    ) AS risk
FROM counted
JOIN averages ON averages.hour = counted.hour AND averages.weather = counted.weather
JOIN main_airlines ON main_airlines.origin = counted.origin AND main_airlines.dest = counted.dest
LEFT JOIN airlines ON airlines.carrier = main_airlines.carrier
LEFT JOIN airports ON airports.faa = counted.dest
