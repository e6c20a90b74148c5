-- title: Every product has a description.
-- severity: warn
-- scope: product
-- rationale: People find and understand a product by its description.
-- remedy: Write `description: {purpose: ...}` in product.odps.yaml.
-- owner: governance
SELECT address, 'product has no description' AS message, file AS place
FROM mesh.products
WHERE trim(description) = '' AND NOT is_broken
