-- title: Every output port has a description.
-- severity: warn
-- scope: product
-- rationale: A consumer chooses a port by what its contract says that it holds.
-- remedy: Write `description` in the contract, or at its table.
-- owner: governance
SELECT p.address, 'port has no description' AS message, coalesce(c.file, p.file) AS place
FROM mesh.ports p
LEFT JOIN mesh.contracts c ON c.port = p.address
WHERE concat(p.description, c.description, c.table_description) = ''
