-- Every flight of the days asked for. `date` is the one column that the source does not have: the local
-- day on which the flight was planned to leave, by which days are added and replaced.
SELECT
    year,
    month,
    day,
    dep_time,
    sched_dep_time,
    dep_delay,
    arr_time,
    sched_arr_time,
    arr_delay,
    carrier,
    flight,
    tailnum,
    origin,
    dest,
    air_time,
    distance,
    hour,
    minute,
    time_hour,
    make_date(year, month, day) AS date
FROM flights
WHERE make_date(year, month, day) >= $interval_start
  AND make_date(year, month, day) < $interval_end
