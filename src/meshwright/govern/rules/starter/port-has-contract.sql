-- title: Every output port has a contract.
-- severity: block
-- scope: product
-- rationale: A port is a promise; without a contract nothing of it is promised, checked or
--   compared.
-- remedy: Write contracts/<port>.odcs.yaml, and name it in the port's `contractId`.
-- owner: governance
SELECT address, 'port has no contract' AS message, file AS place, line
FROM mesh.ports
WHERE NOT has_contract
