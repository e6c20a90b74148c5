-- The registry spells the larger makers in several ways; this gives each spelling one name.
SELECT
    manufacturer,
    CASE
        WHEN manufacturer LIKE 'AIRBUS%' THEN 'AIRBUS'
        WHEN manufacturer LIKE 'MCDONNELL DOUGLAS%' OR manufacturer = 'DOUGLAS' THEN 'MCDONNELL DOUGLAS'
        WHEN manufacturer LIKE 'CANADAIR%' THEN 'CANADAIR'
        WHEN manufacturer LIKE 'BOMBARDIER%' THEN 'BOMBARDIER'
        ELSE manufacturer
    END AS maker
FROM (SELECT DISTINCT manufacturer FROM plane_registry) AS spellings
