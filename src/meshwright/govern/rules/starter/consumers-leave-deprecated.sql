-- title: Consumers leave a deprecated port before its end.
-- severity: advise
-- scope: mesh
-- rationale: A move takes time; the date is known long before.
-- remedy: Read the successor.
-- owner: governance
SELECT i.address, concat('reads `', i.reads_port, '`, which is deprecated',
        if(c.end_of_life = '', '', concat(' and ends on ', c.end_of_life)),
        if(s.port IS NULL, '', concat('; read `', s.port, '`'))) AS message,
    i.file AS place, i.line
FROM mesh.inputs i
JOIN mesh.contracts c ON c.port = i.reads_port
LEFT JOIN mesh.contracts s ON s.replaces = c.port
WHERE c.status = 'deprecated'
    AND coalesce(TRY_CAST(c.end_of_life AS DATE) >= (SELECT today FROM mesh.clock), true)
