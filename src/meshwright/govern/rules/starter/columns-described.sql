-- title: Every column has a description.
-- severity: warn
-- scope: product
-- rationale: A name is no definition: the same word means different things in different teams.
-- remedy: Write `description` at the column in the contract.
-- owner: governance
SELECT address, 'column has no description' AS message, file AS place, line
FROM mesh.columns
WHERE trim(description) = '' AND trim(business_name) = ''
