-- title: What looks personal is judged by its owner.
-- severity: warn
-- scope: product
-- rationale: Data that is not known to be personal is protected by nobody.
-- remedy: Accept or refuse the suggestion: `mesh classify --help`.
-- owner: governance
SELECT s.address, concat('looks like ', s.kind, ', and its owner has not said so or otherwise') AS message
FROM mesh.suggestions s
WHERE s.state = 'open' AND s.confidence >= 0.8
UNION ALL
SELECT s.address, concat('was accepted as ', s.kind, ', and its contract does not declare it')
FROM mesh.suggestions s
JOIN mesh.columns c USING (address)
WHERE s.state = 'accepted' AND NOT c.is_personal AND c.level IN ('', 'public')
