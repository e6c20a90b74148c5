-- title: Nobody reads a port past its end.
-- severity: block
-- scope: mesh
-- rationale: After its end a port is no longer kept up, and whoever reads it reads the past.
-- remedy: Read the successor: `mesh show` names it.
-- owner: governance
SELECT i.address, concat('reads `', i.reads_port, '`, which ended on ', c.end_of_life) AS message,
    i.file AS place, i.line
FROM mesh.inputs i
JOIN mesh.contracts c ON c.port = i.reads_port
WHERE TRY_CAST(c.end_of_life AS DATE) < (SELECT today FROM mesh.clock)
