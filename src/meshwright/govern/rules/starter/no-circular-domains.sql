-- title: Domains do not depend on each other in a circle.
-- severity: warn
-- scope: mesh
-- rationale: Domains in a circle cannot change one without the other: they are one domain in
--   disguise.
-- remedy: Move what both need into a product of a third domain, or of the one that owns it.
-- owner: governance
WITH RECURSIVE depends AS (
    SELECT DISTINCT domain, reads_domain AS other
    FROM mesh.inputs
    WHERE reads_domain <> '' AND reads_domain <> domain
), reaches AS (
    SELECT domain, other FROM depends
    UNION
    SELECT r.domain, d.other FROM reaches r JOIN depends d ON d.domain = r.other
)
SELECT domain AS address, concat('domain depends on itself, by way of ', (
    SELECT min(d.other) FROM depends d JOIN reaches b ON b.domain = d.other AND b.other = d.domain
    WHERE d.domain = r.domain
)) AS message
FROM reaches r
WHERE domain = other
