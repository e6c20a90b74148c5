-- title: Every contract promises service levels.
-- severity: warn
-- scope: product
-- rationale: Consumers plan by how fresh data is and how long it is kept.
-- remedy: Write `slaProperties` in the contract.
-- owner: governance
SELECT address, 'contract promises no service level' AS message, file AS place
FROM mesh.contracts c
WHERE NOT EXISTS (SELECT 1 FROM mesh.service_levels s WHERE s.port = c.port)
