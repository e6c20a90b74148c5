-- title: Columns are named in lowercase with underscores.
-- severity: advise
-- scope: product
-- rationale: Names that need quotes, or differ by case only, break in the next tool.
-- remedy: Rename the column in the model, in a new major version of the contract.
-- owner: governance
SELECT address, concat('`', name, '` is not lowercase with underscores') AS message, file AS place, line
FROM mesh.columns
WHERE NOT regexp_full_match(name, '[a-z][a-z0-9_]*([.][a-z][a-z0-9_]*)*')
