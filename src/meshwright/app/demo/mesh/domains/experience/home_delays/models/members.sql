SELECT
    pseudonyms.member_key,
    pseudonyms.tier,
    pseudonyms.home_airport,
    coalesce(airports.flights, 0) AS flights,
    coalesce(airports.late, 0) AS late,
    airports.mean_delay
FROM pseudonyms
LEFT JOIN airports ON airports.airport = pseudonyms.home_airport
