-- title: Every contract promises something about quality.
-- severity: advise
-- scope: product
-- rationale: Types alone catch little; consumers rely on rules about values and rows.
-- remedy: Write `quality` rules, or `required`, `unique` and keys, in the contract.
-- owner: governance
SELECT address, 'contract promises nothing about quality' AS message, file AS place
FROM mesh.contracts c
WHERE NOT has_quality AND NOT has_key AND NOT EXISTS (
    SELECT 1 FROM mesh.columns x WHERE x.port = c.port AND (x.is_required OR x.is_unique)
)
