-- title: Every contract says how long its data is kept.
-- severity: advise
-- scope: product
-- rationale: Who builds on history must know how far back it reaches.
-- remedy: Write `slaProperties: [{property: retention, value: 2, unit: y}]` in the contract.
-- owner: governance
SELECT address, 'contract declares no retention' AS message, file AS place
FROM mesh.contracts c
WHERE NOT EXISTS (
    SELECT 1 FROM mesh.service_levels s WHERE s.port = c.port AND lower(s.name) = 'retention'
)
