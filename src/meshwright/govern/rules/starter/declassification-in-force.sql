-- title: A declassification that ended is renewed or taken back.
-- severity: warn
-- scope: product
-- rationale: Why data was no longer personal may no longer hold.
-- remedy: Declassify again with a reason, or classify the column.
-- owner: governance
SELECT address, concat('declassified by ', owner, ' until ', expires) AS message
FROM mesh.declassified
WHERE TRY_CAST(expires[:10] AS DATE) < (SELECT today FROM mesh.clock)
