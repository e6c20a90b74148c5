-- title: No product stands alone.
-- severity: advise
-- scope: mesh
-- rationale: A product that reads nothing of the mesh and that nobody reads, asks or follows may
--   have been forgotten.
-- remedy: Find it a consumer, or retire it: `mesh retire`.
-- owner: governance
SELECT p.address, 'nobody reads, asks or follows it, and it reads no product' AS message, p.file AS place
FROM mesh.products p
WHERE NOT p.is_broken
    AND NOT EXISTS (SELECT 1 FROM mesh.inputs i WHERE i.product = p.address AND i.reads_product <> '')
    AND NOT EXISTS (SELECT 1 FROM mesh.inputs i WHERE i.reads_product = p.address)
    AND NOT EXISTS (SELECT 1 FROM mesh.queries q WHERE q.product = p.address)
    AND NOT EXISTS (SELECT 1 FROM mesh.subscriptions s WHERE s.product = p.address)
