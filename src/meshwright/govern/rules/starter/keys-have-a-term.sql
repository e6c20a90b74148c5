-- title: Columns that others join by mean a business term.
-- severity: advise
-- scope: product
-- rationale: Two keys of one name are joined by whoever finds them; a term says whether they mean
--   the same.
-- remedy: Link a term in `authoritativeDefinitions` (`glossary:TERM`), or write `businessName`.
-- owner: governance
SELECT address, 'key column means no business term' AS message, file AS place, line
FROM mesh.columns
WHERE key_position > 0 AND business_name = '' AND len(terms) = 0
