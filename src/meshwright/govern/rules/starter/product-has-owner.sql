-- title: Every product has an owner.
-- severity: block
-- scope: product
-- rationale: Whoever relies on a product must know whom to ask, and incidents need somebody who
--   takes care.
-- remedy: Name members with the role owner in the product's `team`, or owners of the domain.
-- owner: governance
SELECT address, 'product has no owner' AS message, file AS place
FROM mesh.products
WHERE len(owners) = 0 AND NOT is_broken
