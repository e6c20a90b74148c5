-- title: A port replaces one that exists.
-- severity: block
-- scope: mesh
-- rationale: Consumers follow `replaces` to the port that they are to read.
-- remedy: Write the whole address of the older port.
-- owner: governance
SELECT c.address, concat('replaces `', c.replaces, '`, which is no port') AS message, c.file AS place
FROM mesh.contracts c
WHERE c.replaces <> ''
    AND NOT EXISTS (SELECT 1 FROM mesh.ports p WHERE p.address = c.replaces)
    AND NOT EXISTS (
        SELECT 1 FROM mesh.ports p WHERE p.product = c.product AND p.name = c.replaces
    )
