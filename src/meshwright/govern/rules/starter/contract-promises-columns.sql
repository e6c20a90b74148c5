-- title: Every contract promises columns.
-- severity: warn
-- scope: product
-- rationale: A contract without columns lets any change of the schema pass.
-- remedy: List `properties` in the contract's schema.
-- owner: governance
SELECT address, 'contract promises no column' AS message, file AS place
FROM mesh.contracts c
WHERE NOT EXISTS (SELECT 1 FROM mesh.columns x WHERE x.port = c.port)
