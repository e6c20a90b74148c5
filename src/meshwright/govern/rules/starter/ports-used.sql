-- title: A port that is served has readers.
-- severity: advise
-- scope: mesh
-- rationale: What nobody reads costs builds, storage and care.
-- remedy: Ask who needs it; take it out with a new major version of the product, or `mesh retire`.
-- owner: governance
SELECT p.address, 'served for a month, and nobody read it' AS message, p.file AS place, p.line
FROM mesh.ports p
WHERE (
        SELECT min(v.published_at) FROM mesh.versions v WHERE v.product = p.product
    ) < (SELECT today FROM mesh.clock) - INTERVAL 30 DAY
    AND NOT EXISTS (SELECT 1 FROM mesh.inputs i WHERE i.reads_port = p.address)
    AND NOT EXISTS (SELECT 1 FROM mesh.queries q WHERE q.address = p.address)
    AND NOT EXISTS (SELECT 1 FROM mesh.subscriptions s WHERE starts_with(p.address || '.', s.address || '.'))
