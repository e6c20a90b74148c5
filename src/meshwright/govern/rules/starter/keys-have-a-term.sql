-- title: Columns that others join by mean a business term.
-- severity: advise
-- scope: product
-- rationale: Two keys of one name are joined by whoever finds them; a term says whether they mean
--   the same.
-- remedy: Write `businessName` or `semanticType` at the column.
-- owner: governance
SELECT address, 'key column means no business term' AS message, file AS place, line
FROM mesh.columns
WHERE key_position > 0 AND business_name = '' AND semantic_type = ''
