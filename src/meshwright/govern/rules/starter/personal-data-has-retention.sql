-- title: A port with personal data says how long it is kept.
-- severity: warn
-- scope: product
-- rationale: Personal data may be kept no longer than its purpose needs; a limit that nobody wrote
--   cannot be kept.
-- remedy: Write `slaProperties: [{property: retention, ...}]` in the contract.
-- owner: governance
SELECT c.port AS address,
    concat('port holds personal data (', string_agg(c.name, ', ' ORDER BY c.name), ') and declares no retention')
        AS message,
    min(c.file) AS place
FROM mesh.columns c
WHERE c.is_personal AND NOT EXISTS (
    SELECT 1 FROM mesh.service_levels s WHERE s.port = c.port AND lower(s.name) = 'retention'
)
GROUP BY c.port
