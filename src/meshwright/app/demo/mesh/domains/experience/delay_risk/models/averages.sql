-- What is usual at this hour in this weather, over all routes.
SELECT
    hour,
    weather,
    avg(CASE WHEN is_cancelled OR is_late THEN 1 ELSE 0 END) AS usual_risk
FROM conditions
GROUP BY hour, weather
