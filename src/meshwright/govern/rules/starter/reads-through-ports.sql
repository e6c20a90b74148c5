-- title: Another domain's data is read through its output ports only.
-- severity: block
-- scope: mesh
-- rationale: A file behind a port is promised to nobody: it moves, and access to it is not
--   governed.
-- remedy: Declare the input as `port: domain.product.port`.
-- owner: governance
SELECT i.address, concat('reads `', i.place, '`, which is inside of domain ', d.domain) AS message,
    i.file AS place, i.line
FROM mesh.inputs i
JOIN mesh.domains d ON d.domain <> i.domain
    AND (starts_with(i.place, d.folder || '/') OR starts_with(i.place, d.storage || '/'))
WHERE i.kind <> 'port'
