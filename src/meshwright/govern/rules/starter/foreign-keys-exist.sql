-- title: A foreign key refers to a column that exists.
-- severity: block
-- scope: mesh
-- rationale: A reference that leads nowhere is checked by nobody, and joins over it are empty.
-- remedy: Write `domain.product.port.column` of a column that the other contract promises.
-- owner: governance
SELECT r.address, concat('refers to `', r.written, '`, which no contract promises') AS message,
    r.file AS place, r.line
FROM mesh.relationships r
WHERE NOT EXISTS (SELECT 1 FROM mesh.columns c WHERE c.address = r.to_column)
    AND (
        r.to_port = ''
        OR NOT EXISTS (SELECT 1 FROM mesh.ports p WHERE p.address = r.to_port)
        OR EXISTS (SELECT 1 FROM mesh.columns c WHERE c.port = r.to_port)
    )
