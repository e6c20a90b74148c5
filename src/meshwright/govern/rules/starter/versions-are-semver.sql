-- title: Products and contracts have versions of three numbers.
-- severity: block
-- scope: product
-- rationale: Whether a change breaks its readers is told by the version.
-- remedy: Write a version such as 1.4.0.
-- owner: governance
SELECT address, concat('`', version, '` is no version such as 1.4.0') AS message, file AS place
FROM mesh.contracts
WHERE NOT regexp_full_match(version, 'v?[0-9]+[.][0-9]+[.][0-9]+([-+][0-9A-Za-z.+-]+)?')
UNION ALL
SELECT address, concat('`', version, '` is no version such as 1.4.0'), file
FROM mesh.products
WHERE NOT is_broken
    AND NOT regexp_full_match(version, 'v?[0-9]+[.][0-9]+[.][0-9]+([-+][0-9A-Za-z.+-]+)?')
