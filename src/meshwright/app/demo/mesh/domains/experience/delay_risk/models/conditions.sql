-- Each flight with the class of weather in its hour, and whether it went wrong.
SELECT
    departures.origin,
    departures.dest,
    departures.hour,
    departures.carrier,
    departures.tailnum,
    departures.dep_delay,
    CASE
        WHEN hourly.origin IS NULL THEN 'unknown'
        WHEN hourly.precip > 0 AND hourly.temp <= 34 THEN 'snow'
        WHEN hourly.precip > 0 THEN 'rain'
        WHEN hourly.visib < 3 THEN 'fog'
        WHEN hourly.wind_speed >= 20 OR hourly.wind_gust >= 25 THEN 'wind'
        ELSE 'clear'
    END AS weather,
    departures.dep_time IS NULL AS is_cancelled,
    coalesce(departures.dep_delay >= $late_minutes, false) AS is_late
FROM departures
LEFT JOIN hourly
    ON hourly.origin = departures.origin AND hourly.time_hour = departures.time_hour
