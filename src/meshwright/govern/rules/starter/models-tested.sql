-- title: A product with models has model tests.
-- severity: advise
-- scope: product
-- rationale: A test says what a model means, and fails when somebody changes it by accident.
-- remedy: Write tests/<model>.yaml: given rows and expected rows.
-- owner: governance
SELECT p.address, 'none of its models has a test' AS message, p.file AS place
FROM mesh.products p
WHERE EXISTS (SELECT 1 FROM mesh.models m WHERE m.product = p.address)
    AND NOT EXISTS (SELECT 1 FROM mesh.tests t WHERE t.product = p.address)
