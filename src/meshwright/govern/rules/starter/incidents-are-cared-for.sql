-- title: No grave incident is open for more than three days.
-- severity: warn
-- scope: product
-- rationale: An incident that nobody ends tells consumers that nobody cares.
-- remedy: Take care of it: `mesh incidents`.
-- owner: governance
SELECT address, concat(severity, ' incident ', incident, ' is open since ', strftime(opened_at, '%Y-%m-%d'))
    AS message
FROM mesh.incidents
WHERE state <> 'resolved' AND severity IN ('critical', 'high')
    AND opened_at < (SELECT today FROM mesh.clock) - INTERVAL 3 DAY
