-- title: What is deprecated says until when it is served.
-- severity: block
-- scope: product
-- rationale: Consumers can only plan for an end that has a date.
-- remedy: Write the custom property `endOfLife: 2027-01-31` in the contract.
-- owner: governance
SELECT address, 'contract is deprecated and says no end' AS message, file AS place
FROM mesh.contracts
WHERE status = 'deprecated' AND TRY_CAST(end_of_life AS DATE) IS NULL
