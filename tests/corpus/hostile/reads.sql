---- a file by its path
SELECT * FROM '<other>/hidden.parquet'
---- a file in double quotes
SELECT * FROM "<other>/hidden.parquet"
---- a glob
FROM '<other>/*.parquet'
---- a csv file by its path
FROM '<other>/hidden.csv'
---- a json file by its path
FROM '<other>/hidden.json'
---- read_parquet
SELECT * FROM read_parquet('<other>/hidden.parquet')
---- read_parquet of a list
SELECT * FROM read_parquet(['<other>/hidden.parquet'])
---- parquet_scan
SELECT * FROM parquet_scan('<other>/hidden.parquet')
---- read_csv
SELECT * FROM read_csv('<other>/hidden.csv')
---- read_csv_auto
SELECT * FROM read_csv_auto('<other>/hidden.csv')
---- read_text
SELECT content FROM read_text('<other>/hidden.csv')
---- read_blob
SELECT content FROM read_blob('<other>/hidden.csv')
---- read_blob of a system file
SELECT content FROM read_blob('/etc/passwd')
---- read_text of the process
SELECT content FROM read_text('/proc/self/environ')
---- read_text of memory maps
SELECT content FROM read_text('/proc/self/maps')
---- read_json
SELECT * FROM read_json('<other>/hidden.json')
---- read_json_auto
SELECT * FROM read_json_auto('<other>/hidden.json')
---- read_ndjson
SELECT * FROM read_ndjson('<other>/hidden.json')
---- read_json_objects
SELECT * FROM read_json_objects('<other>/hidden.json')
---- read_ndjson_objects
SELECT * FROM read_ndjson_objects('<other>/hidden.json')
---- sniff_csv
SELECT * FROM sniff_csv('<other>/hidden.csv')
---- glob
SELECT * FROM glob('<other>/*')
---- glob of the root
SELECT * FROM glob('/*')
---- read_duckdb
SELECT * FROM read_duckdb('<other>/hidden.db')
---- a relative path
SELECT * FROM read_text('../../etc/passwd')
---- a remote file
SELECT * FROM read_parquet('https://example.com/x.parquet')
---- a bucket
SELECT * FROM 's3://bucket/x.parquet'
---- the metadata of another file
SELECT * FROM parquet_metadata('<other>/hidden.parquet')
---- the schema of another file
SELECT * FROM parquet_schema('<other>/hidden.parquet')
---- the file metadata of another file
SELECT * FROM parquet_file_metadata('<other>/hidden.parquet')
---- the keys and values of another file
SELECT * FROM parquet_kv_metadata('<other>/hidden.parquet')
---- the bloom filter of another file
SELECT * FROM parquet_bloom_probe('<other>/hidden.parquet', 'secret', 'x')
---- the whole metadata of another file
SELECT * FROM parquet_full_metadata('<other>/hidden.parquet')
---- a file in a subquery
SELECT (SELECT max(secret) FROM '<other>/hidden.parquet')
---- a file in a join
SELECT * FROM fleet.flights.list JOIN '<other>/hidden.parquet' ON true
---- a file in a CTE
WITH x AS (SELECT * FROM '<other>/hidden.parquet') SELECT * FROM x
---- a file in a lateral join
SELECT * FROM fleet.flights.list f, LATERAL (SELECT * FROM read_text('<other>/hidden.csv')) r
---- a file in IN
SELECT 1 WHERE 'x' IN (FROM '<other>/hidden.csv')
---- a file in EXISTS
SELECT EXISTS (FROM read_text('<other>/hidden.csv'))
---- a file in a set operation
SELECT 'x' UNION ALL SELECT content FROM read_text('<other>/hidden.csv')
---- a file below a pivot
PIVOT '<other>/hidden.parquet' ON secret IN ('x') USING count(*)
---- a file described
DESCRIBE SELECT * FROM '<other>/hidden.parquet'
---- a file summarised
SUMMARIZE '<other>/hidden.parquet'
---- a file as a whole table
TABLE '<other>/hidden.parquet'
---- the neighbour's port by its file
SELECT * FROM read_parquet('<data>/../data/*.parquet')
---- a name of the other file with a NUL
SELECT * FROM read_text('<other>/hidden.csv' || chr(0))
---- a pandas frame
SELECT * FROM pandas_scan(1)
---- an arrow scan of an address
SELECT * FROM arrow_scan(1, 2, 3)
---- a python object
SELECT * FROM python_map_function(1)
---- a python variable
SELECT * FROM request
---- a sequence scan
SELECT * FROM seq_scan('x')
