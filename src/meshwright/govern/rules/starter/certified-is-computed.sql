-- title: Nobody labels a product certified.
-- severity: warn
-- scope: product
-- rationale: Certified is what the scorecard computes; a label that someone types says nothing.
-- remedy: Remove the tag; `mesh score` says what is missing.
-- owner: governance
SELECT address, concat('the tag `', tag, '` is typed, not computed') AS message
FROM mesh.tags
WHERE lower(tag) IN ('certified', 'gold', 'trusted')
