-- title: Every domain has an owner.
-- severity: block
-- scope: product
-- rationale: A domain is a team that answers for its data; with no owner nobody is told of
--   incidents.
-- remedy: Name `team: {owners: [...]}` in domain.yaml.
-- owner: governance
SELECT address, 'domain has no owner' AS message, file AS place
FROM mesh.domains
WHERE len(owners) = 0
