-- title: What was accepted on an owner's word is mended before the waiver ends.
-- severity: warn
-- scope: product
-- rationale: A waiver is for a time; after it the promise counts again.
-- remedy: Mend the data and build again, or let the owner accept once more: `mesh accept`.
-- owner: governance
SELECT v.address, concat('the served version rests on waiver ', w.waiver, ', which ended on ', w.expires[:10])
    AS message
FROM mesh.versions v
JOIN mesh.waivers w ON w.waiver = v.waiver AND w.product = v.product
WHERE v.is_served AND TRY_CAST(w.expires[:10] AS DATE) < (SELECT today FROM mesh.clock)
