-- title: Every contract promises a key.
-- severity: advise
-- scope: product
-- rationale: Without a key nobody can join the port safely or tell a duplicate from a second event.
-- remedy: Mark the key's columns with `primaryKey: true`.
-- owner: governance
SELECT address, 'contract promises no primary key' AS message, file AS place
FROM mesh.contracts
WHERE NOT has_key
