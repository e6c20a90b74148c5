-- title: Personal data has a mask.
-- severity: warn
-- scope: product
-- rationale: Most who read a table do not need the value that names a person.
-- remedy: Write the custom property `mask` at the column (for example sha-256-global), or hash it
--   in the model.
-- owner: governance
SELECT c.address, 'personal column has no mask' AS message, c.file AS place, c.line
FROM mesh.columns c
WHERE c.is_personal AND c.mask = '' AND NOT EXISTS (
    SELECT 1 FROM mesh.lineage_edges e
    WHERE e.dataset = c.port AND e.column_name = c.name AND e.kind = 'DIRECT' AND e.is_masked
)
