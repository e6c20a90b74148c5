-- title: A certified product promises how fresh each port is.
-- severity: block
-- scope: product
-- rationale: A badge that outlives its data is worse than none.
-- remedy: Write `slaProperties: [{property: freshness, value: 1, unit: d}]` in the contract.
-- owner: governance
SELECT p.address, 'product is certified, and nothing enforces how fresh this port is' AS message,
    p.file AS place, p.line
FROM mesh.ports p
JOIN mesh.scores s USING (product)
WHERE s.is_certified AND NOT EXISTS (
    SELECT 1 FROM mesh.service_levels l
    WHERE l.port = p.address AND l.is_enforced
        AND lower(replace(l.name, ' ', '')) IN ('freshness', 'frequency', 'latency', 'timeofavailability')
)
