-- title: Personal data is confidential or restricted.
-- severity: block
-- scope: product
-- rationale: A tag that says personal beside a level that says internal protects nothing.
-- remedy: Write `classification: confidential` (or restricted) at the column.
-- owner: governance
SELECT address, concat('column is personal, and ', if(level = '', 'not classified', concat('only ', level)))
    AS message, file AS place, line
FROM mesh.columns
WHERE is_personal AND level NOT IN ('confidential', 'restricted')
